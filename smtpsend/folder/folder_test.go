package folder_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
	"github.com/convene-go/convene/mime"
	"github.com/convene-go/convene/smtpsend/folder"
)

// observed is a sender with the folder that it writes into.
type observed struct {
	*folder.Sender
	pattern string
}

func (o observed) Delivered() []*mime.Message {
	var all []*mime.Message
	names, _ := filepath.Glob(o.pattern)
	for _, name := range names {
		data, _ := os.ReadFile(name)
		all = append(all, &mime.Message{Data: data})
	}
	return all
}

func TestSender(t *testing.T) {
	for pattern, maildir := range map[string]bool{"*.eml": false, "new/*": true} {
		t.Run(pattern, func(t *testing.T) {
			invitetest.TestSender(t, func(t *testing.T) invite.Sender {
				dir := t.TempDir()
				s, err := folder.New(dir, &folder.Options{Maildir: maildir})
				if err != nil {
					t.Fatal(err)
				}
				return observed{s, filepath.Join(dir, pattern)}
			})
		})
	}
}

func letter(to string) *mime.Message {
	return &mime.Message{From: "ann@example.com", To: []string{to}, Data: []byte("Subject: x\r\n\r\n")}
}

// TestNames checks that file names have the time and the recipient, and nothing else.
func TestNames(t *testing.T) {
	now := func() time.Time { return time.Date(2027, 3, 2, 11, 0, 0, 5e6, time.FixedZone("", 3600)) }
	tests := []struct {
		to      string
		maildir bool
		want    string
	}{
		{"bob@example.com", false, `^20270302T100000\.005Z-\d+-\d{6,}-bob@example\.com\.eml$`},
		{`../../etc/passwd@example.com`, false, `-\.\._\.\._etc_passwd@example\.com\.eml$`},
		{`"a:b|c"@example.com`, false, `-_a_b_c_@example\.com\.eml$`},
		{"jörg@example.com", false, `-j_rg@example\.com\.eml$`},
		{"bob@example.com", true, `^1803981600\.M5000P\d+Q\d+\.[^/:]+$`},
	}
	for _, tt := range tests {
		dir := t.TempDir()
		s, err := folder.New(dir, &folder.Options{Maildir: tt.maildir, Now: now})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Send(t.Context(), letter(tt.to)); err != nil {
			t.Fatal(err)
		}
		if tt.maildir {
			dir += "/new"
		}
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) != 1 {
			t.Fatalf("ReadDir = %v, %v, want one file", entries, err)
		}
		if name := entries[0].Name(); !regexp.MustCompile(tt.want).MatchString(name) {
			t.Errorf("file for %s is %q, want %s", tt.to, name, tt.want)
		}
		if info, _ := entries[0].Info(); info.Mode() != 0o600 {
			t.Errorf("file has mode %v, want 0600", info.Mode())
		}
	}
}

func TestErrors(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"", file, file + "/below"} {
		if _, err := folder.New(dir, nil); err == nil {
			t.Errorf("New(%q) = nil, want an error", dir)
		}
	}
}

// TestNothingHalf checks that a failure leaves no file behind.
func TestNothingHalf(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	s, err := folder.New(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx := &late{Context: t.Context()}
	if err := s.Send(ctx, letter("bob@example.com")); !errors.Is(err, context.Canceled) {
		t.Errorf("Send = %v, want context.Canceled", err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) > 0 {
		t.Errorf("%v is left", entries)
	}
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	if err := s.Send(t.Context(), letter("bob@example.com")); err == nil {
		t.Error("Send to a folder that is gone = nil, want an error")
	}
}

// late is a context that ends after the first call of Err.
type late struct {
	context.Context
	asked bool
}

func (l *late) Err() error {
	if l.asked {
		return context.Canceled
	}
	l.asked = true
	return nil
}
