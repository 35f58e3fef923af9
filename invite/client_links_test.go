package invite_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// withStoredLinks returns the meeting as a version stored it that did not refuse links:
// its event, an override and the earlier version have links that must not be sent.
func withStoredLinks(t *testing.T, m *invite.Meeting) *invite.Meeting {
	t.Helper()
	out := reload(t, m)
	out.Event = withBadLinks(out.Event)
	for i := range out.Before {
		out.Before[i] = withBadLinks(out.Before[i])
	}
	return out
}

func withBadLinks(e ical.Event) ical.Event {
	e = e.Clone()
	e.URL, e.Conference = "javascript:alert(1)", "DATA:text/html,x"
	e.Attachments = append(e.Attachments, ical.Link{URL: "file:///etc/passwd"}, ical.Link{URL: "https://example.test/a.pdf"})
	e.Extra = append(e.Extra, ical.Property{Name: "X-GOOGLE-CONFERENCE", Value: "javascript:alert(2)"})
	e.Attendees[0].Params = map[string][]string{"DIR": {"javascript:alert(3)"}}
	if e.Recurrence != nil {
		e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: e.Start.AddDate(0, 0, 14), Summary: "Elsewhere", URL: "javascript:alert(4)"})
	}
	return e
}

// TestStoredLinks makes every call about a meeting whose links Validate refuses. Each
// call sends its mails without them.
func TestStoredLinks(t *testing.T) {
	type call func(context.Context, *invite.Client, *invite.Meeting) (*invite.Meeting, error)
	change := func(f func(e *ical.Event)) call {
		return func(ctx context.Context, c *invite.Client, m *invite.Meeting) (*invite.Meeting, error) {
			e := m.Event.Clone()
			f(&e)
			return c.Update(ctx, m, e)
		}
	}
	second := func(m *invite.Meeting) time.Time { return m.Event.Start.AddDate(0, 0, 7) }
	for name, x := range map[string]struct {
		call  call
		mails int
	}{
		"cancel": {func(ctx context.Context, c *invite.Client, m *invite.Meeting) (*invite.Meeting, error) {
			return c.Cancel(ctx, m)
		}, 3},
		"cancel an occurrence": {func(ctx context.Context, c *invite.Client, m *invite.Meeting) (*invite.Meeting, error) {
			return c.Cancel(ctx, m, invite.Occurrence(second(m)))
		}, 3},
		"cancel the rest": {func(ctx context.Context, c *invite.Client, m *invite.Meeting) (*invite.Meeting, error) {
			return c.Cancel(ctx, m, invite.OccurrenceAndLater(second(m)))
		}, 3},
		"refuse": {func(ctx context.Context, c *invite.Client, m *invite.Meeting) (*invite.Meeting, error) {
			return c.Refuse(ctx, m, "eve@example.test", time.Time{})
		}, 1},
		"remind": {func(ctx context.Context, c *invite.Client, m *invite.Meeting) (*invite.Meeting, error) {
			return c.Remind(ctx, m)
		}, 3},
		"reinvite": {func(ctx context.Context, c *invite.Client, m *invite.Meeting) (*invite.Meeting, error) {
			return c.Reinvite(ctx, m, []string{"bob@example.test"})
		}, 1},
		"retitle":          {change(func(e *ical.Event) { e.Summary = "Other" }), 3},
		"remove":           {change(func(e *ical.Event) { e.Attendees = e.Attendees[:2] }), 1},
		"remove the links": {change(func(e *ical.Event) { *e, _ = e.WithoutUnsafeLinks() }), 3},
		"remove both": {change(func(e *ical.Event) {
			*e, _ = e.WithoutUnsafeLinks()
			e.Attendees = e.Attendees[:2]
		}), 3},
		"change the rest": {func(ctx context.Context, c *invite.Client, m *invite.Meeting) (*invite.Meeting, error) {
			e := m.Event.Clone()
			e.Location = "Room 2"
			_, rest, err := c.UpdateFollowing(ctx, m, second(m), e)
			return rest, err
		}, 6},
	} {
		t.Run(name, func(t *testing.T) {
			_, m := request(t, weeklyTrio(), 0, fixed())
			m = withStoredLinks(t, m)
			was := encode(t, m)
			r := new(recorder)
			if _, err := x.call(t.Context(), invite.New(r, fixed()), m); err != nil {
				t.Fatal(err)
			}
			if len(r.mails) != x.mails {
				t.Errorf("%d mails, want %d", len(r.mails), x.mails)
			}
			for _, mail := range r.mails {
				in := readMail(t, mail.Data)
				text := badLink([]byte(in.Mail.Text)) && name != "remove the links" // this text names the old value
				if len(in.Calendar.Skipped) > 0 || text || badLink(encode(t, in.Event)) || bytes.Contains(mail.Data, []byte("href=3D\"javascript")) {
					t.Errorf("the mail has one of the links, %q:\n%s", in.Calendar.Skipped, mail.Data)
				}
			}
			if string(encode(t, m)) != string(was) {
				t.Error("the meeting itself was changed")
			}
		})
	}
}

// TestStoredLinksOfPending resumes mails that wait since a version stored such links,
// and declines a proposal.
func TestStoredLinksOfPending(t *testing.T) {
	m, err := invite.New(nil, fixed()).Send(t.Context(), trio(), invite.QueueOnly())
	if err != nil {
		t.Fatal(err)
	}
	r := new(recorder)
	m, err = invite.New(r, fixed()).Resume(t.Context(), withStoredLinks(t, m))
	if err != nil || len(r.mails) != 3 || badLink(r.mails[0].Data) {
		t.Fatalf("Resume = %v with %d mails, want three without the links", err, len(r.mails))
	}
	start := m.Event.Start.Add(time.Hour)
	m, o := m.Propose(invite.Proposal{Email: "bob@example.test", Start: start, End: start.Add(time.Hour), Stamp: pinned(), Via: "phone"})
	if o.Verdict != invite.VerdictApplied {
		t.Fatalf("Propose = %+v", o)
	}
	if _, err := invite.New(r, fixed()).DeclineProposal(t.Context(), m, m.Proposals[0]); err != nil || len(r.mails) != 4 || badLink(r.mails[3].Data) {
		t.Errorf("DeclineProposal = %v with %d mails, want one more", err, len(r.mails))
	}
}

// TestStoredLinksAndNew refuses a new link although the meeting has such links.
func TestStoredLinksAndNew(t *testing.T) {
	_, m := request(t, trio(), 0, fixed())
	m = withStoredLinks(t, m)
	r := new(recorder)
	e := m.Event.Clone()
	e.Conference = "vbscript:new"
	_, err := invite.New(r, fixed()).Update(t.Context(), m, e)
	wantField(t, "Update", err, "Conference")
	if len(r.mails) > 0 {
		t.Errorf("%d mails were sent", len(r.mails))
	}
}
