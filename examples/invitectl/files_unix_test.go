//go:build unix

package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestFilesArePrivate looks at the mode of each file and folder that invitectl makes,
// under a umask that takes nothing away, and under a umask that takes nearly all.
func TestFilesArePrivate(t *testing.T) {
	for _, umask := range []int{0, 0o277} {
		base := t.TempDir()
		out, meeting := filepath.Join(base, "out"), filepath.Join(base, "m.json")
		if umask != 0 { // otherwise invitectl makes the folder
			if err := os.Mkdir(out, 0o700); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(meeting, nil, 0o644); err != nil { // empty, so that it may be replaced
			t.Fatal(err)
		}
		old := syscall.Umask(umask)
		got := invitectl("render", "-now", clock, "-out", out, "-meeting", meeting, event)
		syscall.Umask(old)
		if got.Code != 0 {
			t.Fatalf("umask %o: render = %+v", umask, got)
		}
		seen := 0
		err := filepath.WalkDir(base, func(path string, d fs.DirEntry, err error) error {
			if err != nil || path == base {
				return err
			}
			want := fs.FileMode(0o600)
			if d.IsDir() {
				want = 0o700
			}
			seen++
			if info := stat(t, func() (os.FileInfo, error) { return os.Stat(path) }); info.Mode().Perm() != want {
				t.Errorf("umask %o: %s has the mode %v, want %v", umask, path, info.Mode().Perm(), want)
			}
			return nil
		})
		if err != nil || seen < 4 { // the folder, a mail, invite.ics, the meeting
			t.Errorf("umask %o: %d files and folders, %v", umask, seen, err)
		}
	}
}

// TestFolderTakesNoFile names the meeting if its folder takes no file. Nothing is sent.
func TestFolderTakesNoFile(t *testing.T) {
	s, url := startServer(t)
	s.seen = func(int) { t.Error("a mail was sent") }
	for _, meeting := range []string{filepath.Join(t.TempDir(), "missing", "m.json"), "/dev/null/m.json"} {
		got := invitectl("send", "-now", clock, "-smtp", url, "-meeting", meeting, event)
		if got.Code == 0 || !strings.Contains(got.Stderr, meeting) {
			t.Errorf("send = %+v, want an error about %s", got, meeting)
		}
	}
	if os.Getuid() == 0 {
		return // root writes into every folder
	}
	meeting := storedMeeting(t)
	if err := os.Chmod(filepath.Dir(meeting), 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(filepath.Dir(meeting), 0o700) })
	got := invitectl("update", "-now", clock, "-smtp", url, "-meeting", meeting, vary(t, "Quarterly review", "Review"))
	if got.Code == 0 || !strings.Contains(got.Stderr, meeting+": cannot be replaced") {
		t.Errorf("update = %+v, want an error about the folder of %s", got, meeting)
	}
}
