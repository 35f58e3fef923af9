package invite

import (
	"strings"
	"unicode"

	"github.com/convene-go/convene/internal/address"
)

// The limits of texts that attendees write, in octets.
const (
	// mostComment limits the comment of one answer or proposal.
	mostComment = 8 << 10
	// mostComments limits the comments of all answers and proposals of one attendee.
	// The last to arrive stay.
	mostComments = 64 << 10
	// mostLocation limits the place of a proposal, which an update mails to everybody.
	mostLocation = 1024
	// mostName limits the name of somebody who joins.
	mostName = 256
	// mostIdentifier limits Message-IDs. A longer one is not kept.
	mostIdentifier = 255
	// mostReason limits the reason of an outcome.
	mostReason = 4 << 10
)

// The limits of the number of answers and proposals.
const (
	// mostAnswersOf limits the answers of one attendee to one occurrence, the one
	// that counts included.
	mostAnswersOf = 10
	// mostSuperseded limits the answers of one attendee that do not count any more,
	// to all occurrences together.
	mostSuperseded = 100
	// mostDates limits the occurrences that one attendee answers.
	mostDates = 500
	// mostProposalsOf limits the proposals of one attendee, and mostProposals the
	// proposals of a meeting.
	mostProposalsOf = 20
	mostProposals   = 1000
	// mostJoined limits the occurrences to which a person who is not invited comes by
	// one mail.
	mostJoined = 50
	// mostGuests limits the people whom an attendee brings along.
	mostGuests = 10_000
)

// trim limits the texts of an answer, which a stranger may have written.
func (a *Answer) trim() {
	a.Comment = foreignText(a.Comment, mostComment)
	a.AnsweredAs = foreignLine(a.AnsweredAs, address.Max)
	a.SentBy = foreignLine(a.SentBy, address.Max)
	a.DelegatedTo = foreignLine(a.DelegatedTo, address.Max)
	a.Via = foreignLine(a.Via, mostName)
	a.MessageID = foreignID(a.MessageID)
	a.Guests = min(max(a.Guests, 0), mostGuests)
}

// trim limits the texts of a proposal, which a stranger may have written.
func (p *Proposal) trim() {
	p.Comment = foreignText(p.Comment, mostComment)
	p.Location = foreignLine(p.Location, mostLocation)
	p.Via = foreignLine(p.Via, mostName)
	p.MessageID = foreignID(p.MessageID)
}

// trimmed returns the outcome with a reason of limited length.
func (o Outcome) trimmed() Outcome {
	o.Reason = foreignLine(o.Reason, mostReason)
	return o
}

// foreignID returns a Message-ID, or "" if it is too long or has characters that cannot
// be seen.
func foreignID(id string) string {
	if len(id) > mostIdentifier || foreignLine(id, mostIdentifier) != id {
		return ""
	}
	return id
}

// foreignText returns the first n octets of a stranger's text, with a mark if something
// is missing. It leaves out control characters except line breaks and tabs.
func foreignText(s string, n int) string {
	return cut(visible(headOf(s, n), func(r rune) rune {
		switch r {
		case '\r':
			return -1
		case '\t':
			return r
		}
		return '\n'
	}), n)
}

// foreignLine is foreignText on one line.
func foreignLine(s string, n int) string {
	return cut(strings.TrimSpace(visible(headOf(s, n), func(rune) rune { return ' ' })), n)
}

// visible returns a text without hidden characters and in valid UTF-8. space replaces
// each line break and tab.
func visible(s string, space func(rune) rune) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t' || r == '\u2028' || r == '\u2029':
			return space(r)
		case isHidden(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// headOf returns the first 4n octets of s, so that a long text costs little. That is
// enough for n octets of text, unless most characters are hidden ones.
func headOf(s string, n int) string { return s[:min(len(s), 4*n)] }

// isHidden reports whether a character changes the display of other characters, and is
// not visible itself: control characters, and the marks that change the direction of the
// text around them (Unicode Standard Annex 9, section 2).
func isHidden(r rune) bool {
	return unicode.IsControl(r) || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' || r == '\ufeff'
}
