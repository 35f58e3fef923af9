package invitetest_test

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/golden"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
	"github.com/convene-go/convene/mime"
)

// review is a meeting with two attendees, one of whom makes work for encoders.
func review(change ...func(*ical.Event)) ical.Event {
	start := time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC)
	e := ical.Event{
		Summary: "Gespräch, Review", Start: start, End: start.Add(time.Hour), TimeZone: "Europe/Berlin", Location: "Room 4",
		Organizer: ical.Person{Name: "Room desk", Email: "desk@example.com"},
		Attendees: []ical.Attendee{
			{Name: "Ann Example", Email: "ann@example.com"},
			{Name: "Ångström; Zoë", Email: "zoe@example.com"},
		},
	}
	for _, f := range change {
		f(&e)
	}
	return e
}

func weekly(e *ical.Event) {
	e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 6, ByDay: []ical.Day{"TU"}}
}

// send sends e to a new recorder.
func send(t *testing.T, e ical.Event) (*invitetest.Recorder, *invite.Meeting) {
	t.Helper()
	r := new(invitetest.Recorder)
	m, err := invite.New(r, invitetest.Options(nil)).Send(context.Background(), e)
	if err != nil {
		t.Fatal(err)
	}
	return r, m
}

func read(t *testing.T, mail []byte) *invite.Inbound {
	t.Helper()
	in, err := invite.Read(bytes.NewReader(mail), nil)
	if err != nil {
		t.Fatalf("Read: %v\n%s", err, mail)
	}
	if len(in.Mail.Problems) > 0 {
		t.Errorf("problems: %q", in.Mail.Problems)
	}
	return in
}

func TestReply(t *testing.T) {
	second := time.Date(2027, 3, 9, 9, 0, 0, 0, time.UTC)
	events := []struct {
		name  string
		event ical.Event
		opt   invitetest.AnswerOption
	}{
		{"zone", review(), nil},
		{"UTC", review(func(e *ical.Event) { e.TimeZone = "" }), nil},
		{"New York", review(func(e *ical.Event) { e.TimeZone = "America/New_York" }), nil},
		{"Kolkata", review(func(e *ical.Event) { e.TimeZone = "Asia/Kolkata" }), nil},
		{"all day", review(func(e *ical.Event) {
			e.AllDay, e.TimeZone = true, ""
			e.Start = e.Start.Truncate(24 * time.Hour)
			e.End = e.Start.AddDate(0, 0, 2)
		}), nil},
		{"series", review(weekly), nil},
		{"occurrence", review(weekly), func(a *invitetest.Answer) { a.Occurrence = second }},
		{"override", review(weekly, func(e *ical.Event) {
			e.Overrides = []ical.Event{{RecurrenceID: second, Start: second.Add(time.Hour), End: second.Add(2 * time.Hour)}}
		}), func(a *invitetest.Answer) { a.Occurrence = second }},
		{"comment", review(), func(a *invitetest.Answer) { a.Comment = "Ja, gern; bis 10 Uhr" }},
	}
	for _, tt := range events {
		for _, client := range invitetest.Clients() {
			t.Run(fmt.Sprintf("%s/%s", tt.name, client), func(t *testing.T) {
				r, m := send(t, tt.event)
				for _, status := range []ical.Status{ical.StatusAccepted, ical.StatusTentative, ical.StatusDeclined} {
					for _, a := range m.Event.Attendees {
						var opts []invitetest.AnswerOption
						var want invitetest.Answer
						if tt.opt != nil {
							opts = append(opts, tt.opt)
							tt.opt(&want)
						}
						in := read(t, r.Reply(a.Email, status, client, opts...))
						got := invitetest.Answer{Comment: in.Attendee.Comment, Occurrence: in.Event.RecurrenceID.UTC()}
						if client == invitetest.ClientOutlook && want.Comment != "" {
							got.Comment = string(bytes.TrimSpace([]byte(got.Comment)))
						}
						if diff := cmp.Diff(want, got); diff != "" {
							t.Errorf("answer (-want +got):\n%s", diff)
						}
						if in.Kind != invite.KindReply || in.Attendee.Email != a.Email || in.Attendee.Status != status {
							t.Errorf("Read = %s of %s: %s, want reply of %s: %s", in.Kind, in.Attendee.Email, in.Attendee.Status, a.Email, status)
						}
						checkEvent(t, m, in, want.Occurrence)
					}
				}
			})
		}
	}
}

// checkEvent compares the meeting or occurrence in an answer with the one that was
// sent.
func checkEvent(t *testing.T, m *invite.Meeting, in *invite.Inbound, id time.Time) {
	t.Helper()
	start, end := m.Event.Start, m.Event.End
	if !id.IsZero() {
		start, end = id, id.Add(time.Hour)
		if len(m.Event.Overrides) > 0 {
			start, end = m.Event.Overrides[0].Start, m.Event.Overrides[0].End
		}
	}
	e := in.Event
	if e.UID != m.Event.UID || e.Sequence != m.Event.Sequence {
		t.Errorf("UID, SEQUENCE = %s, %d, want %s, %d", e.UID, e.Sequence, m.Event.UID, m.Event.Sequence)
	}
	if e.AllDay {
		start, end = start.Truncate(24*time.Hour), end.Truncate(24*time.Hour)
	}
	if !e.Start.Equal(start) || !e.End.Equal(end) || e.AllDay != m.Event.AllDay {
		t.Errorf("from %v to %v, want %v to %v", e.Start, e.End, start, end)
	}
}

