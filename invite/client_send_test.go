package invite_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/body"
)

func TestSendNeverToOrganizer(t *testing.T) {
	tests := []struct{ name, organizer, attendee string }{
		{"same", "desk@example.test", "desk@example.test"},
		{"other case", "desk@example.test", "DESK@Example.TEST"},
		{"other spelling of the domain", "desk@bücher.example", "desk@xn--bcher-kva.example"},
		{"the other way round", "desk@xn--bcher-kva.example", "Desk@BÜCHER.example"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			mails := send(t, vary(func(e *ical.Event) {
				e.Organizer.Email = tt.organizer
				e.Attendees = append(e.Attendees, ical.Attendee{Name: "Room desk", Email: tt.attendee})
			}))
			var got []string
			for _, m := range mails {
				got = append(got, m.To...)
				if !strings.Contains(string(parseMail(t, m.Data).calendar(t)), "CN=Room desk:mailto:"+tt.attendee[:4]) {
					t.Error("the organizer is not among the attendees of the object")
				}
			}
			if diff := cmp.Diff([]string{"bob@example.test", "zoe@example.test"}, got); diff != "" {
				t.Errorf("recipients (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSendMakesUID(t *testing.T) {
	r := new(recorder)
	m, err := invite.New(r, fixed()).Send(context.Background(), vary(func(e *ical.Event) { e.UID = "" }))
	if err != nil || m.Event.UID != "id-1" || !strings.Contains(string(parseMail(t, r.mails[1].Data).calendar(t)), "\r\nUID:id-1\r\n") {
		t.Errorf("Send without UID = %+v, %v, want the UID id-1 everywhere", m, err)
	}
	m, err = invite.New(r, nil).Send(context.Background(), vary(func(e *ical.Event) { e.UID = "" }))
	if want := regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`); err != nil || !want.MatchString(m.Event.UID) {
		t.Errorf("Send without UID and options made %q, %v, want a lower-case UUID", m.Event.UID, err)
	}
}

// rendererFunc is a function as a Renderer.
type rendererFunc func(v *body.View) (*body.Body, error)

func (f rendererFunc) Render(v *body.View) (*body.Body, error) { return f(v) }

// plain returns a Renderer whose bodies all have that subject and text.
func plain(subject, text string) rendererFunc {
	return func(*body.View) (*body.Body, error) { return &body.Body{Subject: subject, Text: text}, nil }
}

// TestSendAllOrNothing sends several mails of which one cannot be built. None is sent.
func TestSendAllOrNothing(t *testing.T) {
	broken := errors.New("broken template")
	second := rendererFunc(func(v *body.View) (*body.Body, error) {
		if v.Attendee.Email == "zoe@example.test" {
			return nil, broken
		}
		return plain("Review", "Review")(v)
	})
	tests := []struct {
		name  string
		event ical.Event
		opt   func(*invite.Options)
		want  string
	}{
		{"renderer", review(), func(o *invite.Options) { o.Body = second }, "zoe@example.test: broken template"},
		{"subject of two lines", review(), func(o *invite.Options) { o.Body = plain("a\r\nBcc: x@example.test", "text") }, "Subject"},
		{"no text", review(), func(o *invite.Options) { o.Body = plain("a", "") }, "Text"},
		{"name", vary(func(e *ical.Event) { e.Attendees[1].Name = "Zoe\x01" }), nop, "Attendees[1].Name"},
		{"name with a tab", vary(func(e *ical.Event) { e.Attendees[1].Name = "Zoe\tA" }), nop, "Attendees[1].Name"},
		{"no time", review(), func(o *invite.Options) { o.Now = func() time.Time { return time.Time{} } }, "Stamp"},
		{"product of two lines", review(), func(o *invite.Options) { o.ProductID = "a\nb" }, "ProductID"},
		{"identifier of two lines", vary(func(e *ical.Event) { e.UID = "" }), func(o *invite.Options) { o.NewID = func() string { return "a\nb" } }, "UID"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := new(recorder)
			m, err := invite.New(r, fixed(tt.opt)).Send(context.Background(), tt.event)
			if err == nil || !strings.HasPrefix(err.Error(), "invite: ") || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Send = %v, want an error of this package with %q", err, tt.want)
			}
			if m != nil || len(r.mails) > 0 {
				t.Errorf("Send = %v with %d mails, want neither", m, len(r.mails))
			}
			if tt.name == "renderer" && !errors.Is(err, broken) {
				t.Errorf("Send = %v, want an error that leads to its cause", err)
			}
		})
	}
}

func nop(*invite.Options) {}

func TestSendBadInput(t *testing.T) {
	person := func(email string) func(e *ical.Event) {
		return func(e *ical.Event) { e.Attendees = append(e.Attendees, ical.Attendee{Email: email}) }
	}
	tests := []struct {
		name   string
		change func(e *ical.Event)
		want   string // the field
	}{
		{"no attendee", func(e *ical.Event) { e.Attendees = nil }, "Attendees"},
		{"only the organizer", func(e *ical.Event) { e.Attendees = []ical.Attendee{{Email: "Desk@example.test"}} }, "Attendees"},
		{"no organizer", func(e *ical.Event) { e.Organizer = ical.Person{} }, "Organizer.Email"},
		{"organizer without address", func(e *ical.Event) { e.Organizer.Email = "" }, "Organizer.Email"},
		{"no start", func(e *ical.Event) { e.Start = time.Time{} }, "Start"},
		{"end before start", func(e *ical.Event) { e.End = e.Start.Add(-time.Second) }, "End"},
		{"all-day without a day", func(e *ical.Event) {
			e.AllDay, e.Start = true, e.Start.Truncate(24*time.Hour)
			e.End = e.Start
		}, "End"},
		{"unknown zone", func(e *ical.Event) { e.TimeZone = "Europe/Atlantis" }, "TimeZone"},
		{"zone of the machine", func(e *ical.Event) { e.TimeZone = "Local" }, "TimeZone"},
		{"unknown zone of an attendee", func(e *ical.Event) { e.Attendees[1].TimeZone = "PST8" }, "Attendees[1].TimeZone"},
		{"no address", person(""), "Attendees[2].Email"},
		{"no domain", person("bob"), "Attendees[2].Email"},
		{"two addresses", person("a@example.test,b@example.test"), "Attendees[2].Email"},
		{"mailto", person("mailto:ann@example.test"), "Attendees[2].Email"},
		{"angle brackets", person("<ann@example.test>"), "Attendees[2].Email"},
		{"non-ASCII local part", person("jürgen@example.test"), "Attendees[2].Email"},
		{"duplicate", person("bob@example.test"), "Attendees[2].Email"},
		{"duplicate in other case", person("BOB@EXAMPLE.test"), "Attendees[2].Email"},
		{"duplicate in punycode", func(e *ical.Event) {
			person("ann@bücher.example")(e)
			person("ann@XN--bcher-kva.example")(e)
		}, "Attendees[3].Email"},
		{"sequence", func(e *ical.Event) { e.Sequence = -1 }, "Sequence"},
		{"link", func(e *ical.Event) { e.Conference = "meet" }, "Conference"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := new(recorder)
			e := vary(tt.change)
			m, err := invite.New(r, fixed()).Send(context.Background(), e)
			var fe *ical.FieldError
			if !errors.As(err, &fe) || fe.Field != tt.want || !strings.HasPrefix(err.Error(), "invite: "+tt.want+":") {
				t.Errorf("Send = %v, want a FieldError of %s", err, tt.want)
			}
			if m != nil || len(r.mails) > 0 {
				t.Errorf("Send = %v with %d mails, want neither", m, len(r.mails))
			}
			if _, err := invite.New(nil, nil).PlanSend(e); !errors.As(err, &fe) {
				t.Errorf("PlanSend = %v, want the same error", err)
			}
		})
	}
}

func TestSendReportsAllFields(t *testing.T) {
	_, err := invite.New(nowhere, nil).Send(context.Background(), ical.Event{Sequence: -1, Organizer: ical.Person{Email: "desk"}})
	for _, field := range []string{"Sequence", "Start", "Organizer.Email", "Attendees"} {
		if err == nil || !strings.Contains(err.Error(), " "+field+": ") {
			t.Errorf("Send = %v, want %s in it", err, field)
		}
	}
}

func TestSendLint(t *testing.T) {
	e := vary(func(e *ical.Event) {
		e.UID = "040000008200E00074C5B7101A82E008AA"
		e.Extra = []ical.Property{{Name: "X-MICROSOFT-CDO-OWNERAPPTID", Value: "1"}}
		e.Summary = strings.Repeat("x", 300) // a warning stops nothing
	})
	r := new(recorder)
	c := invite.New(r, fixed())
	_, err := c.Send(context.Background(), e, invite.AllowLint("uid-exchange"))
	var le *invite.LintError
	if !errors.As(err, &le) || len(le.Findings) != 1 || le.Findings[0].Rule != "extra-misdirects" || len(r.mails) > 0 {
		t.Fatalf("Send = %v with %d mails, want a LintError of extra-misdirects", err, len(r.mails))
	}
	if want := "invite: lint: Extra[0]: " + le.Findings[0].Text + " (extra-misdirects)"; err.Error() != want {
		t.Errorf("Error() = %q, want %q", err, want)
	}
	if _, err := c.Send(context.Background(), e, invite.AllowLint("uid-exchange"), invite.AllowLint("extra-misdirects")); err != nil || len(r.mails) != 2 {
		t.Errorf("Send with both rules allowed = %v with %d mails, want two", err, len(r.mails))
	}
	if _, err := c.Send(context.Background(), e); !errors.As(err, &le) {
		t.Errorf("Send after that = %v, want the LintError again", err)
	}
}

// TestAllowLintUnknown refuses a name that no rule has, in every call that makes mails.
func TestAllowLintUnknown(t *testing.T) {
	ctx, r := context.Background(), new(recorder)
	c := invite.New(r, fixed())
	m := must(t)(c.Send(ctx, longSeries(ical.FreqWeekly, 3, 1), invite.AllowLint("occurrence-overlap"), invite.AllowLint()))
	sent := len(r.mails)
	wrong, after, start := invite.AllowLint("zone-outlook", "occurence-overlap"), m.Event.Clone(), m.Event.Start.AddDate(0, 0, 7)
	after.Summary = "Other"
	for name, call := range map[string]func() error{
		"Send":            func() error { _, err := c.Send(ctx, review(), wrong); return err },
		"PlanSend":        func() error { _, err := c.PlanSend(review(), wrong); return err },
		"Update":          func() error { _, err := c.Update(ctx, m, after, wrong); return err },
		"PlanUpdate":      func() error { _, err := c.PlanUpdate(m, after, wrong); return err },
		"UpdateFollowing": func() error { _, _, err := c.UpdateFollowing(ctx, m, start, after, wrong); return err },
		"Cancel":          func() error { _, err := c.Cancel(ctx, m, wrong); return err },
		"PlanCancel":      func() error { _, err := c.PlanCancel(m, wrong); return err },
		"Remind":          func() error { _, err := c.Remind(ctx, m, wrong); return err },
		"Reinvite":        func() error { _, err := c.Reinvite(ctx, m, []string{m.Event.Attendees[0].Email}, wrong); return err },
		"DeclineProposal": func() error { _, err := c.DeclineProposal(ctx, m, invite.Proposal{}, wrong); return err },
	} {
		err := call()
		var fe *ical.FieldError
		if !errors.As(err, &fe) || fe.Field != "AllowLint" || !strings.Contains(err.Error(), `"occurence-overlap" is not a lint rule; the rules are summary-empty, `) {
			t.Errorf("%s = %v, want a FieldError of AllowLint with the name and the rules", name, err)
		}
		if len(r.mails) != sent {
			t.Fatalf("%s sent a mail", name)
		}
	}
}

// TestSendNeighbours refuses a series that Outlook cannot hold, and sends it if the call
// allows it.
func TestSendNeighbours(t *testing.T) {
	e := longSeries(ical.FreqWeekly, 6, 1)
	e.Overrides = []ical.Event{{RecurrenceID: e.Start.AddDate(0, 0, 14), Start: e.Start.AddDate(0, 0, 6)}}
	ctx, r := context.Background(), new(recorder)
	c := invite.New(r, fixed())
	var le *invite.LintError
	if _, err := c.Send(ctx, e); !errors.As(err, &le) || le.Findings[0].Rule != "occurrence-order" || len(r.mails) > 0 {
		t.Errorf("Send = %v with %d mails, want a LintError of occurrence-order", err, len(r.mails))
	}
	if _, err := c.Send(ctx, e, invite.AllowLint("occurrence-order")); err != nil || len(r.mails) != 1 {
		t.Errorf("Send with the rule allowed = %v with %d mails, want one", err, len(r.mails))
	}
}

// TestSendMisspelt refuses a misspelt word of an enumeration, and sends nothing.
func TestSendMisspelt(t *testing.T) {
	for field, change := range map[string]func(e *ical.Event){
		"Attendees[1].Status": func(e *ical.Event) { e.Attendees[1].Status = "yes" },
		"Attendees[0].Role":   func(e *ical.Event) { e.Attendees[0].Role = "must" },
		"ShowAs":              func(e *ical.Event) { e.ShowAs = "oof" },
	} {
		r := new(recorder)
		m, err := invite.New(r, fixed()).Send(context.Background(), vary(change))
		var fe *ical.FieldError
		if !errors.As(err, &fe) || fe.Field != field || m != nil || len(r.mails) > 0 {
			t.Errorf("Send = %v, %v with %d mails, want a FieldError of %s", m, err, len(r.mails), field)
		}
	}
}

func TestOrganizerSentBy(t *testing.T) {
	m := send(t, vary(func(e *ical.Event) { e.Organizer.SentBy = "assistant@example.test" }))[0]
	if got := parseMail(t, m.Data).header.Get("Sender"); got != "<assistant@example.test>" || m.From != "assistant@example.test" {
		t.Errorf("Sender = %q, reverse path = %q, want assistant@example.test", got, m.From)
	}
}

func TestMessageID(t *testing.T) {
	mails := send(t, vary(func(e *ical.Event) { e.Organizer.Email = "desk@bücher.example" }))
	if mails[0].ID == mails[1].ID || !strings.HasSuffix(mails[0].ID, "@xn--bcher-kva.example>") {
		t.Errorf("Message-IDs = %s and %s, want two of the organizer's domain", mails[0].ID, mails[1].ID)
	}
	// By default Message-IDs are random: an attendee cannot guess the ones that others got.
	r := new(recorder)
	seen := make(map[string]bool)
	for range 3 {
		if _, err := invite.New(r, &invite.Options{Now: pinned}).Send(context.Background(), review()); err != nil {
			t.Fatal(err)
		}
	}
	for _, m := range r.mails {
		if seen[m.ID] || len(m.ID) < 30 {
			t.Errorf("Message-ID = %s, seen before = %t, want a new one of at least 30 octets", m.ID, seen[m.ID])
		}
		seen[m.ID] = true
	}
	empty := fixed(func(o *invite.Options) { o.Random = strings.NewReader("short") })
	if m, err := invite.New(r, empty).Send(context.Background(), review()); m != nil || err == nil || !strings.Contains(err.Error(), "Options.Random") || len(r.mails) != 6 {
		t.Errorf("Send without randomness = %v, %v with %d mails in all, want an error about Options.Random and 6", m, err, len(r.mails))
	}
}

func TestSendSharesNothing(t *testing.T) {
	in, want := full(), full()
	m := must(t)(invite.New(nowhere, fixed()).Send(context.Background(), in))
	if diff := cmp.Diff(want, in); diff != "" {
		t.Errorf("Send changed its input (-want +got):\n%s", diff)
	}
	kept := m.Event
	walk(&in, func(_, _ string, set func(string)) { set("changed") })
	in.Recurrence.Except[0] = time.Time{}
	in.Recurrence.ByMonth[0], in.Recurrence.BySetPos[0], in.Reminders[0].Before = 9, 9, 9
	for i := range want.Attendees { // answers that the organizer gives are not kept in the event
		a := &want.Attendees[i]
		a.Status, a.Comment, a.DelegatedTo = ical.StatusNeedsAction, "", ""
	}
	if a := m.Answers; len(a) != 1 || a[0].Status != ical.StatusTentative || a[0].Via != "organizer" || a[0].Comment != "perhaps" {
		t.Errorf("Answers = %+v, want the one that the event gives", a)
	}
	for i := range want.Overrides[0].Attendees {
		want.Overrides[0].Attendees[i].Status = ical.StatusNeedsAction
	}
	if diff := cmp.Diff(want, kept); diff != "" {
		t.Errorf("the Meeting shares memory with the event (-want +got):\n%s", diff)
	}
}

func TestPlanSend(t *testing.T) {
	p, err := invite.New(nil, fixed()).PlanSend(vary(func(e *ical.Event) {
		e.UID, e.Sequence = "", 3
		e.Attendees = append(e.Attendees, ical.Attendee{Email: "desk@example.test"})
	}))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, n := range p.Notices {
		got = append(got, fmt.Sprintf("%s %s %d %s %s %d", n.Attendee.Email, n.Method, n.Sequence, n.Reason, n.Event.UID, len(n.Event.Attendees)))
	}
	want := []string{"bob@example.test REQUEST 3 is invited id-1 3", "zoe@example.test REQUEST 3 is invited id-1 3"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("PlanSend (-want +got):\n%s", diff)
	}
	if hidden, err := invite.New(nil, fixed()).PlanSend(review(), invite.HideGuests()); err != nil || len(hidden.Event.Attendees) != 2 || len(hidden.Notices[1].Event.Attendees) != 1 {
		t.Errorf("PlanSend with HideGuests = %+v, %v, want all attendees in the event and one in each notice", hidden, err)
	}
}
