package invite_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
)

// guard ends the test program with all stacks if one input takes very long. The time is
// far above the time that any input needs.
func guard(data []byte) (stop func() bool) {
	return time.AfterFunc(30*time.Second, func() { panic("this input has no end: " + string(data[:min(len(data), 2000)])) }).Stop
}

// storable checks that m can be stored, and that it is the same when it is read again.
func storable(t *testing.T, call string, m *invite.Meeting) []byte {
	t.Helper()
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatalf("%s: Marshal = %v", call, err)
	}
	again := new(invite.Meeting)
	if err := json.Unmarshal(data, again); err != nil {
		t.Fatalf("%s: Unmarshal = %v of\n%s", call, err, data)
	}
	if got, err := json.Marshal(again); err != nil || !bytes.Equal(data, got) {
		t.Fatalf("%s: the second Marshal differs, %v:\n%s\n%s", call, err, data, got)
	}
	return data
}

// checkCalendars decodes the calendar object of each mail.
func checkCalendars(t *testing.T, call string, mails []*invite.Message) {
	t.Helper()
	for _, m := range mails {
		if err := m.Validate(); err != nil {
			t.Errorf("%s: %v", call, err)
		}
		if _, err := ical.Decode(bytes.NewReader(invitetest.Calendar(m)), nil); err != nil {
			t.Errorf("%s: the calendar object of a mail: %v in\n%s", call, err, m.Data)
		}
	}
}

// checkCall checks the results of a call about m, which was stored as before.
func checkCall(t *testing.T, call string, r *recorder, m, got *invite.Meeting, err error, before []byte) {
	t.Helper()
	switch {
	case got == nil:
		t.Fatalf("%s = nil, %v, want a meeting", call, err)
	case err != nil && err.Error() == "":
		t.Errorf("%s: an error without text", call)
	}
	var failed *invite.DeliveryError
	if err != nil && !errors.As(err, &failed) && len(r.mails) > 0 {
		t.Errorf("%s = %v after %d mails", call, err, len(r.mails))
	}
	checkCalendars(t, call, r.mails)
	storable(t, call, got)
	if now, err := json.Marshal(m); err != nil || !bytes.Equal(before, now) {
		t.Errorf("%s changes the meeting that it is given, %v:\n%s\n%s", call, err, before, now)
	}
}

// oddValues stand in for values of a stored meeting.
var oddValues = []any{
	nil, "", " ", "x", -1, 0, 1, int64(1) << 31, -int64(1) << 63, 1e300, true, []any{}, map[string]any{}, []any{map[string]any{}},
	"0001-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "9998-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00", "2027-03-09T10:00:00+01:00", "2027-03-09T09:00:00.5Z",
	"pending", "sending", "unknown", "cancel", "CANCEL", "accepted", "delegated", "BOB@example.test", "bob@example.test", "b\r\n.\r\n@example.test",
	"Europe/Berlin", "Nowhere", "\x00", strings.Repeat("long ", 300), "secondly", "yearly", "<1@example.test>",
}

// withOdd returns a JSON document in which the value with the number place is an odd
// one. Place 0 leaves the document as it is.
func withOdd(data []byte, place, odd uint16) []byte {
	var doc any
	if place == 0 || json.Unmarshal(data, &doc) != nil {
		return data
	}
	left := int(place)
	out, err := json.Marshal(replaced(doc, &left, oddValues[int(odd)%len(oddValues)]))
	if err != nil {
		return data
	}
	return out
}

// replaced returns v with the odd value in place of the value that left counts down to.
func replaced(v any, left *int, odd any) any {
	if *left--; *left == 0 {
		return odd
	}
	switch v := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			v[key] = replaced(v[key], left, odd)
		}
	case []any:
		for i := range v {
			v[i] = replaced(v[i], left, odd)
		}
	}
	return v
}

