package desktest

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"reflect"
	"testing"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/inbox"
	"github.com/convene-go/convene/invite/invitetest"
	"github.com/convene-go/convene/invite/organizer"
)

// uidCalls calls each method of a desk whose arguments are a context, a UID (or the ID of a
// held mail) and more, and returns the errors by the name of the method.
func uidCalls(t *testing.T, d *desk.Desk, id string) map[string]error {
	out := make(map[string]error)
	v := reflect.ValueOf(d)
	for i := range v.NumMethod() {
		name, m := v.Type().Method(i).Name, v.Method(i)
		if m.Type().NumIn() < 2 || m.Type().In(1).Kind() != reflect.String || name == "Undelivered" {
			continue
		}
		args := []reflect.Value{reflect.ValueOf(t.Context()), reflect.ValueOf(id)}
		for k := 2; k < m.Type().NumIn(); k++ {
			args = append(args, reflect.Zero(m.Type().In(k)))
		}
		call := m.Call
		if m.Type().IsVariadic() {
			call = m.CallSlice
		}
		result := call(args)
		out[name], _ = result[len(result)-1].Interface().(error)
	}
	return out
}

// TestWithTag has a meeting of one tenant, and a desk that knows only those of another.
func TestWithTag(t *testing.T) {
	hold := &invite.Policy{InsecureAnyFrom: true, Uninvited: invite.UninvitedHold}
	eachWorld(t, desk.Options{Policy: hold, Calendar: noCalendar}, func(w *world) {
		acme, bolt := w.WithTag("acme"), w.WithTag("bolt")
		m := must(acme.Send(w.Context(), lunch(2), invite.Tag("bolt")))(w)
		if m.Tag != "acme" {
			t.Errorf("tag = %q, want acme", m.Tag)
		}
		uid := m.Event.UID
		w.deliver(uid)
		held := must(acme.Receive(w.Context(), &inbox.Mail{Data: w.strangers()}))(w)
		if held.Outcome.Verdict != invite.VerdictHeld {
			w.Fatalf("a stranger's answer: %v", held.Outcome)
		}
		before := w.meeting(uid)
		for _, id := range []string{uid, held.Events[0].HeldID} {
			for name, err := range uidCalls(w.T, bolt, id) {
				if !errors.Is(err, desk.ErrNotFound) {
					w.Errorf("%s of another tag: %v, want ErrNotFound", name, err)
				}
			}
		}
		answer := &inbox.Mail{Data: w.mails.Reply(address(0), ical.StatusAccepted, invitetest.ClientGmail)}
		if r := must(bolt.Receive(w.Context(), answer))(w); r.Outcome.Verdict != invite.VerdictUnknownEvent || r.UID != "" {
			w.Errorf("Receive of another tag: %q %v", r.UID, r.Outcome)
		}
		if o := must(bolt.Undelivered(w.Context(), m.Deliveries[0].MessageID, "", "550"))(w); o.Verdict != invite.VerdictUnknownEvent {
			w.Errorf("Undelivered of another tag: %v", o)
		}
		if a, b := w.listed(acme), w.listed(bolt); a != 2 || b != 0 {
			w.Errorf("Meetings and Held: %d of the tag, %d of another; want 2 and 0", a, b)
		}
		if !reflect.DeepEqual(before, w.meeting(uid)) {
			w.Error("the meeting was changed by way of another tag")
		}
		if r := must(acme.Receive(w.Context(), answer))(w); r.Outcome.Verdict != invite.VerdictApplied {
			w.Errorf("Receive: %v", r.Outcome)
		}
	})
}

// TestWithTagInTx looks for a meeting of another tag in a transaction.
func TestWithTagInTx(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		uid := w.send(lunch(1), invite.Tag("acme"))
		bolt := w.WithTag("bolt")
		err := bolt.InTx(w.Context(), func(tx *sql.Tx, d *desk.Desk) error {
			_, err := d.WithTx(tx).Update(w.Context(), uid, move(0))
			return err
		})
		if !errors.Is(err, desk.ErrNotFound) {
			w.Errorf("InTx: %v, want ErrNotFound", err)
		}
		if err := bolt.Work(w.Context(), desk.Job{Kind: desk.JobMail, UID: uid}); err != nil {
			w.Error(err)
		}
		if n := len(w.mails.Messages()); n != 1 {
			w.Errorf("Work of another tag sent %d mails, want 1: it is for all meetings", n)
		}
	})
}

// TestPolicies has a strict tenant and a tenant who believes every answer.
func TestPolicies(t *testing.T) {
	policies := func(m *invite.Meeting) *invite.Policy {
		if m.Tag == "strict" {
			return invite.Strict("mx.example.com")
		}
		return nil // Policy, which is InsecureAcceptAny
	}
	eachWorld(t, desk.Options{Policies: policies}, func(w *world) {
		for tag, want := range map[string]invite.Verdict{"strict": invite.VerdictUnverified, "": invite.VerdictApplied} {
			w.deliver(w.send(lunch(1), invite.Tag(tag)))
			mail := &inbox.Mail{Data: w.mails.Reply(address(0), ical.StatusAccepted, invitetest.ClientGmail)}
			if r := must(w.Receive(w.Context(), mail))(w); r.Outcome.Verdict != want {
				w.Errorf("tag %q: %v, want %s", tag, r.Outcome, want)
			}
		}
	})
}

// strangers returns the answer of somebody who is not invited.
func (w *world) strangers() []byte {
	w.Helper()
	in := must(invite.Read(bytes.NewReader(w.mails.MessagesTo(address(0))[0].Data), nil))(w)
	var out []byte
	c := invite.New(invite.SenderFunc(func(_ context.Context, m *invite.Message) error { out = m.Data; return nil }), w.o)
	if err := c.Respond(w.Context(), in, invite.Response{As: "eve@example.com", Uninvited: true, Status: ical.StatusAccepted}); err != nil {
		w.Fatal(err)
	}
	return out
}

// listed returns the number of meetings and held mails that a desk yields.
func (w *world) listed(d *desk.Desk) (n int) {
	for m, err := range d.Meetings(w.Context(), desk.Filter{}) {
		must(m, err)(w)
		n++
	}
	for h, err := range d.Held(w.Context()) {
		must(h, err)(w)
		n++
	}
	return n
}

// noCalendar is an Options.Calendar of which no meeting has an entry.
func noCalendar(context.Context, *invite.Meeting) (organizer.Calendar, error) { return nil, nil }
