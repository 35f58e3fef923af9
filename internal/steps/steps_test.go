package steps

import (
	"fmt"
	"strings"
	"testing"
)

// recorder is a test that has ended.
type recorder struct {
	testing.TB
	name   string
	failed bool
	end    func()
	text   string
}

func (r *recorder) Cleanup(f func())           { r.end = f }
func (r *recorder) Failed() bool               { return r.failed }
func (r *recorder) Name() string               { return r.name }
func (r *recorder) Logf(f string, args ...any) { r.text += fmt.Sprintf(f, args...) }

func TestLog(t *testing.T) {
	for name, tt := range map[string]struct {
		failed bool
		c      Command
		want   []string
	}{
		"passed": {},
		"failed": {true, Command{Package: "./invite"}, []string{
			"seed 7; 2 steps:\n  1. Send(1)\n       2 mails\n  2. Cancel()\nrepeat it: go test ./invite -count=1",
			` -run '^TestWalk$/^it'\''s 1\+1$'`,
		}},
		"failed in a race": {true, Command{Package: "./invite", Race: true, Args: []string{"-seed", "7"}}, []string{
			"go test ./invite -count=1 -race", "$' -args -seed 7",
		}},
	} {
		r := &recorder{TB: t, name: "TestWalk/it's 1+1", failed: tt.failed}
		l := New(r, "seed 7", tt.c)
		l.Call("Send(%d)", 1)
		l.Result("%d mails", 2)
		l.Call("Cancel()")
		r.end()
		for _, want := range tt.want {
			if !strings.Contains(r.text, want) {
				t.Errorf("%s: the log is %q, want it to have %q", name, r.text, want)
			}
		}
		if len(tt.want) == 0 && r.text != "" {
			t.Errorf("%s: the log is %q, want none", name, r.text)
		}
	}
}
