package invite

import (
	"fmt"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// Summary says who comes. Addresses are in the order of the attendees; somebody
// who delegated counts as Delegated, and who comes instead by their own answer.
type Summary struct {
	Accepted  []string `json:"accepted,omitempty"`
	Tentative []string `json:"tentative,omitempty"`
	Declined  []string `json:"declined,omitempty"`
	Delegated []string `json:"delegated,omitempty"`
	// Waiting have not answered, or not since everybody was asked anew.
	Waiting []string `json:"waiting,omitempty"`
	// Undelivered are those among Waiting whom no mail reached.
	Undelivered []string `json:"undelivered,omitempty"`
	// Guests is how many more those who accepted bring.
	Guests int `json:"guests,omitempty"`
	// Occurrences are those of a series whose attendees or answers are their own.
	Occurrences []OccurrenceSummary `json:"occurrences,omitempty"`
	// Proposals is how many wait for the organizer, see [Meeting.OpenProposals].
	Proposals int `json:"proposals,omitempty"`
}

// OccurrenceSummary is the [Summary] of one occurrence.
type OccurrenceSummary struct {
	// RecurrenceID is the original start of the occurrence.
	RecurrenceID time.Time `json:"recurrenceId"`
	Summary
}

// Summary counts the answers.
func (m *Meeting) Summary() Summary {
	s := m.summary(m.Event.Attendees, time.Time{})
	s.Proposals = len(m.OpenProposals())
	for i := range m.Event.Overrides {
		o := &m.Event.Overrides[i]
		if len(o.Attendees) > 0 && !o.Cancelled {
			s.Occurrences = append(s.Occurrences, OccurrenceSummary{o.RecurrenceID, m.summary(o.Attendees, o.RecurrenceID)})
		}
	}
	return s
}

func (m *Meeting) summary(list []ical.Attendee, id time.Time) (s Summary) {
	for i := range list {
		a := &list[i]
		if address.Same(a.Email, m.Event.Organizer.Email) {
			continue
		}
		switch a.Status {
		case ical.StatusAccepted:
			s.Accepted = append(s.Accepted, a.Email)
			s.Guests += m.guests(a.Email, id)
		case ical.StatusTentative:
			s.Tentative = append(s.Tentative, a.Email)
		case ical.StatusDeclined:
			s.Declined = append(s.Declined, a.Email)
		case ical.StatusDelegated:
			s.Delegated = append(s.Delegated, a.Email)
		default:
			s.Waiting = append(s.Waiting, a.Email)
			if m.unreached(a.Email) {
				s.Undelivered = append(s.Undelivered, a.Email)
			}
		}
	}
	return s
}

// guests is what the answer that counts says of them.
func (m *Meeting) guests(email string, id time.Time) int {
	for _, id := range []time.Time{id, {}} {
		if last, ok := m.latest(email, id); ok && last.answer != nil {
			return last.answer.Guests
		}
	}
	return 0
}

// unreached tells whether the last mail to somebody did not arrive.
func (m *Meeting) unreached(email string) bool {
	for i := len(m.Deliveries) - 1; i >= 0; i-- {
		if d := &m.Deliveries[i]; address.Same(d.To, email) {
			return d.State == DeliveryUndelivered || d.State == DeliveryRefused
		}
	}
	return false
}

// String says it in one line: "2 accepted, 1 declined, 3 have not answered".
func (s Summary) String() string {
	var parts []string
	for _, p := range []struct {
		n    int
		text string
	}{
		{len(s.Accepted), "accepted"}, {s.Guests, "more as guests"}, {len(s.Tentative), "tentative"},
		{len(s.Declined), "declined"}, {len(s.Delegated), "delegated"}, {len(s.Waiting), "without an answer"},
		{len(s.Undelivered), "of them not reached"}, {s.Proposals, "open proposals"},
	} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.text))
		}
	}
	if len(parts) == 0 {
		return "nobody is invited"
	}
	return strings.Join(parts, ", ")
}
