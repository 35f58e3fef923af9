package desktest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/body"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/inbox"
	"github.com/convene-go/convene/invite/invitetest"
	"github.com/convene-go/convene/invite/organizer"
)

// private has parts of the addresses, names and titles of the test. They are in no UID and
// in no Message-ID.
var private = []string{"zara", "quill", "guests.test", "odile", "merger", "stranger"}

// discreet is a handler for all levels. It fails the test if a line at level info or above
// has an address, a name or a title.
type discreet struct {
	t *testing.T
	*seen
	attrs []slog.Attr
}

// seen has the messages of the lines.
type seen struct {
	mu           sync.Mutex
	public       map[string]bool // at level info and above
	hasAddresses bool            // of lines at level debug
}

func (h discreet) Enabled(context.Context, slog.Level) bool { return true }

func (h discreet) Handle(_ context.Context, r slog.Record) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	line := r.Message
	add := func(a slog.Attr) bool { line += " " + a.String(); return true }
	for _, a := range h.attrs {
		add(a)
	}
	r.Attrs(add)
	for _, p := range private {
		if !strings.Contains(strings.ToLower(line), p) {
			continue
		}
		if r.Level >= slog.LevelInfo {
			h.t.Errorf("%s: a line has %q: %s", r.Level, p, line)
		}
		h.hasAddresses = true
	}
	if r.Level >= slog.LevelInfo {
		h.public[r.Message] = true
	}
	return nil
}

func (h discreet) WithAttrs(list []slog.Attr) slog.Handler {
	h.attrs = append(h.attrs[:len(h.attrs):len(h.attrs)], list...)
	return h
}

func (h discreet) WithGroup(string) slog.Handler { return h }

// life is a desk to which everything happens that has a line in the log.
type life struct {
	*world
	sends    func(m *invite.Message) error
	writes   error // of the renderer
	onEvent  func() error
	client   func() error
	calendar error
}

func (x *life) Render(v *body.View) (*body.Body, error) {
	if x.writes != nil {
		return nil, x.writes
	}
	return must(body.New(nil))(x).Render(v)
}

// TestDiscreetLog lets a desk live through its failures, with the default logger. No line
// at level info or above may have an address, a name or a title.
func TestDiscreetLog(t *testing.T) {
	h := discreet{t: t, seen: &seen{public: make(map[string]bool)}}
	was := slog.Default()
	defer slog.SetDefault(was)
	slog.SetDefault(slog.New(h))
	eachDatabase(t, func(t *testing.T, db database) {
		h.t, h.public = t, make(map[string]bool)
		slog.SetDefault(slog.New(h))
		newLife(t, db).live()
		for _, want := range []string{
			"desk: a mail was refused", "desk: mails are not delivered", "desk: mails cannot be made", "desk: a mail may or may not have arrived",
			"desk: a mail is not held, because its meeting has too many held mails", "desk: an event is kept for later", "desk: an event is kept for later again",
			"desk: the calendar of a meeting failed: trying again", "desk: the work at a meeting failed", "desk: attendees cannot be invited", "desk: a reminder cannot be made",
		} {
			if !h.public[want] {
				t.Errorf("the log has no line %q", want)
			}
		}
		if !h.hasAddresses {
			t.Error("no line at level debug has an address")
		}
	})
}

func newLife(t *testing.T, db database) *life {
	x := &life{world: &world{T: t, database: db, db: db.open(t), clock: new(invitetest.Clock), mails: new(invitetest.Recorder)}}
	x.o = invitetest.Options(x.clock)
	x.o.Body = x
	client := invite.New(invite.SenderFunc(func(ctx context.Context, m *invite.Message) error {
		if x.sends != nil {
			return x.sends(m)
		}
		return x.mails.Send(ctx, m)
	}), x.o)
	x.Desk = must(desk.Open(t.Context(), x.db, nil, &desk.Options{
		Now:          x.clock.Now,
		Policy:       &invite.Policy{InsecureAnyFrom: true, Uninvited: invite.UninvitedHold, Delegates: invite.DelegatesAllow},
		RemindBefore: []time.Duration{time.Hour},
		Clients: func(context.Context, *invite.Meeting) (*invite.Client, error) {
			if x.client != nil {
				return nil, x.client()
			}
			return client, nil
		},
		OnEvent: func(context.Context, *sql.Tx, desk.Event) error {
			if x.onEvent != nil {
				return x.onEvent()
			}
			return nil
		},
		Calendar: func(context.Context, *invite.Meeting) (organizer.Calendar, error) { return nil, x.calendar },
	}))(t)
	return x
}

