package invitetest

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// stateOf returns the state of a mail in a ledger.
func stateOf(l *Ledger, m *begun, n int) invite.DeliveryState {
	return l.Stored(m.Event.UID).Deliveries[n].State
}

// TestLedgerCall checks that a call does not take back the claims of others, except
// to send leftovers again.
func TestLedgerCall(t *testing.T) {
	root := NewLedger()
	a, b, c := root.Call(), root.Call(), root.Call()
	m, err := begin(t.Context(), a, 2)
	if err != nil {
		t.Fatal(err)
	}
	as := func(l *Ledger) *begun { return &begun{m.Meeting, l, t.Context()} }
	oops := errors.New("oops")
	a.Before = func(LedgerCall) error { return oops }
	if _, err := a.Record(t.Context(), m.Event.UID, m.rows(invite.DeliverySending, 0)); !errors.Is(err, oops) {
		t.Fatalf("Record = %v, want %v", err, oops)
	}
	a.Before = nil
	for _, step := range []struct {
		name  string
		l     *Ledger
		state invite.DeliveryState
		want  invite.DeliveryState
	}{
		{"b claims", b, invite.DeliverySending, invite.DeliverySending},
		{"a takes back a claim that was not stored", a, invite.DeliveryPending, invite.DeliverySending},
		{"a has a result of another's mail", a, invite.DeliveryDelivered, invite.DeliverySending},
		{"b is gone, and c sends again", c, invite.DeliveryPending, invite.DeliveryPending},
		{"c claims", c, invite.DeliverySending, invite.DeliverySending},
		{"c has a result", c, invite.DeliveryUnknown, invite.DeliveryUnknown},
	} {
		if err := as(step.l).set(step.state, 0); err != nil {
			t.Errorf("%s: %v", step.name, err)
		}
		if got := stateOf(root, m, 0); got != step.want {
			t.Errorf("%s: the mail is %s, want %s", step.name, got, step.want)
		}
	}
}

// TestLedgerHooks counts calls, and makes them fail before and after they are stored.
func TestLedgerHooks(t *testing.T) {
	l := NewLedger()
	oops := errors.New("oops")
	var seen []string
	note := func(when string) func(c LedgerCall) error {
		return func(c LedgerCall) error {
			if c.IsBegin() {
				seen = append(seen, when+" begin", c.Meetings[0].Event.UID)
				return nil
			}
			seen = append(seen, when+" record", string(c.Changed[0].State))
			if when == "before" && c.N == 1 || when == "after" && c.N == 2 {
				return oops
			}
			return nil
		}
	}
	l.Before, l.After = note("before"), note("after")
	m, err := begin(t.Context(), l, 1)
	if err != nil {
		t.Fatal(err)
	}
	var states []invite.DeliveryState
	for range 2 {
		if _, err := l.Record(t.Context(), m.Event.UID, m.rows(invite.DeliverySending, 0)); !errors.Is(err, oops) {
			t.Errorf("Record = %v, want %v", err, oops)
		}
		states = append(states, stateOf(l, m, 0))
	}
	if diff := cmp.Diff([]invite.DeliveryState{invite.DeliveryPending, invite.DeliverySending}, states); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
	uid := m.Event.UID
	want := []string{
		"before begin", uid, "after begin", uid,
		"before record", "sending", "before record", "sending", "after record", "sending",
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("hooks (-want +got):\n%s", diff)
	}
}

// answer applies an answer of p0@example.com to a stored meeting.
func answer(l *Ledger, uid string) error {
	return l.Change(uid, func(m *invite.Meeting) (*invite.Meeting, error) {
		out, o := m.Answer(invite.Answer{Email: "p0@example.com", Status: ical.StatusAccepted, Via: "link", Stamp: epoch})
		if o.Verdict != invite.VerdictApplied {
			return nil, errors.New(o.Reason)
		}
		return out, nil
	})
}

// TestLedgerChange checks that a change begins anew after another change, and after a
// claim of a mail that it overtakes, but not after a claim of another mail.
func TestLedgerChange(t *testing.T) {
	for _, tt := range []struct {
		name      string
		meanwhile func(l *Ledger, m *begun) error
		runs      int
		overtaken int
	}{
		{"nothing", func(*Ledger, *begun) error { return nil }, 1, 2},
		{"an answer", func(l *Ledger, m *begun) error { return answer(l, m.Event.UID) }, 2, 2},
		{"a claim of a mail that it overtakes", func(_ *Ledger, m *begun) error { return m.set(invite.DeliverySending, 1) }, 2, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := NewLedger()
			m, err := begin(t.Context(), l, 2)
			if err != nil {
				t.Fatal(err)
			}
			runs := 0
			err = l.Change(m.Event.UID, func(now *invite.Meeting) (*invite.Meeting, error) {
				if runs++; runs == 1 {
					if err := tt.meanwhile(l, m); err != nil {
						return nil, err
					}
				}
				e := now.Event
				e.Location = "Roof"
				return invite.New(nil, nil).Update(t.Context(), now, e, invite.QueueOnly())
			})
			if err != nil || runs != tt.runs {
				t.Errorf("Change = %v after %d runs, want nil after %d", err, runs, tt.runs)
			}
			stored := l.Stored(m.Event.UID)
			overtaken := 0
			for _, d := range stored.Deliveries {
				if d.State == invite.DeliveryOvertaken {
					overtaken++
				}
			}
			if overtaken != tt.overtaken || len(stored.Deliveries) != 4 || stored.Event.Location != "Roof" {
				t.Errorf("%d of %d mails are overtaken, want %d of 4", overtaken, len(stored.Deliveries), tt.overtaken)
			}
			if n := len(stored.Answers); tt.name == "an answer" && n != 1 {
				t.Errorf("%d answers, want 1", n)
			}
		})
	}
}

// TestLedgerConflict checks that a call is refused if it was planned before an answer
// came in, or before another call.
func TestLedgerConflict(t *testing.T) {
	l := NewLedger()
	c := invite.New(new(Recorder), &invite.Options{Ledger: l})
	m, err := queued(2)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Begin(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if m, err = c.Resume(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	e := m.Event
	e.Location = "Roof"
	if _, err := c.Update(t.Context(), m, e); err != nil {
		t.Fatal(err)
	}
	if got, err := c.Update(t.Context(), m, e); !errors.Is(err, ErrConflict) || got != m {
		t.Errorf("Update of an old meeting = %v, want %v", err, ErrConflict)
	}
	now := l.Stored(m.Event.UID)
	if err := answer(l, m.Event.UID); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Cancel(t.Context(), now); !errors.Is(err, ErrConflict) {
		t.Errorf("Cancel of a meeting without its answer = %v, want %v", err, ErrConflict)
	}
	if _, err := c.Cancel(t.Context(), l.Stored(m.Event.UID)); err != nil {
		t.Errorf("Cancel of the stored meeting = %v", err)
	}
}

// TestRandom checks that equal seeds give equal octets.
func TestRandom(t *testing.T) {
	read := func(seed uint64, step int) string {
		r, out := Random(seed), make([]byte, 60)
		for i := 0; i < len(out); i += step {
			if n, err := r.Read(out[i : i+step]); n != step || err != nil {
				t.Fatal(n, err)
			}
		}
		return string(out)
	}
	if first, again := read(1, 15), read(1, 15); first != again || first == read(2, 15) {
		t.Error("Random(1) differs from itself, or does not differ from Random(2)")
	}
}
