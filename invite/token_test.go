package invite_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/mime"
)

// tokens are options with a reply address.
func tokens(o *invite.Options) {
	o.ReplyAddress = &invite.ReplyAddress{Mailbox: "Answers@example.test", Keys: [][]byte{bytes.Repeat([]byte{7}, 32)}}
}

// TestReplyAddress looks at where it stands, and at where it does not.
func TestReplyAddress(t *testing.T) {
	e := review()
	r := new(recorder)
	m, err := invite.New(r, fixed(tokens)).Send(context.Background(), e)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i, mail := range r.mails {
		in := readMail(t, mail.Data)
		addr := in.Event.Organizer.Email
		local, domain, _ := strings.Cut(addr, "@")
		if !strings.HasPrefix(local, "Answers+") || len(local) > 64 || domain != "example.test" || seen[addr] {
			t.Errorf("organizer = %q", addr)
		}
		seen[addr] = true
		if in.Mail.ReplyTo[0].Address != addr || in.Mail.From[0].Address != e.Organizer.Email {
			t.Errorf("Reply-To %v, From %v", in.Mail.ReplyTo, in.Mail.From)
		}
		if got := m.ReplyAddresses[strings.ToLower(e.Attendees[i].Email)]; got != addr {
			t.Errorf("the meeting holds %q, want %q", got, addr)
		}
	}
	if m.Event.Organizer.Email != e.Organizer.Email {
		t.Errorf("the meeting's organizer became %q", m.Event.Organizer.Email)
	}
	// Sent again, by a client with a new key in front: the same address.
	rotated := func(o *invite.Options) {
		tokens(o)
		o.ReplyAddress.Keys = append([][]byte{bytes.Repeat([]byte{8}, 16)}, o.ReplyAddress.Keys...)
	}
	again, err := invite.New(r, fixed(rotated)).Reinvite(context.Background(), m, []string{e.Attendees[0].Email})
	if err != nil {
		t.Fatal(err)
	}
	if got := readMail(t, r.mails[len(r.mails)-1].Data).Event.Organizer.Email; !seen[got] || again.ReplyAddresses[strings.ToLower(e.Attendees[0].Email)] != got {
		t.Errorf("sent again with %q", got)
	}
}

// TestReplyAddressStays changes and cancels a meeting, the last by a client that
// was not told of the reply address: clients need the same organizer.
func TestReplyAddressStays(t *testing.T) {
	r := new(recorder)
	c := invite.New(r, fixed(tokens))
	m, err := c.Send(context.Background(), review())
	if err != nil {
		t.Fatal(err)
	}
	first := readMail(t, r.mails[0].Data).Event.Organizer.Email
	e := m.Event
	e.Location = "Elsewhere"
	if m, err = c.Update(context.Background(), m, e); err != nil {
		t.Fatal(err)
	}
	if _, err = invite.New(r, fixed()).Cancel(context.Background(), m); err != nil {
		t.Fatal(err)
	}
	n := len(review().Attendees)
	for _, mail := range []int{n, 2 * n} {
		if got := readMail(t, r.mails[mail].Data); got.Event.Organizer.Email != first {
			t.Errorf("%s with organizer %s, want %s", got.Calendar.Method, got.Event.Organizer.Email, first)
		}
	}
}

// TestReplyAddressAnswer answers over the address, from another mailbox, without
// DMARC, to a strict policy.
func TestReplyAddressAnswer(t *testing.T) {
	in, m := request(t, review(), 0, fixed(tokens))
	o := fixed(tokens)
	p := invite.Strict("mx.example.test")
	p.ReplyAddress, p.Now = o.ReplyAddress, o.Now
	r := new(recorder)
	err := invite.New(r, fixed()).Respond(context.Background(), in,
		invite.Response{As: "me@home.example.test", Status: ical.StatusAccepted, Uninvited: true})
	if err != nil {
		t.Fatal(err)
	}
	after, out := m.Apply(readMail(t, r.mails[0].Data), p)
	if out.Verdict != invite.VerdictApplied || after.Answers[0].AnsweredAs != "me@home.example.test" {
		t.Errorf("%+v, %+v", out, after.Answers)
	}
	p.Now = func() time.Time { return pinned().AddDate(3, 0, 0) }
	if _, out := m.Apply(readMail(t, r.mails[0].Data), p); out.Verdict != invite.VerdictUnverified || !strings.Contains(out.Reason, "expired") {
		t.Errorf("in three years: %+v", out)
	}
	p.ReplyAddress = &invite.ReplyAddress{Mailbox: "answers@example.test"}
	if _, out := m.Apply(readMail(t, r.mails[0].Data), p); out.Verdict != invite.VerdictUnverified {
		t.Errorf("a policy without keys: %+v", out)
	}
}

