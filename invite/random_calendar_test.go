package invite_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite"
)

// calendar is one meeting in the calendar of an attendee's client: the whole, and
// occurrences that came in mails of their own. It applies mails by the rules of RFC
// 5546, section 2.1.5. It is stricter than some clients. A mail is an error if
//
//   - it is stale;
//   - it cancels an event that the calendar does not have;
//   - it invites to a cancelled occurrence alone.
type calendar struct {
	whole  *ical.Event
	stamp  time.Time // of the whole
	single map[int64]*ical.Event
	stamps map[int64]time.Time
	floor  int // the sequence of the last cancellation of the whole
	// own are the occurrences that the attendee answered alone. An answer for the
	// whole does not change them.
	own map[int64]bool
	// refused are the occurrences that the last request for the whole shows as refused
	// by this attendee alone.
	refused map[int64]bool
}

func newCalendar() *calendar {
	return &calendar{floor: -1, own: make(map[int64]bool), refused: make(map[int64]bool), single: make(map[int64]*ical.Event),
		stamps: make(map[int64]time.Time)}
}

// take applies a mail.
func (c *calendar) take(in *invite.Inbound) error {
	if in.Calendar == nil || len(in.Calendar.Events) != 1 {
		return fmt.Errorf("the calendar object is %+v, want one event", in.Calendar)
	}
	e, stamp := &in.Calendar.Events[0], in.Calendar.Stamp
	id := e.RecurrenceID
	switch m := in.Calendar.Method; {
	case m == ical.MethodRequest && id.IsZero():
		return c.replaceAll(e, stamp)
	case m == ical.MethodRequest:
		return c.replaceOne(e, stamp)
	case m == ical.MethodCancel && id.IsZero():
		return c.cancelAll(e)
	case m == ical.MethodCancel:
		return c.cancelOne(e)
	default:
		return fmt.Errorf("method %s", m)
	}
}

func (c *calendar) replaceAll(e *ical.Event, stamp time.Time) error {
	if e.Sequence <= c.floor || c.whole != nil && !newer(e, stamp, c.whole, c.stamp) {
		return fmt.Errorf("stale: sequence %d of the whole", e.Sequence)
	}
	c.whole, c.stamp = e, stamp
	clear(c.single)
	c.keepRefused()
	return nil
}

func (c *calendar) replaceOne(e *ical.Event, stamp time.Time) error {
	id := e.RecurrenceID.Unix()
	old, oldStamp := c.single[id], c.stamps[id]
	if old == nil {
		old, oldStamp = c.whole, c.stamp
	}
	if e.Sequence <= c.floor || old != nil && !newer(e, stamp, old, oldStamp) {
		return fmt.Errorf("stale: sequence %d of %v", e.Sequence, e.RecurrenceID)
	}
	if c.excepts(e.RecurrenceID) {
		return fmt.Errorf("invites to %v, which is an exception, and Thunderbird does not show it", e.RecurrenceID)
	}
	c.single[id], c.stamps[id], c.refused[id] = e, stamp, false
	return nil
}

// replace applies a mail as a server based on sabre does, see [sabreCalendar]. It is an
// error if the mail is older than one before.
func (c *calendar) replace(in *invite.Inbound) error {
	last := c.floor
	for _, e := range in.Calendar.Events {
		if e.RecurrenceID.IsZero() && e.Sequence < last {
			return fmt.Errorf("stale: sequence %d after %d", e.Sequence, last)
		}
		c.floor = max(c.floor, e.Sequence)
	}
	c.whole = nil
	clear(c.single)
	if in.Calendar.Method != ical.MethodRequest {
		return nil
	}
	for i := range in.Calendar.Events {
		e := &in.Calendar.Events[i]
		if e.RecurrenceID.IsZero() {
			c.whole, c.stamp = e, in.Calendar.Stamp
			c.keepRefused()
		} else if !e.Cancelled {
			c.single[e.RecurrenceID.Unix()], c.refused[e.RecurrenceID.Unix()] = e, false
		}
	}
	return nil
}

// keepRefused sets c.refused.
func (c *calendar) keepRefused() {
	clear(c.refused)
	for _, o := range c.whole.Overrides {
		c.refused[o.RecurrenceID.Unix()] = len(o.Attendees) == 1 && o.Attendees[0].Status == ical.StatusDeclined
	}
}

// excepts reports whether the calendar has the series without an occurrence.
func (c *calendar) excepts(id time.Time) bool {
	if o := c.single[id.Unix()]; o != nil && o.Cancelled {
		return true
	}
	return c.whole != nil && c.whole.Recurrence != nil && slices.ContainsFunc(c.whole.Recurrence.Except, id.Equal)
}

func (c *calendar) cancelAll(e *ical.Event) error {
	if c.whole == nil {
		return fmt.Errorf("cancels a meeting that the calendar does not have")
	}
	if e.Sequence <= c.whole.Sequence {
		return fmt.Errorf("stale: cancellation with sequence %d", e.Sequence)
	}
	*c = *newCalendar()
	c.floor = e.Sequence
	return nil
}

func (c *calendar) cancelOne(e *ical.Event) error {
	id := e.RecurrenceID.Unix()
	old := cmp.Or(c.single[id], c.whole)
	if old == nil {
		return fmt.Errorf("cancels an occurrence that the calendar does not have: %v", e.RecurrenceID)
	}
	if e.Sequence <= old.Sequence {
		return fmt.Errorf("stale: cancellation of %v with sequence %d", e.RecurrenceID, e.Sequence)
	}
	delete(c.single, id)
	if c.whole != nil {
		c.single[id] = &ical.Event{RecurrenceID: e.RecurrenceID, Sequence: e.Sequence, Cancelled: true}
	}
	return nil
}

