package invitetest

import (
	"encoding/base64"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// english has the words that most clients put in front of the title.
var english = map[ical.Status]string{
	ical.StatusAccepted: "Accepted", ical.StatusDeclined: "Declined", ical.StatusTentative: "Tentative", ical.StatusDelegated: "Delegated",
}

// wordFor returns the client's word for a status, or its word for tentative if it
// has none.
func wordFor(s ical.Status, words map[ical.Status]string) string {
	if w, ok := words[s]; ok {
		return w
	}
	return words[ical.StatusTentative]
}

// lines joins lines with CRLF, and ends the last one too.
func lines(list ...string) string { return strings.Join(list, "\r\n") + "\r\n" }

// eightBit returns the transfer encoding of a text that is sent unencoded.
func eightBit(text string) string {
	for i := range len(text) {
		if text[i] >= 0x80 {
			return "8bit"
		}
	}
	return "7bit"
}

// base64Lines returns text in base64, in lines of 76 octets.
func base64Lines(text string) string {
	var b strings.Builder
	for s := base64.StdEncoding.EncodeToString([]byte(text)); s != ""; {
		n := min(76, len(s))
		b.WriteString(s[:n] + "\r\n")
		s = s[n:]
	}
	return b.String()
}

// unfold returns the content lines of a calendar object (RFC 5545, section 3.1).
func unfold(data []byte) []string {
	text := strings.ReplaceAll(string(data), "\r\n ", "")
	return strings.Split(strings.TrimSuffix(text, "\r\n"), "\r\n")
}

// stamp returns a DATE-TIME value in UTC.
func stamp(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

// escaped returns s as a TEXT value (RFC 5545, section 3.3.11).
func escaped(s string) string {
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`).Replace(s)
}

// quoted returns s for use between quotation marks. It writes apostrophes for
// quotation marks, because a parameter value cannot hold them.
func quoted(s string) string { return strings.ReplaceAll(oneLine(s), `"`, "'") }

// oneLine replaces control characters by blanks, so that s cannot begin a new
// line.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}

// domain returns the part of an address after the @.
func domain(email string) string {
	key := address.Key(email)
	return key[strings.LastIndexByte(key, '@')+1:]
}
