package ledgertests_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		child(dir)
		return
	}
	os.Exit(m.Run())
}

// review is a meeting with n attendees: p0@example.test, p1@example.test and so on.
func review(n int) ical.Event {
	start := time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC)
	e := ical.Event{
		UID: "review@example.test", Summary: "Review", Start: start, End: start.Add(time.Hour), TimeZone: "UTC",
		Location: "Room 1", Organizer: ical.Person{Name: "Room desk", Email: "desk@example.test"},
	}
	for i := range n {
		e.Attendees = append(e.Attendees, ical.Attendee{Email: address(i)})
	}
	return e
}

func address(i int) string { return fmt.Sprintf("p%d@example.test", i) }

// weekly is a review that takes place in six weeks.
func weekly(n int) ical.Event {
	e := review(n)
	e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 6}
	return e
}

// week returns the start of the n-th occurrence of weekly, counted from 0.
func week(n int) time.Time { return review(0).Start.AddDate(0, 0, 7*n) }

// at returns e with another location.
func at(e ical.Event, location string) ical.Event {
	e.Location = location
	return e
}

// without returns e without its i-th attendee.
func without(e ical.Event, i int) ical.Event {
	e.Attendees = slices.Delete(slices.Clone(e.Attendees), i, i+1)
	return e
}

// options returns the options of invitetest with a ledger.
func options(l invite.Ledger) *invite.Options {
	o := invitetest.Options(nil)
	o.Ledger = l
	return o
}

// mailbox is a Sender that keeps every mail, also a mail that fails, and counts the
// mails that are in flight at once.
type mailbox struct {
	mu      sync.Mutex
	mails   []*invite.Message
	flying  int
	most    int // the most mails that were in flight at once
	pause   time.Duration
	failure func(m *invite.Message) error
}

func (b *mailbox) Send(_ context.Context, m *invite.Message) error {
	b.mu.Lock()
	b.flying++
	b.most = max(b.most, b.flying)
	b.mails = append(b.mails, &invite.Message{From: m.From, To: slices.Clone(m.To), ID: m.ID, Data: bytes.Clone(m.Data)})
	b.mu.Unlock()
	time.Sleep(b.pause)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.flying--
	if b.failure != nil {
		return b.failure(m)
	}
	return nil
}

// take returns the mails so far and forgets them.
func (b *mailbox) take() []*invite.Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := b.mails
	b.mails = nil
	return out
}

// twice returns the Message-IDs of mails that were handed over more than once.
func (b *mailbox) twice() (out []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := make(map[string]int)
	for _, m := range b.mails {
		if n[m.ID]++; n[m.ID] == 2 {
			out = append(out, m.ID)
		}
	}
	return out
}

// summary returns each mail as "recipients METHOD sequence date".
func summary(t testing.TB, mails []*invite.Message) []string {
	t.Helper()
	out := []string{}
	for _, m := range mails {
		out = append(out, strings.Join(m.To, "+")+" "+object(t, m))
	}
	return out
}

// object returns the calendar object of a mail as "METHOD sequence", with the date if it
// is about one occurrence.
func object(t testing.TB, m *invite.Message) string {
	t.Helper()
	c, err := ical.Decode(bytes.NewReader(invitetest.Calendar(m)), nil)
	if err != nil {
		t.Fatal(err)
	}
	out := fmt.Sprint(strings.ToUpper(string(c.Method)), " ", c.Events[0].Sequence)
	if id := c.Events[0].RecurrenceID; !id.IsZero() {
		out += id.Format(" 2006-01-02")
	}
	return out
}

// raw returns the envelope and the octets of each mail.
func raw(mails []*invite.Message) []string {
	out := []string{}
	for _, m := range mails {
		out = append(out, fmt.Sprintf("%s %s %q\n%s", m.ID, m.From, m.To, m.Data))
	}
	return out
}

// text returns the subject and the plain text of a mail.
func text(t testing.TB, m *invite.Message) string {
	t.Helper()
	in, err := invite.Read(bytes.NewReader(m.Data), nil)
	if err != nil {
		t.Fatal(err)
	}
	return in.Mail.Subject + "\n" + in.Mail.Text
}

// failure is an error of a Sender that is refused, uncertain, both or neither.
type failure struct{ refused, uncertain bool }

func (f failure) Error() string {
	return fmt.Sprintf("refused %t, uncertain %t", f.refused, f.uncertain)
}
func (f failure) Refused() bool   { return f.refused }
func (f failure) Uncertain() bool { return f.uncertain }

// states returns the states of the deliveries.
func states(m *invite.Meeting) (out []invite.DeliveryState) {
	for _, d := range m.Deliveries {
		out = append(out, d.State)
	}
	return out
}

// count returns the number of deliveries in a state.
func count(m *invite.Meeting, state invite.DeliveryState) (n int) {
	for _, d := range m.Deliveries {
		if d.State == state {
			n++
		}
	}
	return n
}

// must returns the meeting of a call that has to succeed.
func must(t testing.TB) func(*invite.Meeting, error) *invite.Meeting {
	return func(m *invite.Meeting, err error) *invite.Meeting {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
}

func mustJSON(t testing.TB, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// reload returns m after it was stored as JSON and read again.
func reload(t testing.TB, m *invite.Meeting) *invite.Meeting {
	t.Helper()
	out := new(invite.Meeting)
	if err := json.Unmarshal(mustJSON(t, m), out); err != nil {
		t.Fatal(err)
	}
	return out
}

func equal(t testing.TB, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