// TestReplyAddressForged changes each character of a token.
func TestReplyAddressForged(t *testing.T) {
	_, m := request(t, review(), 0, fixed(tokens))
	o := fixed(tokens)
	bob := strings.ToLower(review().Attendees[0].Email)
	p := &invite.Policy{ReplyAddress: o.ReplyAddress, Now: o.Now}
	good := m.ReplyAddresses[bob]
	try := func(addr string) invite.Verdict {
		mail := "From: " + bob + "\nTo: " + addr + "\nContent-Type: text/calendar\n\n" + objectOf(map[string]string{
			"method": "REPLY", "uid": m.Event.UID, "seq": "0", "at": "10:00", "as": bob, "part": "ACCEPTED"})
		_, out := m.Apply(readMail(t, []byte(mail)), p)
		return out.Verdict
	}
	if v := try(strings.ToUpper(good)); v != invite.VerdictApplied {
		t.Errorf("in upper case: %s", v)
	}
	for i := len("answers+"); i < strings.IndexByte(good, '@')-1; i++ {
		other := byte('b')
		if good[i] == 'b' {
			other = 'c'
		}
		if v := try(good[:i] + string(other) + good[i+1:]); v != invite.VerdictUnverified {
			t.Errorf("with another character %d: %s", i, v)
		}
	}
}

func TestReplyAddressRefuses(t *testing.T) {
	for name, change := range map[string]func(*invite.ReplyAddress){
		"no mailbox":   func(r *invite.ReplyAddress) { r.Mailbox = "" },
		"long mailbox": func(r *invite.ReplyAddress) { r.Mailbox = strings.Repeat("a", 35) + "@example.test" },
		"no key":       func(r *invite.ReplyAddress) { r.Keys = nil },
		"short key":    func(r *invite.ReplyAddress) { r.Keys = [][]byte{[]byte("secret")} },
	} {
		o := fixed(tokens)
		change(o.ReplyAddress)
		if m, err := invite.New(nowhere, o).Send(context.Background(), review()); err == nil || m != nil {
			t.Errorf("%s: sent", name)
		}
	}
}

// TestReplyAddressOneMail gives all one address, which proves no attendee.
func TestReplyAddressOneMail(t *testing.T) {
	in, m := request(t, review(), 0, fixed(tokens), invite.OneMail())
	if len(m.ReplyAddresses) != 1 {
		t.Errorf("addresses = %v", m.ReplyAddresses)
	}
	o := fixed(tokens)
	p := &invite.Policy{ReplyAddress: o.ReplyAddress, Now: o.Now}
	r := new(recorder)
	bob := review().Attendees[0].Email
	_ = invite.New(r, fixed()).Respond(context.Background(), in, invite.Response{As: "mallory@example.net", Status: ical.StatusDeclined, OnBehalfOf: bob})
	if _, out := m.Apply(readMail(t, r.mails[0].Data), p); out.Verdict != invite.VerdictUnverified {
		t.Errorf("%+v", out)
	}
	_ = invite.New(r, fixed()).Respond(context.Background(), in, invite.Response{As: bob, Status: ical.StatusDeclined})
	if _, out := m.Apply(readMail(t, r.mails[1].Data), p); out.Verdict != invite.VerdictApplied {
		t.Errorf("%+v", out)
	}
}

// TestDeclineProposal tells who proposed another time that it stays.
func TestDeclineProposal(t *testing.T) {
	_, m := request(t, weeklyRequest(), 0, fixed())
	bob := m.Event.Attendees[0].Email
	second := time.Date(2027, 3, 9, 9, 0, 0, 0, time.UTC)
	m, o := m.Apply(answerOf(t, m, bob, ical.StatusTentative, func(r *invite.Response) {
		r.Occurrence, r.Start, r.End = second, second.Add(time.Hour), second.Add(2*time.Hour)
	}), nil)
	open := m.OpenProposals()
	if len(open) != 1 || m.Tally().Proposals != 1 {
		t.Fatalf("%+v, proposals = %+v", o, m.Proposals)
	}
	e, err := open[0].Accept(m.Event)
	if err != nil || len(e.Overrides) != 1 || !e.Overrides[0].Start.Equal(second.Add(time.Hour)) || e.Validate() != nil {
		t.Errorf("Accept = %+v, %v", e.Overrides, err)
	}
	r := new(recorder)
	c := invite.New(r, fixed())
	after, err := c.DeclineProposal(context.Background(), m, open[0])
	if err != nil || len(after.OpenProposals()) != 0 || len(m.OpenProposals()) != 1 {
		t.Fatalf("%v, open: %d", err, len(after.OpenProposals()))
	}
	got := readMail(t, r.mails[0].Data)
	if got.Calendar.Method != ical.MethodDeclineCounter || !got.Event.RecurrenceID.Equal(second) || !got.Event.Start.Equal(second) ||
		len(got.Event.Attendees) != 1 || got.Mail.Text == "" {
		t.Errorf("%s %+v", got.Calendar.Method, got.Event)
	}
	other := open[0]
	other.Email = "mallory@example.net"
	if _, err := c.DeclineProposal(context.Background(), m, other); err == nil {
		t.Error("declined what nobody proposed")
	}
	other.RecurrenceID = second.Add(time.Minute)
	if _, err := c.DeclineProposal(context.Background(), m, other); err == nil {
		t.Error("declined for an occurrence that there is not")
	}
	cancelled, days := m.Event, open[0]
	cancelled.Cancelled, days.AllDay = true, true
	if _, err := open[0].Accept(cancelled); err == nil {
		t.Error("accepted for a meeting that is cancelled")
	}
	if _, err := days.Accept(m.Event); err == nil {
		t.Error("accepted days for one occurrence")
	}
	if _, err := other.Accept(m.Event); err == nil {
		t.Error("accepted for an occurrence that there is not")
	}
}

