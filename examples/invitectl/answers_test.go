package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// TestAnswers sends a meeting into a folder, answers it as an attendee, and takes
// the answer in.
func TestAnswers(t *testing.T) {
	dir := t.TempDir()
	meeting, out, answers := filepath.Join(dir, "m.json"), filepath.Join(dir, "out"), filepath.Join(dir, "answers")
	must := func(want string, args ...string) {
		t.Helper()
		if got := invitectl(args...); got.Code != 0 || !strings.Contains(got.Stdout, want) {
			t.Errorf("invitectl %q = %+v, want %q", args, got, want)
		}
	}
	must(`"state":"delivered"`, "render", "-now", "2027-02-01T08:00:00Z", "-out", out, "-meeting", meeting, event)
	mails, err := filepath.Glob(filepath.Join(out, "001-*.eml"))
	if err != nil || len(mails) != 1 {
		t.Fatal(mails, err)
	}
	as := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(mails[0]), "001-"), ".eml")
	must(`"status":"tentative"`, "respond", "-now", "2027-02-01T09:00:00Z", "-as", as, "-status", "tentative",
		"-comment", "late", "-out", answers, mails[0])
	answer, err := filepath.Glob(filepath.Join(answers, "*.eml"))
	if err != nil || len(answer) != 1 {
		t.Fatal(answer, err)
	}
	must(`"kind":"reply"`, "read", answer[0])
	must(`"verdict":"unverified"`, "apply", "-meeting", meeting, "-policy", "strict", "-authserv-id", "mx.example.com", answer[0])
	before := content(t, meeting)
	must(`"verdict":"applied"`, "apply", "-meeting", meeting, answer[0])
	if after := content(t, meeting); before == after || !strings.Contains(after, `"status": "tentative"`) || !strings.Contains(after, `"comment": "late"`) {
		t.Errorf("the meeting is\n%s", after)
	}
	must(`"verdict":"duplicate"`, "apply", "-meeting", meeting, "-policy", "open", answer[0], mails[0])

	missing := filepath.Join(dir, "missing.eml")
	if got := invitectl("apply", "-meeting", meeting, missing, answer[0]); got.Code != 1 || strings.Count(got.Stdout, "\n") != 2 {
		t.Errorf("with a file that is missing: %+v", got)
	}
	for _, args := range [][]string{
		{"apply", answer[0]},
		{"apply", "-meeting", meeting, "-policy", "lax", answer[0]},
		{"respond", "-as", as, "-out", answers, mails[0]},
		{"respond", "-as", as, "-status", "delegated", "-out", answers, mails[0]},
		{"respond", "-as", as, "-status", "accepted", "-occurrence", "noon", "-out", answers, mails[0]},
		{"respond", "-as", as, "-status", "accepted", mails[0]},
	} {
		if got := invitectl(args...); got.Code != 2 {
			t.Errorf("invitectl %q = %+v, want a usage error", args, got)
		}
	}
	for _, args := range [][]string{
		{"apply", "-meeting", missing, answer[0]},
		{"apply", "-meeting", event, answer[0]},
		{"respond", "-as", as, "-status", "accepted", "-out", answers, missing},
		{"respond", "-as", "mallory@example.net", "-status", "accepted", "-out", answers, mails[0]},
		{"respond", "-as", as, "-status", "accepted", "-out", answers, answer[0]},
	} {
		if got := invitectl(args...); got.Code != 1 {
			t.Errorf("invitectl %q = %+v, want a refusal", args, got)
		}
	}
}

