package inbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/invite/inbox/internal/retry"
)

var errPoison = errors.New("receive does not like it")

// poison returns a receive that fails for the mails with these names, and counts its calls.
func poison(calls map[string]int, names ...string) func(*Mail) error {
	return func(m *Mail) error {
		calls[string(m.Data)]++
		if slices.Contains(names, string(m.Data)) {
			return fmt.Errorf("receive: %w", errPoison)
		}
		return nil
	}
}

// TestRetry checks when a mail comes again that fails three times.
func TestRetry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBox(t, "new/1.M1.bad", "new/2.M1.good")
		start := time.Now()
		var order []string
		var at []time.Duration
		b.run(time.Hour, func(m *Mail) error {
			order = append(order, string(m.Data))
			if string(m.Data) == "new/1.M1.bad" {
				if at = append(at, time.Since(start)); len(at) <= 3 {
					return errPoison
				}
			}
			return nil
		})
		if want := []string{"new/1.M1.bad", "new/2.M1.good", "new/1.M1.bad", "new/1.M1.bad", "new/1.M1.bad"}; !slices.Equal(order, want) {
			t.Errorf("receive got %q, want %q", order, want)
		}
		if diff := cmp.Diff([]time.Duration{0, 10 * time.Second, 30 * time.Second, 70 * time.Second}, at); diff != "" {
			t.Errorf("times of the tries (-want +got):\n%s", diff)
		}
		b.wantFiles("cur/1.M1.bad:2,S", "cur/2.M1.good:2,S")
		b.wantLog("level=WARN", "1.M1.bad:2,", errPoison.Error(), "tries=3", "again=40s")
	})
}

// TestSetAside has a mail that fails always. A person takes the star away later.
func TestSetAside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBox(t, "new/1.M1.bad", "new/2.M1.good", "new/3.M1.good")
		b.reopen(slowly)
		calls := make(map[string]int)
		if got := b.run(48*time.Hour, poison(calls, "new/1.M1.bad")); len(got) != 2 || calls["new/1.M1.bad"] != 30 {
			t.Errorf("%d mails are taken in and the other was tried %d times, want 2 and 30", len(got), calls["new/1.M1.bad"])
		}
		b.wantFiles("cur/1.M1.bad:2,F", "cur/2.M1.good:2,S", "cur/3.M1.good:2,S")
		b.wantLog("level=ERROR", "1.M1.bad:2,F", errPoison.Error(), "tries=30")
		if len(b.known) > 0 {
			t.Errorf("%d mails are remembered", len(b.known))
		}
		if err := os.Rename(filepath.Join(b.dir, "cur/1.M1.bad:2,F"), filepath.Join(b.dir, "cur/1.M1.bad:2,")); err != nil {
			t.Fatal(err)
		}
		if got := b.run(time.Hour, take); !slices.Equal(got, []string{"new/1.M1.bad"}) {
			t.Errorf("mails without the star: %q", got)
		}
	})
}

// TestManyBad has more bad mails than an outage needs, before and between good ones, and
// good ones that come later. The good ones all come through, and the bad ones are set
// aside as long as others are taken in.
func TestManyBad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBox(t)
		var bad []string
		for i := range 20 {
			name := fmt.Sprintf("new/%d.M1.bad", i)
			bad = append(bad, name)
			b.add(name)
		}
		b.add("new/15.M5.good", "new/90.M1.good")
		b.reopen(func(o *MaildirOptions) { o.Tries = 3 })
		calls := make(map[string]int)
		receive := poison(calls, bad...)
		good := b.run(12*time.Hour, receive)
		if len(good) != 2 {
			t.Errorf("taken in: %q, want both good ones; log:\n%s", good, &b.log)
		}
		for i := range 100 {
			b.add(fmt.Sprintf("new/%d.M1.good", 1000+i))
			// It is tried within a minute, however many bad ones wait.
			if got := b.run(retry.LongestOutage+b.o.Poll, receive); len(got) != 1 {
				t.Errorf("good mail %d: %q were taken in", i, got)
			}
		}
		b.run(12*time.Hour, receive)
		aside := 0
		for _, name := range b.files() {
			if strings.HasSuffix(name, ".bad:2,F") {
				aside++
			}
		}
		if aside != len(bad) {
			t.Errorf("%d bad mails are set aside, want %d", aside, len(bad))
		}
	})
}

