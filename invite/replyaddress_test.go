package invite_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// tokens sets a reply address in options.
func tokens(o *invite.Options) {
	o.ReplyAddress = &invite.ReplyAddress{Mailbox: "Answers@example.test", Keys: [][]byte{bytes.Repeat([]byte{7}, 32)}}
}

// TestReplyAddress looks for the reply address in the mails, in the Meeting, and in the
// event, which keeps the address of the organizer.
func TestReplyAddress(t *testing.T) {
	e := review()
	r := new(recorder)
	m := must(t)(invite.New(r, fixed(tokens)).Send(context.Background(), e))
	seen := map[string]bool{}
	for i, mail := range r.mails {
		in := readMail(t, mail.Data)
		addr := in.Event.Organizer.Email
		local, domain, _ := strings.Cut(addr, "@")
		if !strings.HasPrefix(local, "Answers+") || len(local) > 64 || domain != "example.test" || seen[addr] {
			t.Errorf("organizer = %q, want a new address Answers+token@example.test", addr)
		}
		seen[addr] = true
		if in.Mail.ReplyTo[0].Address != addr || in.Mail.From[0].Address != e.Organizer.Email {
			t.Errorf("Reply-To = %v, From = %v, want the reply address and the organizer", in.Mail.ReplyTo, in.Mail.From)
		}
		if got := m.ReplyAddresses[strings.ToLower(e.Attendees[i].Email)]; got != addr {
			t.Errorf("Meeting.ReplyAddresses has %q, want %q", got, addr)
		}
	}
	if m.Event.Organizer.Email != e.Organizer.Email {
		t.Errorf("Meeting.Event.Organizer = %q, want %q", m.Event.Organizer.Email, e.Organizer.Email)
	}
	// A mail that is sent again has the same address, also if the client has a new key.
	rotated := func(o *invite.Options) {
		tokens(o)
		o.ReplyAddress.Keys = append([][]byte{bytes.Repeat([]byte{8}, 16)}, o.ReplyAddress.Keys...)
	}
	again := must(t)(invite.New(r, fixed(rotated)).Reinvite(context.Background(), m, []string{e.Attendees[0].Email}))
	if got := readMail(t, r.mails[len(r.mails)-1].Data).Event.Organizer.Email; !seen[got] || again.ReplyAddresses[strings.ToLower(e.Attendees[0].Email)] != got {
		t.Errorf("organizer of the mail that was sent again = %q, want the same as before", got)
	}
}

// TestReplyAddressStays changes and cancels a meeting. The client that cancels has no
// option ReplyAddress. All mails have the same organizer, which calendar clients need.
func TestReplyAddressStays(t *testing.T) {
	r := new(recorder)
	c := invite.New(r, fixed(tokens))
	m := must(t)(c.Send(context.Background(), review()))
	first := readMail(t, r.mails[0].Data).Event.Organizer.Email
	e := m.Event
	e.Location = "Elsewhere"
	m = must(t)(c.Update(context.Background(), m, e))
	must(t)(invite.New(r, fixed()).Cancel(context.Background(), m))
	n := len(review().Attendees)
	for _, mail := range []int{n, 2 * n} {
		if got := readMail(t, r.mails[mail].Data); got.Event.Organizer.Email != first {
			t.Errorf("organizer of %s = %s, want %s", got.Calendar.Method, got.Event.Organizer.Email, first)
		}
	}
}

// TestReplyAddressAnswer sends an answer to the reply address from another mailbox and
// without DMARC results. A strict policy accepts it.
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
		t.Errorf("Apply = %+v, answers = %+v, want applied with AnsweredAs", out, after.Answers)
	}
	p.Now = func() time.Time { return pinned().AddDate(3, 0, 0) }
	if _, out := m.Apply(readMail(t, r.mails[0].Data), p); out.Verdict != invite.VerdictUnverified || !strings.Contains(out.Reason, "expired") {
		t.Errorf("Apply in three years = %+v, want unverified, expired", out)
	}
	p.ReplyAddress = &invite.ReplyAddress{Mailbox: "answers@example.test"}
	if _, out := m.Apply(readMail(t, r.mails[0].Data), p); out.Verdict != invite.VerdictUnverified {
		t.Errorf("Apply with a policy without keys = %+v, want unverified", out)
	}
}

