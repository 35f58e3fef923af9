package invite_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/golden"
	"github.com/convene-go/convene/invite"
)

func TestMeetingJSON(t *testing.T) {
	m := must(t)(invite.New(nowhere, fixed()).Send(context.Background(), review()))
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden.Assert(t, "testdata/meeting.json", append(data, '\n'))
}

func TestMeetingRoundTrip(t *testing.T) {
	sent := must(t)(invite.New(nowhere, fixed()).Send(context.Background(), full()))
	answered := *sent
	answered.Revised = 1
	answered.Answers = []invite.Answer{{Email: "bob@example.test", Status: ical.StatusDeclined, Comment: "no\n<b>time</b>",
		RecurrenceID: pinned(), Sequence: 2, Stamp: pinned()}}
	answered.Proposals = []invite.Proposal{{Email: "zoe@example.test", Start: pinned(), End: pinned().Add(time.Hour), Sequence: 1}}
	for _, in := range []*invite.Meeting{sent, &answered} {
		first := encode(t, in)
		var out invite.Meeting
		decode(t, first, &out)
		want := *in // in JSON lists are never null
		want.Answers, want.Proposals = append([]invite.Answer{}, in.Answers...), append([]invite.Proposal{}, in.Proposals...)
		if diff := cmp.Diff(want, out); diff != "" {
			t.Errorf("round trip (-want +got):\n%s", diff)
		}
		if second, err := json.Marshal(out); err != nil || string(second) != string(first) {
			t.Errorf("second round = %s, %v, want %s", second, err, first)
		}
	}
}

func TestMeetingUnmarshal(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"small", `{"format":2,"event":{"uid":"a"},"revised":2,"answers":[],"proposals":[],"deliveries":[]}`, ""},
		{"null lists", `{"format":2,"event":{"uid":"a"},"revised":2,"answers":null,"proposals":null,"deliveries":null}`, ""},
		{"missing lists", `{"format":2,"event":{"uid":"a"},"revised":2}`, ""},
		{"unknown key", `{"format":2,"event":{},"guests":[]}`, "guests"},
		{"unknown key of the event", `{"format":2,"event":{"title":"a"}}`, "title"},
		{"unknown key of a delivery", `{"format":2,"event":{},"deliveries":[{"too":"a"}]}`, "too"},
		{"format 1", `{"format":1,"event":{"uid":"a"},"revised":2}`, ""},
		{"key of format 1", `{"format":2,"event":{"uid":"a"},"shared":true}`, "shared"},
		{"newer format", `{"format":3,"event":{},"unknown":1}`, "format 3, this version reads 1 and 2"},
		{"no format", `{"event":{}}`, "format 0, this version reads 1 and 2"},
		{"format of another type", `{"format":"1"}`, "format"},
		{"no object", `[]`, "invite: meeting: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := invite.Meeting{Revised: 7}
			err := json.Unmarshal([]byte(tt.in), &got)
			if tt.want != "" {
				if err == nil || !strings.Contains(err.Error(), tt.want) || got.Revised != 7 {
					t.Errorf("Unmarshal = %+v, %v, want an error with %q and the value untouched", got, err, tt.want)
				}
				return
			}
			if err != nil || got.Event.UID != "a" || got.Revised != 2 {
				t.Fatalf("Unmarshal = %+v, %v", got, err)
			}
			data, err := json.Marshal(got)
			if want := `{"format":2,"event":{"uid":"a"},"revised":2,"answers":[],"proposals":[],"deliveries":[]}`; err != nil || string(data) != want {
				t.Errorf("Marshal = %s, %v, want %s", data, err, want)
			}
		})
	}
}

// TestMeetingNamesZone sends an event whose time zone is only in Start. The JSON of a
// time has no name of a zone, so the Meeting keeps it in TimeZone.
func TestMeetingNamesZone(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	m := must(t)(invite.New(nowhere, fixed()).Send(context.Background(), vary(func(e *ical.Event) {
		e.TimeZone, e.Start, e.End = "", e.Start.In(berlin), e.End.In(berlin)
	})))
	if got := reload(t, m).Event.TimeZone; got != "Europe/Berlin" {
		t.Errorf("TimeZone of the stored Meeting = %q, want the zone of Start", got)
	}
}
