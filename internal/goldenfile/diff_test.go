package goldenfile

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDiff(t *testing.T) {
	for name, tt := range map[string]struct{ want, got, diff string }{
		"a property": {
			"BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Review\r\nLOCATION:4.12\r\nEND:VEVENT\r\n",
			"BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Lunch\r\nLOCATION:4.12\r\nEND:VEVENT\r\n",
			"@ line 1: SUMMARY\n  BEGIN:VEVENT\n  UID:1\n- SUMMARY:Review␍\n+ SUMMARY:Lunch␍\n  LOCATION:4.12\n  END:VEVENT\n",
		},
		"a word in a folded property": {
			"BEGIN:VEVENT\r\nDESCRIPTION:one\r\n  two thr\r\n ee\r\nEND:VEVENT\r\n",
			"BEGIN:VEVENT\r\nDESCRIPTION:ones\r\n  two th\r\n ree\r\nEND:VEVENT\r\n",
			"@ line 1: DESCRIPTION\n  BEGIN:VEVENT\n- DESCRIPTION:one two three␍\n+ DESCRIPTION:ones two three␍\n  END:VEVENT\n",
		},
		"only the folds": {
			"BEGIN:VEVENT\r\nDESCRIPTION:one\r\n  two\r\nEND:VEVENT\r\n",
			"BEGIN:VEVENT\r\nDESCRIPTION:one two\r\nEND:VEVENT\r\n",
			"@ line 1: DESCRIPTION\n  BEGIN:VEVENT\n- DESCRIPTION:one␍\n-   two␍\n+ DESCRIPTION:one two␍\n  END:VEVENT\n",
		},
		"a folded header field": {
			"From: a@example.com\r\nSubject: one\r\n two\r\n\r\ntext\r\n", "From: a@example.com\r\nSubject: one\r\n 2\r\n\r\ntext\r\n",
			"@ line 1: Subject\n  From: a@example.com\n  Subject: one\n-  two␍\n+  2␍\n  \n  text\n",
		},
		"line ends and blanks": {
			"a\r\nb\nc \n", "a\nb\nc", "@ line 1\n- a␍\n+ a\n  b\n- c·\n+ c (no line end)\n",
		},
		"what cannot be seen": {
			"a\u200bb\x01\t\xff.\n", "", "@ line 1\n- a\\u200bb\\x01⇥\\xff.\n",
		},
		"lines in two places": {
			"1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\nx\n4\n5\n6\n7\n8\n9\ny\n",
			"@ line 1\n  1\n  2\n- 3\n+ x\n  4\n  5\n@ line 8\n  8\n  9\n+ y\n",
		},
		"lines left out":   {"1\n2\n3\n4\n", "1\n4\n", "@ line 1\n  1\n- 2\n- 3\n  4\n"},
		"of an empty file": {"", "a\n", "@ line 1\n+ a\n"},
		"equal":            {"a\n", "a\n", ""},
	} {
		if diff := cmp.Diff(tt.diff, Diff([]byte(tt.want), []byte(tt.got))); diff != "" {
			t.Errorf("%s: Diff (-want +got):\n%s", name, diff)
		}
	}
}

// TestDiffIsBounded: many different lines are shown in part, under few names.
func TestDiffIsBounded(t *testing.T) {
	var a, b strings.Builder
	for i := range 200_000 {
		fmt.Fprintf(&a, "a%d:\n", i)
		fmt.Fprintf(&b, "b%d:\n", i)
	}
	got := Diff([]byte(a.String()), []byte(b.String()))
	if title, _, _ := strings.Cut(got, "\n"); title != "@ line 1: a0, a1, a2, a3, a4, …" {
		t.Errorf("Diff begins with %q", title)
	}
	if n := strings.Count(got, "\n"); n != 1+maxChanged+1 || !strings.HasSuffix(got, "… and more\n") {
		t.Errorf("Diff shows %d lines, want %d of them", n, maxChanged)
	}
}

// recorder keeps the errors that Assert reports.
type recorder struct {
	testing.TB
	text string
}

func (r *recorder) Helper()                      {}
func (r *recorder) Errorf(f string, args ...any) { r.text += fmt.Sprintf(f, args...) }

func TestAssert(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sub", "file.txt")
	missing := &recorder{TB: t}
	if Assert(missing, path, []byte("a\r\nb\n"), false, "x.update"); !strings.Contains(missing.text, "-x.update") {
		t.Errorf("Assert without a file reported %q, want a hint at -x.update", missing.text)
	}
	Assert(t, path, []byte("a\r\nb\n"), true, "x.update")
	Assert(t, path, []byte("a\r\nb\n"), false, "x.update")
	differs := &recorder{TB: t}
	Assert(differs, path, []byte("a\nb\n"), false, "x.update")
	want := path + " differs (run the test with -x.update to accept it):\n@ line 1\n- a␍\n+ a\n  b\n"
	if differs.text != want {
		t.Errorf("Assert of other bytes reported %q, want %q", differs.text, want)
	}
}