// TestReplyAddressForged changes each character of a token. Each change makes it invalid.
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
		t.Errorf("Apply with the token in upper case = %s, want applied", v)
	}
	for i := len("answers+"); i < strings.IndexByte(good, '@')-1; i++ {
		other := byte('b')
		if good[i] == 'b' {
			other = 'c'
		}
		if v := try(good[:i] + string(other) + good[i+1:]); v != invite.VerdictUnverified {
			t.Errorf("Apply with another character %d = %s, want unverified", i, v)
		}
	}
}

func TestReplyAddressRefuses(t *testing.T) {
	for field, change := range map[string]func(*invite.ReplyAddress){
		"Mailbox: is missing": func(r *invite.ReplyAddress) { r.Mailbox = "" },
		"Mailbox: 35":         func(r *invite.ReplyAddress) { r.Mailbox = strings.Repeat("a", 35) + "@example.test" },
		"Keys: ":              func(r *invite.ReplyAddress) { r.Keys = nil },
		"Keys[0]: ":           func(r *invite.ReplyAddress) { r.Keys = [][]byte{[]byte("secret")} },
		"Lifetime: ":          func(r *invite.ReplyAddress) { r.Lifetime = -time.Hour },
	} {
		o := fixed(tokens)
		change(o.ReplyAddress)
		m, err := invite.New(nowhere, o).Send(context.Background(), review())
		if err == nil || m != nil || !strings.Contains(err.Error(), "ReplyAddress."+field) {
			t.Errorf("Send = %v, %v, want nil and an error about %s", m, err, field)
		}
		_, m = request(t, review(), 0, fixed(tokens))
		for call, change := range map[string]func(*invite.Client) (*invite.Meeting, error){
			"Cancel": func(c *invite.Client) (*invite.Meeting, error) { return c.Cancel(context.Background(), m) },
			"Remind": func(c *invite.Client) (*invite.Meeting, error) { return c.Remind(context.Background(), m) },
		} {
			if after, err := change(invite.New(nowhere, o)); after != m || err == nil || !strings.Contains(err.Error(), "ReplyAddress."+field) {
				t.Errorf("%s = %v, want an error about %s", call, err, field)
			}
		}
	}
}

// TestReplyAddressOneMail sends one mail to all attendees, with one reply address. The
// address does not prove which attendee answers.
func TestReplyAddressOneMail(t *testing.T) {
	in, m := request(t, review(), 0, fixed(tokens), invite.OneMail())
	if len(m.ReplyAddresses) != 1 {
		t.Errorf("ReplyAddresses = %v, want one", m.ReplyAddresses)
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

// TestReplyAddressOfDelegate answers as the delegate of one occurrence, who is not in
// the organizer's list, to the reply address of their invitation.
func TestReplyAddressOfDelegate(t *testing.T) {
	_, m := request(t, weeklyRequest(), 0, fixed(tokens))
	second := time.Date(2027, 3, 9, 9, 0, 0, 0, time.UTC)
	m, o := m.Answer(invite.Answer{
		Email: m.Event.Attendees[0].Email, Status: ical.StatusDelegated, DelegatedTo: "eve@example.test",
		RecurrenceID: second, Stamp: fixed().Now(), Via: "phone",
	})
	r := new(recorder)
	m = must(t)(invite.New(r, fixed(tokens)).Reinvite(context.Background(), m, o.Invite))
	in := readMail(t, r.mails[0].Data)
	p := invite.Strict("mx.example.test")
	p.ReplyAddress, p.Now = fixed(tokens).ReplyAddress, fixed().Now
	c := invite.New(r, fixed())
	if err := c.Respond(context.Background(), in, invite.Response{As: "eve@example.test", Status: ical.StatusAccepted}); err != nil {
		t.Fatal(err)
	}
	m, o = m.Apply(readMail(t, r.mails[1].Data), p)
	if got := m.OccurrenceStatus("eve@example.test", second); got != ical.StatusAccepted {
		t.Errorf("status of the delegate = %q, want accepted; %+v", got, o)
	}
}