// TestOutage has a database that is away for two days. No mail is set aside.
func TestOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBox(t)
		const n = 200
		for i := range n {
			b.add(fmt.Sprintf("new/%d.M1.a", i))
		}
		start, calls := time.Now(), 0
		var back time.Time
		got := b.run(60*time.Hour, func(m *Mail) error {
			if calls++; time.Since(start) < 48*time.Hour {
				return errors.New("the database is away")
			}
			if back.IsZero() {
				back = time.Now()
			}
			return nil
		})
		slices.Sort(got)
		if got = slices.Compact(got); len(got) != n {
			t.Errorf("%d mails were taken in, want %d", len(got), n)
		}
		// All mails are taken in once. Before, there are three tries, pauses of 10, 20 and
		// 40 s, and one try a minute.
		if calls > n+3+3+48*60 {
			t.Errorf("receive was called %d times", calls)
		}
		for _, name := range b.files() {
			if !strings.HasSuffix(name, ":2,S") {
				t.Errorf("%s is not marked", name)
			}
		}
		if late := back.Sub(start) - 48*time.Hour; late > retry.LongestOutage {
			t.Errorf("the first mail was taken in %v after the end of the outage", late)
		}
		b.wantLog("level=ERROR", "no mail can be taken in", "the database is away", "again=1m")
		b.wantLog("level=INFO", "taken in again")
	})
}

// TestStops checks that a mail whose receive was stopped is not blamed, and that a mail
// that was taken in at the last moment is marked.
func TestStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBox(t, "new/1.M1.a", "new/2.M1.b", "new/3.M1.c")
		ctx, stop := context.WithCancel(t.Context())
		err := Run(ctx, b.maildir, func(ctx context.Context, m *Mail) error {
			if string(m.Data) == "new/1.M1.a" {
				return nil
			}
			stop()
			return fmt.Errorf("receive: %w", ctx.Err())
		})
		if err != nil {
			t.Errorf("Run = %v, want nil", err)
		}
		b.wantFiles("cur/1.M1.a:2,S", "cur/2.M1.b:2,", "new/3.M1.c")
		if b.log.Len() > 0 {
			t.Errorf("log: %s", &b.log)
		}
		ctx, stop = context.WithCancel(t.Context())
		err = Run(ctx, b.maildir, func(context.Context, *Mail) error {
			stop()
			return nil
		})
		if err != nil {
			t.Errorf("Run = %v, want nil", err)
		}
		b.wantFiles("cur/1.M1.a:2,S", "cur/2.M1.b:2,", "cur/3.M1.c:2,S")
		if got := b.run(time.Hour, take); !slices.Equal(got, []string{"new/2.M1.b"}) {
			t.Errorf("mails %q, want the stopped one", got)
		}
	})
}

// TestKiller has a mail that kills the program each time. The other mails come through.
func TestKiller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBox(t, "new/1.M1.killer", "new/2.M1.a", "new/3.M1.b")
		if m, err := b.Next(t.Context()); err != nil || string(m.Data) != "new/1.M1.killer" {
			t.Fatalf("Next = %v, %v", m, err)
		}
		b.reopen()
		if got := b.run(time.Minute, take); !slices.Equal(got, []string{"new/2.M1.a", "new/3.M1.b", "new/1.M1.killer"}) {
			t.Errorf("mails after a crash: %q, want the one that was in hand at the end", got)
		}
	})
}

// TestMoved has another program that removes and marks mails meanwhile.
func TestMoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBox(t, "new/1.M1.a", "new/2.M1.b", "new/3.M1.c", "new/4.M1.d", "new/5.M1.e")
		move := func(from, to string) error {
			return os.Rename(filepath.Join(b.dir, from), filepath.Join(b.dir, to))
		}
		got := b.run(time.Hour, func(m *Mail) error {
			if string(m.Data) != "new/1.M1.a" {
				return nil
			}
			err := errors.Join(
				os.Remove(filepath.Join(b.dir, "new/2.M1.b")), // deleted
				move("new/3.M1.c", "cur/3.M1.c:2,S"),          // read by a person
				move("new/4.M1.d", "cur/4.M1.d:2,"),           // listed by a client
				move("cur/1.M1.a:2,", "cur/1.M1.a:2,F"))       // marked, while it is taken in
			if err != nil {
				t.Error(err)
			}
			return nil
		})
		if want := []string{"new/1.M1.a", "new/5.M1.e", "new/4.M1.d"}; !slices.Equal(got, want) {
			t.Errorf("mails %q, want %q", got, want)
		}
		b.wantFiles("cur/1.M1.a:2,F", "cur/3.M1.c:2,S", "cur/4.M1.d:2,S", "cur/5.M1.e:2,S")
		if b.log.Len() > 0 || len(b.known) > 0 {
			t.Errorf("%d mails are remembered; log: %s", len(b.known), &b.log)
		}
	})
}

