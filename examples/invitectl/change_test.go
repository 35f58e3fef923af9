package main

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/invite"
)

const weekly = "../../testdata/events/weekly.json"

// storedMeeting is the file of a meeting that was sent.
func storedMeeting(t *testing.T) string {
	t.Helper()
	return storedAs(t, event)
}

func storedAs(t *testing.T, event string) string {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "m.json")
	if got := invitectl("send", "-now", clock, "-out", filepath.Join(dir, "sent"), "-meeting", path, event); got.Code != 0 {
		t.Fatalf("send = %+v", got)
	}
	return path
}

func readStored(t *testing.T, path string) *invite.Meeting {
	t.Helper()
	m := new(invite.Meeting)
	if err := json.Unmarshal(readFile(t, path), m); err != nil {
		t.Fatal(err)
	}
	return m
}

// told returns the lines of a command, each as "method to sequence state".
func told(t *testing.T, lines string) []string {
	t.Helper()
	var out []string
	for line := range strings.Lines(lines) {
		var d invite.Delivery
		if err := json.Unmarshal([]byte(line), &d); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		out = append(out, strings.TrimSpace(string(d.Method)+" "+d.To+" "+string(d.State)+" "+format(d.RecurrenceID)))
	}
	return out
}

func TestPlan(t *testing.T) {
	meeting := storedMeeting(t)
	before := readFile(t, meeting)
	moved := vary(t, `"start": "2027-03-02T10:00:00+01:00"`, `"start": "2027-03-02T09:30:00+01:00"`)
	got := invitectl("plan", "-now", clock, meeting, moved)
	want := `{"to":"bob@example.test","method":"REQUEST","sequence":1,"reason":"start moved from Tue 2 Mar 2027 10:00 to Tue 2 Mar 2027 09:30; length changed from 1h to 1h30m: needs a new answer"}
`
	want += strings.ReplaceAll(want, "bob@", "zoe@")
	if diff := cmp.Diff(result{0, want, ""}, got); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
	silent := invitectl("plan", "-now", clock, meeting, vary(t, `"15m"`, `"5m"`))
	want = "bob@example.test: only the reminder changed: nothing to send\n"
	want += strings.ReplaceAll(want, "bob@", "zoe@")
	if diff := cmp.Diff(result{0, "", want}, silent); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
	if after := readFile(t, meeting); string(after) != string(before) {
		t.Errorf("plan wrote %s", after)
	}
}

func TestPlanRefuses(t *testing.T) {
	meeting := storedMeeting(t)
	newer := write(t, "m.json", strings.Replace(string(readFile(t, meeting)), `"format": 2`, `"format": 3`, 1))
	tests := []struct{ name, meeting, after, want string }{
		{"no meeting", "missing.json", event, "missing.json: no such file"},
		{"no event", meeting, "missing.json", "missing.json: no such file"},
		{"newer format", newer, event, "format 3, this version reads 1 and 2"},
		{"other UID", meeting, vary(t, "5d1c1f3e", "ffffffff"), "UID: is not that of the meeting"},
		{"other organizer", meeting, vary(t, "desk@", "ann@"), "Organizer.Email: is not that of the meeting"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := invitectl("plan", tt.meeting, tt.after)
			if got.Code != 1 || !strings.Contains(got.Stderr, tt.want) || got.Stdout != "" {
				t.Errorf("plan = %+v, want 1 and %q", got, tt.want)
			}
		})
	}
}

