package mime

import (
	"slices"
	"strings"

	"github.com/convene-go/convene/internal/address"
)

// recipients finds the recipients in the words of a server, with the codes that stand in
// the line of an address, or in the lines between it and the next address.
func (n *notice) recipients(lines []string) {
	index := make(map[string]int)
	for i := range n.named {
		index[address.Key(n.named[i].FinalRecipient)] = i
	}
	own := n.ownAddresses()
	var waiting []int // the recipients whose code may come
	listing := false  // the line before had addresses, and no code
	for _, line := range lines {
		status, reply := codeIn(line)
		var here []int
		for _, to := range addressesIn(line) {
			key := address.Key(to)
			at, known := index[key]
			if !known && (own[key] || isDaemon(to) || n.header) {
				continue
			}
			if !known && len(n.named) >= n.MaxParts {
				n.limit("report on more than %d recipients: the rest is not read", n.MaxParts)
				continue
			}
			if !known {
				at = len(n.named)
				index[key] = at
				n.named = append(n.named, DeliveryStatus{FinalRecipient: to})
			}
			here = append(here, at)
		}
		switch {
		case len(here) > 0 && status == "":
			if !listing {
				waiting = nil
			}
			waiting, listing = append(waiting, here...), true
		case status != "" && len(here) > 0:
			n.assign(here, status, reply)
			waiting, listing = nil, false
		case status != "" && !strings.HasPrefix(status, "2"):
			n.assign(waiting, status, reply)
			listing = false
		case strings.TrimSpace(line) != "":
			listing = false
		}
	}
}

// assign gives a code to recipients that have none.
func (n *notice) assign(list []int, status, reply string) {
	for _, at := range list {
		if d := &n.named[at]; d.Status == "" {
			d.Status, d.DiagnosticCode = status, reply
		}
	}
}

// ownAddresses has the keys of the addresses to and from which the letter came. Nobody
// reports that these did not get a mail: the letter itself came to them.
func (n *notice) ownAddresses() map[string]bool {
	own := make(map[string]bool)
	for _, list := range [][]string{n.out.DeliveredTo, {n.out.ReturnPath}} {
		for _, a := range list {
			own[address.Key(a)] = true
		}
	}
	for _, a := range slices.Concat(n.out.From, n.out.To, n.out.Cc) {
		own[address.Key(a.Address)] = true
	}
	return own
}

// addressesIn returns the addresses in a line of text.
func addressesIn(line string) (found []string) {
	done := 0
	for from := 0; ; {
		at := strings.IndexByte(line[from:], '@')
		if at < 0 {
			return found
		}
		at += from
		start, end := at, at+1
		for start > done && (address.IsAtext(line[start-1]) && line[start-1] != '\'' && line[start-1] != '`' || line[start-1] == '.') {
			start--
		}
		for end < len(line) && isHostByte(line[end]) {
			end++
		}
		from, done = end, end
		local := strings.TrimLeft(line[start:at], ".")
		if at := strings.LastIndexByte(local, '='); at >= 0 && !strings.Contains(local, "+") {
			local = local[at+1:] // as in "to=ann@example.com" of logs
		}
		if host := strings.TrimRight(line[at+1:end], ".-"); local != "" && host != "" {
			found = append(found, local+"@"+host)
		}
	}
}

// isHostByte reports whether c may stand in the name of a host, in ASCII or in UTF-8.
func isHostByte(c byte) bool {
	return c == '.' || c == '-' || isDigit(c) || isLetter(c) || c >= 0x80
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// mostReply limits the text at a code that is kept, in octets.
const mostReply = 500

// codeIn returns the first code in a line, and the text from there on: an enhanced status
// code (RFC 3463) of the classes 2, 4 and 5, or a reply of SMTP of the classes 4 and 5
// (RFC 5321, section 4.2.1), as in "5.0.0". status is "" if there is none.
func codeIn(line string) (status, text string) {
	begin := -1
	for i := 0; i < len(line); i++ {
		if !isDigit(line[i]) || !beginsNumber(line[:i]) && (begin < 0 || i != begin+len("550-")) {
			continue
		}
		if code := enhanced(line[i:]); code != "" && (begin >= 0 || introduced(line[:i])) {
			if begin < 0 {
				begin = i
			}
			return code, excerptOf(line[begin:])
		}
		if begin < 0 && isReply(line[i:]) {
			begin = i
		}
	}
	if begin < 0 {
		return "", ""
	}
	return line[begin:begin+1] + ".0.0", excerptOf(line[begin:])
}

// beginsNumber reports whether a digit after a text is the first of a number, and the
// number is no part of a name, an address or an amount.
func beginsNumber(before string) bool {
	if before == "" {
		return true
	}
	c := before[len(before)-1]
	return !isDigit(c) && !isLetter(c) && (strings.IndexByte(".-+@_/:", c) < 0 || labelled(before))
}

// labelled reports whether a colon ends a text that is no clock time, as in "said:550".
func labelled(before string) bool {
	before, colon := strings.CutSuffix(before, ":")
	return colon && before != "" && !isDigit(before[len(before)-1])
}

// excerptOf returns the text that is kept of a line.
func excerptOf(line string) string { return strings.TrimSpace(cutText(line, mostReply)) }

// enhanced returns the enhanced status code with which a text begins, or "". A number
// with four parts, such as an address of a host, is none.
func enhanced(s string) string {
	if len(s) < 5 || strings.IndexByte("245", s[0]) < 0 || s[1] != '.' || s[2] < '0' || s[2] > '7' || s[3] != '.' {
		return ""
	}
	end := 4
	for end < len(s) && isDigit(s[end]) {
		end++
	}
	if end == 4 || end > 7 || end < len(s) && (isLetter(s[end]) || s[end] == '.' && end+1 < len(s) && isDigit(s[end+1])) {
		return ""
	}
	return s[:end]
}

// codeWords may stand before a code without a mark between.
var codeWords = map[string]bool{
	"error": true, "code": true, "status": true, "dsn": true, "fehler": true, "fehlercode": true, "erreur": true, "codice": true, "errore": true, "said": true,
}

// introduced reports whether an enhanced code may follow a text. The number of a version
// looks the same, but follows a name.
func introduced(before string) bool {
	before = strings.TrimRight(before, " \t")
	if before == "" || !isLetter(before[len(before)-1]) && before[len(before)-1] < 0x80 {
		return true
	}
	return codeWords[address.Lower(before[strings.LastIndexAny(before, " \t(")+1:])]
}

// notReplies stand behind a number that is a size or a time.
var notReplies = map[string]bool{
	"kb": true, "mb": true, "gb": true, "kib": true, "mib": true, "bytes": true, "octets": true, "hours": true, "minutes": true, "seconds": true, "days": true,
}

// isReply reports whether a text begins with a reply of SMTP that refuses a mail or puts it
// off. A number of a telephone goes on with digits.
func isReply(s string) bool {
	if len(s) < 3 || s[0] != '4' && s[0] != '5' || strings.IndexByte("012357", s[1]) < 0 || !isDigit(s[2]) {
		return false
	}
	if len(s) == 3 {
		return true
	}
	if strings.IndexByte(" -\t>\"'#", s[3]) < 0 {
		return false
	}
	next := strings.TrimLeft(s[3:], " -\t>\"'")
	if next != "" && isDigit(next[0]) {
		return enhanced(next) != ""
	}
	word, _, _ := strings.Cut(next, " ")
	return !notReplies[address.Lower(strings.Trim(word, ".,;)"))]
}
