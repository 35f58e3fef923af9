package folder

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/convene-go/convene/mime"
)

// TestUncertain checks the error for a message that may be lost if the power fails.
func TestUncertain(t *testing.T) {
	dir, err := openFolder(t.TempDir())
	if err != nil || dir == nil {
		t.Skipf("no folder can be synced here: %v", err)
	}
	dir.Close()
	err = syncFolder(dir)
	e := &uncertain{err}
	if !errors.Is(e, fs.ErrClosed) || !e.Uncertain() || e.Error() != "folder: "+err.Error() {
		t.Errorf("error %v, want it to be uncertain and to lead to its cause", e)
	}
}

// TestSameName sends with the clock, the process and the number of an earlier message,
// as a program does that restarts in a container. No message replaces another one.
func TestSameName(t *testing.T) {
	defer serial.Store(serial.Load() + 1000)
	for _, maildir := range []bool{false, true} {
		dir := t.TempDir()
		s, err := New(dir, &Options{Maildir: maildir, Now: func() time.Time { return time.Unix(1800000000, 0) }})
		if err != nil {
			t.Fatal(err)
		}
		const n = 5
		for range n {
			serial.Store(0)
			m := &mime.Message{From: "ann@example.com", To: []string{"bob@example.com"}, Data: []byte("Subject: x\r\n\r\n")}
			if err := s.Send(t.Context(), m); err != nil {
				t.Fatal(err)
			}
		}
		pattern := filepath.Join(dir, "*.eml")
		if maildir {
			pattern = filepath.Join(dir, "new", "*")
		}
		if names, _ := filepath.Glob(pattern); len(names) != n {
			t.Errorf("maildir %v: the files are %q, want %d", maildir, names, n)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "tmp", "*")); len(left) > 0 {
			t.Errorf("%q is left", left)
		}
	}
}

// TestLeftover sends if a process that died has left an unfinished file of the same name.
func TestLeftover(t *testing.T) {
	defer serial.Store(serial.Load() + 1000)
	s, err := New(t.TempDir(), &Options{Now: func() time.Time { return time.Unix(1800000000, 0) }})
	if err != nil {
		t.Fatal(err)
	}
	m := &mime.Message{From: "ann@example.com", To: []string{"bob@example.com"}, Data: []byte("Subject: x\r\n\r\n")}
	serial.Store(0)
	tmp, _ := s.names(m)
	if err := os.WriteFile(tmp, []byte("Subj"), 0o600); err != nil {
		t.Fatal(err)
	}
	serial.Store(0)
	if err := s.Send(t.Context(), m); err != nil {
		t.Errorf("Send = %v, want the next name", err)
	}
}
