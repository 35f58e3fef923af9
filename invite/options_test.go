package invite_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/body"
)

func TestOneMailExcludesHideGuests(t *testing.T) {
	r := new(recorder)
	_, err := invite.New(r, fixed()).Send(context.Background(), review(), invite.OneMail(), invite.HideGuests())
	if err == nil || !strings.Contains(err.Error(), "OneMail and HideGuests") || len(r.mails) > 0 {
		t.Errorf("Send = %v with %d mails, want a refusal", err, len(r.mails))
	}
}

func TestOneMail(t *testing.T) {
	var views []body.View
	r := new(recorder)
	m, err := invite.New(r, fixed(func(o *invite.Options) {
		o.Body = rendererFunc(func(v *body.View) (*body.Body, error) {
			views = append(views, *v)
			return plain("Review", "Review")(v)
		})
	})).Send(context.Background(), review(), invite.OneMail())
	if err != nil || len(r.mails) != 1 {
		t.Fatalf("Send = %v with %d mails, want one", err, len(r.mails))
	}
	if diff := cmp.Diff([]string{"bob@example.test", "zoe@example.test"}, r.mails[0].To); diff != "" {
		t.Errorf("envelope (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]ical.Attendee{{}}, []ical.Attendee{views[0].Attendee}); diff != "" || len(views) != 1 {
		t.Errorf("%d bodies for (-want +got):\n%s", len(views), diff)
	}
	if len(m.Deliveries) != 2 || m.Deliveries[0].MessageID != m.Deliveries[1].MessageID || m.Deliveries[0].MessageID != r.mails[0].ID {
		t.Errorf("Deliveries = %+v, want two with the Message-ID %s", m.Deliveries, r.mails[0].ID)
	}
}

func TestSendOptionIsForOneCall(t *testing.T) {
	r := new(recorder)
	c := invite.New(r, fixed())
	for _, opts := range [][]invite.SendOption{{invite.OneMail()}, nil} {
		if _, err := c.Send(context.Background(), review(), opts...); err != nil {
			t.Fatal(err)
		}
	}
	if len(r.mails) != 3 {
		t.Errorf("%d mails, want one shared and then two", len(r.mails))
	}
}

func TestNoAttachment(t *testing.T) {
	r := new(recorder)
	if _, err := invite.New(r, fixed(func(o *invite.Options) { o.NoAttachment = true })).Send(context.Background(), review()); err != nil {
		t.Fatal(err)
	}
	mails := r.mails
	if got, want := parseMail(t, mails[0].Data).tree, "alternative(text/plain text/html text/calendar)"; got != want {
		t.Errorf("tree = %s, want %s", got, want)
	}
}

func TestClientKeepsItsOptions(t *testing.T) {
	key := []byte("0123456789abcdef")
	o := fixed(func(o *invite.Options) {
		o.Levels = invite.Levels{"description": invite.LevelMajor}
		o.ReplyAddress = &invite.ReplyAddress{Mailbox: "desk@example.test", Keys: [][]byte{key}}
	})
	r := new(recorder)
	c := invite.New(r, o)
	send := func() *invite.Meeting { return must(t)(c.Send(context.Background(), review())) }
	before := send()
	key[0] = 'x'
	o.Levels["description"], o.ReplyAddress.Mailbox, o.ReplyAddress.Keys[0] = invite.LevelSilent, "x", []byte("another-key-0000")
	after := send()
	if diff := cmp.Diff(before.ReplyAddresses, after.ReplyAddresses); diff != "" {
		t.Errorf("reply addresses after the options changed (-want +got):\n%s", diff)
	}
	p, err := c.PlanUpdate(after, vary(func(e *ical.Event) { e.Description = "Agenda" }))
	if err != nil || len(p.Notices) != 2 || !strings.Contains(p.Notices[0].Reason, "needs a new answer") {
		t.Errorf("PlanUpdate = %+v, %v, want the levels that New was given", p, err)
	}
}

// TestExactZones: the option reaches the calendar object of a mail.
func TestExactZones(t *testing.T) {
	for _, exact := range []bool{false, true} {
		r := new(recorder)
		e := review()
		e.TimeZone, e.Recurrence = "America/Nuuk", &ical.Recurrence{Freq: ical.FreqDaily}
		c := invite.New(r, fixed(func(o *invite.Options) { o.ExactZones = exact }))
		if _, err := c.Send(context.Background(), e); err != nil {
			t.Fatal(err)
		}
		data := string(parseMail(t, r.mails[0].Data).calendar(t))
		observances := strings.Count(data, "BEGIN:STANDARD") + strings.Count(data, "BEGIN:DAYLIGHT")
		if got := observances > 2; got != exact {
			t.Errorf("ExactZones %t: %d observances", exact, observances)
		}
	}
}
