package ical

import (
	"slices"
	"strings"

	"github.com/convene-go/convene/internal/address"
)

// peopleRules are the rules about addresses that cannot take part as the event
// says.
var peopleRules = []lintRule{
	{"organizer-noreply", SeverityWarning, "Organizer.Email", "answers go to the organizer, and nobody reads this mailbox; use an address that is read, or the client's ReplyAddress",
		"RFC 5546, section 3.2.3", every,
		func(e *lintTarget) []hit { return hitIf(isNoReply(e.Organizer.Email), "Organizer.Email") }},
	{"attendee-group", SeverityWarning, "Attendees[i].Kind", "a client looks for its user among the attendees, so members of a group may see no buttons, and their answers come from strangers; invite each member",
		"RFC 5545, section 3.2.3; several reports", every,
		func(e *lintTarget) (out []hit) {
			for i := range e.Attendees {
				out = append(out, hitAt(e.Attendees[i].Kind == KindGroup, "Attendees", i, "Kind")...)
			}
			return out
		}},
	{aloneRule, SeverityError, "Attendees", "nobody but the organizer is invited, so there is no mail to send",
		"RFC 5546, section 3.2.2", every,
		func(e *lintTarget) []hit { return hitIf(e.organizerAlone(), "Attendees") }},
}

// aloneRule is the rule that the planning of an invitation checks by itself,
// because a change may leave the organizer alone.
const aloneRule = "organizer-alone"

// isNoReply reports whether an address says that nobody reads its mails. The
// words stand in the local part, or are one label of the domain.
func isNoReply(email string) bool {
	local, domain, _ := strings.Cut(strings.ToLower(email), "@")
	if saysNoReply(local) {
		return true
	}
	for label := range strings.SplitSeq(domain, ".") {
		if saysNoReply(label) {
			return true
		}
	}
	return false
}

// saysNoReply compares whole words, so that casino.reply and nora.reply are
// ordinary names.
func saysNoReply(part string) bool {
	if !strings.Contains(part, "repl") && !strings.Contains(part, "respon") {
		return false
	}
	words := strings.FieldsFunc(part, func(r rune) bool { return strings.ContainsRune("-_.+", r) })
	text := " " + strings.Join(words, " ") + " "
	return slices.ContainsFunc([]string{
		" noreply ", " no reply ", " noreplies ", " donotreply ", " do not reply ", " donot reply ",
		" dontreply ", " dont reply ", " neverreply ", " noresponse ", " no response ",
	}, func(s string) bool { return strings.Contains(text, s) })
}

// organizerAlone reports whether all attendees of the meeting and of its
// occurrences are the organizer. [Event.Validate] reports an event without
// attendees. An occurrence on its own is not judged, because its series may have
// other attendees.
func (e *Event) organizerAlone() bool {
	if len(e.Attendees) == 0 || !e.RecurrenceID.IsZero() {
		return false
	}
	other := func(a Attendee) bool { return !address.Same(a.Email, e.Organizer.Email) }
	return !slices.ContainsFunc(e.Attendees, other) && !slices.ContainsFunc(e.Overrides, func(o Event) bool {
		return !o.Cancelled && slices.ContainsFunc(o.Attendees, other)
	})
}
