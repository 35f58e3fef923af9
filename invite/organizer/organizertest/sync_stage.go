package organizertest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
	"github.com/convene-go/convene/invite/organizer"
)

// stage is a meeting with its mails, its answers and its entry. The attendees answer to
// addresses with a token.
type stage struct {
	*suite
	client   *invite.Client
	recorder invitetest.Recorder
	policy   *invite.Policy
	calendar *watched
	meeting  *invite.Meeting
	last     organizer.Object // as a program keeps it
	drift    *organizer.Drift // of the last Sync
	now      time.Time
}

// watched is a calendar that counts the calls that change something.
type watched struct {
	organizer.Calendar
	mu      sync.Mutex
	changes int
	before  func() // is called once, before the next change
}

func (w *watched) note() {
	w.mu.Lock()
	w.changes++
	before := w.before
	w.before = nil
	w.mu.Unlock()
	if before != nil {
		before()
	}
}

func (w *watched) Put(ctx context.Context, o organizer.Object) (organizer.Object, error) {
	w.note()
	return w.Calendar.Put(ctx, o)
}

func (w *watched) Delete(ctx context.Context, o organizer.Object) error {
	w.note()
	return w.Calendar.Delete(ctx, o)
}

// send sends a meeting, whose entry does not exist yet. If the server makes the UIDs,
// the entry exists without attendees.
func (s *suite) send(e ical.Event) (*stage, error) {
	if s.lacks(LackUIDs) {
		if _, err := s.reserve(&e); err != nil {
			return nil, err
		}
	}
	s.made = append(s.made, e.UID)
	if len(e.Attendees) == 0 { // the entry has none, and the meeting has
		e.Attendees = people(2)
	}
	for i := range e.Attendees {
		e.Attendees[i].Params, e.Attendees[i].Status = nil, ""
	}
	st := &stage{suite: s, now: time.Now().UTC().Truncate(time.Second), calendar: &watched{Calendar: s.calendar}}
	address := &invite.ReplyAddress{Mailbox: "desk@example.com", Keys: [][]byte{[]byte("a key of the suite, 32 octets...")}}
	st.policy = &invite.Policy{ReplyAddress: address, Now: st.tick}
	st.client = invite.New(&st.recorder, &invite.Options{Now: st.tick, ReplyAddress: address, Files: noFiles})
	var err error
	st.meeting, err = st.client.Send(s.ctx, e)
	if err != nil {
		return nil, fmt.Errorf("organizertest: %w", err)
	}
	return st, nil
}

// noFiles stands for the files of a program. The suite sends none.
func noFiles(context.Context, string, string, string) ([]byte, error) {
	return nil, errors.New("organizertest: the file is not kept")
}

// tick returns the time, which is a second later at each call.
func (st *stage) tick() time.Time {
	st.now = st.now.Add(time.Second)
	return st.now
}

// update changes the meeting, and mails the attendees.
func (st *stage) update(change func(e *ical.Event)) error {
	after := st.meeting.Event.Clone()
	change(&after)
	m, err := st.client.Update(st.ctx, st.meeting, after)
	if err != nil {
		return fmt.Errorf("organizertest: %w", err)
	}
	st.meeting = m
	return nil
}

// sync calls Sync, which must succeed. It keeps the result as JSON, as a program does.
func (st *stage) sync() error {
	out, drift, err := organizer.Sync(st.ctx, st.calendar, st.meeting, st.last)
	if kept := st.keep(out); kept != nil {
		return kept
	}
	st.drift = drift
	if err != nil {
		return fmt.Errorf("calling Sync returned %w, want nil", err)
	}
	return nil
}

// keep stores the Object of a Sync as JSON, and reads it back.
func (st *stage) keep(o organizer.Object) error {
	data, err := json.Marshal(o)
	if err != nil {
		return err
	}
	st.last = organizer.Object{}
	return json.Unmarshal(data, &st.last)
}

// clean calls Sync. The entry must be equal to the meeting then, without drift. Another
// Sync must change nothing.
func (st *stage) clean() error {
	if err := st.sync(); err != nil {
		return err
	}
	if err := st.equal(); err != nil {
		return fmt.Errorf("after Sync: %w", err)
	}
	return st.quiet()
}

// quiet calls Sync again. It must change nothing, and find no drift.
func (st *stage) quiet() error {
	st.calendar.changes = 0
	if err := st.sync(); err != nil {
		return fmt.Errorf("after Sync, again: %w", err)
	}
	switch {
	case st.calendar.changes > 0:
		return errors.New("nothing has changed, and Sync changed the entry again")
	case st.drift != nil:
		return fmt.Errorf("the organizer has changed nothing, and Sync returned a drift: %.300s", shown(st.drift))
	}
	return nil
}