func newer(e *ical.Event, stamp time.Time, old *ical.Event, oldStamp time.Time) bool {
	return e.Sequence > old.Sequence || e.Sequence == old.Sequence && stamp.After(oldStamp)
}

// answer sets the attendee's own status in the whole, or in one occurrence.
func (c *calendar) answer(email string, id time.Time, status ical.Status) {
	if id.IsZero() {
		c.whole = answered(c.whole, email, status)
		c.whole.Overrides = slices.Clone(c.whole.Overrides)
		for i := range c.whole.Overrides {
			if o := &c.whole.Overrides[i]; !c.own[o.RecurrenceID.Unix()] || waits(o, email) {
				o.Attendees = answered(o, email, status).Attendees
			}
		}
		for key, e := range c.single {
			if !c.own[key] || waits(e, email) {
				c.single[key] = answered(e, email, status)
			}
		}
		return
	}
	key := id.Unix()
	c.own[key] = true
	e, stamp := c.single[key], c.stamps[key]
	if e == nil {
		e, stamp = occurrencesOf(c.whole)[key], c.stamp
		full := *e
		full.RecurrenceID, full.Sequence, full.Recurrence, full.Overrides = id, c.whole.Sequence, nil, nil
		e = &full
	}
	c.single[key], c.stamps[key] = answered(e, email, status), stamp
}

// waits reports whether an occurrence waits for an answer of the attendee.
func waits(e *ical.Event, email string) bool {
	return slices.ContainsFunc(e.Attendees, func(a ical.Attendee) bool {
		return address.Same(a.Email, email) && cmp.Or(a.Status, ical.StatusNeedsAction) == ical.StatusNeedsAction
	})
}

// answered returns e with an attendee's status.
func answered(e *ical.Event, email string, status ical.Status) *ical.Event {
	out := *e
	out.Attendees = slices.Clone(e.Attendees)
	for i := range out.Attendees {
		if a := &out.Attendees[i]; address.Same(a.Email, email) {
			a.Status = status
		}
	}
	return &out
}

// sight is one occurrence as an attendee sees it.
type sight struct {
	Status                                                            ical.Status // their own
	Start, End                                                        string
	AllDay                                                            bool
	Summary, Description, Location, URL, Conference, Categories, Zone string
	Organizer, ShowAs, Sensitivity, Links, Role                       string
	Priority                                                          int
	Others                                                            string // the attendees, if they are compared
}

func look(e *ical.Event, email string, others bool) sight {
	at := slices.IndexFunc(e.Attendees, func(a ical.Attendee) bool { return address.Same(a.Email, email) })
	s := sight{
		Start: e.Start.UTC().Format(time.RFC3339), End: e.End.UTC().Format(time.RFC3339), AllDay: e.AllDay,
		Summary: e.Summary, Description: strings.ReplaceAll(e.Description, "\r\n", "\n"), Location: e.Location,
		URL: e.URL, Conference: e.Conference, Categories: strings.Join(e.Categories, "|"),
		Organizer: e.Organizer.Name, ShowAs: string(cmp.Or(e.ShowAs, ical.ShowBusy)),
		Sensitivity: string(cmp.Or(e.Sensitivity, ical.SensitivityPublic)), Links: fmt.Sprint(e.Attachments),
		Role: "absent", Priority: cmp.Or(e.Priority, 5),
	}
	if at >= 0 {
		s.Role = string(cmp.Or(e.Attendees[at].Role, ical.RoleRequired))
		s.Status = cmp.Or(e.Attendees[at].Status, ical.StatusNeedsAction)
	}
	if others {
		var list []string
		for _, a := range e.Attendees {
			list = append(list, address.Key(a.Email))
		}
		slices.Sort(list)
		s.Others = strings.Join(list, " ")
	}
	return s
}

// horizon is the time after which occurrences of an endless series are not compared.
var horizon = time.Date(2027, 4, 25, 0, 0, 0, 0, time.UTC)

// sees returns the occurrences in the calendar by their original starts. The key 0 is
// a single event.
func (c *calendar) sees(email string, others bool) map[int64]sight {
	out := make(map[int64]sight)
	if c.whole != nil {
		for id, e := range occurrencesOf(c.whole) {
			out[id] = look(e, email, others)
		}
	}
	for id, e := range c.single {
		if delete(out, id); !e.Cancelled && e.RecurrenceID.Before(horizon) {
			out[id] = look(e, email, others)
		}
	}
	return out
}

// shouldSee returns the occurrences of e that the attendee should see: those that take
// place and have the attendee in their list.
func shouldSee(e *ical.Event, email string, others bool, status func(email string, start time.Time) ical.Status) map[int64]sight {
	out := make(map[int64]sight)
	for id, o := range occurrencesOf(e) {
		if s := look(o, email, others); s.Role != "absent" {
			start := time.Unix(id, 0).UTC()
			if id == 0 {
				start = time.Time{}
			}
			s.Status = status(email, start)
			out[id] = s
		}
	}
	return out
}

// occurrencesOf returns the occurrences of e before horizon, each with all fields.
func occurrencesOf(e *ical.Event) map[int64]*ical.Event {
	out := make(map[int64]*ical.Event)
	if e.Recurrence == nil {
		out[0] = e
		return out
	}
	for o := range e.Occurrences(time.Time{}, horizon.AddDate(0, 0, 7)) {
		if !o.RecurrenceID.Before(horizon) {
			continue
		}
		full := *e
		full.Start, full.End = o.Start, o.End
		if o.Override >= 0 {
			full = e.Override(o.Override)
		}
		out[o.RecurrenceID.Unix()] = &full
	}
	return out
}
