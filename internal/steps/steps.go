// Package steps keeps the steps of a generated test, and prints them with the command
// that repeats the test if it fails.
package steps

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// Log has the calls that a test made, and their results. It is safe for concurrent
// use.
type Log struct {
	mu    sync.Mutex
	lines []string
	count int
}

// Command is the command that runs the tests of a package.
type Command struct {
	Package string // as go test takes it, such as "./invite"
	Race    bool   // the tests run with -race
	Args    []string
}

// New returns the log of t. If t fails, the steps are printed with the seed and the
// command that repeats t alone.
func New(t testing.TB, seed string, c Command) *Log {
	l := new(Log)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("%s; %d steps:\n%s\nrepeat it: %s", seed, l.count, strings.Join(l.lines, "\n"), c.repeat(t))
		}
	})
	return l
}

// Call adds a call with its arguments in short.
func (l *Log) Call(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count++
	l.lines = append(l.lines, fmt.Sprintf("%3d. ", l.count)+fmt.Sprintf(format, args...))
}

// Result adds a line about the last call.
func (l *Log) Result(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, "       "+fmt.Sprintf(format, args...))
}

// repeat returns the command that runs t alone.
func (c Command) repeat(t testing.TB) string {
	names := strings.Split(t.Name(), "/")
	for i, name := range names {
		names[i] = "^" + regexp.QuoteMeta(name) + "$"
	}
	command := "go test " + c.Package + " -count=1"
	if c.Race {
		command += " -race"
	}
	if testing.Short() {
		command += " -short"
	}
	command += " -run '" + strings.ReplaceAll(strings.Join(names, "/"), "'", `'\''`) + "'"
	if len(c.Args) > 0 {
		command += " -args " + strings.Join(c.Args, " ")
	}
	return command
}
