package isolate

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// ending is the environment variable that says how TestChild ends in a child process.
const ending = "CONVENE_CHILD"

// TestChild is run by TestRun in a child process.
func TestChild(t *testing.T) {
	if os.Getenv(variable) == "" {
		return
	}
	if !Run(t, 0) {
		t.Error("the child has a child")
	}
	switch os.Getenv(ending) {
	case "fails":
		t.Error("as asked for")
	case "skips":
		t.Skip("as asked for")
	}
}

// recorder is a test with another name, which keeps what Run reports.
type recorder struct {
	testing.TB
	name, text string
}

func (r *recorder) Helper()                     {}
func (r *recorder) Name() string                { return r.name }
func (r *recorder) Logf(string, ...any)         {}
func (r *recorder) Error(args ...any)           { r.text += fmt.Sprint(args...) }
func (r *recorder) Fatal(args ...any)           { panic("fatal: " + fmt.Sprint(args...)) }
func (r *recorder) Skip(args ...any)            { r.text += fmt.Sprint(args...) }
func (r *recorder) Skipf(f string, args ...any) { panic(fmt.Sprintf(f, args...)) }

// run runs a test in a child process, and returns the report.
func run(t *testing.T, name, end string) (text string) {
	t.Setenv(ending, end)
	r := &recorder{TB: t, name: name}
	defer func() {
		if p := recover(); p != nil {
			text = fmt.Sprint(p)
		}
	}()
	if Run(r, 0) {
		t.Error("the parent is taken for a child")
	}
	return r.text
}

func TestRun(t *testing.T) {
	if skipped := run(t, "TestChild", ""); skipped != "" {
		t.Skip(skipped)
	}
	for _, tt := range []struct{ name, end, want string }{
		{"TestChild", "fails", "exit status 1"},
		{"TestChild", "skips", "SKIPPED in the child process"},
		{"TestNone", "", "the child process did not run the test"},
	} {
		if got := run(t, tt.name, tt.end); got != tt.want {
			t.Errorf("Run(%s that %s) reports %q, want %q", tt.name, tt.end, got, tt.want)
		}
	}
}

func TestRunNothing(t *testing.T) {
	program := os.Args[0]
	defer func() { os.Args[0] = program }()
	os.Args[0] = "/missing/program"
	got := run(t, "TestChild", "")
	if strings.HasPrefix(got, "SKIPPED") { // such as in a container or below chroot
		t.Skip(got)
	}
	if want := "fatal: fork/exec /missing/program: no such file or directory"; got != want {
		t.Errorf("Run of a missing program reports %q, want %q", got, want)
	}
}

// TestInChild: in the child process, the test goes on.
func TestInChild(t *testing.T) {
	t.Setenv(variable, "1")
	if !Run(t, 0) {
		t.Error("Run = false in the child process")
	}
}
