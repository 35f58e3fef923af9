package ledgertests_test

import (
	"context"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/body"
	"github.com/convene-go/convene/invite/invitetest"
)

// calls returns the calls that send mails about a meeting, by their names.
func calls(m *invite.Meeting, opts ...invite.MailOption) map[string]func(c *invite.Client) (*invite.Meeting, error) {
	ctx := context.Background()
	var cancels []invite.CancelOption
	var reminds []invite.RemindOption
	for _, o := range opts {
		cancels, reminds = append(cancels, o), append(reminds, o)
	}
	return map[string]func(c *invite.Client) (*invite.Meeting, error){
		"Update": func(c *invite.Client) (*invite.Meeting, error) {
			return c.Update(ctx, m, at(m.Event, "Room 2"), opts...)
		},
		"UpdateFollowing": func(c *invite.Client) (*invite.Meeting, error) {
			old, _, err := c.UpdateFollowing(ctx, m, week(2), at(m.Event, "Room 2"), opts...)
			return old, err
		},
		"UpdateFollowing, the first": func(c *invite.Client) (*invite.Meeting, error) {
			old, _, err := c.UpdateFollowing(ctx, m, week(0), at(m.Event, "Room 2"), opts...)
			return old, err
		},
		"Cancel": func(c *invite.Client) (*invite.Meeting, error) { return c.Cancel(ctx, m, cancels...) },
		"Cancel occurrence": func(c *invite.Client) (*invite.Meeting, error) {
			return c.Cancel(ctx, m, append(cancels, invite.Occurrence(week(1)))...)
		},
		"Cancel and later": func(c *invite.Client) (*invite.Meeting, error) {
			return c.Cancel(ctx, m, append(cancels, invite.OccurrenceAndLater(week(1)))...)
		},
		"Remind": func(c *invite.Client) (*invite.Meeting, error) { return c.Remind(ctx, m, reminds...) },
		"Reinvite": func(c *invite.Client) (*invite.Meeting, error) {
			return c.Reinvite(ctx, m, []string{address(1)}, opts...)
		},
		"RemindStart": func(c *invite.Client) (*invite.Meeting, error) {
			return c.RemindStart(ctx, m, week(1), []string{address(1)}, opts...)
		},
		"Refuse": func(c *invite.Client) (*invite.Meeting, error) {
			return c.Refuse(ctx, m, "eve@example.test", time.Time{}, opts...)
		},
		"DeclineProposal": func(c *invite.Client) (*invite.Meeting, error) { return c.DeclineProposal(ctx, m, proposal(), opts...) },
	}
}

// proposal is a proposal of another time by the first attendee.
func proposal() invite.Proposal {
	return invite.Proposal{Email: address(0), Start: week(0).Add(time.Hour), End: week(0).Add(2 * time.Hour), Stamp: week(-3), Via: "link"}
}

// TestCallsAreAll checks that calls has every method that takes a Meeting and returns
// one.
func TestCallsAreAll(t *testing.T) {
	meeting := reflect.TypeFor[*invite.Meeting]()
	known := []string{"Resume"}
	for name := range calls(nil) {
		known = append(known, name)
	}
	client := reflect.TypeFor[*invite.Client]()
	for i := range client.NumMethod() {
		method := client.Method(i)
		f := method.Type
		if f.NumIn() > 2 && f.In(2) == meeting && f.NumOut() > 0 && f.Out(0) == meeting && !slices.Contains(known, method.Name) {
			t.Errorf("calls lacks the method %s", method.Name)
		}
	}
}

