package invite_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// sabreCalendar is the object of one meeting on a server based on sabre: a REQUEST
// replaces it, a CANCEL cancels all of it, and other methods change nothing
// (sabre/vobject 4.6, ITip\Broker::processMessage).
type sabreCalendar struct{ events []ical.Event }

func (c *sabreCalendar) take(in *invite.Inbound) {
	switch in.Calendar.Method {
	case ical.MethodRequest:
		c.events = in.Calendar.Events
	case ical.MethodCancel:
		for i := range c.events {
			c.events[i].Cancelled = true
		}
	}
}

// dates returns the occurrences that take place, as "9 Mar 10:00 Room 1".
func (c *sabreCalendar) dates() (out []string) {
	for _, e := range c.events {
		for o := range e.Occurrences(time.Time{}, time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC)) {
			shown := e
			if o.Override >= 0 {
				shown = e.Override(o.Override)
			}
			if !shown.Cancelled {
				out = append(out, fmt.Sprintf("%s %s", o.Start.In(inBerlin).Format("02 Jan 15:04"), shown.Location))
			}
		}
	}
	slices.Sort(out)
	return out
}

var inBerlin = func() *time.Location {
	loc, err := ical.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return loc
}()

// tuesday returns an original start of the series, 0 for the first.
func tuesday(n int) time.Time { return time.Date(2027, 3, 2+7*n, 10, 0, 0, 0, inBerlin) }

// wholeSeriesEvent is a series of four dates for Ann and Bob, with Eve as a guest of
// two dates.
func wholeSeriesEvent() ical.Event {
	e := weeklyTrio()
	e.Start, e.End, e.Location = tuesday(0), tuesday(0).Add(time.Hour), "Room 1"
	e.Attendees = e.Attendees[:2]
	e.Recurrence.Count = 4
	for _, n := range []int{1, 2} {
		e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: tuesday(n),
			Attendees: append(slices.Clone(e.Attendees), ical.Attendee{Email: "eve@example.test"})})
	}
	return e
}

// behindSabre are the attendees whose server replaces everything.
func behindSabre(o *invite.Options) {
	o.WholeSeries = func(a ical.Attendee) bool { return a.Email == "ann@example.test" || a.Email == "eve@example.test" }
}

// TestWholeSeries takes every mail of a long conversation into two calendars that
// replace everything, and checks the dates in them after each call. Bob gets single
// occurrences as everybody else does.
func TestWholeSeries(t *testing.T) {
	ctx := context.Background()
	edit := func(change func(e *ical.Event)) func(*invite.Client, *invite.Meeting, invite.MailOption) (*invite.Meeting, error) {
		return func(c *invite.Client, m *invite.Meeting, o invite.MailOption) (*invite.Meeting, error) {
			e := m.Event.Clone()
			change(&e)
			return c.Update(ctx, m, e, o)
		}
	}
	all := []string{"02 Mar 10:00 Room 1", "09 Mar 10:00 Room 1", "16 Mar 10:00 Room 1", "23 Mar 10:00 Room 1"}
	moved := slices.Replace(slices.Clone(all), 1, 2, "09 Mar 15:00 Room 2")
	without := slices.Delete(slices.Clone(moved), 2, 3)
	tests := []struct {
		name     string
		call     func(*invite.Client, *invite.Meeting, invite.MailOption) (*invite.Meeting, error)
		ann, eve []string
		bob      string // the methods that Bob gets, with dates
	}{
		{"one occurrence is moved", edit(func(e *ical.Event) {
			e.Overrides[0].Start, e.Overrides[0].Location = tuesday(1).Add(5*time.Hour), "Room 2"
		}), moved, moved[1:3], "REQUEST 09 Mar"},
		{"one occurrence is cancelled", func(c *invite.Client, m *invite.Meeting, o invite.MailOption) (*invite.Meeting, error) {
			return c.Cancel(ctx, m, invite.Occurrence(tuesday(2)), o)
		}, without, without[1:2], "CANCEL 16 Mar"},
		{"a reminder", func(c *invite.Client, m *invite.Meeting, o invite.MailOption) (*invite.Meeting, error) {
			return c.Remind(ctx, m, o)
		}, without, without[1:2], "REQUEST"},
		{"invited again", func(c *invite.Client, m *invite.Meeting, o invite.MailOption) (*invite.Meeting, error) {
			return c.Reinvite(ctx, m, []string{"ann@example.test", "eve@example.test"}, o)
		}, without, without[1:2], ""},
		{"a proposal is declined", func(c *invite.Client, m *invite.Meeting, o invite.MailOption) (*invite.Meeting, error) {
			m, _ = m.Propose(invite.Proposal{Email: "ann@example.test", RecurrenceID: tuesday(3), Stamp: pinned(), Via: "link",
				Start: tuesday(3).Add(time.Hour), End: tuesday(3).Add(2 * time.Hour)})
			return c.DeclineProposal(ctx, m, m.Proposals[0], o)
		}, without, without[1:2], ""},
		{"a guest gets a second date", edit(func(e *ical.Event) {
			e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: tuesday(3), Attendees: slices.Clone(e.Overrides[0].Attendees)})
		}), without, without[1:3], ""},
		{"a guest loses a date, which others keep", edit(func(e *ical.Event) {
			e.Overrides[0].Attendees = slices.Clone(e.Attendees)
		}), without, without[2:3], ""},
		{"an attendee of the series is not invited to one date", edit(func(e *ical.Event) {
			e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: tuesday(0), Attendees: slices.Clone(e.Attendees[1:])})
		}), without[1:], without[2:3], ""},
		{"the series ends earlier", func(c *invite.Client, m *invite.Meeting, o invite.MailOption) (*invite.Meeting, error) {
			return c.Cancel(ctx, m, invite.OccurrenceAndLater(tuesday(3)), o)
		}, without[1:2], nil, "REQUEST"},
	}
	for _, queued := range []bool{false, true} {
		t.Run(fmt.Sprintf("queued=%v", queued), func(t *testing.T) {
			r, calendars := new(recorder), map[string]*sabreCalendar{"ann@example.test": {}, "eve@example.test": {}}
			c := r.client(behindSabre)
			arrive := func() (bob []string) {
				for _, mail := range r.mails {
					in := readMail(t, mail.Data)
					if cal := calendars[mail.To[0]]; cal != nil {
						cal.take(in)
						continue
					}
					line := string(in.Calendar.Method)
					if id := in.Event.RecurrenceID; !id.IsZero() {
						line += id.In(inBerlin).Format(" 02 Jan")
					}
					bob = append(bob, line)
				}
				r.take()
				return bob
			}
			m := mustSend(t, c, wholeSeriesEvent())
			arrive()
			check(t, "Ann's calendar after the invitation", all, calendars["ann@example.test"].dates())
			check(t, "Eve's calendar after the invitation", all[1:3], calendars["eve@example.test"].dates())
			for _, tt := range tests {
				option := invite.Comment("")
				if queued {
					option = invite.QueueOnly()
				}
				m = reload(t, must(t)(tt.call(c, m, option)))
				if queued {
					m = must(t)(c.Resume(ctx, m))
				}
				bob := arrive()
				check(t, tt.name+": Ann's calendar", tt.ann, calendars["ann@example.test"].dates())
				check(t, tt.name+": Eve's calendar", tt.eve, calendars["eve@example.test"].dates())
				check(t, tt.name+": Bob", tt.bob, strings.Join(bob, ", "))
			}
		})
	}
}