// TestReplyShapes compares each client's mail with a file.
func TestReplyShapes(t *testing.T) {
	for _, client := range invitetest.Clients() {
		r, _ := send(t, review(weekly))
		mail := r.Reply("zoe@example.com", ical.StatusTentative, client, func(a *invitetest.Answer) { a.Comment = "Später, 10 Uhr" })
		golden.Assert(t, filepath.Join("testdata", string(client)+".eml"), mail)
	}
}

func TestReplyCounter(t *testing.T) {
	start := time.Date(2027, 3, 3, 13, 0, 0, 0, time.UTC)
	for _, client := range invitetest.Clients() {
		r, _ := send(t, review())
		in := read(t, r.Reply("ann@example.com", ical.StatusTentative, client, func(a *invitetest.Answer) {
			a.Start, a.End = start, start.Add(time.Hour)
		}))
		if in.Kind != invite.KindCounter || !in.Event.Start.Equal(start) || !in.Event.End.Equal(start.Add(time.Hour)) {
			t.Errorf("%s: Read = %s from %v, want counter from %v", client, in.Kind, in.Event.Start, start)
		}
	}
}

// TestReplyOrder checks that the answers of one Recorder are a minute apart, and that
// they answer the newest request.
func TestReplyOrder(t *testing.T) {
	r, m := send(t, review())
	first := read(t, r.Reply("ann@example.com", ical.StatusAccepted, invitetest.ClientGmail))
	second := read(t, r.Reply("zoe@example.com", ical.StatusAccepted, invitetest.ClientOutlook))
	if d := second.Calendar.Stamp.Sub(first.Calendar.Stamp); d != time.Minute {
		t.Errorf("the second answer is %v after the first, want 1m", d)
	}
	if first.Mail.MessageID == second.Mail.MessageID {
		t.Errorf("two answers have the Message-ID %s", first.Mail.MessageID)
	}
	clock := new(invitetest.Clock)
	clock.Advance(24 * time.Hour)
	e := m.Event
	e.Sequence, e.Summary = 3, "Moved"
	if _, err := invite.New(r, invitetest.Options(clock)).Send(context.Background(), e); err != nil {
		t.Fatal(err)
	}
	third := read(t, r.Reply("ann@example.com", ical.StatusAccepted, invitetest.ClientApple))
	if third.Event.Sequence != 3 || !third.Calendar.Stamp.Equal(clock.Now().Add(time.Minute)) {
		t.Errorf("the third answer has SEQUENCE %d of %v, want 3 of %v", third.Event.Sequence, third.Calendar.Stamp, clock.Now().Add(time.Minute))
	}
}

func TestReplyPanics(t *testing.T) {
	r, _ := send(t, review())
	tests := []struct {
		want string
		f    func()
	}{
		{`invitetest: no client "Pine"`, func() { r.Reply("ann@example.com", ical.StatusAccepted, "Pine") }},
		{"invitetest: no request arrived at eve@example.com", func() { r.Reply("eve@example.com", ical.StatusAccepted, invitetest.ClientGmail) }},
	}
	for _, tt := range tests {
		if got := panics(tt.f); got != tt.want {
			t.Errorf("panic %v, want %v", got, tt.want)
		}
	}
}

func panics(f func()) (what any) {
	defer func() { what = recover() }()
	f()
	return nil
}

// TestReplyTrust checks From and Authentication-Results.
func TestReplyTrust(t *testing.T) {
	r, _ := send(t, review())
	in := read(t, r.Reply("ann@example.com", ical.StatusAccepted, invitetest.ClientOutlook, func(a *invitetest.Answer) {
		a.From, a.AuthServID = "eve@example.net", "mx.example.com"
	}))
	if in.Mail.From[0].Address != "eve@example.net" {
		t.Errorf("From = %v", in.Mail.From)
	}
	i := slices.IndexFunc(in.Mail.Auth, func(a mime.AuthResult) bool { return a.Method == "dmarc" && a.Value == "pass" })
	if i < 0 || in.Mail.Auth[i].AuthServID != "mx.example.com" {
		t.Errorf("Auth = %+v, want dmarc=pass of mx.example.com", in.Mail.Auth)
	}
}

func TestBounce(t *testing.T) {
	r, m := send(t, review())
	in := read(t, r.Bounce("ann@example.com"))
	if in.Kind != invite.KindBounce || in.Mail.Returned == nil || in.Mail.Returned.MessageID != m.Deliveries[0].MessageID {
		t.Errorf("Read = %s: %s, want a bounce of %s", in.Kind, in.Reason, m.Deliveries[0].MessageID)
	}
	if got := panics(func() { r.Bounce("eve@example.com") }); got == nil {
		t.Error("a bounce of no mail is no panic")
	}
}

