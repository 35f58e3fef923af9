package invite_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/body"
)

// watcher keeps the steps of calls, and checks the rules that all steps keep.
type watcher struct {
	t     *testing.T
	inUse atomic.Int32
	mu    sync.Mutex
	steps []invite.Step
}

type callKey struct{}

// observe is for Options.Observe. The calls of a test have a value in their context.
func (w *watcher) observe(ctx context.Context, s invite.Step) {
	if w.inUse.Add(1) > 1 {
		w.t.Error("one call tells two steps at once")
	}
	defer w.inUse.Add(-1)
	if ctx.Value(callKey{}) != "call" {
		w.t.Errorf("%s: the context is not derived from the context of the call", s.Kind)
	}
	if s.Time.IsZero() || s.Took < 0 || time.Since(s.Time) > time.Minute {
		w.t.Errorf("%s: time %v, took %v", s.Kind, s.Time, s.Took)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.steps = append(w.steps, s)
}

// take returns the steps so far without their times, and forgets them.
func (w *watcher) take() (out []invite.Step) {
	for _, s := range w.steps {
		s.Time, s.Took = time.Time{}, 0
		if s.Kind == invite.StepRendered || s.Kind == invite.StepHandedOver {
			if s.Size < 500 {
				w.t.Errorf("%s: %d octets", s.Kind, s.Size)
			}
			s.Size = 0
		}
		out = append(out, s)
	}
	w.steps = nil
	return out
}

// watched returns the context of a call, a watcher, and the change of options that makes it
// watch.
func watched(t *testing.T) (context.Context, *watcher, func(*invite.Options)) {
	w := &watcher{t: t}
	return context.WithValue(t.Context(), callKey{}, "call"), w, func(o *invite.Options) { o.Observe = w.observe }
}

// checkSteps compares steps. Errors are compared as errors.Is compares them.
func checkSteps(t *testing.T, what string, want, got []invite.Step) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateErrors()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// TestSteps checks the steps of a call with a mail that fails for a while, and of the
// Resume that goes on with it.
func TestSteps(t *testing.T) {
	ctx, w, watch := watched(t)
	busy := errors.New("busy")
	r := &recorder{fail: func(n int, _ *invite.Message) error {
		if n == 2 {
			return busy
		}
		return nil
	}}
	client := invite.New(r, fixed(watch))
	m, err := client.Send(ctx, review(), invite.Tag("blue"))
	if !errors.Is(err, busy) {
		t.Fatal(err)
	}
	state := m.Deliveries[1].State
	mail := func(kind invite.StepKind, n int) invite.Step {
		return invite.Step{Kind: kind, UID: "uid-1", Tag: "blue", N: n, MessageID: m.Deliveries[n].MessageID, Method: ical.MethodRequest, Action: body.ActionInvitation}
	}
	with := func(s invite.Step, f func(s *invite.Step)) invite.Step { f(&s); return s }
	one := func(s *invite.Step) { s.Recipients = 1 }
	planned := func(n int, again bool) invite.Step {
		return invite.Step{Kind: invite.StepPlanned, UID: "uid-1", Tag: "blue", N: -1, Mails: n, Again: again, Method: ical.MethodRequest, Action: body.ActionInvitation}
	}
	delivered := func(s *invite.Step) { s.State = invite.DeliveryDelivered }
	checkSteps(t, "Send", []invite.Step{
		planned(2, false),
		with(mail(invite.StepRendered, 0), one), with(mail(invite.StepRendered, 1), one),
		with(mail(invite.StepHandedOver, 0), one), with(mail(invite.StepResult, 0), delivered),
		with(mail(invite.StepHandedOver, 1), one), with(mail(invite.StepResult, 1), func(s *invite.Step) { s.State, s.Err = state, busy }),
	}, w.take())

	r.fail = nil
	later := fixed(watch, func(o *invite.Options) { o.Now = func() time.Time { return pinned().Add(90 * time.Second) } })
	if _, err := invite.New(r, later).Resume(ctx, m, invite.ResendUnknown()); err != nil {
		t.Fatal(err)
	}
	checkSteps(t, "Resume", []invite.Step{
		planned(1, true), with(mail(invite.StepRendered, 1), one),
		with(mail(invite.StepHandedOver, 1), func(s *invite.Step) { s.Recipients, s.Waited = 1, 90*time.Second }),
		with(mail(invite.StepResult, 1), delivered),
	}, w.take())
}

// TestStepsOfOtherCalls checks the kinds of steps of calls that send nothing, or two plans.
func TestStepsOfOtherCalls(t *testing.T) {
	ctx, w, watch := watched(t)
	client := invite.New(new(recorder), fixed(watch, func(o *invite.Options) { o.NewID = func() string { return "id-2" } }))
	kinds := func() string {
		var out []string
		for _, s := range w.take() {
			kind := string(s.Kind)
			if s.Kind == invite.StepPlanned {
				kind = fmt.Sprintf("planned %s %s %s %d", s.UID, s.Method, s.Action, s.Mails)
			}
			out = append(out, kind)
		}
		return strings.Join(slices.Compact(out), ", ")
	}
	check := func(what, want string) {
		t.Helper()
		if got := kinds(); got != want {
			t.Errorf("%s: steps %q, want %q", what, got, want)
		}
	}
	m, err := client.Send(ctx, weeklyTrio(), invite.QueueOnly())
	if err != nil {
		t.Fatal(err)
	}
	check("QueueOnly", "planned uid-1 REQUEST invitation 3, rendered")
	if _, err := client.PlanCancel(m); err != nil {
		t.Fatal(err)
	}
	check("PlanCancel", "")
	if _, err := client.Update(ctx, m, ical.Event{}); err == nil {
		t.Fatal("an empty event is no error")
	}
	check("an error", "")
	if m, err = client.Resume(ctx, m); err != nil {
		t.Fatal(err)
	}
	check("Resume", "planned uid-1 REQUEST invitation 3, rendered, handed-over, result, handed-over, result, handed-over, result")
	less := m.Event.Clone()
	less.Attendees, less.Summary, less.Location = less.Attendees[:2], "Other", "Elsewhere"
	if _, err := client.Update(ctx, m, less, invite.QueueOnly()); err != nil {
		t.Fatal(err)
	}
	check("two methods", "planned uid-1   3, rendered")
	at := m.Event.Start.AddDate(0, 0, 14)
	after := m.Event.Clone()
	after.Location = "Elsewhere"
	if _, _, err := client.UpdateFollowing(ctx, m, at, after, invite.QueueOnly()); err != nil {
		t.Fatal(err)
	}
	check("UpdateFollowing", "planned id-2 REQUEST invitation 3, rendered, planned uid-1 REQUEST update 3, rendered")
	if m, err = client.WithObserve(nil).Cancel(ctx, m); err != nil || m == nil {
		t.Fatal(err)
	}
	check("WithObserve(nil)", "")
}

// TestStepsOfOneMail checks that each recipient of a mail has a result.
func TestStepsOfOneMail(t *testing.T) {
	ctx, w, watch := watched(t)
	sender := invite.SenderFunc(func(_ context.Context, m *invite.Message) error {
		return about{"bob@example.test", refusal}
	})
	m, err := invite.New(sender, fixed(watch)).Send(ctx, trio(), invite.OneMail())
	if !errors.Is(err, refusal) {
		t.Fatal(err)
	}
	var got []string
	for _, s := range w.take() {
		got = append(got, fmt.Sprintf("%s n=%d to=%d %s err=%v", s.Kind, s.N, s.Recipients, s.State, s.Err != nil))
		if s.Kind == invite.StepResult && s.MessageID != m.Deliveries[0].MessageID {
			t.Errorf("the result has the Message-ID %s", s.MessageID)
		}
	}
	want := []string{
		"planned n=-1 to=0  err=false", "rendered n=0 to=3  err=false", "handed-over n=0 to=3  err=false",
		"result n=0 to=0 delivered err=false", "result n=1 to=0 refused err=true", "result n=2 to=0 delivered err=false",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestStepsInParallel checks the order of the steps of each mail, and that a call tells
// one step at a time.
func TestStepsInParallel(t *testing.T) {
	ctx, w, watch := watched(t)
	const mails = 60
	e := vary(func(e *ical.Event) {
		e.Attendees = nil
		for i := range mails {
			e.Attendees = append(e.Attendees, ical.Attendee{Email: fmt.Sprintf("p%d@example.test", i)})
		}
	})
	sender := invite.SenderFunc(func(context.Context, *invite.Message) error {
		time.Sleep(time.Millisecond)
		return nil
	})
	if _, err := invite.New(sender, fixed(watch, func(o *invite.Options) { o.Parallel = 8 })).Send(ctx, e); err != nil {
		t.Fatal(err)
	}
	of := make(map[string][]string)
	for _, s := range w.steps {
		if s.Kind == invite.StepResult && s.Took < time.Millisecond {
			t.Errorf("mail %d took %v", s.N, s.Took)
		}
		of[s.MessageID] = append(of[s.MessageID], string(s.Kind))
	}
	if len(of) != mails+1 { // and the step without a mail
		t.Errorf("steps of %d mails, want %d", len(of)-1, mails)
	}
	for id, kinds := range of {
		if want := []string{"rendered", "handed-over", "result"}; id != "" && !slices.Equal(kinds, want) {
			t.Errorf("mail %s: steps %v, want %v", id, kinds, want)
		}
	}
}

// TestStepsOfRespond checks the steps of an attendee's answer.
func TestStepsOfRespond(t *testing.T) {
	ctx, w, watch := watched(t)
	r := new(recorder)
	if _, err := invite.New(r, fixed()).Send(ctx, review()); err != nil {
		t.Fatal(err)
	}
	in, err := invite.Read(bytes.NewReader(r.mails[0].Data), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, fails := range []error{nil, about{"desk@example.test", refusal}} {
		sender := invite.SenderFunc(func(context.Context, *invite.Message) error { return fails })
		err := invite.New(sender, fixed(watch)).Respond(ctx, in, invite.Response{As: "bob@example.test", Status: ical.StatusAccepted})
		if (err != nil) != (fails != nil) {
			t.Fatal(err)
		}
		var got []string
		for _, s := range w.take() {
			got = append(got, fmt.Sprintf("%s %d %s %s %s %s", s.Kind, s.N, s.UID, s.Method, s.Action, s.State))
		}
		state := "delivered"
		if fails != nil {
			state = "refused"
		}
		want := []string{"planned -1 uid-1 REPLY answer ", "rendered -1 uid-1 REPLY answer ", "handed-over -1 uid-1 REPLY answer ", "result -1 uid-1 REPLY answer " + state}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("error %v (-want +got):\n%s", fails, diff)
		}
	}
}

// TestStepsPanic checks that a panic of Observe changes nothing of the call.
func TestStepsPanic(t *testing.T) {
	var log bytes.Buffer
	was := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(was)
	client := invite.New(new(recorder), fixed(func(o *invite.Options) {
		o.Observe = func(context.Context, invite.Step) { panic("out of order: zara@guests.test") }
	}))
	m, err := client.Send(t.Context(), review())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := states(m), []invite.DeliveryState{invite.DeliveryDelivered, invite.DeliveryDelivered}; !slices.Equal(got, want) {
		t.Errorf("states %v, want %v", got, want)
	}
	if n := strings.Count(log.String(), "out of order"); n != 7 {
		t.Errorf("the log tells of %d panics, want 7:\n%s", n, log.String())
	}
	if strings.Contains(log.String(), "zara") {
		t.Errorf("the log has an address:\n%s", log.String())
	}
}

// large is a renderer of long texts, so that the mails of a call are too large to be kept.
type large struct{ *body.Renderer }

func (x *large) Render(v *body.View) (*body.Body, error) {
	b, err := x.Renderer.Render(v)
	if err == nil {
		b.Text += strings.Repeat("A line of a long text.\n", 100_000)
	}
	return b, err
}

// TestStepsOfLargeMails checks that each mail has its steps once, also if it is built twice:
// before the first mail is handed over, and at its turn.
func TestStepsOfLargeMails(t *testing.T) {
	ctx, w, watch := watched(t)
	texts, err := body.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := invite.New(new(recorder), fixed(watch, func(o *invite.Options) { o.Body = &large{texts} }))
	e := review()
	for i := range 3 {
		e.Attendees = append(e.Attendees, ical.Attendee{Email: fmt.Sprintf("p%d@example.test", i)})
	}
	if _, err := client.Send(ctx, e); err != nil {
		t.Fatal(err)
	}
	of := make(map[int][]invite.StepKind)
	for _, s := range w.take() {
		of[s.N] = append(of[s.N], s.Kind)
	}
	for n := range e.Attendees {
		if want := []invite.StepKind{invite.StepRendered, invite.StepHandedOver, invite.StepResult}; !slices.Equal(of[n], want) {
			t.Errorf("mail %d: steps %v, want %v", n, of[n], want)
		}
	}
}