// TestWholeSeriesLater resumes mails about one occurrence that were queued before the
// option was set.
func TestWholeSeriesLater(t *testing.T) {
	r := new(recorder)
	plain := r.client()
	m := mustSend(t, plain, wholeSeriesEvent())
	r.take()
	m = must(t)(plain.Cancel(context.Background(), m, invite.Occurrence(tuesday(3)), invite.QueueOnly()))
	must(t)(r.client(behindSabre).Resume(context.Background(), m))
	for _, mail := range r.mails {
		in := readMail(t, mail.Data)
		subject := parseMail(t, mail.Data).header.Get("Subject")
		whole := in.Calendar.Method == ical.MethodRequest && in.Event.Recurrence != nil
		if whole != (mail.To[0] == "ann@example.test") || !strings.HasPrefix(subject, "Cancelled") {
			t.Errorf("%s gets %s of %v with the subject %q, want the series for Ann alone, and a text about the cancelled date",
				mail.To[0], in.Calendar.Method, in.Event.RecurrenceID, subject)
		}
	}
}

// TestWholeSeriesPlan: the notice has the series, and the reason names the date.
func TestWholeSeriesPlan(t *testing.T) {
	c := new(recorder).client(behindSabre)
	m := mustSend(t, c, wholeSeriesEvent())
	e := m.Event.Clone()
	e.Overrides[0].Location = "Room 2"
	p, err := c.PlanUpdate(m, e)
	if err != nil {
		t.Fatal(err)
	}
	reason := `only on Tue 9 Mar 2027 10:00: location changed from "Room 1" to "Room 2": needs a new answer`
	for _, n := range p.Notices {
		if whole := n.Event.Recurrence != nil; whole != (n.Attendee.Email == "ann@example.test") || n.Reason != reason {
			t.Errorf("%s gets %s of %v because %s, want the series for Ann alone, and the reason %s",
				n.Attendee.Email, n.Method, n.Event.RecurrenceID, n.Reason, reason)
		}
	}
}

// TestWholeSeriesOneMail: a shared mail goes to the attendees who get the same object.
func TestWholeSeriesOneMail(t *testing.T) {
	r := new(recorder)
	c := r.client(behindSabre)
	event := wholeSeriesEvent()
	event.Overrides = nil
	event.Attendees = append(event.Attendees, ical.Attendee{Email: "eve@example.test"}, ical.Attendee{Email: "cy@example.test"})
	m := mustSend(t, c, event, invite.OneMail())
	check(t, "the invitation", []string{"ann@example.test bob@example.test eve@example.test cy@example.test"}, r.take())
	event = m.Event.Clone()
	event.Overrides = []ical.Event{{RecurrenceID: tuesday(1), Location: "Room 2"}}
	must(t)(c.Update(context.Background(), m, event))
	for _, mail := range r.mails {
		if in := readMail(t, mail.Data); (in.Event.Recurrence != nil) != (mail.To[0] == "ann@example.test") {
			t.Errorf("%q get %s of %v", mail.To, in.Calendar.Method, in.Event.RecurrenceID)
		}
	}
	check(t, "the change of one date", []string{"ann@example.test eve@example.test", "bob@example.test cy@example.test"}, r.take())
}
