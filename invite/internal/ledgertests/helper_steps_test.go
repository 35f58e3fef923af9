package ledgertests_test

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// steps are the calls that a generated test made, and their results. A test that
// fails prints them.
type steps struct {
	mu    sync.Mutex
	lines []string
	count int
}

// newSteps returns the steps of t. If t fails, they are printed with the seed and
// the command that repeats t. args are the arguments that the command needs.
func newSteps(t *testing.T, seed string, args ...string) *steps {
	s := new(steps)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("%s; %d steps:\n%s\nrepeat it: %s", seed, s.count, strings.Join(s.lines, "\n"), repeat(t, "./invite/internal/ledgertests", args...))
		}
	})
	return s
}

// call adds a call with its arguments in short.
func (s *steps) call(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	s.lines = append(s.lines, fmt.Sprintf("%3d. ", s.count)+fmt.Sprintf(format, args...))
}

// result adds a line about the last call.
func (s *steps) result(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, "       "+fmt.Sprintf(format, args...))
}

// repeat returns the command that runs t alone.
func repeat(t *testing.T, pkg string, args ...string) string {
	names := strings.Split(t.Name(), "/")
	for i, name := range names {
		names[i] = "^" + regexp.QuoteMeta(name) + "$"
	}
	command := "go test " + pkg + " -count=1"
	if raceEnabled {
		command += " -race"
	}
	if testing.Short() {
		command += " -short"
	}
	command += " -run '" + strings.ReplaceAll(strings.Join(names, "/"), "'", `'\''`) + "'"
	if len(args) > 0 {
		command += " -args " + strings.Join(args, " ")
	}
	return command
}
