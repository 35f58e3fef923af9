package invite

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/roster"
	"github.com/convene-go/convene/invite/internal/series"
)

// Meeting is everything that is known of a meeting that was sent. It is plain
// data: keep it anywhere, as JSON, and give it back to change, cancel or repeat
// the meeting and to take answers in. It has three kinds of data, none of which
// rewrites another: the intent of the organizer (Event), the words of the
// attendees (Answers, Joined, Proposals), and the fate of the mails (Deliveries).
type Meeting struct {
	// Event is the meeting as the organizer wants it. Nobody's answer is in it.
	// [Meeting.Attendees] and [Meeting.Status] say who comes.
	Event ical.Event `json:"event"`
	// Tag is the caller's own, such as the name of a tenant. See [Tag].
	Tag string `json:"tag,omitempty"`
	// Revised is the sequence of the last change that asked for new answers.
	// Answers to an earlier sequence do not count.
	Revised int `json:"revised"`
	// Revisions has the same for single occurrences of a series.
	Revisions []Revision `json:"revisions,omitempty"`
	// Renamed is the sequence of the last change that gave occurrences of the
	// series other original starts. The answers here have the present ones. A late
	// answer to one occurrence of an earlier sequence is stale, because it may name
	// another occurrence.
	Renamed int `json:"renamed,omitempty"`
	// Answers has the answers that counted when they came in, in the order of
	// their arrival: all that count now, and the last few before them.
	Answers []Answer `json:"answers"`
	// Joined are the attendees who came to single occurrences by an answer:
	// delegates, and uninvited people if the [Policy] lets them in.
	Joined []Joined `json:"joined,omitempty"`
	// Proposals are other times that attendees asked for. Of each attendee, the last
	// few are kept.
	Proposals []Proposal `json:"proposals"`
	// Deliveries are the mails of the meeting, sent or not, one for each
	// recipient of a mail.
	Deliveries []Delivery `json:"deliveries"`
	// Attached has the files that went with mails, without their data. The last hundred
	// calls with other files are kept, and all that mails may still need.
	Attached []Attached `json:"attached,omitempty"`
	// ReplyAddresses are the addresses that answers come to if
	// Options.ReplyAddress is set, by the attendee's address in lower case. With
	// OneMail there is one address for all, by "".
	ReplyAddresses map[string]string `json:"replyAddresses,omitempty"`
	// HideGuests and OneMail are the options that the invitation was sent with.
	// Every later mail is sent with them too.
	HideGuests bool `json:"hideGuests,omitempty"`
	OneMail    bool `json:"oneMail,omitempty"`
	// Unsent says that nobody was invited, because the meeting lay wholly in the
	// past when [Client.Send] made it. A meeting that has no deliveries and is not
	// Unsent came from elsewhere, and its attendees count as invited.
	Unsent bool `json:"unsent,omitempty"`
	// Before has earlier versions of Event, the oldest first. Some attendee still
	// has each of them, because mails about later changes were not handed over.
	// Updates and [Client.Resume] use them to tell such attendees the difference.
	Before []ical.Event `json:"before,omitempty"`
}

// Revision is the sequence at which an occurrence last needed new answers.
type Revision struct {
	RecurrenceID time.Time `json:"recurrenceId,omitzero"`
	Sequence     int       `json:"sequence"`
}

// Joined is an attendee of one occurrence who is not in the organizer's list.
type Joined struct {
	// RecurrenceID is the original start of the occurrence.
	RecurrenceID time.Time `json:"recurrenceId"`
	// Attendee is the attendee, without an answer.
	Attendee ical.Attendee `json:"attendee"`
}

// Answer is one answer of one attendee.
type Answer struct {
	// Email is the attendee's address as the event has it.
	Email string `json:"email"`
	// Status is the answer.
	Status ical.Status `json:"status"`
	// Comment has the attendee's words with it.
	Comment string `json:"comment,omitempty"`
	// RecurrenceID is the original start of the occurrence that the answer is
	// about. It is zero if the answer is about the whole meeting.
	RecurrenceID time.Time `json:"recurrenceId,omitzero"`
	// Sequence and Stamp are the SEQUENCE and the DTSTAMP of the answer, which
	// order it. If DTSTAMP is later than the receipt, Stamp is the time of receipt.
	// If the answer did not come by mail, Stamp is the time at which it was given,
	// and alone orders it.
	Sequence int       `json:"sequence"`
	Stamp    time.Time `json:"stamp,omitzero"`
	// Via is the way by which the answer came. "" is a mail, "organizer" is a
	// status that the organizer set in an event, and "import" is an older stored
	// form. Every other value was given by the caller of [Meeting.Answer], such
	// as "link" or "phone".
	Via string `json:"via,omitempty"`
	// Guests is the number of people that the attendee brings along.
	Guests int `json:"guests,omitempty"`
	// DelegatedTo is the address of the delegate if Status is delegated.
	DelegatedTo string `json:"delegatedTo,omitempty"`
	// AnsweredAs is the address that the answer gives as the attendee's, and
	// SentBy is the address of the mail's author. Each is "" if it equals Email.
	AnsweredAs string `json:"answeredAs,omitempty"`
	SentBy     string `json:"sentBy,omitempty"`
	// MessageID is the Message-ID of the mail with the answer, with angle
	// brackets. If the answer did not come by mail, it may name its form or call, see
	// [Meeting.Answer].
	MessageID string `json:"messageId,omitempty"`
}