// addMeetings adds the stored meetings of the tests to the seeds.
func addMeetings(f *testing.F) {
	n := uint16(0)
	add := func(data []byte) {
		f.Add(data, uint16(0), uint16(0))
		for range 4 { // some odd values, in other places for each meeting
			n++
			f.Add(data, 2+n*7%60, n)
		}
	}
	for _, pattern := range []string{"../testdata/meetings/format1/*.json", "testdata/meeting.json"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatal(pattern, files, err)
		}
		for _, file := range files {
			add(readFile(f, file))
		}
	}
	for _, e := range []ical.Event{review(), full(), weeklyTrio()} {
		add(encode(f, must(f)(invite.New(nowhere, fixed()).Send(f.Context(), e))))
	}
	half := &recorder{fail: func(n int, _ *invite.Message) error { return map[int]error{1: errPlain, 2: doubt}[n] }}
	m, _ := invite.New(half, fixed()).Send(f.Context(), weeklyTrio())
	data := encode(f, m)
	add(data)
	add(bytes.ReplaceAll(data, []byte(`"pending"`), []byte(`"sending"`)))
	add(bytes.ReplaceAll(data, []byte(`2027`), []byte(`0000`)))
	add([]byte(`{"format":2,"event":{},"revised":0,"answers":[],"proposals":[],"deliveries":[{"n":-1,"state":"pending"},{"n":-1}]}`))
	add([]byte(`{"format":1,"event":{"attendees":[{"email":"a@b.test"},{"email":"A@b.test"}]}}`))
}

// FuzzMeetingJSON reads any octets, with an odd value in one place, as a stored meeting,
// and makes each call with it. A call returns an error, or mails that can be read. The
// meeting that it returns can be stored.
func FuzzMeetingJSON(f *testing.F) {
	addMeetings(f)
	reply := readMail(f, readFile(f, repliesDir+"gmail.eml"))
	f.Fuzz(func(t *testing.T, data []byte, place, odd uint16) {
		if data = withOdd(data, place, odd); len(data) > 64<<10 {
			return
		}
		defer guard(data)()
		m := new(invite.Meeting)
		if err := json.Unmarshal(data, m); err != nil {
			return
		}
		before := storable(t, "Unmarshal", m)
		changeStored(t, m, before)
		applyStored(t, m, reply, before)
		m.Merge(nil)
		m.Merge(m.Deliveries)
		(*invite.Meeting)(nil).Merge(m.Deliveries)
		storable(t, "Merge", m)
	})
}

// changeStored makes each call that sends.
func changeStored(t *testing.T, m *invite.Meeting, before []byte) {
	t.Helper()
	after := m.Event.Clone()
	after.Summary += "x"
	later := m.Event.Clone()
	later.Start, later.End = later.Start.Add(time.Hour), later.End.Add(time.Hour)
	calls := map[string]func(c *invite.Client) (*invite.Meeting, error){
		"Resume": func(c *invite.Client) (*invite.Meeting, error) { return c.Resume(t.Context(), m) },
		"ResendUnknown": func(c *invite.Client) (*invite.Meeting, error) {
			return c.Resume(t.Context(), m, invite.ResendUnknown())
		},
		"Update":        func(c *invite.Client) (*invite.Meeting, error) { return c.Update(t.Context(), m, after) },
		"Update, later": func(c *invite.Client) (*invite.Meeting, error) { return c.Update(t.Context(), m, later) },
		"Remind":        func(c *invite.Client) (*invite.Meeting, error) { return c.Remind(t.Context(), m) },
		"Cancel":        func(c *invite.Client) (*invite.Meeting, error) { return c.Cancel(t.Context(), m) },
	}
	for name, call := range calls {
		r := new(recorder)
		got, err := call(invite.New(r, fixed()))
		checkCall(t, name, r, m, got, err, before)
	}
}

// applyStored takes an answer of the first attendee in, and asks for the results.
func applyStored(t *testing.T, m *invite.Meeting, reply *invite.Inbound, before []byte) {
	t.Helper()
	in := *reply
	e := reply.Event.Clone()
	e.UID, in.Event = m.Event.UID, &e
	if len(m.Event.Attendees) > 0 {
		e.Attendees[0].Email = m.Event.Attendees[0].Email
	}
	for _, p := range []*invite.Policy{nil, invite.InsecureAcceptAny()} {
		got, o := m.Apply(&in, p)
		if o.Reason == "" {
			t.Errorf("Apply = %s without a reason", o.Verdict)
		}
		checkCall(t, "Apply", new(recorder), m, got, nil, before)
		for _, a := range got.Attendees(time.Time{}) {
			got.Status(a.Email)
		}
		if tally := got.Tally(); tally != got.Tally() {
			t.Errorf("Tally = %+v, then another one", tally)
		}
		got.OpenProposals()
	}
}

// TestMergeNil merges into no meeting, and merges nothing.
func TestMergeNil(t *testing.T) {
	(*invite.Meeting)(nil).Merge([]invite.Delivery{{To: "bob@example.test"}})
	m := new(invite.Meeting)
	m.Merge(nil)
	if len(m.Deliveries) > 0 || strings.Contains(string(encode(t, m)), "null") {
		t.Errorf("Merge(nil) leaves %s", encode(t, m))
	}
}
