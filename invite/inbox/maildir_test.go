package inbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// box is a Maildir for a test, with a source that reads it.
type box struct {
	t   *testing.T
	dir string
	log bytes.Buffer
	*maildir
}

// newBox makes a Maildir with files. A name such as "new/1.M1.a" has the folder; the
// content of each file is its name.
func newBox(t *testing.T, names ...string) *box {
	t.Helper()
	b := &box{t: t, dir: t.TempDir()}
	for _, sub := range []string{"new", "cur", "tmp"} {
		if err := os.Mkdir(filepath.Join(b.dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	b.add(names...)
	b.reopen()
	return b
}

func (b *box) add(names ...string) {
	b.t.Helper()
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(b.dir, name), []byte(name), 0o600); err != nil {
			b.t.Fatal(err)
		}
	}
}

// reopen reads the Maildir anew, as a program does that starts again.
func (b *box) reopen(opts ...func(*MaildirOptions)) {
	logger := func(o *MaildirOptions) { o.Logger = slog.New(slog.NewTextHandler(&b.log, nil)) }
	b.maildir = Maildir(b.dir, append(opts, logger)...).(*maildir)
}

// files returns the files in new and cur.
func (b *box) files() (names []string) {
	b.t.Helper()
	for _, sub := range []string{"cur", "new"} {
		list, err := os.ReadDir(filepath.Join(b.dir, sub))
		if err != nil {
			b.t.Fatal(err)
		}
		for _, f := range list {
			names = append(names, sub+"/"+f.Name())
		}
	}
	return names
}

func (b *box) wantFiles(want ...string) {
	b.t.Helper()
	slices.Sort(want)
	if diff := cmp.Diff(want, b.files()); diff != "" {
		b.t.Errorf("files (-want +got):\n%s\nlog: %s", diff, &b.log)
	}
}

// wantLog checks that the log has a line with all these parts.
func (b *box) wantLog(parts ...string) {
	b.t.Helper()
	for line := range strings.Lines(b.log.String()) {
		if !slices.ContainsFunc(parts, func(p string) bool { return !strings.Contains(line, p) }) {
			return
		}
	}
	b.t.Errorf("no line of the log has %q:\n%s", parts, &b.log)
}

// run gives the mails to receive for a time, and returns the contents of those that
// were taken in. It works in a bubble, so that the time passes at once.
func (b *box) run(d time.Duration, receive func(m *Mail) error) (taken []string) {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.t.Context(), d)
	defer stop()
	err := Run(ctx, b.maildir, func(_ context.Context, m *Mail) error {
		if err := receive(m); err != nil {
			return err
		}
		taken = append(taken, string(m.Data))
		return nil
	})
	if err != nil {
		b.t.Fatalf("Run = %v, want nil at the end of ctx", err)
	}
	return taken
}

func take(*Mail) error { return nil }

// slowly makes the looks rare, for tests of days.
func slowly(o *MaildirOptions) { o.Poll = time.Minute }

