package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAnswers sends a meeting into a folder, answers it as its attendee, and takes
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

func content(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