// TestNoMeeting gives each call a nil Meeting.
func TestNoMeeting(t *testing.T) {
	c := invite.New(new(mailbox), options(nil))
	var none *invite.Meeting
	ctx, e, p := t.Context(), weekly(2), proposal()
	list := map[string]func() (any, error){
		"Update":      func() (any, error) { return c.Update(ctx, none, e) },
		"Cancel":      func() (any, error) { return c.Cancel(ctx, none) },
		"Remind":      func() (any, error) { return c.Remind(ctx, none) },
		"Reinvite":    func() (any, error) { return c.Reinvite(ctx, none, []string{address(0)}) },
		"Decline":     func() (any, error) { return c.DeclineProposal(ctx, none, p) },
		"Resume":      func() (any, error) { return c.Resume(ctx, none) },
		"RemindStart": func() (any, error) { return c.RemindStart(ctx, none, week(1), []string{address(0)}) },
		"UpdateFollowing": func() (any, error) {
			old, rest, err := c.UpdateFollowing(ctx, none, week(1), e)
			if rest != nil {
				t.Error("UpdateFollowing returned a rest of nothing")
			}
			return old, err
		},
		"PlanUpdate":          func() (any, error) { return c.PlanUpdate(none, e) },
		"PlanCancel":          func() (any, error) { return c.PlanCancel(none) },
		"PlanRemind":          func() (any, error) { return c.PlanRemind(none) },
		"PlanReinvite":        func() (any, error) { return c.PlanReinvite(none, nil) },
		"PlanUpdateFollowing": func() (any, error) { return c.PlanUpdateFollowing(none, week(1), e) },
	}
	for name, call := range list {
		if got, err := call(); !errors.Is(err, invite.ErrNoMeeting) || !reflect.ValueOf(got).IsNil() {
			t.Errorf("%s(nil) = %v, %v, want nil and ErrNoMeeting", name, got, err)
		}
	}
}

// badBody is a Renderer that fails if refuses reports true.
type badBody struct {
	invite.Renderer
	refuses func(v *body.View) bool
}

var errBody = errors.New("no template")

func (b badBody) Render(v *body.View) (*body.Body, error) {
	if b.refuses(v) {
		return nil, errBody
	}
	return b.Renderer.Render(v)
}

func withBody(t testing.TB, o *invite.Options, refuses func(v *body.View) bool) *invite.Options {
	t.Helper()
	r, err := body.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	o.Body = badBody{r, refuses}
	return o
}

// recordFails is a ledger that stores nothing. Begin succeeds, and Record fails.
type recordFails struct{}

func (recordFails) Begin(context.Context, ...*invite.Meeting) error { return nil }

func (recordFails) Record(context.Context, string, []invite.Delivery) ([]int, error) {
	return nil, errStore
}

// TestNeverNil has every call fail in every way. If nothing was sent, the call returns
// the Meeting that it was given. Otherwise it returns another Meeting with the states of
// the mails.
func TestNeverNil(t *testing.T) {
	whole := must(t)(invite.New(new(mailbox), options(nil)).Send(t.Context(), weekly(3)))
	whole, _ = whole.Propose(proposal())
	gone := must(t)(invite.New(new(mailbox), options(nil)).Cancel(t.Context(), whole))
	fails := invitetest.NewLedger()
	fails.Before = func(invitetest.LedgerCall) error { return errStore }
	late := recordFails{}
	random := options(nil)
	random.Random = strings.NewReader("short")
	for _, tt := range []struct {
		name   string
		m      *invite.Meeting
		sender invite.Sender
		o      *invite.Options
		want   error
		sent   bool // the failure comes after Begin
	}{
		{"no sender", whole, nil, options(nil), invite.ErrNoSender, false},
		{"cannot be built", whole, new(mailbox), withBody(t, options(nil), func(*body.View) bool { return true }), errBody, false},
		{"no randomness", whole, new(mailbox), random, io.ErrUnexpectedEOF, false},
		{"Begin", whole, new(mailbox), options(fails), errStore, false},
		{"cancelled", gone, new(mailbox), options(nil), nil, false},
		{"Record", whole, new(mailbox), options(late), errStore, true},
		{"not sent", whole, invite.SenderFunc(func(context.Context, *invite.Message) error { return errBody }), options(nil), errBody, true},
	} {
		for name, call := range calls(tt.m) {
			if tt.name == "cancelled" && name == "Refuse" { // which tells a stranger of the cancellation
				continue
			}
			before := string(mustJSON(t, tt.m))
			got, err := call(invite.New(tt.sender, tt.o))
			switch {
			case err == nil || tt.want != nil && !errors.Is(err, tt.want) && !errors.Is(err, io.EOF):
				t.Errorf("%s, %s: error %v, want %v", tt.name, name, err, tt.want)
			case got == nil:
				t.Errorf("%s, %s: the Meeting is nil", tt.name, name)
			case !tt.sent && got != tt.m:
				t.Errorf("%s, %s: another Meeting came back, though nothing was sent", tt.name, name)
			case tt.sent && (got == tt.m || count(got, invite.DeliveryPending) == 0):
				t.Errorf("%s, %s: the Meeting does not say what is pending: %q", tt.name, name, states(got))
			}
			equal(t, tt.name+", "+name+": the Meeting that was given", before, string(mustJSON(t, tt.m)))
		}
	}
}

