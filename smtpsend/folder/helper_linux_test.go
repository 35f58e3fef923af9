package folder_test

import (
	"errors"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
)

// disk is a small file system.
type disk struct {
	dir string
	t   *testing.T
}

// newDisk mounts a file system.
func newDisk(t *testing.T, options string) *disk {
	t.Helper()
	d := &disk{t.TempDir(), t}
	if err := syscall.Mount("none", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		t.Skipf("SKIPPED: no mounts here: %v", err)
	}
	if err := syscall.Mount("tmpfs", d.dir, "tmpfs", 0, options); err != nil {
		t.Skipf("SKIPPED: no file system of our own: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(d.dir, syscall.MNT_DETACH) })
	return d
}

// fill takes all space but some pages of 4 KB. It returns a function that gives it back.
func (d *disk) fill(pages int) (free func()) {
	d.t.Helper()
	name := filepath.Join(d.dir, "ballast")
	f, err := os.Create(name)
	if err != nil {
		d.t.Fatal(err)
	}
	size := 0
	for err == nil {
		var n int
		n, err = f.Write(make([]byte, 4096))
		size += n
	}
	if !errors.Is(err, syscall.ENOSPC) {
		d.t.Fatal(err)
	}
	if err := errors.Join(f.Truncate(int64(size-size%4096-pages*4096)), f.Close()); err != nil {
		d.t.Fatal(err)
	}
	return func() { os.Remove(name) }
}

// readOnly makes the file system read-only, or writable again.
func (d *disk) readOnly(on bool) {
	d.t.Helper()
	var flags uintptr = syscall.MS_REMOUNT
	if on {
		flags |= syscall.MS_RDONLY
	}
	if err := syscall.Mount("tmpfs", d.dir, "tmpfs", flags, ""); err != nil {
		d.t.Fatal(err)
	}
}

// limitFiles limits the size of the files that this process writes.
func limitFiles(t *testing.T, size uint64) (free func()) {
	t.Helper()
	signal.Ignore(syscall.SIGXFSZ)
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: size, Max: old.Max}); err != nil {
		t.Fatal(err)
	}
	return func() { syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old) }
}