// TestReplyApplied applies the answers of all clients to a meeting, under the default
// policy and a strict one.
func TestReplyApplied(t *testing.T) {
	second := time.Date(2027, 3, 9, 9, 0, 0, 0, time.UTC)
	for _, client := range invitetest.Clients() {
		for name, policy := range map[string]*invite.Policy{"default": new(invite.Policy), "strict": invite.Strict("mx.example.com")} {
			t.Run(fmt.Sprintf("%s/%s", client, name), func(t *testing.T) {
				r, m := send(t, review(weekly))
				policy.Now = func() time.Time { return m.Deliveries[0].Time.Add(time.Hour) }
				apply := func(email string, s ical.Status, want invite.Verdict, opts ...invitetest.AnswerOption) {
					t.Helper()
					trusted := func(a *invitetest.Answer) { a.AuthServID = "mx.example.com" }
					in := read(t, r.Reply(email, s, client, append(opts, trusted)...))
					after, o := m.Apply(in, policy)
					if m = after; o.Verdict != want {
						t.Errorf("%s %s: %s: %s, want %s", email, s, o.Verdict, o.Reason, want)
					}
				}
				apply("ann@example.com", ical.StatusTentative, invite.VerdictApplied)
				apply("zoe@example.com", ical.StatusAccepted, invite.VerdictApplied, func(a *invitetest.Answer) { a.Comment = "Gern" })
				apply("ann@example.com", ical.StatusDeclined, invite.VerdictApplied)
				apply("zoe@example.com", ical.StatusDeclined, invite.VerdictApplied, func(a *invitetest.Answer) { a.Occurrence = second })
				apply("ann@example.com", ical.StatusAccepted, invite.VerdictUnverified, func(a *invitetest.Answer) { a.From = "eve@example.net" })
				apply("ann@example.com", ical.StatusAccepted, invite.VerdictStale, func(a *invitetest.Answer) { a.Time = m.Deliveries[0].Time })
				got := []ical.Status{m.Status("ann@example.com"), m.Status("zoe@example.com"), m.OccurrenceStatus("zoe@example.com", second)}
				if diff := cmp.Diff([]ical.Status{ical.StatusDeclined, ical.StatusAccepted, ical.StatusDeclined}, got); diff != "" {
					t.Errorf("statuses (-want +got):\n%s", diff)
				}
				if c := m.Attendees(time.Time{})[1].Comment; c != "Gern" {
					t.Errorf("comment = %q, want Gern", c)
				}
			})
		}
	}
}

// TestReplyTokens sends answers to the signed addresses of a meeting.
func TestReplyTokens(t *testing.T) {
	for _, client := range invitetest.Clients() {
		r, o := new(invitetest.Recorder), invitetest.Options(nil)
		o.ReplyAddress = &invite.ReplyAddress{Mailbox: "desk@example.com", Keys: [][]byte{[]byte("0123456789abcdef")}}
		m, err := invite.New(r, o).Send(t.Context(), review())
		if err != nil {
			t.Fatal(err)
		}
		policy := invite.Strict("mx.example.com")
		policy.ReplyAddress, policy.Now = o.ReplyAddress, o.Now
		in := read(t, r.Reply("ann@example.com", ical.StatusAccepted, client, func(a *invitetest.Answer) { a.From = "ann@home.example.net" }))
		if _, o := m.Apply(in, policy); o.Verdict != invite.VerdictApplied {
			t.Errorf("%s: %s: %s, want applied", client, o.Verdict, o.Reason)
		}
	}
}

// TestReplyProposal applies proposals and delegations.
func TestReplyProposal(t *testing.T) {
	start := time.Date(2027, 3, 3, 13, 0, 0, 0, time.UTC)
	for _, client := range invitetest.Clients() {
		r, m := send(t, review())
		in := read(t, r.Reply("ann@example.com", ical.StatusTentative, client, func(a *invitetest.Answer) {
			a.Start, a.End = start, start.Add(time.Hour)
		}))
		m, o := m.Apply(in, nil)
		if list := m.OpenProposals(); o.Verdict != invite.VerdictApplied || len(list) != 1 || !list[0].Start.Equal(start) {
			t.Errorf("%s: %s: %s, proposals %v", client, o.Verdict, o.Reason, list)
		}
		in = read(t, r.Reply("zoe@example.com", ical.StatusDelegated, client, func(a *invitetest.Answer) { a.DelegateTo = "cat@example.com" }))
		if m, o = m.Apply(in, nil); o.Verdict != invite.VerdictApplied || m.Status("cat@example.com") != ical.StatusNeedsAction {
			t.Errorf("%s: %s: %s, the delegate is %q", client, o.Verdict, o.Reason, m.Status("cat@example.com"))
		}
	}
}

func TestBounceApplied(t *testing.T) {
	r, m := send(t, review())
	m, o := m.Apply(read(t, r.Bounce("ann@example.com")), nil)
	if o.Verdict != invite.VerdictUndeliverable || m.Deliveries[0].State != invite.DeliveryUndelivered {
		t.Errorf("%s: %s; the delivery is %s", o.Verdict, o.Reason, m.Deliveries[0].State)
	}
}
