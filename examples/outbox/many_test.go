package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// launch starts the program as a process of its own.
func launch(args ...string) (wait func() error) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "OUTBOX_ARGS="+strings.Join(args, "\n"), "OUTBOX_KILL=0")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	err := cmd.Start()
	return func() error {
		if err == nil {
			err = cmd.Wait()
		}
		if err != nil {
			return fmt.Errorf("%w: %s", err, stderr.String())
		}
		return nil
	}
}

// TestManyDeliver starts several processes at once that deliver the mails of one file,
// beside others that book. None of them fails, and each mail goes once.
func TestManyDeliver(t *testing.T) {
	const rounds, deliverers, meetings = 5, 6, 8
	for round := range rounds {
		s, db := serve(t), filepath.Join(t.TempDir(), "rooms.db")
		var waits []func() error
		book := func(i int) {
			waits = append(waits, launch("-db", db, "book", writeEvent(t, booking(first.Add(time.Duration(i)*time.Hour)))))
		}
		for i := range meetings / 2 { // at once, on a file that does not exist yet
			book(i)
		}
		finish(t, round, waits)
		waits = nil
		for i := range deliverers {
			waits = append(waits, launch("-db", db, "-smtp", s.url, "deliver"))
			if i < meetings/2 {
				book(meetings/2 + i)
			}
		}
		finish(t, round, waits)
		finish(t, round, []func() error{launch("-db", db, "-smtp", s.url, "deliver")}) // the last bookings
		for _, p := range people {
			if ids, again := s.identifiers(p); len(ids) != meetings || again > 0 {
				t.Errorf("round %d: %s has %d mails and %d copies, want %d and none", round, p, len(ids), again, meetings)
			}
		}
	}
}

// finish waits for all processes, of which none may fail.
func finish(t *testing.T, round int, waits []func() error) {
	t.Helper()
	for i, wait := range waits {
		if err := wait(); err != nil {
			t.Errorf("round %d: process %d of %d: %v", round, i, len(waits), err)
		}
	}
}

// TestLockSending lets no two stores send at the same time, and names the cause.
func TestLockSending(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rooms.db")
	a, b := newOutbox(t, path, nil), newOutbox(t, path, nil)
	unlock, err := a.store.lockSending(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), []string{"-db", path, "-wait", "0s", "deliver"}, io.Discard, func(string) {}); !errors.Is(err, errSending) {
		t.Errorf("deliver -wait 0s = %v, want %v", err, errSending)
	}
	go func() {
		time.Sleep(50 * time.Millisecond) // b is waiting by now, or finds the lock free
		_ = unlock()
	}()
	unlock, err = b.store.lockSending(t.Context(), time.Minute)
	if err != nil {
		t.Fatalf("after the first one ended: %v", err)
	}
	if err := unlock(); err != nil {
		t.Error(err)
	}
	if err := os.Remove(path + ".sending"); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path+".sending", 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := b.store.lockSending(t.Context(), time.Minute); err == nil || errors.Is(err, errSending) {
		t.Errorf("without a file to lock: %v, want another cause than %v", err, errSending)
	}
}

// TestStoreIsPrivate looks at the mode of the files that hold meetings.
func TestStoreIsPrivate(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no modes")
	}
	path := filepath.Join(t.TempDir(), "rooms.db")
	b := newOutbox(t, path, nil)
	if err := b.book(t.Context(), booking(first)); err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob(path + "*")
	if err != nil || len(names) < 2 {
		t.Fatalf("%q, %v, want the file and its log", names, err)
	}
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v, %v, want no rights for others", name, info.Mode(), err)
		}
	}
}

// first is the start of the first booking.
var first = time.Date(2035, 5, 7, 9, 0, 0, 0, time.UTC)
