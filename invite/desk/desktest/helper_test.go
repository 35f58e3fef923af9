package desktest

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/inbox"
	"github.com/convene-go/convene/invite/invitetest"
)

// open opens a desk whose client has no sender, unless c is given.
func open(t testing.TB, db *sql.DB, o *desk.Options, c ...*invite.Client) *desk.Desk {
	t.Helper()
	client := invite.New(nil, nil)
	if len(c) > 0 {
		client = c[0]
	}
	var options desk.Options
	if o != nil {
		options = *o
	}
	if options.Logger == nil {
		options.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	d, err := desk.Open(t.Context(), db, client, &options)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// world is a desk with a clock that stands still, and a sender that keeps the mails.
type world struct {
	*testing.T
	*desk.Desk
	database
	db    *sql.DB
	clock *invitetest.Clock
	mails *invitetest.Recorder
	o     *invite.Options
	pool  int // the connections of each desk; 0 is any number
}

// eachWorld runs a test with a desk on each database.
func eachWorld(t *testing.T, o desk.Options, f func(w *world)) {
	t.Helper()
	eachDatabase(t, func(t *testing.T, x database) { f(newWorld(t, x, o)) })
}

// newWorld opens a desk on an empty database.
func newWorld(t *testing.T, x database, o desk.Options) *world {
	t.Helper()
	w := &world{T: t, database: x, db: x.open(t), clock: new(invitetest.Clock), mails: new(invitetest.Recorder)}
	w.o = invitetest.Options(w.clock)
	w.Desk = w.other(o)
	return w
}

// other opens another desk on the database, as another process would.
func (w *world) other(o desk.Options) *desk.Desk {
	w.Helper()
	db := w.database.open(w.T)
	db.SetMaxOpenConns(w.pool)
	o.Now = w.clock.Now
	if o.Policy == nil {
		o.Policy = invite.InsecureAcceptAny()
	}
	return open(w.T, db, &o, invite.New(w.mails, w.o))
}

// lunch is a meeting with n attendees, two days after the clock begins.
func lunch(n int) ical.Event {
	e := ical.Event{
		Summary: "Lunch", Start: time.Date(2027, 2, 3, 12, 0, 0, 0, time.UTC), End: time.Date(2027, 2, 3, 13, 0, 0, 0, time.UTC),
		TimeZone: "UTC", Organizer: ical.Person{Name: "Room desk", Email: "desk@example.com"},
	}
	for i := range n {
		e.Attendees = append(e.Attendees, ical.Attendee{Email: address(i)})
	}
	return e
}

// nextMonth is a lunch that is not over when a mail has failed for five days.
func nextMonth() ical.Event {
	e := lunch(1)
	e.Start, e.End = e.Start.AddDate(0, 1, 0), e.End.AddDate(0, 1, 0)
	return e
}

// address returns the address of an attendee.
func address(i int) string { return fmt.Sprintf("p%d@example.com", i) }

// must fails the test if there is an error, and returns the value.
func must[T any](v T, err error) func(t testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// send stores a meeting.
func (w *world) send(e ical.Event, opts ...invite.SendOption) string {
	w.Helper()
	return must(w.Send(w.Context(), e, opts...))(w).Event.UID
}

// deliver sends the due mails of a meeting.
func (w *world) deliver(uid string) {
	w.Helper()
	if err := w.Deliver(w.Context(), uid); err != nil {
		w.Fatal(err)
	}
}

// meeting reads a meeting.
func (w *world) meeting(uid string) *invite.Meeting {
	w.Helper()
	return must(w.Meeting(w.Context(), uid))(w)
}

// move is a change that moves a meeting.
func move(by time.Duration) func(e *ical.Event) error {
	return func(e *ical.Event) error {
		e.Start, e.End = e.Start.Add(by), e.End.Add(by)
		return nil
	}
}

// states returns the states of the mails of a meeting.
func (w *world) states(uid string) (out []invite.DeliveryState) {
	w.Helper()
	for _, d := range w.meeting(uid).Deliveries {
		out = append(out, d.State)
	}
	return out
}

// checkStates compares the states of the mails of a meeting.
func (w *world) checkStates(when, uid string, want ...invite.DeliveryState) {
	w.Helper()
	if got := w.states(uid); !slices.Equal(got, want) {
		w.Errorf("%s the states are %v, want %v", when, got, want)
	}
}

// check compares two values.
func check(t testing.TB, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// checkMeeting compares two meetings by their JSON.
func checkMeeting(t testing.TB, what string, want, got *invite.Meeting) {
	t.Helper()
	check(t, what, shown(t, want), shown(t, got))
}

// shown returns a value as JSON.
func shown(t testing.TB, v any) string {
	t.Helper()
	return string(must(json.MarshalIndent(v, "", " "))(t))
}

// reply receives the answer of an attendee to the last request.
func (w *world) reply(email string, status ical.Status, opts ...invitetest.AnswerOption) desk.Received {
	w.Helper()
	return must(w.Receive(w.Context(), &inbox.Mail{Data: w.mails.Reply(email, status, invitetest.ClientGmail, opts...)}))(w)
}

// yes is an answer by telephone.
func (w *world) yes(email string) invite.Answer {
	return invite.Answer{Email: email, Status: ical.StatusAccepted, Via: "phone", Stamp: w.clock.Now()}
}

// count counts the rows that a query counts.
func (w *world) count(query string, args ...any) (n int) {
	w.Helper()
	if err := w.db.QueryRowContext(w.Context(), query, args...).Scan(&n); err != nil {
		w.Fatal(err)
	}
	return n
}
