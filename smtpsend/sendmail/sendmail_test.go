//go:build unix

package sendmail_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
	"github.com/convene-go/convene/mime"
	"github.com/convene-go/convene/smtpsend/sendmail"
)

// program writes a program that takes the place of sendmail, and that notes its
// input in its folder.
func program(t *testing.T, body string) (dir, path string) {
	t.Helper()
	dir = t.TempDir()
	path = filepath.Join(dir, "sendmail")
	script := "#!/bin/sh\ncd '" + dir + "'\n" + body + "\n"
	if err := os.WriteFile(path, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return dir, path
}

// keep notes the arguments, a line each, and the mail.
const keep = `[ -e stall ] && sleep 60
for a; do echo "$a"; done >args.$$
cat >mail.$$ && mv args.$$ args-$$ && mv mail.$$ mail-$$`

// observed is a sender with the folder that its program writes into.
type observed struct {
	*sendmail.Sender
	dir string
}

func (o observed) Stall() { os.WriteFile(filepath.Join(o.dir, "stall"), nil, 0o600) }

func (o observed) Delivered() []*mime.Message {
	var all []*mime.Message
	names, _ := filepath.Glob(filepath.Join(o.dir, "mail-*"))
	for _, name := range names {
		data, _ := os.ReadFile(name)
		args, _ := os.ReadFile(strings.Replace(name, "mail-", "args-", 1))
		words := strings.Fields(string(args)) // -i -f FROM -- RCPT…
		all = append(all, &mime.Message{From: words[2], To: words[4:], Data: bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n"))})
	}
	return all
}

func TestSender(t *testing.T) {
	invitetest.TestSender(t, func(t *testing.T) invite.Sender {
		dir, path := program(t, keep)
		s, err := sendmail.New(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		return observed{s, dir}
	})
}

func letter(from string) *mime.Message {
	return &mime.Message{From: from, To: []string{"bob@example.com", "-c@example.com"}, Data: []byte("Subject: x\r\n\r\n.\r\n")}
}

func TestArguments(t *testing.T) {
	dir, path := program(t, keep)
	s, err := sendmail.New(path, &sendmail.Options{Args: []string{"-C", "my file"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Send(t.Context(), letter("")); err != nil {
		t.Fatal(err)
	}
	names, _ := filepath.Glob(dir + "/args-*")
	args, _ := os.ReadFile(names[0])
	if want := "-C\nmy file\n-i\n-f\n<>\n--\nbob@example.com\n-c@example.com\n"; string(args) != want {
		t.Errorf("arguments are %q, want %q", args, want)
	}
}

func TestExitStatus(t *testing.T) {
	tests := []struct {
		body               string
		want               string
		refused, uncertain bool
	}{
		{"exit 75", "sendmail: exit status 75", false, false},
		{"echo 'no such\nuser\001' >&2; exit 67", "sendmail: exit status 67: no such user?", true, false},
		{"exit 65", "sendmail: exit status 65", true, false},
		{"exit 64", "sendmail: exit status 64", false, false},
		{"kill -9 $$", "sendmail: signal: killed (delivery unknown)", false, true},
		{"yes | head -c 100000; exit 1", "sendmail: exit status 1: y y", false, false},
	}
	for _, tt := range tests {
		_, path := program(t, tt.body)
		s, err := sendmail.New(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		err = s.Send(t.Context(), letter("ann@example.com"))
		var e *sendmail.Error
		if !errors.As(err, &e) || !strings.HasPrefix(err.Error(), tt.want) || e.Refused() != tt.refused || e.Uncertain() != tt.uncertain || len(e.Text) > 1<<10 {
			t.Errorf("Send with %q = %v, want %s", tt.body, err, tt.want)
		}
	}
}

// TestEnd checks that the end of the context ends the program and its children.
func TestEnd(t *testing.T) {
	_, path := program(t, "sleep 60 & sleep 60")
	s, err := sendmail.New(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	start := time.Now()
	err = s.Send(ctx, letter("ann@example.com"))
	var e *sendmail.Error
	if !errors.As(err, &e) || !e.Uncertain() || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Send = %v, want the deadline, and delivery unknown", err)
	}
	if took := time.Since(start); took > 50*time.Second { // the program would take a minute
		t.Errorf("Send took %v", took)
	}
}

func TestErrors(t *testing.T) {
	for _, path := range []string{"sendmail", "/nonexistent/sendmail", t.TempDir()} {
		if _, err := sendmail.New(path, nil); err == nil {
			t.Errorf("New(%q) = nil, want an error", path)
		}
	}
	dir, path := program(t, keep)
	s, err := sendmail.New(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	var refused interface{ Refused() bool }
	if err := s.Send(t.Context(), letter("-oQ/tmp@example.com")); !errors.As(err, &refused) || !refused.Refused() {
		t.Errorf("Send from -oQ/tmp@example.com = %v, want a refusal", err)
	}
	os.RemoveAll(dir)
	if err := s.Send(t.Context(), letter("ann@example.com")); err == nil {
		t.Error("Send by a program that is gone = nil, want an error")
	}
	t.Setenv("TMPDIR", dir)
	if err := s.Send(t.Context(), letter("ann@example.com")); err == nil {
		t.Error("Send without a place for the mail = nil, want an error")
	}
}
