package invite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/roster"
)

// Tally counts the attendees by their answers, and the mails that are not known
// to have arrived. Rooms and resources count as people do. [Meeting.Attendees] says who the
// attendees are, with their Kind.
type Tally struct {
	Accepted  int `json:"accepted"`
	Tentative int `json:"tentative"`
	Declined  int `json:"declined"`
	// Delegated counts the attendees who sent somebody else. The delegate is
	// counted by their own answer.
	Delegated int `json:"delegated"`
	// Waiting counts the attendees who have not answered, or not since everybody
	// was asked anew.
	Waiting int `json:"waiting"`
	// Guests is the number of people that the attendees who accepted bring along.
	Guests int `json:"guests"`
	// Proposals is the number of proposals that wait for the organizer. See
	// [Meeting.OpenProposals].
	Proposals int `json:"proposals"`

	// Pending, Unknown, Refused and Undelivered count mails by their state, one for
	// each recipient. Unknown includes mails that are being sent.
	Pending     int `json:"pending"`
	Unknown     int `json:"unknown"`
	Refused     int `json:"refused"`
	Undelivered int `json:"undelivered"`
}

// add counts an attendee with their answer, which is nil if there is none.
func (t *Tally) add(a *roster.Answer) {
	switch a.StatusOf() {
	case ical.StatusAccepted:
		t.Accepted++
		t.Guests += a.Guests
	case ical.StatusTentative:
		t.Tentative++
	case ical.StatusDeclined:
		t.Declined++
	case ical.StatusDelegated:
		t.Delegated++
	default:
		t.Waiting++
	}
}

// count counts a mail, unless it arrived or was overtaken.
func (t *Tally) count(s DeliveryState) {
	switch s {
	case DeliveryPending:
		t.Pending++
	case DeliveryUnknown, DeliverySending:
		t.Unknown++
	case DeliveryRefused:
		t.Refused++
	case DeliveryUndelivered:
		t.Undelivered++
	}
}

// String returns the counts that are not zero in one line, such as "2 accepted,
// 1 declined, 3 without an answer, 1 mail refused".
func (t Tally) String() string {
	parts := []string{
		plural(t.Accepted, "accepted", "accepted"), plural(t.Guests, "guest of theirs", "guests of theirs"),
		plural(t.Tentative, "tentative", "tentative"), plural(t.Declined, "declined", "declined"),
		plural(t.Delegated, "delegated", "delegated"), plural(t.Waiting, "without an answer", "without an answer"),
		plural(t.Proposals, "open proposal", "open proposals"),
		plural(t.Pending, "mail pending", "mails pending"), plural(t.Unknown, "mail unknown", "mails unknown"),
		plural(t.Refused, "mail refused", "mails refused"), plural(t.Undelivered, "mail undelivered", "mails undelivered"),
	}
	parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
	if len(parts) == 0 {
		return "nobody is invited"
	}
	return strings.Join(parts, ", ")
}

// plural returns a count in words, or "" for none.
func plural(n int, one, many string) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
