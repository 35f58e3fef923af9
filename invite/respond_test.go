package invite_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/mime"
)

// request returns the invitation that an attendee gets, and its Meeting.
func request(t testing.TB, e ical.Event, to int, o *invite.Options, opts ...invite.SendOption) (*invite.Inbound, *invite.Meeting) {
	t.Helper()
	r := new(recorder)
	m := must(t)(invite.New(r, o).Send(context.Background(), e, opts...))
	return readMail(t, r.mails[to].Data), m
}

func weeklyRequest() ical.Event {
	return vary(func(e *ical.Event) {
		e.TimeZone = "Europe/Berlin"
		e.Start = time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC)
		e.End = e.Start.Add(time.Hour)
		e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, ByDay: []ical.Day{ical.DayTuesday}, Count: 5}
	})
}

// response returns an answer after change, which may be nil.
func response(as string, status ical.Status, change func(*invite.Response)) invite.Response {
	r := invite.Response{As: as, Status: status}
	if change != nil {
		change(&r)
	}
	return r
}

// TestRespond answers invitations, and applies the answers to the meeting.
func TestRespond(t *testing.T) {
	second := time.Date(2027, 3, 9, 9, 0, 0, 0, time.UTC)
	tests := []struct {
		name   string
		event  ical.Event
		as     string // the first attendee if empty
		status ical.Status
		change func(*invite.Response)
		kind   invite.Kind
		occ    time.Time
	}{
		{"accept", review(), "", ical.StatusAccepted, nil, invite.KindReply, time.Time{}},
		{"comment", review(), "", ical.StatusTentative, func(r *invite.Response) { r.Comment = "late, perhaps" }, invite.KindReply, time.Time{}},
		{"series", weeklyRequest(), "", ical.StatusDeclined, nil, invite.KindReply, time.Time{}},
		{"one occurrence", weeklyRequest(), "", ical.StatusDeclined, func(r *invite.Response) { r.Occurrence = second }, invite.KindReply, second},
		{"all day", vary(func(e *ical.Event) {
			e.AllDay, e.Start, e.End = true, time.Date(2027, 3, 2, 0, 0, 0, 0, time.UTC), time.Date(2027, 3, 4, 0, 0, 0, 0, time.UTC)
		}), "", ical.StatusAccepted, nil, invite.KindReply, time.Time{}},
		{"another time", review(), "", ical.StatusTentative, func(r *invite.Response) {
			r.Start, r.End = second, second.Add(2*time.Hour)
		}, invite.KindCounter, time.Time{}},
		{"delegate", review(), "", ical.StatusDelegated, func(r *invite.Response) { r.DelegateTo = "eve@example.test" }, invite.KindReply, time.Time{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in, m := request(t, tt.event, 0, fixed())
			as := either(tt.as, tt.event.Attendees[0].Email)
			r := new(recorder)
			if err := invite.New(r, fixed()).Respond(context.Background(), in, response(as, tt.status, tt.change)); err != nil {
				t.Fatal(err)
			}
			checkAnswer(t, in, r.mails[0], as)
			got := readMail(t, r.mails[0].Data)
			after, o := m.Apply(got, nil)
			if got.Kind != tt.kind || o.Verdict != invite.VerdictApplied || after.OccurrenceStatus(as, tt.occ) != tt.status {
				t.Errorf("Read = %s, Apply = %+v, OccurrenceStatus = %s, want %s, applied and %s", got.Kind, o, after.OccurrenceStatus(as, tt.occ), tt.kind, tt.status)
			}
			if tt.kind == invite.KindCounter {
				acceptProposal(t, after, tt.change)
			}
		})
	}
}

// checkAnswer checks the rules of RFC 5546, section 3.2.3, for an answer.
func checkAnswer(t *testing.T, in *invite.Inbound, m *invite.Message, as string) {
	t.Helper()
	got := readMail(t, m.Data)
	e := got.Event
	if len(e.Attendees) != 1 || e.Attendees[0].Email != as || len(e.Overrides) != 0 {
		t.Errorf("attendees = %+v, want %s alone", e.Attendees, as)
	}
	if e.UID != in.Event.UID || e.Sequence != in.Event.Sequence || e.Organizer.Email != in.Event.Organizer.Email ||
		e.TimeZone != in.Event.TimeZone || e.AllDay != in.Event.AllDay {
		t.Errorf("the event of the answer = %+v\nwant the event of the invitation: %+v", e, in.Event)
	}
	if got.Mail.InReplyTo != in.Mail.MessageID || got.Mail.From[0].Address != as || m.To[0] != in.Event.Organizer.Email {
		t.Errorf("In-Reply-To = %s, From = %s, To = %s, want %s, %s, %s", got.Mail.InReplyTo, got.Mail.From[0].Address, m.To, in.Mail.MessageID, as, in.Event.Organizer.Email)
	}
	if len(got.Mail.Calendars) != 1 || got.Mail.Calendars[0].Method != string(got.Calendar.Method) {
		t.Errorf("calendars = %+v, want one with the method of the object", got.Mail.Calendars)
	}
	if e.TimeZone != "" && !bytes.Contains(got.Mail.Calendars[0].Data, []byte("BEGIN:VTIMEZONE")) {
		t.Error("the answer has a TZID and no VTIMEZONE")
	}
}

