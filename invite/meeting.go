package invite

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/body"
)

// Meeting is all that is known of a meeting that was sent: keep it anywhere, as
// JSON, and give it back to change, cancel or repeat it and to take answers in.
type Meeting struct {
	// Event is the meeting as it is now. Attendees[i].Status is the answer that counts.
	Event ical.Event `json:"event"`
	// Revised is the sequence of the last change that asked for new answers:
	// answers to an earlier one do not count.
	Revised int `json:"revised"`
	// Revisions are the same for single occurrences of a series.
	Revisions []Revision `json:"revisions,omitempty"`
	// Answers are all answers that counted when they came in, in this order.
	Answers []Answer `json:"answers"`
	// Proposals are other times that attendees asked for.
	Proposals []Proposal `json:"proposals"`
	// Deliveries are the mails that were sent, or tried, one for each recipient.
	Deliveries []Delivery `json:"deliveries"`
	// ReplyAddresses are the addresses that answers come to where
	// Options.ReplyAddress is set, by the attendee's address in lower case.
	ReplyAddresses map[string]string `json:"replyAddresses,omitempty"`
	// HideGuests and Shared are what the invitation was sent with; every later
	// mail is sent so too.
	HideGuests bool `json:"hideGuests,omitempty"`
	Shared     bool `json:"shared,omitempty"`
	// Before are the events before the changes that Deliveries is not done with,
	// the oldest first. [Client.Resume] needs them.
	Before []ical.Event `json:"before,omitempty"`
}

// Revision is the sequence at which an occurrence last needed new answers.
type Revision struct {
	RecurrenceID time.Time `json:"recurrenceId,omitzero"`
	Sequence     int       `json:"sequence"`
}

// Answer is one answer of one attendee.
type Answer struct {
	// Email is the attendee's address as the event has it.
	Email string `json:"email"`
	// Status is what they answered.
	Status ical.Status `json:"status"`
	// Comment is what they wrote with it.
	Comment string `json:"comment,omitempty"`
	// RecurrenceID is the occurrence it is about; zero for all.
	RecurrenceID time.Time `json:"recurrenceId,omitzero"`
	// Sequence and Stamp are SEQUENCE and DTSTAMP of the answer, which order it.
	Sequence int       `json:"sequence"`
	Stamp    time.Time `json:"stamp,omitzero"`
	// Guests is how many more they bring.
	Guests int `json:"guests,omitempty"`
	// DelegatedTo is who comes instead, where Status is delegated.
	DelegatedTo string `json:"delegatedTo,omitempty"`
	// As is the address that the answer gives as the attendee's, and SentBy that
	// of the mail's author, where they are not Email.
	As     string `json:"as,omitempty"`
	SentBy string `json:"sentBy,omitempty"`
	// MessageID is that of the mail it came in, with angle brackets.
	MessageID string `json:"messageId,omitempty"`
}

// Proposal is another time that an attendee asked for (RFC 5546, section 3.2.7).
type Proposal struct {
	// Email is the attendee's address as the event has it.
	Email string `json:"email"`
	// Start and End are the time they propose, dates where AllDay is set.
	Start  time.Time `json:"start,omitzero"`
	End    time.Time `json:"end,omitzero"`
	AllDay bool      `json:"allDay,omitempty"`
	// Location is the place they propose; "" is that of the meeting.
	Location string `json:"location,omitempty"`
	// Comment is what they wrote with it.
	Comment string `json:"comment,omitempty"`
	// RecurrenceID is the occurrence it is about; zero for all.
	RecurrenceID time.Time `json:"recurrenceId,omitzero"`
	// Sequence and Stamp are SEQUENCE and DTSTAMP of the proposal, which order it.
	Sequence int       `json:"sequence"`
	Stamp    time.Time `json:"stamp,omitzero"`
	// MessageID is that of the mail it came in, with angle brackets.
	MessageID string `json:"messageId,omitempty"`
	// Declined tells that the organizer told them no, see [Client.DeclineProposal].
	Declined bool `json:"declined,omitempty"`
}

// Delivery is what became of one mail to one recipient.
type Delivery struct {
	// To is the recipient's address as the event has it.
	To string `json:"to"`
	// Method, Sequence and RecurrenceID say what the mail was.
	Method       ical.Method `json:"method"`
	Sequence     int         `json:"sequence"`
	RecurrenceID time.Time   `json:"recurrenceId,omitzero"`
	// Action is what the mail's text says it is; "" is an invitation.
	Action body.Action `json:"action,omitempty"`
	// Comment are the organizer's words in it.
	Comment string `json:"comment,omitempty"`
	// Stamp is its DTSTAMP and Date: a mail that is sent again is the same mail.
	Stamp time.Time `json:"stamp,omitzero"`
	// MessageID is the mail's Message-ID, with angle brackets.
	MessageID string `json:"messageId"`
	// State is how far it came.
	State DeliveryState `json:"state"`
	// KindReply is what the Sender said where it failed, for people.
	Reply string `json:"reply,omitempty"`
	// Time is when the state was reached.
	Time time.Time `json:"time,omitzero"`
}

