package smtpsend

import (
	"fmt"
	"strings"
)

// mostReceipt limits the text of a reply that is a receipt, in octets.
const mostReceipt = 200

// receipt returns the name that the server gave to a message, or the reply itself if its
// form is not known.
func (r reply) receipt() string {
	text := r.text()
	if id := queueID(strings.Fields(text)); id != "" && len(id) <= mostReceipt {
		return id
	}
	code := r.enhanced.String()
	if code != "" {
		code += " "
	}
	text = fmt.Sprintf("%d %s%s", r.code, code, text)
	return strings.ToValidUTF8(text[:min(len(text), mostReceipt)], "")
}

// queueID returns the name of a message in the words of a reply. RFC 5321 knows no form
// for it. These are the forms of common servers:
//
//   - Postfix and others: Ok: queued as 4bQw2J0zC1z9sT2
//   - Exim: OK id=1tGkZb-0000000A2vK-3cXy
//   - Sendmail: 4AT9x1Zk012345 Message accepted for delivery
//   - Exchange: <message-id> [InternalId=…, Hostname=…] Queued mail for delivery
//   - Dovecot LMTP: <recipient> 8L5kHp4bS2d0CQAA0J78UA Saved
//   - Gmail: OK  1733000000 d9443c01a7336-2151ddd1a2bsi12345.67 - gsmtp
//   - Amazon SES: Ok 0100019375e2a1b0-…-000000, which it writes into the Message-ID, too
func queueID(words []string) string {
	n := len(words)
	lower := strings.ToLower(strings.Join(words, " "))
	switch {
	case n >= 3 && strings.Contains(lower, "queued as "):
		at := len(strings.Fields(lower[:strings.Index(lower, "queued as ")]))
		if at+2 < n {
			return strings.TrimRight(words[at+2], ".,;")
		}
	case n >= 2 && strings.HasPrefix(lower, "ok id="):
		return words[1][len("id="):]
	case n >= 4 && strings.HasSuffix(lower, " message accepted for delivery"):
		return words[0]
	case n == 3 && words[2] == "Saved":
		return words[1]
	case n >= 2 && strings.HasPrefix(words[1], "[InternalId=") && isBracketed(words[0]):
		return words[0]
	case n >= 5 && words[n-1] == "gsmtp" && words[n-2] == "-":
		return words[n-3]
	case n == 2 && strings.EqualFold(words[0], "ok") && strings.ContainsAny(words[1], "0123456789"):
		return words[1]
	}
	return ""
}

// isBracketed reports whether s is in angle brackets.
func isBracketed(s string) bool { return strings.HasPrefix(s, "<") && strings.HasSuffix(s, ">") }