// TestWrongArguments makes calls with arguments that do not fit the meeting. Each
// returns the same Meeting and an error.
func TestWrongArguments(t *testing.T) {
	s := new(mailbox)
	c := invite.New(s, options(invitetest.NewLedger()))
	m := must(t)(c.Send(t.Context(), weekly(3)))
	s.take()
	ctx := t.Context()
	other := m.Event
	other.UID = "other@example.test"
	empty := m.Event
	empty.End = empty.Start.Add(-time.Hour)
	never := week(1).Add(time.Minute)
	for name, call := range map[string]func() (*invite.Meeting, error){
		"Update, UID":        func() (*invite.Meeting, error) { return c.Update(ctx, m, other) },
		"Update, invalid":    func() (*invite.Meeting, error) { return c.Update(ctx, m, empty) },
		"Cancel, occurrence": func() (*invite.Meeting, error) { return c.Cancel(ctx, m, invite.Occurrence(never)) },
		"Cancel, later":      func() (*invite.Meeting, error) { return c.Cancel(ctx, m, invite.OccurrenceAndLater(never)) },
		"Cancel, zero time":  func() (*invite.Meeting, error) { return c.Cancel(ctx, m, invite.Occurrence(time.Time{})) },
		"Cancel, later than zero": func() (*invite.Meeting, error) {
			return c.Cancel(ctx, m, invite.OccurrenceAndLater(time.Time{}))
		},
		"Remind, nobody":         func() (*invite.Meeting, error) { return c.Remind(ctx, m, invite.OnlyTo()) },
		"Remind, stranger":       func() (*invite.Meeting, error) { return c.Remind(ctx, m, invite.OnlyTo("eve@example.test")) },
		"Reinvite, stranger":     func() (*invite.Meeting, error) { return c.Reinvite(ctx, m, []string{"eve@example.test"}) },
		"Reinvite, nobody":       func() (*invite.Meeting, error) { return c.Reinvite(ctx, m, nil) },
		"DeclineProposal, other": func() (*invite.Meeting, error) { return c.DeclineProposal(ctx, m, proposal()) },
		"UpdateFollowing, start": func() (*invite.Meeting, error) {
			old, rest, err := c.UpdateFollowing(ctx, m, never, m.Event)
			if rest != nil {
				t.Error("UpdateFollowing returned a rest")
			}
			return old, err
		},
		"UpdateFollowing, invalid": func() (*invite.Meeting, error) {
			old, rest, err := c.UpdateFollowing(ctx, m, week(2), empty)
			if rest != nil {
				t.Error("UpdateFollowing returned a rest")
			}
			return old, err
		},
	} {
		if got, err := call(); got != m || err == nil {
			t.Errorf("%s: %p, %v, want %p and an error", name, got, err, m)
		}
	}
	if mails := s.take(); len(mails) > 0 {
		t.Errorf("mails %q, want none", summary(t, mails))
	}
}