// shown returns a drift for an error text.
func shown(d *organizer.Drift) string {
	if d == nil {
		return "none"
	}
	return fmt.Sprintf("deleted: %t, changes: %+v", d.Deleted, d.Changes)
}

// equal compares the entry with the meeting.
func (st *stage) equal() error {
	_, err := st.expect(st.want())
	return err
}

// want returns the meeting as its entry should show it. It relies on what the meeting
// says about its attendees, and not on organizer.Encode.
func (st *stage) want() ical.Event {
	want := st.meeting.Event.Clone()
	want.Attendees = st.meeting.Attendees(time.Time{})
	if want.Recurrence == nil || st.lacks(LackOccurrenceAnswers) {
		return want
	}
	for _, o := range occurrences(want) {
		people := st.meeting.Attendees(o.RecurrenceID)
		switch {
		case o.Override >= 0:
			want.Overrides[o.Override].Attendees = people
		case !sameAnswers(people, want.Attendees):
			want.Overrides = append(want.Overrides, ical.Event{RecurrenceID: o.RecurrenceID, Attendees: people})
		}
	}
	return want
}

// sameAnswers reports whether two lists have the same answers in the same order.
func sameAnswers(a, b []ical.Attendee) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Email != b[i].Email || a[i].Status != b[i].Status {
			return false
		}
	}
	return true
}

// reply takes in an answer by mail.
func (st *stage) reply(email string, status ical.Status, as invitetest.Client, change func(a *invitetest.Answer)) error {
	mail := st.recorder.Reply(email, status, as, func(a *invitetest.Answer) {
		a.Time = st.tick()
		if change != nil {
			change(a)
		}
	})
	in, err := invite.Read(bytes.NewReader(mail), nil)
	if err != nil {
		return fmt.Errorf("organizertest: %w", err)
	}
	m, outcome := st.meeting.Apply(in, st.policy)
	if outcome.Verdict != invite.VerdictApplied {
		return fmt.Errorf("organizertest: the answer of %s: %s: %s", email, outcome.Verdict, outcome.Reason)
	}
	st.meeting = m
	return nil
}

// call takes in an answer by a link or by telephone. start is the original start of an
// occurrence, or zero.
func (st *stage) call(email string, status ical.Status, via string, start time.Time) error {
	m, outcome := st.meeting.Answer(invite.Answer{Email: email, Status: status, Via: via, RecurrenceID: start, Stamp: st.tick()})
	if outcome.Verdict != invite.VerdictApplied {
		return fmt.Errorf("organizertest: the answer of %s: %s: %s", email, outcome.Verdict, outcome.Reason)
	}
	st.meeting = m
	return nil
}

// people returns n attendees without answers.
func people(n int) (out []ical.Attendee) {
	for i := range n {
		out = append(out, attendee(fmt.Sprintf("P%d", i), ""))
	}
	return out
}

// answerAll takes in the answers of n attendees in different forms: as Exchange, Gmail
// and Thunderbird write them, by a link, by telephone, and with another time. start is
// the original start of an occurrence, or zero. Another shift gives other answers.
func (st *stage) answerAll(n, shift int, start time.Time) error {
	statuses := []ical.Status{ical.StatusAccepted, ical.StatusDeclined, ical.StatusTentative}
	occurrence := func(a *invitetest.Answer) { a.Occurrence = start }
	for i := range n {
		email, status := fmt.Sprintf("p%d@example.com", i), statuses[(i/6+shift)%3]
		var err error
		switch i % 6 {
		case 0:
			err = st.reply(email, status, invitetest.ClientOutlook, occurrence)
		case 1:
			err = st.reply(email, status, invitetest.ClientGmail, occurrence)
		case 2:
			err = st.reply(email, status, invitetest.ClientThunderbird, occurrence)
		case 3:
			err = st.call(email, status, "link", start)
		case 4:
			err = st.call(email, status, "phone", start)
		default:
			err = st.reply(email, ical.StatusTentative, invitetest.ClientOutlook, func(a *invitetest.Answer) {
				occurrence(a)
				at := start
				if at.IsZero() {
					at = st.meeting.Event.Start
				}
				a.Start, a.End = at.Add(time.Hour), at.Add(2*time.Hour)
			})
		}
		if err != nil {
			return err
		}
	}
	return nil
}