// TestAnswer takes in answers that came by telephone, in the order in which they
// were given.
func TestAnswer(t *testing.T) {
	meeting := storedAs(t, weekly)
	answered := func(now string, args ...string) result {
		return invitectl(append([]string{"answer", "-now", now, "-meeting", meeting, "-as", "BOB@example.test"}, args...)...)
	}
	tests := []struct {
		name string
		now  string
		args []string
		want result
	}{
		{"by telephone", "2027-02-02T08:00:00Z", []string{"-status", "accepted", "-comment", "late", "-via", "phone"},
			result{0, `{"verdict":"applied","reason":"bob@example.test: accepted"}` + "\n", ""}},
		{"again", "2027-02-02T08:00:00Z", []string{"-status", "accepted", "-comment", "late", "-via", "phone"},
			result{0, `{"verdict":"duplicate","reason":"is held already: accepted of 2027-02-02T08:00:00Z"}` + "\n", ""}},
		{"earlier", "2027-02-01T09:00:00Z", []string{"-status", "declined"},
			result{1, `{"verdict":"stale","reason":"a later answer of bob@example.test counts: accepted of 2027-02-02T08:00:00Z"}` + "\n", ""}},
		{"one date", "2027-02-03T08:00:00Z", []string{"-status", "declined", "-occurrence", "2027-03-09T10:00:00+01:00", "-via", "link"},
			result{0, `{"verdict":"applied","reason":"bob@example.test: declined, on 2027-03-09T10:00:00+01:00"}` + "\n", ""}},
		{"no such date", "2027-02-03T08:00:00Z", []string{"-status", "declined", "-occurrence", "2027-03-10T10:00:00+01:00"},
			result{1, "", ""}},
	}
	for _, tt := range tests {
		before := content(t, meeting)
		got := answered(tt.now, tt.args...)
		if tt.want.Stdout == "" && strings.Contains(got.Stdout, `"verdict":"unknown-event"`) {
			got.Stdout = ""
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if changed := content(t, meeting) != before; changed != strings.Contains(got.Stdout, `"applied"`) {
			t.Errorf("%s: the file changed: %v", tt.name, changed)
		}
	}
	second := time.Date(2027, 3, 9, 9, 0, 0, 0, time.UTC)
	want := []invite.Answer{
		{Email: "bob@example.test", Status: ical.StatusAccepted, Comment: "late", Stamp: time.Date(2027, 2, 2, 8, 0, 0, 0, time.UTC), Via: "phone"},
		{Email: "bob@example.test", Status: ical.StatusDeclined, RecurrenceID: second, Stamp: time.Date(2027, 2, 3, 8, 0, 0, 0, time.UTC), Via: "link"},
	}
	m := readStored(t, meeting)
	if diff := cmp.Diff(want, m.Answers); diff != "" || m.Status("bob@example.test") != ical.StatusAccepted {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
	if got := invitectl("answer", "-meeting", meeting, "-as", "mallory@example.net", "-status", "accepted"); got.Code != 1 || !strings.Contains(got.Stdout, `"verdict":"unknown-attendee"`) {
		t.Errorf("an answer of somebody else = %+v", got)
	}
	if got := invitectl("answer", "-meeting", filepath.Join(t.TempDir(), "missing.json"), "-as", "bob@example.test", "-status", "accepted"); got.Code != 1 || got.Stdout != "" {
		t.Errorf("an answer to no meeting = %+v", got)
	}
}

// TestAnswerByHand takes in mails that were written before and after an answer by
// telephone, to the version of the invitation and to a newer one.
func TestAnswerByHand(t *testing.T) {
	for sequence := range 2 {
		dir, meeting := t.TempDir(), storedAs(t, weekly)
		if sequence > 0 {
			after := filepath.Join(dir, "after.json")
			event := strings.Replace(content(t, weekly), `"summary": "`, `"summary":"New: `, 1)
			if err := os.WriteFile(after, []byte(event), 0o600); err != nil {
				t.Fatal(err)
			}
			if got := invitectl("update", "-out", filepath.Join(dir, "out"), "-meeting", meeting, after); got.Code != 0 || readStored(t, meeting).Event.Sequence != 1 {
				t.Fatalf("update = %+v", got)
			}
		}
		uid := readStored(t, meeting).Event.UID
		written := func(day, status string) string {
			mail := "From: bob@example.test\nTo: desk@example.test\nDate: " + day + " Feb 2027 09:00:10 +0000\n" +
				"Content-Type: text/calendar; charset=utf-8; method=REPLY\n\nBEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nMETHOD:REPLY\nBEGIN:VEVENT\n" +
				"UID:" + uid + "\nSEQUENCE:" + strconv.Itoa(sequence) + "\nDTSTAMP:202702" + day + "T090000Z\nDTSTART:20270302T090000Z\n" +
				"ATTENDEE;PARTSTAT=" + status + ":mailto:bob@example.test\nEND:VEVENT\nEND:VCALENDAR\n"
			path := filepath.Join(dir, day+".eml")
			if err := os.WriteFile(path, []byte(mail), 0o600); err != nil {
				t.Fatal(err)
			}
			return path
		}
		if got := invitectl("answer", "-now", "2027-02-10T09:00:00Z", "-meeting", meeting, "-as", "bob@example.test", "-status", "declined", "-via", "phone"); got.Code != 0 {
			t.Fatalf("answer = %+v", got)
		}
		for _, day := range []string{"02", "09"} {
			got := invitectl("apply", "-now", "2027-02-10T10:00:00Z", "-meeting", meeting, written(day, "ACCEPTED"))
			if !strings.Contains(got.Stdout, `"verdict":"stale"`) || readStored(t, meeting).Status("bob@example.test") != ical.StatusDeclined {
				t.Errorf("version %d: a mail of %s February = %+v, want stale", sequence, day, got)
			}
		}
		got := invitectl("apply", "-now", "2027-02-11T10:00:00Z", "-meeting", meeting, written("11", "ACCEPTED"))
		if !strings.Contains(got.Stdout, `"verdict":"applied"`) || readStored(t, meeting).Status("bob@example.test") != ical.StatusAccepted {
			t.Errorf("version %d: a mail of 11 February = %+v, want applied", sequence, got)
		}
	}
}

func content(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
