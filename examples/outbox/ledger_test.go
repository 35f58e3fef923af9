package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/mime"
)

// newOutbox returns an outbox on a file, which may be open elsewhere.
func newOutbox(t *testing.T, path string, s invite.SenderFunc) *outbox {
	t.Helper()
	store, err := openStore(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.db.Close() })
	return &outbox{store: store, sender: s, out: io.Discard, step: func(string) {}}
}

// TestWhileSending changes a meeting and takes an answer in while its first mail
// is under way. Nothing is lost, and nobody gets a mail that was replaced.
func TestWhileSending(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rooms.db")
	other := newOutbox(t, path, nil)
	e := booking(start)
	e.UID = "review@example.com"
	if err := other.book(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	var sent []string
	b := newOutbox(t, path, func(ctx context.Context, m *mime.Message) error {
		in, err := invite.Read(strings.NewReader(string(m.Data)), nil)
		if err != nil {
			return err
		}
		sent = append(sent, m.To[0]+": "+in.Mail.Subject)
		if len(sent) > 1 {
			return nil
		}
		if err := other.deliver(ctx, false); !errors.Is(err, errSending) {
			t.Errorf("deliver meanwhile: %v, want %v", err, errSending)
		}
		r, err := other.store.load(ctx, e.UID)
		if err != nil {
			return err
		}
		after, o := r.meeting.Answer(invite.Answer{
			Email: "ann@example.com", Status: ical.StatusAccepted, Stamp: time.Now(), Via: "phone"})
		return errors.Join(other.store.answer(ctx, "call", *r, after, o),
			other.change(ctx, e.UID, func(c *invite.Client, m *invite.Meeting) (*invite.Meeting, error) {
				e := m.Event.Clone()
				e.Description = "Bring the figures."
				return c.Update(ctx, m, e, invite.QueueOnly())
			}))
	})
	for range 2 {
		if err := b.deliver(t.Context(), false); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"ann@example.com: Invitation: Review", "ann@example.com: Updated: Review", "bob@example.com: Invitation: Review", "cat@example.com: Invitation: Review"}
	if !slices.Equal(sent, want) {
		t.Errorf("sent %q, want %q", sent, want)
	}
	m := stored(t, path)
	if got, want := m.Tally().String(), "1 accepted, 2 without an answer"; got != want || m.Event.Description == "" {
		t.Errorf("the meeting is %+v: %s, want the change and %s", m.Event, got, want)
	}
}

// TestStale stores a plan that replaces a pending mail after this mail has gone out.
func TestStale(t *testing.T) {
	b := newOutbox(t, filepath.Join(t.TempDir(), "rooms.db"), func(context.Context, *mime.Message) error { return nil })
	e := booking(start)
	e.UID = "review@example.com"
	if err := b.book(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	r, err := b.store.load(t.Context(), e.UID)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.deliver(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	after := r.meeting.Event.Clone()
	after.Attendees = after.Attendees[:2] // without the attendee whose mail was pending
	m, err := invite.New(nil, nil).Update(t.Context(), r.meeting, after, invite.QueueOnly())
	if err != nil {
		t.Fatal(err)
	}
	if err := b.store.save(t.Context(), m, r.version); !errors.Is(err, errChanged) {
		t.Errorf("save = %v, want %v", err, errChanged)
	}
	if err := (&ledger{b.store, r.version}).Begin(t.Context(), m); !errors.Is(err, errChanged) {
		t.Errorf("Begin = %v, want %v", err, errChanged)
	}
}

// TestOneMail claims a mail to several attendees, of which another process has claimed
// a part.
func TestOneMail(t *testing.T) {
	b := newOutbox(t, filepath.Join(t.TempDir(), "rooms.db"), nil)
	m, err := invite.New(nil, nil).Send(t.Context(), booking(start), invite.OneMail(), invite.QueueOnly())
	if err != nil {
		t.Fatal(err)
	}
	l := &ledger{store: b.store}
	if err := l.Begin(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	claims := slices.Clone(m.Deliveries)
	for i := range claims {
		claims[i].State = invite.DeliverySending
	}
	steps := []struct {
		name string
		list []invite.Delivery
		want []int
	}{
		{"the last", claims[2:], nil},
		{"all", claims, []int{0, 1, 2}},
		{"the others", claims[:2], nil},
		{"the others again", claims[:2], []int{0, 1}},
	}
	for _, s := range steps {
		if lost, err := l.Record(t.Context(), m.Event.UID, s.list); err != nil || !slices.Equal(lost, s.want) {
			t.Errorf("%s: lost %v, %v, want %v", s.name, lost, err, s.want)
		}
	}
}

// TestRows counts the rows that a call writes: two for each of its mails, however
// many other mails the meeting has.
func TestRows(t *testing.T) {
	b := newOutbox(t, filepath.Join(t.TempDir(), "rooms.db"), func(context.Context, *mime.Message) error { return nil })
	changes := func() (n int) {
		if err := b.store.db.QueryRow(`SELECT total_changes()`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	e := booking(start)
	e.UID = "review@example.com"
	if err := b.book(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		before := changes()
		if err := b.deliver(t.Context(), false); err != nil {
			t.Fatal(err)
		}
		if got, want := changes()-before, 2*len(people); got != want {
			t.Errorf("call %d wrote %d rows, want %d", i, got, want)
		}
		e.Start, e.End = e.Start.Add(time.Hour), e.End.Add(time.Hour)
		err := b.change(t.Context(), e.UID, func(c *invite.Client, m *invite.Meeting) (*invite.Meeting, error) {
			return c.Update(t.Context(), m, e, invite.QueueOnly())
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestBounce takes a delivery report in, which changes the row of its mail alone.
func TestBounce(t *testing.T) {
	path, inbox := filepath.Join(t.TempDir(), "rooms.db"), t.TempDir()
	b := newOutbox(t, path, func(context.Context, *mime.Message) error { return nil })
	if err := b.book(t.Context(), booking(start)); err != nil {
		t.Fatal(err)
	}
	if err := b.deliver(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	report := strings.ReplaceAll(`From: MAILER-DAEMON@example.com
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; bob@example.com
Action: failed
Status: 5.1.1

--b
Content-Type: text/rfc822-headers

Message-ID: `+stored(t, path).Deliveries[1].MessageID+`

--b--
`, "\n", "\r\n")
	if err := os.WriteFile(filepath.Join(inbox, "1.eml"), []byte(report), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := b.answers(t.Context(), inbox); err != nil {
		t.Fatal(err)
	}
	if got, want := stored(t, path).Tally().String(), "3 without an answer, 1 mail undelivered"; got != want {
		t.Errorf("the meeting has %s, want %s", got, want)
	}
}
