package inbox

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/convene-go/convene/internal/isolate"
)

// TestUnreadable has a file that must not be read, which is readable later, and one
// that never is.
func TestUnreadable(t *testing.T) {
	if !isolate.Run(t, 1000) {
		return
	}
	synctest.Test(t, func(t *testing.T) {
		b := newBox(t, "new/1.M1.a", "new/2.M1.b", "new/3.M1.c")
		b.reopen(slowly)
		chmod := func(name string, mode fs.FileMode) {
			if err := os.Chmod(filepath.Join(b.dir, name), mode); err != nil {
				t.Fatal(err)
			}
		}
		chmod("new/1.M1.a", 0)
		chmod("new/2.M1.b", 0)
		time.AfterFunc(time.Hour, func() { chmod("new/1.M1.a", 0o600) })
		if got := b.run(48*time.Hour, take); !slices.Equal(got, []string{"new/3.M1.c", "new/1.M1.a"}) {
			t.Errorf("mails %q", got)
		}
		b.wantFiles("cur/1.M1.a:2,S", "cur/2.M1.b:2,F", "cur/3.M1.c:2,S")
		b.wantLog("level=WARN", "1.M1.a", "permission denied")
		b.wantLog("level=ERROR", "set aside", "2.M1.b:2,F", "permission denied", "tries=30")
	})
}

// TestNoPermission has folders that must not be read or written for an hour. Nothing is
// given twice because of that.
func TestNoPermission(t *testing.T) {
	if !isolate.Run(t, 1000) {
		return
	}
	for _, tt := range []struct {
		sub  string
		mode fs.FileMode
	}{{"new", 0}, {"cur", 0}, {"new", 0o500}, {"cur", 0o500}} {
		synctest.Test(t, func(t *testing.T) {
			b := newBox(t, "new/1.M1.a", "new/2.M1.b")
			path := filepath.Join(b.dir, tt.sub)
			calls := 0
			got := b.run(3*time.Hour, func(m *Mail) error {
				if calls++; calls > 1 {
					return nil
				}
				time.AfterFunc(time.Hour, func() {
					if err := os.Chmod(path, 0o700); err != nil {
						t.Error(err)
					}
				})
				return os.Chmod(path, tt.mode)
			})
			if !slices.Equal(got, []string{"new/1.M1.a", "new/2.M1.b"}) {
				t.Errorf("%s with mode %v: mails %q", tt.sub, tt.mode, got)
			}
			b.wantFiles("cur/1.M1.a:2,S", "cur/2.M1.b:2,S")
			b.wantLog("permission denied")
		})
	}
	// At the start it is an error.
	b := newBox(t)
	if err := os.Chmod(filepath.Join(b.dir, "cur"), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Next(context.Background()); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("Next = %v, want that cur must not be read", err)
	}
}

// TestDisk has a disk that is full, and one that is read-only for an hour.
func TestDisk(t *testing.T) {
	if !isolate.Run(t, 0) {
		return
	}
	dir := t.TempDir()
	if err := syscall.Mount("none", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		t.Skipf("SKIPPED: no mounts here: %v", err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=256k"); err != nil {
		t.Skipf("SKIPPED: no file system of our own: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	readOnly := func(flag uintptr) {
		if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|flag, ""); err != nil {
			t.Error(err)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		b := newBox(t)
		b.dir = dir
		for _, sub := range []string{"new", "cur", "tmp"} {
			if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		b.reopen()
		b.add("new/1.M1.a", "new/2.M1.b", "new/3.M1.c")
		if err := os.WriteFile(filepath.Join(dir, "ballast"), make([]byte, 1<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("the disk is not full: %v", err)
		}
		got := b.run(6*time.Hour, func(m *Mail) error {
			if string(m.Data) == "new/2.M1.b" {
				readOnly(syscall.MS_RDONLY)
				time.AfterFunc(time.Hour, func() { readOnly(0) })
			}
			return nil
		})
		if !slices.Equal(got, []string{"new/1.M1.a", "new/2.M1.b", "new/3.M1.c"}) {
			t.Errorf("mails %q", got)
		}
		b.wantFiles("cur/1.M1.a:2,S", "cur/2.M1.b:2,S", "cur/3.M1.c:2,S")
		b.wantLog("level=ERROR", "was taken in, and cannot be marked", "read-only file system")
	})
}