// DeliveryState is how far a mail came.
type DeliveryState string

// The values of [DeliveryState].
const (
	// DeliveryPending: not handed over yet; trying again is safe.
	DeliveryPending DeliveryState = "pending"
	// DeliveryDelivered: handed over to the Sender's server.
	DeliveryDelivered DeliveryState = "delivered"
	// DeliveryRefused: the server will not take it; trying again is useless.
	DeliveryRefused DeliveryState = "refused"
	// DeliveryUnknown: it may or may not have been taken; trying again may deliver it twice.
	DeliveryUnknown DeliveryState = "unknown"
	// DeliveryUndelivered: a server took it, and reported later that it did not arrive.
	DeliveryUndelivered DeliveryState = "undelivered"
)

// clone is a copy of m that shares no list with it.
func (m *Meeting) clone() *Meeting { return m.withEvent(own(m.Event)) }

// withEvent is a copy of m that shares no list with it, with another event.
func (m *Meeting) withEvent(e ical.Event) *Meeting {
	out := *m
	out.Event = e
	out.Before = slices.Clone(m.Before)
	for i := range out.Before {
		out.Before[i] = own(out.Before[i])
	}
	out.Revisions = slices.Clone(m.Revisions)
	out.Answers = slices.Clone(m.Answers)
	out.Proposals = slices.Clone(m.Proposals)
	out.Deliveries = slices.Clone(m.Deliveries)
	out.ReplyAddresses = maps.Clone(m.ReplyAddresses)
	return &out
}

// after returns the meeting as a plan makes it, before anything is sent.
func (m *Meeting) after(p *plan, o *Options) *Meeting {
	out := m.withEvent(p.event)
	if p.previous != nil {
		out.Before = append(out.Before, *p.previous)
	}
	out.HideGuests, out.Shared = o.HideGuests, o.Shared
	for _, r := range p.revised {
		if r.RecurrenceID.IsZero() {
			out.Revised, out.Revisions = r.Sequence, nil
			continue
		}
		out.Revisions = slices.DeleteFunc(out.Revisions, func(old Revision) bool {
			return old.RecurrenceID.Equal(r.RecurrenceID)
		})
		out.Revisions = append(out.Revisions, r)
	}
	return out
}

// floor is the sequence of the last change that asked for new answers to an
// occurrence; zero is the whole meeting.
func (m *Meeting) floor(id time.Time) int {
	floor := m.Revised
	for _, r := range m.Revisions {
		if r.RecurrenceID.Equal(id) {
			floor = max(floor, r.Sequence)
		}
	}
	return floor
}

// versionBefore is the event before the change that had the sequence; nil for
// an invitation, and where nothing of that change is open.
func (m *Meeting) versionBefore(sequence int) *ical.Event {
	for i := len(m.Before) - 1; i >= 0; i-- {
		if m.Before[i].Sequence < sequence {
			return &m.Before[i]
		}
	}
	return nil
}

// forget drops the versions that no open delivery needs.
func (m *Meeting) forget() {
	if len(m.Before) == 0 {
		return
	}
	needed := make(map[int]bool)
	for _, i := range m.open(true) {
		if v := m.versionBefore(m.Deliveries[i].Sequence); v != nil {
			needed[v.Sequence] = true
		}
	}
	m.Before = slices.DeleteFunc(m.Before, func(e ical.Event) bool { return !needed[e.Sequence] })
	if len(m.Before) == 0 {
		m.Before = nil
	}
}

// meetingFormat is the number of the JSON form that this version writes.
const meetingFormat = 1

// meetingJSON is the stored form: the number of its format in front.
type meetingJSON struct {
	Format int `json:"format"`
	*plainMeeting
}

type plainMeeting Meeting // without the methods

// MarshalJSON writes the meeting with the number of its format in front; lists are never null.
func (m Meeting) MarshalJSON() ([]byte, error) {
	p := plainMeeting(m)
	p.Answers = notNil(p.Answers)
	p.Proposals = notNil(p.Proposals)
	p.Deliveries = notNil(p.Deliveries)
	return json.Marshal(meetingJSON{meetingFormat, &p})
}

func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// UnmarshalJSON reads what MarshalJSON wrote. A meeting of a newer format is
// refused, because what this version does not know of it would be lost.
func (m *Meeting) UnmarshalJSON(data []byte) error {
	var head struct {
		Format int `json:"format"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return fmt.Errorf("invite: meeting: %w", err)
	}
	if head.Format != meetingFormat {
		return fmt.Errorf("invite: meeting: format %d, this version reads %d", head.Format, meetingFormat)
	}
	aux := meetingJSON{plainMeeting: new(plainMeeting)}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&aux); err != nil {
		return fmt.Errorf("invite: meeting: %w", err)
	}
	*m = Meeting(*aux.plainMeeting)
	return nil
}
