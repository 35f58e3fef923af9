package imapinbox

import (
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
)

// TestDisk has a mail server whose disk is full. Each mail is given once by one process,
// however many marks fail.
func TestDisk(t *testing.T) {
	d := startDovecot(t, "")
	dir := filepath.Join(d.dir, "mail")
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=512k,mode=0700,uid=65534,gid=65534"); err != nil {
		t.Skipf("SKIPPED: NO MOUNT HERE (%v): imapinbox is not tested with a full disk", err)
	}
	t.Cleanup(func() {
		d.stop()
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	const n = 10
	d.deliver(t, letters(n)...)
	m := d.open(t, quick)
	mail := next(t, m, "m0")
	filler := filepath.Join(dir, "filler")
	f, err := os.Create(filler)
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	f.Close()
	done(t, m, mail)
	got := []string{nameOf(mail)}
	for len(got) < n/2 {
		got = append(got, nameOf(mustNext(t, m)))
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	for len(got) < n {
		got = append(got, nameOf(mustNext(t, m)))
	}
	if slices.Sort(got); len(slices.Compact(got)) != n {
		t.Errorf("mails: %q, want %d", got, n)
	}
}