// TestOrder has names of several programs, and everything that is no mail to take.
func TestOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBox(t,
			"new/1803981600.M5000P3.host", "new/1803981599.Vfd01I2bM999999.host", "new/1803981600.M900P9Q2.host,S=27,W=28",
			"new/999999999.77.host", "new/1803981601.M1P1.host:2,", "new/1803981601.M0P1.host:2,S",
			"cur/1803981500.M1P1.host:2,", "cur/1803981400.M1P1.host:2,b", "cur/1803981300.M1P1.host",
			"cur/1803981200.M1P1.host:2,S", "cur/1803981200.M2P1.host:2,F", "cur/1803981200.M3P1.host:2,RS",
			"cur/1803981200.M4P1.host:2,T", "cur/1803981200.M5P1.host:2,D", "cur/1803981200.M6P1.host:2,Pa",
			"new/.hidden", "cur/.hidden:2,", "tmp/1803981000.M1P1.host")
		for _, err := range []error{
			os.Mkdir(filepath.Join(b.dir, "new", "1803981000.M1P1.folder"), 0o700),
			os.Symlink("/etc/passwd", filepath.Join(b.dir, "new", "1803981000.M1P1.link")),
			os.Symlink("1803981200.M1P1.host:2,S", filepath.Join(b.dir, "cur", "1803981000.M2P1.link:2,")),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		want := []string{
			"new/999999999.77.host", "new/1803981599.Vfd01I2bM999999.host", "new/1803981600.M900P9Q2.host,S=27,W=28",
			"new/1803981600.M5000P3.host", "new/1803981601.M1P1.host:2,",
			"cur/1803981300.M1P1.host", "cur/1803981400.M1P1.host:2,b", "cur/1803981500.M1P1.host:2,",
		}
		if diff := cmp.Diff(want, b.run(time.Hour, take)); diff != "" {
			t.Errorf("mails (-want +got):\n%s", diff)
		}
		b.wantFiles("cur/.hidden:2,", "new/.hidden", "cur/1803981000.M2P1.link:2,", "new/1803981000.M1P1.folder", "new/1803981000.M1P1.link",
			"new/1803981601.M0P1.host:2,S",
			"cur/1803981200.M1P1.host:2,S", "cur/1803981200.M2P1.host:2,F", "cur/1803981200.M3P1.host:2,RS",
			"cur/1803981200.M4P1.host:2,T", "cur/1803981200.M5P1.host:2,D", "cur/1803981200.M6P1.host:2,Pa",
			"cur/1803981300.M1P1.host:2,S", "cur/1803981400.M1P1.host:2,Sb", "cur/1803981500.M1P1.host:2,S",
			"cur/1803981599.Vfd01I2bM999999.host:2,S", "cur/1803981600.M900P9Q2.host,S=27,W=28:2,S", "cur/1803981600.M5000P3.host:2,S",
			"cur/1803981601.M1P1.host:2,S", "cur/999999999.77.host:2,S")
		if n := strings.Count(b.log.String(), "passed over"); n != 3 {
			t.Errorf("%d lines about things that are no files, want one for each of 3:\n%s", n, &b.log)
		}
	})
}

// TestForeignNames has names without a time. The time of the file counts.
func TestForeignNames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBox(t, "new/b", "new/a.eml", "new/-1.M1.x", "new/99999999999999999999.M1.x", "new/5.M99999999999999999999.x")
		for i, name := range []string{"b", "99999999999999999999.M1.x", "-1.M1.x", "a.eml"} {
			at := time.Unix(int64(1000+i), 0)
			if err := os.Chtimes(filepath.Join(b.dir, "new", name), at, at); err != nil {
				t.Fatal(err)
			}
		}
		want := []string{"new/5.M99999999999999999999.x", "new/b", "new/99999999999999999999.M1.x", "new/-1.M1.x", "new/a.eml"}
		if diff := cmp.Diff(want, b.run(time.Minute, take)); diff != "" {
			t.Errorf("mails (-want +got):\n%s", diff)
		}
	})
}

// TestID checks that a mail has one ID after a crash, and whatever its name.
func TestID(t *testing.T) {
	b := newBox(t, "new/1.M1.a", "new/2.M1.b")
	ids := make(map[string]string)
	next := func() *Mail {
		t.Helper()
		m, err := b.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if id := ids[string(m.Data)]; m.ID == "" || id != "" && id != m.ID {
			t.Errorf("the ID of %s is %q, and was %q", m.Data, m.ID, id)
		}
		ids[string(m.Data)] = m.ID
		return m
	}
	next() // and the program dies
	b.reopen()
	next()
	next()
	b.wantFiles("cur/1.M1.a:2,", "cur/2.M1.b:2,")
	for from, to := range map[string]string{"cur/1.M1.a:2,": "new/7.M1.moved,S=9", "cur/2.M1.b:2,": "cur/2.M1.b:2,a"} {
		if err := os.Rename(filepath.Join(b.dir, from), filepath.Join(b.dir, to)); err != nil {
			t.Fatal(err)
		}
	}
	b.reopen()
	first := next()
	next()
	if len(ids) != 2 || ids["new/1.M1.a"] == ids["new/2.M1.b"] {
		t.Errorf("the IDs of two mails are %v", ids)
	}
	if err := b.Done(t.Context(), first, nil); err != nil {
		t.Error(err)
	}
	for _, m := range []*Mail{first, {ID: first.ID}, nil} {
		if err := b.Done(t.Context(), m, nil); err == nil {
			t.Errorf("Done(%v) = nil for a mail that Next did not return, or twice", m)
		}
	}
}

// TestSameName has a mail with the unique name of one that was taken in before, as
// from a program that restarted in a container. No file replaces another.
func TestSameName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBox(t, "cur/1.M1.a,S=9:2,S", "cur/1.M1.a,S=9:2,")
		b.run(time.Minute, take)
		b.add("new/1.M1.a,S=9")
		b.run(time.Minute, take)
		b.wantFiles("cur/1.M1.a,S=9:2,S", "cur/1.M1.a_1,S=9:2,S", "cur/1.M1.a_2,S=9:2,S")
	})
}