// TestNotMarked has a mail that cannot be marked after it was taken in. It is not given
// again, and is marked when that is possible.
func TestNotMarked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBox(t, "new/1.M1.a")
		b.reopen(slowly)
		blocks := func(do func(path string) error) {
			for i := range maxNames {
				if err := do(filepath.Join(b.dir, "cur", numbered("1.M1.a", i)+":2,S")); err != nil {
					t.Fatal(err)
				}
			}
		}
		blocks(func(path string) error { return os.WriteFile(path, nil, 0o600) })
		if got := b.run(24*time.Hour, take); len(got) != 1 {
			t.Errorf("the mail was given %d times", len(got))
		}
		b.wantLog("level=ERROR", "was taken in, and cannot be marked", "100 names", "again=1h")
		blocks(os.Remove)
		if got := b.run(2*time.Hour, take); len(got) != 0 {
			t.Errorf("the mail was given again: %q", got)
		}
		b.wantFiles("cur/1.M1.a:2,S")
	})
}

// TestFolderGone takes the whole Maildir away for an hour, as a network disk does.
func TestFolderGone(t *testing.T) {
	for _, part := range []string{"", "new", "cur"} {
		t.Run("part "+part, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBox(t, "new/1.M1.a", "new/2.M1.b")
				path := filepath.Join(b.dir, part)
				calls := 0
				got := b.run(3*time.Hour, func(m *Mail) error {
					if calls++; calls > 1 {
						return nil
					}
					err := os.Rename(path, path+".away")
					time.AfterFunc(time.Hour, func() {
						if err := os.Rename(path+".away", path); err != nil {
							t.Error(err)
						}
					})
					return err
				})
				slices.Sort(got)
				if got = slices.Compact(got); !slices.Equal(got, []string{"new/1.M1.a", "new/2.M1.b"}) {
					t.Errorf("mails %q", got)
				}
				for _, name := range b.files() {
					if !strings.HasSuffix(name, ":2,S") {
						t.Errorf("%s is not marked; log:\n%s", name, &b.log)
					}
				}
				if n := strings.Count(b.log.String(), "\n"); n == 0 || n > 80 {
					t.Errorf("%d lines of log for an hour:\n%s", n, &b.log)
				}
			})
		})
	}
}

// TestMarkedLater takes a mail in while a part of the Maildir is away. The mail is marked
// when that is back, and is not given again.
func TestMarkedLater(t *testing.T) {
	for _, part := range []string{"", "cur"} {
		t.Run("part "+part, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBox(t, "new/1.M1.a", "new/2.M1.b")
				path := filepath.Join(b.dir, part)
				calls := 0
				got := b.run(3*time.Hour, func(*Mail) error {
					if calls++; calls > 1 {
						return nil
					}
					time.AfterFunc(time.Hour, func() {
						if err := os.Rename(path+".away", path); err != nil {
							t.Error(err)
						}
					})
					if err := os.Rename(path, path+".away"); err != nil {
						t.Error(err)
					}
					return nil
				})
				slices.Sort(got)
				if want := []string{"new/1.M1.a", "new/2.M1.b"}; !slices.Equal(got, want) {
					t.Errorf("mails %q, want %q", got, want)
				}
				b.wantFiles("cur/1.M1.a:2,S", "cur/2.M1.b:2,S")
				b.wantLog("a mail was taken in, and cannot be marked", "1.M1.a:2,")
				if len(b.known) > 0 {
					t.Errorf("%d mails are remembered", len(b.known))
				}
			})
		})
	}
}