// TestAllDay compares occurrences of an all-day series by their dates.
func TestAllDay(t *testing.T) {
	day := time.Date(2027, 3, 2, 0, 0, 0, 0, time.FixedZone("", 3600))
	_, m := request(t, vary(func(e *ical.Event) {
		e.AllDay, e.Start, e.End, e.TimeZone = true, day, day.AddDate(0, 0, 1), ""
		e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 3, ByDay: []ical.Day{ical.DayTuesday}}
	}), 0, fixed())
	bob := m.Event.Attendees[0].Email
	id := time.Date(2027, 3, 9, 0, 0, 0, 0, time.UTC)
	for i := range 2 {
		in := answerOf(t, m, bob, []ical.Status{ical.StatusDeclined, ical.StatusAccepted}[i], func(r *invite.Response) { r.Occurrence = id })
		var o invite.Outcome
		if m, o = m.Apply(in, nil); o.Verdict != invite.VerdictApplied {
			t.Fatalf("%+v", o)
		}
	}
	if got := m.OccurrenceStatus(bob, id); got != ical.StatusAccepted || len(m.Event.Overrides) != 0 {
		t.Errorf("%s, %d overrides", got, len(m.Event.Overrides))
	}
	in := answerOf(t, m, bob, ical.StatusTentative, func(r *invite.Response) { r.Start, r.End = day, day.AddDate(0, 0, 2) })
	m, o := m.Apply(in, nil)
	if len(m.OpenProposals()) != 1 || !m.Proposals[0].AllDay {
		t.Errorf("%+v %+v", o, m.Proposals)
	}
}

// TestApplyBare takes in what was not read from a mail.
func TestApplyBare(t *testing.T) {
	_, m := request(t, review(), 0, fixed())
	a := m.Event.Attendees[0]
	a.Status = ical.StatusAccepted
	in := &invite.Inbound{Kind: invite.KindReply, Event: &ical.Event{UID: m.Event.UID}, Attendee: a}
	if _, o := m.Apply(in, invite.InsecureAcceptAny()); o.Verdict != invite.VerdictApplied {
		t.Errorf("%+v", o)
	}
	if _, o := m.Apply(in, nil); o.Verdict != invite.VerdictUnverified {
		t.Errorf("without a mail: %+v", o)
	}
	for _, in := range []*invite.Inbound{{Kind: invite.KindReply}, {Kind: invite.KindBounce}, {}, {Kind: invite.KindBounce, Mail: &mime.Received{Report: &mime.DeliveryReport{}}}} {
		if _, o := m.Apply(in, nil); o.Verdict != invite.VerdictNotAnAnswer {
			t.Errorf("%s: %+v", in.Kind, o)
		}
	}
	m.Event.Cancelled = true
	if _, o := m.Apply(in, invite.InsecureAcceptAny()); o.Verdict != invite.VerdictStale {
		t.Errorf("cancelled: %+v", o)
	}
	one := *m
	one.Event.Cancelled, one.Event.RecurrenceID = false, one.Event.Start
	if _, o := one.Apply(in, invite.InsecureAcceptAny()); o.Verdict != invite.VerdictApplied {
		t.Errorf("one occurrence on its own: %+v", o)
	}
}

func TestTallyString(t *testing.T) {
	_, m := request(t, review(), 0, fixed())
	m.Event.Attendees = append(m.Event.Attendees, ical.Attendee{Email: m.Event.Organizer.Email})
	m.Deliveries[0].State = invite.DeliveryUndelivered
	s := m.Tally()
	if s.Waiting != len(review().Attendees) || s.Undelivered != 1 || s.String() != "2 without an answer, 1 mail undelivered" {
		t.Errorf("%+v: %s", s, s)
	}
	if got := (invite.Tally{}).String(); got != "nobody is invited" {
		t.Errorf("%s", got)
	}
	if got := m.Status("nobody@example.test"); got != "" {
		t.Errorf("status of nobody: %s", got)
	}
	if got := m.OccurrenceStatus(m.Event.Attendees[0].Email, pinned()); got != "" {
		t.Errorf("status on no day: %s", got)
	}
}