// TestResumeFails has Resume fail before and after its first record.
func TestResumeFails(t *testing.T) {
	queued := must(t)(invite.New(nil, options(nil)).Send(t.Context(), review(3), invite.QueueOnly()))
	unknown := reload(t, queued)
	unknown.Deliveries[1].State = invite.DeliveryUnknown
	fails := invitetest.NewLedger()
	fails.Before = func(invitetest.LedgerCall) error { return errStore }
	for name, tt := range map[string]struct {
		m      *invite.Meeting
		sender invite.Sender
		o      *invite.Options
		want   error
		same   bool
	}{
		"no sender":       {queued, nil, options(nil), invite.ErrNoSender, true},
		"cannot be built": {queued, discard, withBody(t, options(nil), func(*body.View) bool { return true }), errBody, true},
		"taking back":     {unknown, discard, options(fails), errStore, true},
		"claim":           {queued, discard, options(fails), errStore, false},
	} {
		before := string(mustJSON(t, tt.m))
		got, err := invite.New(tt.sender, tt.o).Resume(t.Context(), tt.m, invite.ResendUnknown())
		if !errors.Is(err, tt.want) || got == nil || (got == tt.m) != tt.same {
			t.Errorf("%s: %p, %v, want %v and the same Meeting: %t", name, got, err, tt.want, tt.same)
		}
		equal(t, name+": the Meeting that was given", before, string(mustJSON(t, tt.m)))
	}
}

// TestHalves calls UpdateFollowing when the mails of one half cannot be built. Nothing
// is sent or stored.
func TestHalves(t *testing.T) {
	for name, refuses := range map[string]func(v *body.View) bool{
		"the old series": func(v *body.View) bool { return v.Event.Recurrence != nil && !v.Event.Recurrence.Until.IsZero() },
		"the rest":       func(v *body.View) bool { return v.Event.UID != weekly(0).UID },
	} {
		s, l := new(mailbox), invitetest.NewLedger()
		m := must(t)(invite.New(s, options(l)).Send(t.Context(), weekly(3)))
		s.take()
		stored := string(mustJSON(t, l.Stored(m.Event.UID)))
		c := invite.New(s, withBody(t, options(l), refuses))
		old, rest, err := c.UpdateFollowing(t.Context(), m, week(3), at(m.Event, "Room 2"))
		if old != m || rest != nil || !errors.Is(err, errBody) {
			t.Errorf("%s: %p, %p, %v, want %p, nil and the cause", name, old, rest, err, m)
		}
		if mails := s.take(); len(mails) > 0 {
			t.Errorf("%s: mails %q, want none", name, summary(t, mails))
		}
		equal(t, name+": the stored Meeting", stored, string(mustJSON(t, l.Stored(m.Event.UID))))
	}
}

// TestHalvesFail has mails of both halves of UpdateFollowing fail. The error names them
// in the order of the attendees.
func TestHalvesFail(t *testing.T) {
	s, l := new(mailbox), invitetest.NewLedger()
	c := invite.New(s, options(l))
	m := must(t)(c.Send(t.Context(), weekly(3)))
	s.take()
	s.failure = func(mail *invite.Message) error {
		switch mail.To[0] {
		case address(0):
			return failure{refused: true}
		case address(1):
			return errStore
		}
		return nil
	}
	old, rest, err := c.UpdateFollowing(t.Context(), m, week(3), at(m.Event, "Room 2"))
	var failed *invite.DeliveryError
	if !errors.As(err, &failed) {
		t.Fatalf("error %v", err)
	}
	var got []string
	for _, r := range failed.Recipients {
		got = append(got, r.Email+" "+string(r.State))
	}
	equal(t, "failures", []string{
		address(0) + " refused", address(0) + " pending", address(1) + " pending", address(1) + " pending",
	}, got)
	equal(t, "mails", []string{ // the end of the old series waits for the rest, also if the rest is refused
		address(0) + " REQUEST 0", address(1) + " REQUEST 0",
		address(2) + " REQUEST 0", address(2) + " REQUEST 1",
	}, summary(t, s.take()))
	for _, m := range []*invite.Meeting{old, rest} {
		if m == nil {
			t.Fatal("a half is nil")
		}
		equal(t, "stored", states(m), states(l.Stored(m.Event.UID)))
	}
}