// isEmpty reports whether m is nil or was never sent.
func (m *Meeting) isEmpty() bool { return m == nil || m.Event.UID == "" }

// clone returns a copy of m that shares no list with it. Its events are in the form
// of [series.Normalized].
func (m *Meeting) clone() *Meeting { return m.withEvent(series.Normalized(m.Event)) }

// forAnswer returns a copy of m to which answers and proposals can be added. It
// shares the lists that answers do not change. Such a list is copied if something is
// added to it. The copy has room for a few more answers, so that adding them copies
// nothing.
func (m *Meeting) forAnswer() *Meeting {
	out := *m
	out.Event.Attendees = withStatus(m.Event.Attendees)
	out.Event.Overrides = slices.Clone(m.Event.Overrides)
	for i := range out.Event.Overrides {
		out.Event.Overrides[i].Attendees = withStatus(out.Event.Overrides[i].Attendees)
	}
	out.Joined = slices.Clip(m.Joined)
	out.Proposals = slices.Clone(m.Proposals)
	if m.Answers != nil {
		out.Answers = append(make([]Answer, 0, len(m.Answers)+roomForAnswers), m.Answers...)
	}
	return &out
}

// roomForAnswers is a number of answers that few mails exceed.
const roomForAnswers = 4

// withStatus returns the attendees in the form of [series.Normalized]. It copies them
// only if one has no status.
func withStatus(list []ical.Attendee) []ical.Attendee {
	for i := range list { // by index, because an attendee is large to copy
		if list[i].Status == "" {
			return series.Normalized(ical.Event{Attendees: list}).Attendees
		}
	}
	return slices.Clip(list)
}

// shared returns a copy of m to be read, with its event in the form of
// [series.Normalized]. It shares the lists of attendees, answers and deliveries with
// m, and does not normalize the attendees.
func (m *Meeting) shared() *Meeting {
	e := m.Event
	lists := make([][]ical.Attendee, len(e.Overrides))
	e.Attendees, e.Overrides = nil, slices.Clone(e.Overrides)
	for i := range e.Overrides {
		lists[i], e.Overrides[i].Attendees = e.Overrides[i].Attendees, nil
	}
	out := *m
	out.Event = series.Normalized(e)
	out.Event.Attendees = m.Event.Attendees
	for i := range lists {
		out.Event.Overrides[i].Attendees = lists[i]
	}
	return &out
}

// withEvent returns a copy of m that shares no list with it, with the event e, which
// is not copied.
func (m *Meeting) withEvent(e ical.Event) *Meeting {
	out := *m
	out.Event = e
	out.Before = slices.Clone(m.Before)
	for i := range out.Before {
		out.Before[i] = series.Normalized(out.Before[i])
	}
	out.Revisions = slices.Clone(m.Revisions)
	out.Answers = slices.Clone(m.Answers)
	out.Joined = slices.Clone(m.Joined)
	out.Proposals = slices.Clone(m.Proposals)
	out.Deliveries = slices.Clone(m.Deliveries)
	out.Attached = slices.Clone(m.Attached)
	out.ReplyAddresses = maps.Clone(m.ReplyAddresses)
	return &out
}

// Merge takes in changes of deliveries, as a [Ledger] is given them. It changes
// m. Each change replaces the delivery with its number. New numbers are added at
// the end. It does nothing if m is nil.
func (m *Meeting) Merge(changed []Delivery) {
	if m == nil {
		return
	}
	var find numberFinder
	for _, d := range changed {
		if i := find.index(m.Deliveries, d.N); i >= 0 {
			m.Deliveries[i] = d
			continue
		}
		find.at[d.N] = len(m.Deliveries)
		m.Deliveries = append(m.Deliveries, d)
	}
}

// numberFinder finds deliveries by their numbers. In most meetings the numbers follow
// each other, so that the place of a delivery is known. Otherwise the list is indexed
// once.
type numberFinder struct{ at map[int]int }

// index returns the index of the delivery with a number, or -1. Then f.at is the index
// of all.
func (f *numberFinder) index(list []Delivery, n int) int {
	if f.at == nil {
		if len(list) > 0 {
			if i := n - list[0].N; i >= 0 && i < len(list) && list[i].N == n {
				return i
			}
		}
		f.at = make(map[int]int, len(list))
		for i := range list {
			f.at[list[i].N] = i
		}
	}
	if i, ok := f.at[n]; ok {
		return i
	}
	return -1
}

// nextNumber returns the number of the next delivery.
func (m *Meeting) nextNumber() int {
	n := 0
	for i := range m.Deliveries {
		n = max(n, m.Deliveries[i].N+1)
	}
	return n
}

func (a *Answer) order() roster.Order { return (*roster.Answer)(a).Order() }

// describe returns a description of the answer, for people.
func (a *Answer) describe() string {
	s := fmt.Sprintf("%s: %s", a.Email, a.Status)
	if a.DelegatedTo != "" {
		s += " to " + a.DelegatedTo
	}
	if !a.RecurrenceID.IsZero() {
		s += ", on " + a.RecurrenceID.Format(time.RFC3339)
	}
	return s
}