func acceptProposal(t *testing.T, m *invite.Meeting, change func(*invite.Response)) {
	t.Helper()
	var want invite.Response
	change(&want)
	open := m.OpenProposals()
	if len(open) != 1 {
		t.Fatalf("proposals = %+v, want one open", m.Proposals)
	}
	e, err := open[0].Accept(m.Event)
	if err != nil || !e.Start.Equal(want.Start) || !e.End.Equal(want.End) || m.Event.Start.Equal(want.Start) {
		t.Errorf("Accept = %s to %s, %v, want %s to %s and the Meeting unchanged, which starts %s", e.Start, e.End, err, want.Start, want.End, m.Event.Start)
	}
}

func TestRespondRefuses(t *testing.T) {
	in, _ := request(t, review(), 0, fixed())
	as := review().Attendees[0].Email
	noOrganizer, reply := *in, *in
	e := *in.Event
	e.Organizer = ical.Person{}
	noOrganizer.Event = &e
	reply.Kind = invite.KindReply
	tests := []struct {
		name   string
		in     *invite.Inbound
		as     string
		status ical.Status
		change func(r *invite.Response)
		want   string // in the error; "" for none
	}{
		{"not an attendee", in, "mallory@example.net", ical.StatusAccepted, nil, "is not an attendee"},
		{"uninvited", in, "mallory@example.net", ical.StatusAccepted, func(r *invite.Response) { r.Uninvited = true }, ""},
		{"for an attendee", in, "pa@example.test", ical.StatusAccepted, func(r *invite.Response) { r.OnBehalfOf = as }, ""},
		{"for nobody invited", in, as, ical.StatusAccepted, func(r *invite.Response) { r.OnBehalfOf = "x@example.test" }, "x@example.test is not an attendee of the invitation; if it was forwarded"},
		{"no status", in, as, ical.StatusNeedsAction, nil, `Status: "needs-action" is none of`},
		{"delegated to nobody", in, as, ical.StatusDelegated, nil, "belong together"},
		{"end before start", in, as, ical.StatusTentative, func(r *invite.Response) { r.Start, r.End = pinned(), pinned().Add(-1) }, "ends before"},
		{"no organizer", &noOrganizer, as, ical.StatusAccepted, nil, "names no organizer"},
		{"an answer", &reply, as, ical.StatusAccepted, nil, "reply: only a request can be answered"},
		{"no such occurrence", in, as, ical.StatusAccepted, func(r *invite.Response) { r.Occurrence = pinned() }, "Occurrence: the invitation has no occurrence"},
		{"hostile comment", in, as, ical.StatusAccepted, func(r *invite.Response) { r.Comment = "a\x00b" }, "Comment"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := new(recorder)
			err := invite.New(r, fixed()).Respond(context.Background(), tt.in, response(tt.as, tt.status, tt.change))
			switch {
			case tt.want == "" && (err != nil || len(r.mails) != 1):
				t.Errorf("Respond = %v with %d mails, want one", err, len(r.mails))
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want) || len(r.mails) > 0):
				t.Errorf("Respond = %v with %d mails, want an error with %q and none", err, len(r.mails), tt.want)
			}
		})
	}
	if err := invite.New(nil, nil).Respond(context.Background(), in, invite.Response{As: as, Status: ical.StatusAccepted}); !errors.Is(err, invite.ErrNoSender) {
		t.Errorf("Respond without a Sender = %v, want ErrNoSender", err)
	}
	broken := errors.New("broken")
	failing := invite.SenderFunc(func(context.Context, *invite.Message) error { return broken })
	if err := invite.New(failing, fixed()).Respond(context.Background(), in, invite.Response{As: as, Status: ical.StatusAccepted}); !errors.Is(err, broken) {
		t.Errorf("Respond with a Sender that fails = %v, want its error", err)
	}
	if err := invite.New(failing, fixed()).Respond(context.Background(), in, invite.Response{As: "x@example.test", Status: ical.StatusAccepted}); !errors.Is(err, invite.ErrNotInvited) {
		t.Errorf("Respond as a stranger = %v, want ErrNotInvited", err)
	}
}

// TestRespondOddInvitation answers an invitation whose time zone cannot be written.
func TestRespondOddInvitation(t *testing.T) {
	in, m := request(t, weeklyRequest(), 0, fixed())
	e := *in.Event
	e.TimeZone = "Nowhere/Land"
	in.Event = &e
	r := new(recorder)
	as := e.Attendees[0].Email
	if err := invite.New(r, fixed()).Respond(context.Background(), in, invite.Response{As: as, Status: ical.StatusAccepted}); err != nil {
		t.Fatal(err)
	}
	got := readMail(t, r.mails[0].Data)
	if _, o := m.Apply(got, nil); o.Verdict != invite.VerdictApplied || !got.Event.Start.Equal(e.Start) {
		t.Errorf("Apply = %+v, start = %s, want applied and %s", o, got.Event.Start, e.Start)
	}
}

// answerOf returns the answer of an attendee as Read gives it. It is a minute later for
// each answer that m has.
func answerOf(t *testing.T, m *invite.Meeting, as string, s ical.Status, change func(*invite.Response)) *invite.Inbound {
	t.Helper()
	in := &invite.Inbound{Kind: invite.KindRequest, Event: &m.Event, Mail: &mime.Received{}}
	r := new(recorder)
	o := &invite.Options{Now: func() time.Time { return pinned().Add(time.Duration(len(m.Answers)) * time.Minute) }}
	err := invite.New(r, o).Respond(context.Background(), in, response(as, s, change))
	if err != nil {
		t.Fatal(err)
	}
	return readMail(t, r.mails[0].Data)
}
