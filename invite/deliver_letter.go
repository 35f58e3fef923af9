package invite

import (
	"slices"
	"strings"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/plan"
)

// letter has the recipients of one mail, all of whom are told the same. With the
// option [OneMail] these are all attendees with equal notices. Otherwise it is
// one attendee.
type letter []recipient

// recipient is one recipient of a mail, with the notice of the change that they
// are told.
type recipient struct {
	*plan.Notice
	replyTo        string // the address that the answer is to come to; "" is the organizer's
	index          int    // the index in Meeting.Deliveries
	mayHaveArrived bool   // an earlier try may have arrived
}

// recipientsOf returns a recipient for each notice.
func recipientsOf(list []plan.Notice) []recipient {
	out := make([]recipient, len(list))
	for i := range list {
		out[i].Notice = &list[i]
	}
	return out
}

// letters returns one letter for each recipient, or one for all recipients with equal
// contents if oneMail is set.
func letters(list []recipient, oneMail bool) []letter {
	out := make([]letter, 0, len(list))
	at := make(map[contentKey]int)
	for i := range list {
		if oneMail {
			key := list[i].contentKey()
			if first, ok := at[key]; ok {
				out[first] = append(out[first], list[i])
				continue
			}
			at[key] = len(out)
		}
		out = append(out, list[i:i+1:i+1])
	}
	return out
}

// contentKey is equal for recipients who are told the same for the same purpose. Its
// events are compared as pointers.
type contentKey struct {
	method        ical.Method
	sequence      int
	event, before *ical.Event
	object        *plan.Object
	action        plan.Action
	replyTo       string
}

func (r *recipient) contentKey() contentKey {
	return contentKey{r.Method, r.Sequence, r.Event, r.Before, r.Object, r.Action, r.replyTo}
}

// addresses lists the recipients, for people.
func (l letter) addresses() string {
	out := make([]string, len(l))
	for i := range l {
		out[i] = l[i].Attendee.Email
	}
	return strings.Join(out, ", ")
}

// isTo reports whether the key of any recipient satisfies f.
func (l letter) isTo(f func(key string) bool) bool {
	return slices.ContainsFunc(l, func(r recipient) bool { return f(r.Key()) })
}
