package mime

import (
	"cmp"
	"slices"
	"strings"

	"github.com/convene-go/convene/internal/address"
)

// notice is a letter in which a server may say in words that a mail did not arrive.
type notice struct {
	*reader
	author  authority
	header  bool             // X-Failed-Recipients names the recipients
	named   []DeliveryStatus // the recipients that the letter names
	words   string           // the server's own words: in lower case, with single spaces
	copied  bool             // the letter has a copy of a mail, or the Message-ID of one
	replies bool             // the header of the letter names another mail
}

// authority is the degree to which the header of a letter shows that a server wrote it.
type authority int

const (
	authorNobody authority = iota // somebody else wrote it
	authorMaybe                   // some signs are missing
	authorServer
)

// finishReport makes a report of the letter of a server that has no part for programs.
// The author of the letter is judged by its header, and not by its words, because people
// quote such letters.
func (r *reader) finishReport() {
	out := r.out
	if out.Report != nil || out.ReportType != "" && out.ReportType != deliveryStatus || out.TNEF != nil && out.TNEF.Meeting != nil {
		return
	}
	if slices.ContainsFunc(out.Calendars, func(p Part) bool { return !p.Embedded }) {
		return
	}
	n := &notice{reader: r, replies: out.InReplyTo != "" || len(out.References) > 0}
	n.failedFields()
	if n.author = r.authority(); n.author == authorNobody && !n.header {
		return
	}
	lines := strings.Split(out.Text, "\n")
	if n.author != authorServer {
		lines = slices.DeleteFunc(lines, isQuoted)
	}
	own, back := splitCopy(lines)
	n.words = plainWords(strings.Join(own, "\n"))
	n.copied = out.Returned != nil || r.attached != nil || back.text != "" || back.id != ""
	n.recipients(own)
	if report := n.judge(); report != nil {
		out.Report = report
		r.giveBack(back)
	}
}

// isQuoted reports whether a line is quoted from another mail.
func isQuoted(line string) bool { return strings.HasPrefix(strings.TrimLeft(line, " \t"), ">") }

// plainWords returns a text in lower case, with single spaces and plain apostrophes.
func plainWords(s string) string {
	return strings.ReplaceAll(strings.ToLower(strings.Join(strings.Fields(s), " ")), "’", "'")
}

// failedFields takes the recipients in the header of the letter.
//
// QUIRK: Exim, before it wrote reports by RFC 3464, named the recipients that were not
// reached in a field of the header: testdata/read/bounce-exim.eml.
func (n *notice) failedFields() {
	for _, value := range n.out.Values("X-Failed-Recipients") {
		for _, to := range bareAddresses(value) {
			if len(n.named) >= n.MaxParts {
				n.limit("report on more than %d recipients: the rest is not read", n.MaxParts)
				return
			}
			n.named, n.header = append(n.named, DeliveryStatus{FinalRecipient: to}), true
		}
	}
}

// daemons are the local parts under which servers write.
var daemons = map[string]bool{
	"mailer-daemon": true, "mailerdaemon": true, "mailer_daemon": true, "mail-daemon": true, "maildaemon": true, "mdaemon": true,
	"postmaster": true, "mail-delivery": true, "mail-delivery-subsystem": true, "mailsystem": true, "mail-system": true,
	"microsoftexchange329e71ec88ae4615bbc36ab6ce41109e": true, // Exchange 2007 and later
}

// isDaemon reports whether a server writes under an address.
func isDaemon(addr string) bool {
	local, _, _ := strings.Cut(strings.Trim(addr, " \t<>\""), "@")
	return daemons[address.Lower(local)]
}

// fromDaemon reports whether the only author is a server. Some servers write
// "MAILER-DAEMON" without a domain, "<>" or "<@>", which are no addresses.
func (r *reader) fromDaemon() bool {
	if len(r.out.From) == 1 {
		return isDaemon(r.out.From[0].Address)
	}
	from, _, _ := strings.Cut(first(r.out.Header, "From"), "(")
	if at := strings.LastIndexByte(from, '<'); at >= 0 {
		from = from[at:]
	}
	from = strings.TrimSpace(from)
	return len(r.out.From) == 0 && (isDaemon(from) || from == "<>" || from == "<@>")
}

