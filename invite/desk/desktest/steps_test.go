package desktest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/invitetest"
	"github.com/convene-go/convene/invite/organizer"
)

// stepLog keeps the steps that a desk tells.
type stepLog struct {
	mu   sync.Mutex
	list []invite.Step
}

func (l *stepLog) observe(_ context.Context, s invite.Step) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, s)
}

// take returns the steps in words, and forgets them. Steps of one kind in a row are one.
func (l *stepLog) take() (out []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.list {
		words := []string{string(s.Kind)}
		for _, w := range []string{string(s.State), string(s.Verdict), string(s.Status), s.Via} {
			if w != "" {
				words = append(words, w)
			}
		}
		if s.Held {
			words = append(words, "is-held")
		}
		if s.Waited > 0 {
			words = append(words, "waited "+s.Waited.String())
		}
		if s.Err != nil {
			words = append(words, "error")
		}
		out = append(out, strings.Join(words, " "))
	}
	l.list = nil
	return out
}

// TestDeskSteps checks the steps of the life of a meeting, and that no step is told twice.
func TestDeskSteps(t *testing.T) {
	eachDatabase(t, func(t *testing.T, x database) {
		var l stepLog
		var fails error
		w := newWorld(t, x, desk.Options{})
		w.o.Observe = func(context.Context, invite.Step) { t.Error("the client's own function is told of a step") }
		w.Desk = w.other(desk.Options{
			Observe:  l.observe,
			Policy:   &invite.Policy{InsecureAnyFrom: true, Uninvited: invite.UninvitedHold},
			Calendar: func(context.Context, *invite.Meeting) (organizer.Calendar, error) { return nil, fails },
		})
		steps := func(what string, want ...string) { t.Helper(); check(t, what, want, l.take()) }

		uid := w.send(lunch(1), invite.Tag("blue"))
		steps("Send", "planned", "rendered")
		w.mails.Fail(address(0), "temporary")
		w.clock.Advance(time.Minute)
		w.deliver(uid)
		steps("a try", "planned", "rendered", "handed-over waited 1m0s", "result pending error")
		w.mails.Fail(address(0), "")
		w.clock.Advance(time.Minute)
		must(0, w.Work(t.Context(), desk.Job{Kind: desk.JobMail, UID: uid}))(t)
		for _, s := range l.list {
			if s.UID != uid || s.Tag != "blue" || s.Kind == invite.StepResult && s.MessageID != w.meeting(uid).Deliveries[0].MessageID {
				t.Errorf("step %+v", s)
			}
		}
		steps("another try", "planned", "rendered", "handed-over waited 2m0s", "result delivered")

		w.reply(address(0), ical.StatusTentative)
		steps("a mail", "applied applied tentative mail")
		w.reply(address(0), ical.StatusTentative)
		steps("a second mail", "applied applied tentative mail")
		w.clock.Advance(time.Minute)
		w.receive([]byte("no mail"))
		steps("no mail", "applied not-an-answer mail")
		r := w.receive([]byte(strings.ReplaceAll(string(w.mails.Reply(address(0), ical.StatusAccepted, invitetest.ClientGmail)), address(0), "eve@example.com")))
		check(t, "uninvited", true, r.Outcome.Held)
		steps("uninvited", "applied held mail is-held")
		for h, err := range w.Held(t.Context()) {
			must(w.ApplyHeld(t.Context(), must(h, err)(t).ID))(t)
		}
		steps("let pass", "applied applied accepted held")
		must(w.Undelivered(t.Context(), w.meeting(uid).Deliveries[0].MessageID, "", "full"))(t)
		steps("a report", "applied stale report")

		fails = errors.New("no")
		for range 2 {
			w.clock.Advance(time.Hour)
			must(0, w.Work(t.Context(), desk.Job{Kind: desk.JobCalendar, UID: uid}))(t)
			fails = nil
		}
		steps("calendar", "calendar error", "calendar")
		testStepsWithoutTry(w, &l)
	})
}

// testStepsWithoutTry checks the steps of a telephone call, and of mails whose state changes
// without a try.
func testStepsWithoutTry(w *world, l *stepLog) {
	uid := w.send(lunch(1))
	l.take()
	must(w.Answer(w.Context(), uid, w.yes(address(0))))(w)
	check(w, "a telephone call", []string{"applied applied accepted phone"}, l.take())
	claim := w.meeting(uid).Deliveries
	claim[0].State = sending
	must(w.Ledger().Record(w.Context(), uid, claim))(w)
	l.take()
	must(w.Leftovers(w.Context(), w.clock.Now().Add(time.Second)))(w)
	check(w, "leftover", []string{"result unknown error"}, l.take())

	uid = w.send(lunch(1))
	w.deliver(uid)
	l.take()
	must(w.Undelivered(w.Context(), w.meeting(uid).Deliveries[0].MessageID, "", "full"))(w)
	check(w, "a report", []string{"applied undeliverable report"}, l.take())

	w.mails.Fail(address(0), "temporary")
	uid = w.send(nextMonth())
	for !w.due(uid).IsZero() {
		l.take()
		w.clock.Advance(max(w.due(uid).Sub(w.clock.Now()), 0))
		w.deliver(uid)
	}
	last := l.take()
	check(w, "given up", []string{"result pending error", "result refused error"}, last[len(last)-2:])
}

// TestStepsOfClient checks that the client is told of its steps if the desk observes
// nothing.
func TestStepsOfClient(t *testing.T) {
	var l stepLog
	w := newWorld(t, newSQLite(t), desk.Options{})
	w.o.Observe = l.observe
	w.Desk = w.other(desk.Options{})
	uid := w.send(lunch(1))
	w.deliver(uid)
	must(w.Answer(t.Context(), uid, w.yes(address(0))))(t)
	check(t, "steps", []string{"planned", "rendered", "planned", "rendered", "handed-over", "result delivered"}, l.take())
}

// TestStepsOfRun lets Run send the mails of several meetings at once, and checks the order
// of the steps of each mail and the context.
func TestStepsOfRun(t *testing.T) {
	type key struct{}
	eachDatabase(t, func(t *testing.T, x database) {
		var l stepLog
		w := newWorld(t, x, desk.Options{})
		w.o.Parallel = 4
		ctx, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, "run"))
		defer cancel()
		d := w.other(desk.Options{Observe: func(ctx context.Context, s invite.Step) {
			if s.Kind == invite.StepHandedOver && ctx.Value(key{}) != "run" {
				t.Error("the context is not derived from that of Run")
			}
			l.observe(ctx, s)
		}})
		const meetings, guests = 12, 5
		for range meetings {
			must(d.Send(t.Context(), lunch(guests)))(t)
		}
		l.take()
		ended := make(chan error)
		go func() { ended <- d.Run(ctx) }()
		must(w.mails.Wait(t.Context(), meetings*guests))(t)
		for w.count(`SELECT COUNT(*) FROM convene_mails WHERE state <> 'delivered'`) > 0 {
			time.Sleep(10 * time.Millisecond)
		}
		cancel()
		must(0, <-ended)(t)
		of := make(map[string][]string)
		for _, s := range l.list {
			if s.MessageID != "" {
				of[s.MessageID] = append(of[s.MessageID], fmt.Sprint(s.Kind, s.State))
			}
		}
		check(t, "mails", meetings*guests, len(of))
		for id, got := range of {
			if want := []string{"rendered", "handed-over", "resultdelivered"}; !slices.Equal(got, want) {
				t.Errorf("mail %s: steps %v, want %v", id, got, want)
			}
		}
	})
}