// TestLongName has files whose names leave no room for flags. A file system takes names of
// 255 octets.
func TestLongName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		long := "1.M1." + strings.Repeat("a", 249)
		b := newBox(t, "new/"+long+"1", "new/"+long+"2")
		if got := b.run(time.Hour, take); len(got) != 2 {
			t.Errorf("mails %q, want two", got)
		}
		b.wantFiles("cur/"+long[:maxBase]+":2,S", "cur/"+long[:maxBase]+"_1:2,S")
	})
}

// TestTooLarge has a file of 1 TB, which takes no room on the disk.
func TestTooLarge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBox(t, "new/1.M1.large", "new/2.M1.limit", "new/3.M1.more")
		for name, size := range map[string]int64{"1.M1.large": 1 << 40, "2.M1.limit": 1000, "3.M1.more": 1001} {
			if err := os.Truncate(filepath.Join(b.dir, "new", name), size); err != nil {
				t.Skipf("SKIPPED: this disk has no sparse files: %v", err)
			}
		}
		b.reopen(func(o *MaildirOptions) { o.MaxSize = 1000 })
		if got := b.run(time.Hour, take); len(got) != 1 || len(got[0]) != 1000 {
			t.Errorf("%d mails, want the one of 1000 octets", len(got))
		}
		b.wantFiles("cur/1.M1.large:2,F", "cur/2.M1.limit:2,S", "cur/3.M1.more:2,F")
		b.wantLog("level=ERROR", "1.M1.large:2,F", "is too large: 1099511627776 octets, at most 1000")
	})
}

// TestUnfinished has an empty file, which is written to later.
func TestUnfinished(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBox(t, "new/1.M1.a", "new/2.M1.b")
		b.reopen(slowly)
		if err := os.Truncate(filepath.Join(b.dir, "new/1.M1.a"), 0); err != nil {
			t.Fatal(err)
		}
		if got := b.run(time.Minute, take); !slices.Equal(got, []string{"new/2.M1.b"}) {
			t.Errorf("mails %q, want the complete one", got)
		}
		b.wantFiles("new/1.M1.a", "cur/2.M1.b:2,S")
		b.add("new/1.M1.a")
		if got := b.run(time.Hour, take); !slices.Equal(got, []string{"new/1.M1.a"}) {
			t.Errorf("mails %q, want the one that is complete now", got)
		}
		// A file that stays empty is set aside in the end.
		b.add("new/3.M1.c")
		if err := os.Truncate(filepath.Join(b.dir, "new/3.M1.c"), 0); err != nil {
			t.Fatal(err)
		}
		b.run(48*time.Hour, take)
		b.wantFiles("cur/1.M1.a:2,S", "cur/2.M1.b:2,S", "cur/3.M1.c:2,F")
		b.wantLog("level=ERROR", "3.M1.c:2,F", "is not complete")
	})
}

// TestChanges has files that another program writes or replaces while they are read.
func TestChanges(t *testing.T) {
	later := time.Now().Add(time.Hour)
	for name, change := range map[string]func(path string) error{
		"grows":    func(path string) error { return os.WriteFile(path, []byte("a longer text"), 0o600) },
		"shrinks":  func(path string) error { return os.Truncate(path, 3) },
		"touched":  func(path string) error { return os.Chtimes(path, later, later) },
		"replaced": func(path string) error { return os.Rename(path+".next", path) },
		"a link":   func(path string) error { return errors.Join(os.Remove(path), os.Symlink(path+".next", path)) },
		"nothing":  func(path string) error { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "file")
			err := errors.Join(os.WriteFile(path, []byte("text"), 0o600), os.WriteFile(path+".next", []byte("text"), 0o600))
			seen, err2 := os.Lstat(path)
			if err = errors.Join(err, err2, change(path)); err != nil {
				t.Fatal(err)
			}
			f, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if data, err := content(f, seen); (err == nil) != (name == "nothing") {
				t.Errorf("content = %q, %v", data, err)
			}
		})
	}
}