// authority judges the header of a letter: its author, its reverse path (RFC 5321,
// section 4.5.5), and Auto-Submitted (RFC 3834, section 5).
func (r *reader) authority() authority {
	out := r.out
	automatic := out.AutoSubmitted != "" && out.AutoSubmitted != "no"
	null, path := out.ReturnPath == "<>", out.ReturnPath != "" && out.ReturnPath != "<>"
	switch daemon := r.fromDaemon(); {
	case r.fromList():
		return authorNobody
	case out.ReportType == deliveryStatus && (daemon || null || automatic), daemon && (null || automatic), daemon && (!path || isDaemon(out.ReturnPath)) && opens(out.Text):
		return authorServer
	case daemon, out.ReportType == deliveryStatus, null && out.AutoSubmitted != "auto-replied":
		return authorMaybe
	}
	return authorNobody
}

// fromList reports whether a mailing list sent the mail.
func (r *reader) fromList() bool {
	for _, name := range []string{"List-Id", "List-Post", "List-Unsubscribe"} {
		if first(r.out.Header, name) != "" {
			return true
		}
	}
	return strings.EqualFold(strings.TrimSpace(first(r.out.Header, "Precedence")), "list")
}

// judge returns the report that the letter is, or nil if it is none.
//
//   - A code at a recipient, or a field of the header that names one, is enough if a
//     server wrote the letter. Known words are enough too, but not if the letter names
//     nobody.
//   - If nothing shows that a server wrote it, a code at a recipient and a copy of a mail
//     are needed, and a doubt remains.
//   - A copy alone is enough for a doubtful report, because the words may be in a language
//     that is not known here.
func (n *notice) judge() *DeliveryReport {
	coded := n.keepCoded()
	said := n.says()
	clear := coded || said != "" || n.header
	switch {
	case n.author != authorServer && !n.header && !(coded && (n.copied || n.replies)):
		return nil
	case !clear && !n.copied:
		return nil
	case said == "delivered" && !coded && !n.header && len(n.named) == 0:
		return nil // it concerns nobody
	}
	report := &DeliveryReport{Prose: true, Doubt: n.doubt(clear, said)}
	if len(n.named) == 0 {
		n.named = []DeliveryStatus{{}}
	}
	for _, d := range n.named {
		d.Action = n.action(&d, said)
		report.Recipients = append(report.Recipients, d)
	}
	return report
}

// keepCoded reports whether a recipient has a code. Then those without one are not meant:
// the letter may name somebody who can help. Recipients in the header always stay.
func (n *notice) keepCoded() bool {
	coded := slices.ContainsFunc(n.named, func(d DeliveryStatus) bool { return d.Status != "" })
	if coded && !n.header {
		n.named = slices.DeleteFunc(n.named, func(d DeliveryStatus) bool { return d.Status == "" })
	}
	return coded
}

// says returns the action that the words of the letter speak of, or "". If they speak of
// a delay and of an end of all tries, the end counts.
func (n *notice) says() string {
	switch {
	case n.hasAny(givenUp):
		return "failed"
	case n.hasAny(delayed):
		return "delayed"
	case n.hasAny(failed):
		return "failed"
	case n.hasAny(arrived):
		return "delivered"
	}
	return ""
}

// hasAny reports whether the letter has one of the phrases.
func (n *notice) hasAny(phrases []string) bool {
	return slices.ContainsFunc(phrases, func(p string) bool { return strings.Contains(n.words, p) })
}

// action returns the action for one recipient. A temporary code is a delay, unless the
// server says that it has given up.
func (n *notice) action(d *DeliveryStatus, said string) string {
	switch code := firstWord(d.Status); {
	case strings.HasPrefix(code, "2"):
		return "delivered"
	case strings.HasPrefix(code, "4") && !n.hasAny(givenUp):
		return "delayed"
	case code != "":
		return "failed"
	}
	return cmp.Or(said, "failed")
}

// doubt says why the report may be wrong, or "".
func (n *notice) doubt(clear bool, said string) string {
	permanent := slices.ContainsFunc(n.named, func(d DeliveryStatus) bool { return strings.HasPrefix(d.Status, "5") })
	switch {
	case n.author != authorServer:
		return "its header does not show that a server wrote it"
	case len(n.named) == 0:
		return "it names no recipient"
	case !clear:
		return "it has neither a code nor known words"
	case permanent && (said == "delayed" || said == "delivered"):
		return "its words and its codes differ"
	}
	return ""
}