func TestUpdate(t *testing.T) {
	meeting, dir := storedMeeting(t), t.TempDir()
	got := invitectl("update", "-now", clock, "-out", dir, "-meeting", meeting, vary(t, `"email": "zoe@example.test"`, `"email": "ann@example.test"`))
	want := []string{"REQUEST ann@example.test delivered", "CANCEL zoe@example.test delivered"}
	if diff := cmp.Diff(want, told(t, got.Stdout)); diff != "" || got.Code != 0 || got.Stderr != "" {
		t.Errorf("update = %+v (-want +got):\n%s", got, diff)
	}
	if diff := cmp.Diff([]string{"001-ann@example.test.eml", "002-zoe@example.test.eml"}, files(t, dir)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	m := readStored(t, meeting)
	if m.Event.Sequence != 1 || len(m.Deliveries) != 4 || m.Before != nil {
		t.Errorf("meeting = %+v, want sequence 1, four deliveries and nothing open", m)
	}
	same := invitectl("update", "-now", clock, "-out", dir, "-meeting", meeting, vary(t, `"email": "zoe@example.test"`, `"email": "ann@example.test"`))
	if same != (result{}) {
		t.Errorf("the same update again = %+v, want nothing", same)
	}
}

func TestCancel(t *testing.T) {
	meeting, dir := storedAs(t, weekly), t.TempDir()
	steps := []struct {
		name string
		args []string
		want []string
	}{
		{"occurrence", []string{"-occurrence", "2027-03-09T10:00:00+01:00"}, []string{
			"CANCEL bob@example.test delivered 2027-03-09T09:00:00Z", "CANCEL zoe@example.test delivered 2027-03-09T09:00:00Z"}},
		{"from", []string{"-from", "2027-04-06T10:00:00+02:00"}, []string{"REQUEST bob@example.test delivered", "REQUEST zoe@example.test delivered"}},
		{"all", []string{"-comment", "Nobody has time."}, []string{"CANCEL bob@example.test delivered", "CANCEL zoe@example.test delivered"}},
	}
	for _, step := range steps {
		t.Run(step.name, func(t *testing.T) {
			got := invitectl(append([]string{"cancel", "-now", clock, "-out", dir, "-meeting", meeting}, step.args...)...)
			if diff := cmp.Diff(step.want, told(t, got.Stdout)); diff != "" || got.Code != 0 {
				t.Errorf("cancel = %+v (-want +got):\n%s", got, diff)
			}
		})
	}
	if m := readStored(t, meeting); !m.Event.Cancelled || m.Event.Sequence != 3 || m.Deliveries[len(m.Deliveries)-1].Comment != "Nobody has time." {
		t.Errorf("meeting = %+v, want it cancelled with sequence 3", m)
	}
	refusals := []struct {
		name string
		args []string
		want string
	}{
		{"again", nil, "the meeting was cancelled"},
		{"update", []string{"update"}, "the meeting was cancelled"},
	}
	for _, tt := range refusals {
		args := []string{"cancel", "-out", dir, "-meeting", meeting}
		if tt.args != nil {
			args = []string{"update", "-out", dir, "-meeting", meeting, weekly}
		}
		if got := invitectl(args...); got.Code != 1 || !strings.Contains(got.Stderr, tt.want) {
			t.Errorf("%s = %+v, want 1 and %q", tt.name, got, tt.want)
		}
	}
	got := invitectl("cancel", "-out", dir, "-meeting", storedAs(t, weekly), "-occurrence", "2027-03-10T10:00:00+01:00")
	if want := "RecurrenceID: the series has no occurrence on Wed 10 Mar 2027 10:00"; got.Code != 1 || !strings.Contains(got.Stderr, want) {
		t.Errorf("cancel = %+v, want 1 and %q", got, want)
	}
}

// TestCancelDate names a date of an all-day series in three ways. The event has the
// dates of Berlin as instants.
func TestCancelDate(t *testing.T) {
	days := vary(t, `"timeZone": "Europe/Berlin"`, `"start":"2027-03-01T23:00:00Z","end":"2027-03-02T23:00:00Z","allDay":true,
		"recurrence":{"freq":"weekly","until":"2027-03-29T22:00:00Z"},"timeZone":"Europe/Berlin"`)
	for _, date := range []string{"2027-03-09", "2027-03-09T00:00:00+01:00", "2027-03-08T23:00:00Z"} {
		got := invitectl("cancel", "-now", clock, "-out", t.TempDir(), "-meeting", storedAs(t, days), "-occurrence", date)
		want := []string{"CANCEL bob@example.test delivered 2027-03-09T00:00:00Z", "CANCEL zoe@example.test delivered 2027-03-09T00:00:00Z"}
		if diff := cmp.Diff(want, told(t, got.Stdout)); diff != "" || got.Code != 0 {
			t.Errorf("cancel -occurrence %s = %+v (-want +got):\n%s", date, got, diff)
		}
	}
	got := invitectl("cancel", "-out", t.TempDir(), "-meeting", storedAs(t, days), "-occurrence", "2027-03-08T22:00:00Z")
	if want := "RecurrenceID: all-day times must be midnight; 2027-03-08T22:00Z is not midnight in UTC or Europe/Berlin"; got.Code != 1 || !strings.Contains(got.Stderr, want) {
		t.Errorf("cancel = %+v, want 1 and %q", got, want)
	}
}

// TestResume resumes after the server could not be reached, and after a mail that may
// have arrived.
func TestResume(t *testing.T) {
	meeting, dir := filepath.Join(t.TempDir(), "m.json"), t.TempDir()
	got := invitectl("send", "-now", clock, "-smtp", "smtp://127.0.0.1:1?tls=insecure-none", "-meeting", meeting, event)
	if got.Code != 1 || strings.Count(got.Stdout, `"state":"pending"`) != 2 {
		t.Fatalf("send = %+v, want two pending", got)
	}
	m := readStored(t, meeting)
	m.Deliveries[1].State = invite.DeliveryUnknown
	if err := writeMeeting(meeting, m); err != nil {
		t.Fatal(err)
	}
	resumed := invitectl("resume", "-out", dir, "-meeting", meeting)
	if diff := cmp.Diff([]string{"REQUEST bob@example.test delivered"}, told(t, resumed.Stdout)); diff != "" || resumed.Code != 0 || resumed.Stderr != "1 may have arrived: resume -unknown sends them again\n" {
		t.Errorf("resume = %+v (-want +got):\n%s", resumed, diff)
	}
	unknown := invitectl("resume", "-unknown", "-out", dir, "-meeting", meeting)
	if diff := cmp.Diff([]string{"REQUEST zoe@example.test delivered"}, told(t, unknown.Stdout)); diff != "" || unknown.Code != 0 {
		t.Errorf("resume -unknown = %+v (-want +got):\n%s", unknown, diff)
	}
	if again := invitectl("resume", "-unknown", "-out", dir, "-meeting", meeting); again != (result{}) {
		t.Errorf("resume again = %+v, want nothing", again)
	}
	for i, d := range readStored(t, meeting).Deliveries {
		if d.MessageID != m.Deliveries[i].MessageID {
			t.Errorf("Message-ID %s became %s", m.Deliveries[i].MessageID, d.MessageID)
		}
	}
}

// TestMeetingIsWholeAtEveryStep reads the file while each mail is sent. Before a mail
// is handed over, the file must have it in the state sending.
func TestMeetingIsWholeAtEveryStep(t *testing.T) {
	meeting := storedMeeting(t)
	first, err := os.Open(meeting) // keep it open, so that no new file takes its place on the disk
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	var states []invite.DeliveryState
	s, url := startServer(t)
	s.seen = func(n int) {
		m := readStored(t, meeting)
		states = append(states, m.Deliveries[2+n].State)
		if was, is := stat(t, first.Stat), stat(t, func() (os.FileInfo, error) { return os.Stat(meeting) }); os.SameFile(was, is) {
			t.Error("the file was written in place")
		}
	}
	code := run(context.Background(), []string{"update", "-now", clock, "-smtp", url, "-meeting", meeting, vary(t, "Quarterly review", "Review")}, io.Discard, io.Discard)
	if code != 1 { // zoe is refused
		t.Errorf("update = %d, want 1", code)
	}
	if diff := cmp.Diff([]invite.DeliveryState{invite.DeliverySending}, states); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
	if got := readStored(t, meeting).Deliveries[3].State; got != invite.DeliveryRefused {
		t.Errorf("zoe's mail is %s, want refused", got)
	}
}

func stat(t *testing.T, f func() (os.FileInfo, error)) os.FileInfo {
	t.Helper()
	info, err := f()
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// TestMeetingIsPrivate looks at the mode of the file after each command that
// writes it.
func TestMeetingIsPrivate(t *testing.T) {
	meeting, dir := storedMeeting(t), t.TempDir()
	check := func(after string) {
		t.Helper()
		if info := stat(t, func() (os.FileInfo, error) { return os.Stat(meeting) }); info.Mode().Perm() != 0o600 {
			t.Errorf("after %s the mode is %v, want 0600", after, info.Mode())
		}
		if err := os.Chmod(meeting, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	check("send")
	for _, args := range [][]string{
		{"update", "-now", clock, "-out", dir, "-meeting", meeting, vary(t, "Quarterly review", "Review")},
		{"answer", "-now", clock, "-meeting", meeting, "-as", "bob@example.test", "-status", "accepted"},
		{"cancel", "-now", clock, "-out", dir, "-meeting", meeting},
	} {
		if got := invitectl(args...); got.Code != 0 {
			t.Fatalf("invitectl %q = %+v", args, got)
		}
		check(args[0])
	}
}

// TestPinned runs the same pinned commands twice. They must give equal bytes, and no
// two mails may have the same Message-ID.
func TestPinned(t *testing.T) {
	noUID := vary(t, `"uid": "5d1c1f3e-0000-4000-8000-000010764574",`, "")
	once := func(pins ...string) (ids []string, all string) {
		t.Helper()
		dir := t.TempDir()
		meeting := filepath.Join(dir, "m.json")
		for i, args := range [][]string{
			{"send", noUID},
			{"update", vary(t, "Quarterly review", "Review")},
			{"update", vary(t, "Quarterly review", "Another review")},
			{"cancel"},
		} {
			flags := append([]string{args[0], "-out", filepath.Join(dir, strconv.Itoa(i)), "-meeting", meeting}, pins...)
			if got := invitectl(append(flags, args[1:]...)...); got.Code != 0 {
				t.Fatalf("invitectl %q = %+v", args, got)
			}
		}
		mails, err := filepath.Glob(filepath.Join(dir, "*", "*.eml"))
		if err != nil || len(mails) != 8 {
			t.Fatalf("%q, %v, want eight mails", mails, err)
		}
		for _, path := range append(mails, meeting) {
			all += string(readFile(t, path))
		}
		for _, d := range readStored(t, meeting).Deliveries {
			ids = append(ids, d.MessageID)
		}
		slices.Sort(ids)
		return ids, all
	}
	pins := []string{"-now", clock, "-uid", "5d1c1f3e-0000-4000-8000-000010764574"}
	ids, first := once(pins...)
	if _, second := once(pins...); first != second {
		t.Errorf("the same commands differ (-first +second):\n%s", cmp.Diff(first, second))
	}
	if n := len(slices.Compact(ids)); n != 8 {
		t.Errorf("%d Message-IDs, want eight", n)
	}
}

// TestRandom runs the commands without pins. Nobody can compute the Message-IDs then.
func TestRandom(t *testing.T) {
	later := vary(t, `"timeZone": "Europe/Berlin"`, `"start":"2127-03-04T09:00:00Z","end":"2127-03-04T10:00:00Z","timeZone":"UTC"`)
	render := func() string { return invitectl("render", "-out", t.TempDir(), later).Stdout }
	id := func(lines string) string {
		var d invite.Delivery
		if err := json.NewDecoder(strings.NewReader(lines)).Decode(&d); err != nil {
			t.Fatal(err)
		}
		return d.MessageID
	}
	if a, b := id(render()), id(render()); a == b {
		t.Errorf("two mails have the Message-ID %s", a)
	}
}
