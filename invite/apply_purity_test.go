package invite_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// TestApplyChangesNothingGiven takes mails of every kind into one meeting, twice each. A
// result can share lists with the meeting, so a call that wrote to one of them would
// change the meeting, or the result of the call before.
func TestApplyChangesNothingGiven(t *testing.T) {
	lost := func(m *invite.Meeting) *invite.Inbound {
		d := m.Deliveries[0]
		return readMail(t, []byte(reportOf(d.To, d.MessageID, "", "x")))
	}
	sent := func() *invite.Meeting {
		m := mustSend(t, invite.New(new(recorder), fixed()), trio())
		m.Deliveries = append(make([]invite.Delivery, 0, 50), m.Deliveries...)
		m.Event.Attendees = append(make([]ical.Attendee, 0, 50), m.Event.Attendees...)
		m.Answers, m.Proposals = make([]invite.Answer, 0, 50), make([]invite.Proposal, 0, 50)
		return m
	}
	m := sent()
	ann := m.Deliveries[0].To
	bounced, _ := m.Apply(lost(m), &invite.Policy{Now: pinned})
	p := &invite.Policy{Now: pinned, Uninvited: invite.UninvitedAdd}
	for name, tt := range map[string]struct {
		m  *invite.Meeting
		in func(i int) *invite.Inbound
	}{
		"an answer":          {m, func(int) *invite.Inbound { return answerOf(t, m, ann, ical.StatusAccepted, nil) }},
		"a bounce":           {m, func(int) *invite.Inbound { return lost(m) }},
		"an answer after it": {bounced, func(int) *invite.Inbound { return answerOf(t, m, ann, ical.StatusAccepted, nil) }},
		"a delegation": {m, func(i int) *invite.Inbound {
			return answerOf(t, m, ann, ical.StatusDelegated, func(r *invite.Response) {
				r.DelegateTo = []string{"one@example.test", "two@example.test"}[i]
			})
		}},
		"a stranger": {m, func(i int) *invite.Inbound {
			return answerOf(t, m, []string{"new@example.test", "old@example.test"}[i], ical.StatusAccepted, func(r *invite.Response) { r.Uninvited = true })
		}},
		"a proposal": {m, func(i int) *invite.Inbound {
			in := answerOf(t, m, ann, ical.StatusTentative, nil)
			in.Kind = invite.KindCounter
			in.Event.Start = in.Event.Start.Add(time.Duration(1+i) * time.Hour)
			in.Event.End = in.Event.Start.Add(time.Hour)
			return in
		}},
	} {
		t.Run(name, func(t *testing.T) {
			before := storedOf(t, tt.m)
			first, o := tt.m.Apply(tt.in(0), p)
			if first == tt.m {
				t.Fatalf("Apply = %+v, want a change", o)
			}
			after := storedOf(t, first)
			tt.m.Apply(tt.in(1), p)
			first.Apply(tt.in(1), p)
			if diff := cmp.Diff(before, storedOf(t, tt.m)); diff != "" {
				t.Errorf("the meeting (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(after, storedOf(t, first)); diff != "" {
				t.Errorf("the first result (-want +got):\n%s", diff)
			}
		})
	}
}

// storedOf returns the JSON of a meeting.
func storedOf(t *testing.T, m *invite.Meeting) string {
	t.Helper()
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