// TestWindows has the separator of Windows.
func TestWindows(t *testing.T) {
	if separator("linux") != ":" || separator("windows") != ";" {
		t.Error("the separators are wrong")
	}
	synctest.Test(t, func(t *testing.T) {
		b := newBox(t, "new/1.M1.a", "cur/2.M1.b;2,S", "cur/3.M1.c;2,a")
		b.maildir.separator = ";"
		if got := b.run(time.Hour, take); !slices.Equal(got, []string{"new/1.M1.a", "cur/3.M1.c;2,a"}) {
			t.Errorf("mails %q, want the two without S", got)
		}
		b.wantFiles("cur/1.M1.a;2,S", "cur/2.M1.b;2,S", "cur/3.M1.c;2,Sa")
	})
}

// TestNotAMaildir has folders that the first Next must refuse.
func TestNotAMaildir(t *testing.T) {
	half := t.TempDir()
	if err := os.Mkdir(filepath.Join(half, "new"), 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(half, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]string{
		"":                           "the name of the folder is empty",
		filepath.Join(half, "other"): filepath.Join(half, "other", "new"),
		half:                         filepath.Join(half, "cur"),
		file:                         "not a directory",
	} {
		_, err := Maildir(dir).Next(t.Context())
		if err == nil || !strings.HasPrefix(err.Error(), "inbox: Maildir") || !strings.Contains(err.Error(), want) {
			t.Errorf("Maildir(%q).Next = %v, want an error with %q", dir, err, want)
		}
	}
}

// TestListedOnly has a mail that is listed and cannot be found, as on a network disk with
// an old list. Next does not look without a pause.
func TestListedOnly(t *testing.T) {
	b := newBox(t, "new/1.M1.a")
	for i := range 3 {
		if err := b.refill(); err != nil || len(b.plan.Queue) != 1 {
			t.Fatalf("refill = %v with %d mails", err, len(b.plan.Queue))
		}
		if waits := b.plan.Resume.After(time.Now()); waits != (i > 0) {
			t.Errorf("after look %d that led to no mail: waits: %v", i, waits)
		}
		delete(b.known, b.plan.Queue[0].base)
		b.plan.Queue = nil
	}
}

// TestIdle counts the looks at an empty Maildir in an hour.
func TestIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBox(t)
		b.run(time.Hour, take)
		// At new every 5 seconds, and at cur every minute, at the start and at the end.
		if most := 3600/5 + 1 + 60 + 1; b.reads < 3600/5 || b.reads > most {
			t.Errorf("%d folders were read, want at most %d", b.reads, most)
		}
	})
}

// TestLinear counts the work of reading 10,000 mails beside as many old ones.
func TestLinear(t *testing.T) {
	const n = 10_000
	b := newBox(t)
	for i := range n {
		b.add(fmt.Sprintf("new/%d.M%d.a", 1800000000+i/100, i), fmt.Sprintf("cur/%d.M%d.a:2,S", 1700000000+i/100, i))
	}
	ctx, stop := context.WithCancel(t.Context())
	got := 0
	err := Run(ctx, b.maildir, func(_ context.Context, m *Mail) error {
		if want := fmt.Sprintf("new/%d.M%d.a", 1800000000+got/100, got); string(m.Data) != want {
			t.Fatalf("mail %d is %s, want %s", got, m.Data, want)
		}
		if got++; got == n {
			stop()
		}
		return nil
	})
	if err != nil || got != n {
		t.Errorf("Run = %v after %d mails", err, got)
	}
	if b.reads > 4 || b.listed > 3*n {
		t.Errorf("%d folders were read, with %d names, for %d mails and as many old ones", b.reads, b.listed, n)
	}
	if len(b.known)+len(b.given)+b.plan.Len() > 0 {
		t.Errorf("%d mails are remembered", len(b.known))
	}
}

func FuzzName(f *testing.F) {
	for _, name := range []string{"1803981600.M5000P3.host,S=1:2,Sa", "a", ":", "1.M.", "1:1,x", "-1.M9999999999999999999", ":2,", "1.2.3:2,ZZ:2,"} {
		f.Add(name)
	}
	m := Maildir("x").(*maildir)
	f.Fuzz(func(t *testing.T, name string) {
		e := m.newEntry("cur", name)
		e.arrive(name)
		e.isFlagged()
		if e.second < 0 || e.micro < 0 {
			t.Errorf("%q has the time %d, %d", name, e.second, e.micro)
		}
		flags := e.with("S")
		again := m.newEntry("cur", numbered(e.base, 1)+m.separator+"2,"+flags)
		if again.flags != flags || again.with("S") != flags || !again.isFlagged() {
			t.Errorf("%q gets the flags %q, and then %q", name, flags, again.with("S"))
		}
	})
}