// merger is a meeting with private names.
func merger() ical.Event {
	e := lunch(0)
	e.Summary, e.Organizer = "Secret merger", ical.Person{Name: "Odile Desk", Email: "odile@house.test"}
	e.Attendees = []ical.Attendee{{Name: "Zara Quill", Email: "zara.quill@guests.test"}}
	return e
}

// gossip is the text of an error with everything that is private.
const gossip = `550 5.1.1 <zara.quill@guests.test>: "Zara Quill" does not come to "Secret merger" of odile@house.test`

func (x *life) live() {
	x.mailsFail()
	x.answersFail()
	x.functionsFail()
}

// mailsFail lets mails fail in all ways.
func (x *life) mailsFail() {
	for _, e := range []saying{{text: gossip + ", says Zara", refused: true}, {text: gossip, uncertain: true}, {text: gossip + ", says Zara"}} {
		x.sends = func(*invite.Message) error { return e }
		uid := x.send(merger())
		x.deliver(uid)
		x.clock.Advance(time.Hour)
		x.deliver(uid)
	}
	uid := x.send(merger())
	claim := x.meeting(uid).Deliveries
	claim[0].State = sending
	must(x.Ledger().Record(x.Context(), uid, claim))(x)
	must(x.Leftovers(x.Context(), x.clock.Now().Add(time.Second)))(x)
	x.sends = nil
	uid = x.send(merger())
	x.writes = errors.New(gossip)
	x.deliver(uid)
	x.writes = nil
	x.clock.Advance(time.Hour)
	x.deliver(uid)
	x.receive(x.mails.Bounce("zara.quill@guests.test"))
}

func (x *life) receive(data []byte) desk.Received {
	x.Helper()
	return must(x.Receive(x.Context(), &inbox.Mail{Data: data}))(x)
}

// answersFail lets answers come that are held, that are too many, and whose delegate cannot
// be invited, and lets a reminder fail.
func (x *life) answersFail() {
	uid := x.send(merger())
	x.deliver(uid)
	yes := string(x.mails.Reply("zara.quill@guests.test", ical.StatusAccepted, invitetest.ClientGmail))
	for i := range 101 {
		other := strings.ReplaceAll(yes, "zara.quill@guests.test", fmt.Sprintf("stranger%d@guests.test", i))
		x.receive([]byte(other))
	}
	x.writes = errors.New(gossip)
	o := must(x.Answer(x.Context(), uid, invite.Answer{
		Email: "zara.quill@guests.test", Status: ical.StatusDelegated, DelegatedTo: "odile.quill@guests.test", Via: "phone", Stamp: x.clock.Now(),
	}))(x)
	check(x, "delegation", invite.VerdictApplied, o.Verdict)
	x.writes = nil
	uid = x.send(merger())
	x.deliver(uid)
	x.writes = errors.New(gossip)
	x.clock.Advance(merger().Start.Add(-30 * time.Minute).Sub(x.clock.Now()))
	x.deliver(uid)
	x.writes = nil
}

// functionsFail lets the functions of the program fail.
func (x *life) functionsFail() {
	e := merger()
	e.Start, e.End = e.Start.AddDate(0, 0, 7), e.End.AddDate(0, 0, 7)
	uid := x.send(e)
	for _, fail := range []func() error{func() error { return errors.New(gossip) }, func() error { panic(gossip) }} {
		x.onEvent = fail
		x.deliver(uid)
		x.clock.Advance(time.Hour)
		x.deliver(uid)
		must(x.Answer(x.Context(), uid, invite.Answer{Email: "zara.quill@guests.test", Status: ical.StatusAccepted, Via: "phone", Stamp: x.clock.Now()}))(x)
	}
	x.onEvent = nil
	x.calendar = fmt.Errorf("caldav: PUT https://odile:quill@cal.test/zara/merger.ics: 507 Insufficient Storage: no room for Zara Quill, %s", gossip)
	if err := x.Work(x.Context(), desk.Job{Kind: desk.JobCalendar, UID: uid}); err != nil {
		x.Fatal(err)
	}
	for _, fail := range []func() error{func() error { return errors.New(gossip) }, func() error { panic(gossip) }} {
		if _, err := x.Remind(x.Context(), uid); err != nil {
			x.Fatal(err)
		}
		x.client = fail
		ctx, cancel := context.WithTimeout(x.Context(), 300*time.Millisecond)
		if err := x.Desk.Run(ctx); err != nil {
			x.Fatal(err)
		}
		cancel()
		x.client = nil
		x.deliver(uid)
	}
}
