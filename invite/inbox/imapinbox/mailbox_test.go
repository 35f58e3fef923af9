package imapinbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/invite/inbox"
)

// letter returns a mail with the Message-ID <name@example.test>.
func letter(name string) string {
	return "From: bob@example.test\r\nTo: desk@example.com\r\nSubject: " + name +
		"\r\nMessage-ID: <" + name + "@example.test>\r\n\r\nHello.\r\n"
}

func letters(n int) (out []string) {
	for i := range n {
		out = append(out, letter(fmt.Sprint("m", i)))
	}
	return out
}

// nameOf returns the name of a letter.
func nameOf(m *inbox.Mail) string {
	_, after, _ := strings.Cut(string(m.Data), "Message-ID: <")
	name, _, _ := strings.Cut(after, "@")
	return name
}

// read gives the mails of the mailbox to receive until it has been called n times. It
// returns the names of the mails.
func read(t *testing.T, m *Mailbox, n int, receive func(m *inbox.Mail) error) (names []string) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	err := inbox.Run(ctx, m, func(_ context.Context, mail *inbox.Mail) error {
		names = append(names, nameOf(mail))
		if len(names) == n {
			stop()
		}
		return receive(mail)
	})
	if len(names) < n {
		t.Fatalf("%d mails came in a minute, want %d: %v", len(names), n, err)
	}
	return names
}

func accept(*inbox.Mail) error { return nil }

// quick makes the pauses short.
func quick(o *Options) {
	o.Poll, o.Retry, o.Lease = 100*time.Millisecond, 50*time.Millisecond, 300*time.Millisecond
}

// TestFlags has mails that a person has read or marked, and mails that are for the
// program. Nothing is moved, and a mail that was taken in is read.
func TestFlags(t *testing.T) {
	d := startDovecot(t, "")
	d.deliver(t, letters(8)...)
	d.as(t, "INBOX", func(c *imapclient.Client) {
		for i, flag := range []imap.Flag{
			imap.FlagSeen, imap.FlagFlagged, imap.FlagAnswered, imap.FlagDeleted, imap.FlagDraft, imap.FlagForwarded, "Junk",
		} {
			store := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{flag}}
			if err := c.Store(imap.SeqSetNum(uint32(i+1)), store, nil).Close(); err != nil {
				t.Fatal(err)
			}
		}
	})
	got := read(t, d.open(t), 2, accept)
	if diff := cmp.Diff([]string{"m6", "m7"}, got); diff != "" {
		t.Errorf("mails (-want +got):\n%s", diff)
	}
	want := map[string]string{
		"m0@example.test": `(\Seen)`, "m1@example.test": `(\Flagged)`, "m2@example.test": `(\Answered)`,
		"m3@example.test": `(\Deleted)`, "m4@example.test": `(\Draft)`, "m5@example.test": `($Forwarded)`,
		"m6@example.test": `(Junk \Seen)`, "m7@example.test": `(\Seen)`,
	}
	if diff := cmp.Diff(want, d.flags(t, "INBOX")); diff != "" {
		t.Errorf("flags (-want +got):\n%s", diff)
	}
}

// TestWaits delivers mails while the mailbox is empty, to a server that tells of them and
// to a server that does not.
func TestWaits(t *testing.T) {
	for name, extra := range map[string]string{
		"IDLE":    "",
		"polling": "imap_capability = IMAP4rev1 LITERAL+ UIDPLUS",
	} {
		t.Run(name, func(t *testing.T) {
			d := startDovecot(t, extra)
			d.as(t, "", func(c *imapclient.Client) {
				if err := c.Create("Answers", nil).Wait(); err != nil {
					t.Fatal(err)
				}
			})
			m := d.open(t, func(o *Options) {
				if name == "polling" {
					o.Poll = 100 * time.Millisecond
					return
				}
				o.Poll, o.Folders = time.Hour, []string{"INBOX", "Answers"} // the first has IDLE
			})
			waits := make(chan bool, 100)
			m.step = func(step string) {
				if step == "waits" {
					waits <- true
				}
			}
			go func() {
				for i := range 3 {
					<-waits
					d.deliver(t, letter(fmt.Sprint("m", i)))
				}
			}()
			// Without news, IDLE would last for an hour, and this fails after a minute.
			if got := read(t, m, 3, accept); !slices.Equal(got, []string{"m0", "m1", "m2"}) {
				t.Errorf("mails: %q", got)
			}
		})
	}
}

// TestSecondFolder has mail in the second folder while the server watches the first with
// IDLE. The next look is after Poll, and finds it.
func TestSecondFolder(t *testing.T) {
	d := startDovecot(t, "")
	post := d.open(t)
	if err := post.enter(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := post.conn.Create("Answers", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	m := d.open(t, func(o *Options) { o.Poll, o.Folders = 100*time.Millisecond, []string{"INBOX", "Answers"} })
	waits := 0
	m.step = func(step string) {
		if step != "waits" {
			return
		}
		if waits++; waits == 2 {
			if f := m.conn.selected; f != m.folders[0] || !m.conn.Caps().Has(imap.CapIdle) {
				t.Errorf("the folder that is watched is %v", f)
			}
			appendTo(t, post.conn.Client, "Answers", []byte(letter("m0")))
		}
	}
	if got := read(t, m, 1, accept); !slices.Equal(got, []string{"m0"}) {
		t.Errorf("mails: %q", got)
	}
	if waits != 2 {
		t.Errorf("the mail came in the second pause, and was found after %d pauses", waits)
	}
}

// TestFolders reads several folders, and mails of the same content are one mail for the
// program by their ID.
func TestFolders(t *testing.T) {
	d := startDovecot(t, "")
	d.deliver(t, letters(3)...)
	d.as(t, "INBOX", func(c *imapclient.Client) {
		for _, folder := range []string{"Answers", "Entwürfe & mehr"} {
			if err := c.Create(folder, nil).Wait(); err != nil {
				t.Fatal(err)
			}
			if _, err := c.Copy(imap.SeqSetNum(2, 3), folder).Wait(); err != nil {
				t.Fatal(err)
			}
		}
	})
	ids := make(map[string]int)
	m := d.open(t, func(o *Options) { o.Folders = []string{"INBOX", "Answers", "Entwürfe & mehr"} })
	got := read(t, m, 7, func(m *inbox.Mail) error {
		ids[nameOf(m)+" "+m.ID]++
		return nil
	})
	slices.Sort(got)
	if want := []string{"m0", "m1", "m1", "m1", "m2", "m2", "m2"}; !slices.Equal(got, want) {
		t.Errorf("mails: %q, want %q", got, want)
	}
	if len(ids) != 3 {
		t.Errorf("identifiers: %v, want one for each of 3 contents", ids)
	}
	if got := d.flags(t, "Entwürfe & mehr"); got["m1@example.test"] != `(\Seen)` {
		t.Errorf("flags: %q", got)
	}
}

// TestSetAside has a mail that fails always, and a mail that is too large. Both are set
// aside, and the others go on. Without the star, the mail comes again.
func TestSetAside(t *testing.T) {
	d := startDovecot(t, "")
	d.deliver(t, letter("bad"), letter("large")+strings.Repeat("x\r\n", 10_000), letter("good"))
	aside := make(chan bool, 10)
	m := d.open(t, quick, func(o *Options) { o.Tries, o.MaxSize = 3, 10_000 })
	m.step = func(step string) {
		if step == "marked" {
			aside <- true
		}
	}
	tries := 0
	poison := func(m *inbox.Mail) error {
		if nameOf(m) != "bad" {
			return nil
		}
		if tries++; tries < 4 {
			return errors.New("receive does not like it")
		}
		return nil
	}
	if got := read(t, m, 4, poison); !slices.Equal(got, []string{"bad", "good", "bad", "bad"}) {
		t.Errorf("mails: %q", got)
	}
	want := map[string]string{"bad@example.test": `(\Flagged)`, "large@example.test": `(\Flagged)`, "good@example.test": `(\Seen)`}
	if diff := cmp.Diff(want, d.flags(t, "INBOX")); diff != "" {
		t.Errorf("flags (-want +got):\n%s", diff)
	}
	d.as(t, "INBOX", func(c *imapclient.Client) {
		store := &imap.StoreFlags{Op: imap.StoreFlagsDel, Flags: []imap.Flag{imap.FlagFlagged}}
		if err := c.Store(imap.SeqSetNum(1), store, nil).Close(); err != nil {
			t.Fatal(err)
		}
	})
	if got := read(t, m, 1, poison); !slices.Equal(got, []string{"bad"}) {
		t.Errorf("mails without the star: %q", got)
	}
}

// TestReaders has several readers of one mailbox, and each mail goes to one of them. If
// readers change a mail at the same moment, all of them may take it for the claim of
// another. Such a mail waits for the end of its lease.
func TestReaders(t *testing.T) {
	t.Run("Dovecot", func(t *testing.T) { testReaders(t, &startDovecot(t, "").mailServer, 300) })
	t.Run("Cyrus", func(t *testing.T) { testReaders(t, startCyrus(t), 100) })
}

func testReaders(t *testing.T, d *mailServer, n int) {
	const readers = 3
	d.deliver(t, letters(n)...)
	var mu sync.Mutex
	got, by := make(map[string]int), make([]int, readers)
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	var group sync.WaitGroup
	for i := range readers {
		m := d.open(t, func(o *Options) { o.Lease = 40 * time.Second })
		group.Go(func() {
			_ = inbox.Run(ctx, m, func(_ context.Context, mail *inbox.Mail) error {
				mu.Lock()
				defer mu.Unlock()
				by[i]++
				if got[nameOf(mail)]++; len(got) == n {
					stop()
				}
				return nil
			})
		})
	}
	group.Wait()
	for name, times := range got {
		if times != 1 {
			t.Errorf("%s was given %d times", name, times)
		}
	}
	if len(got) != n {
		t.Errorf("%d mails were given, want %d", len(got), n)
	}
	for name, flags := range d.flags(t, "INBOX") {
		if flags != `(\Seen)` {
			t.Errorf("%s has the flags %s", name, flags)
		}
	}
	t.Logf("mails of each reader: %v", by)
}

// TestClaim has two connections that claim each mail at the same time. As long as
// the server does not always tell the flags, they forget what they know of it each time.
func TestClaim(t *testing.T) {
	t.Run("Dovecot", func(t *testing.T) { testClaim(t, &startDovecot(t, "").mailServer) })
	t.Run("Cyrus", func(t *testing.T) { testClaim(t, startCyrus(t)) })
}

func testClaim(t *testing.T, d *mailServer) {
	const n = 100
	d.deliver(t, letters(n)...)
	a, b := d.open(t), d.open(t)
	for _, m := range []*Mailbox{a, b} {
		if err := errors.Join(m.enter(t.Context()), m.look(t.Context())); err != nil {
			t.Fatal(err)
		}
	}
	first, nobody := 0, 0
	for i := range n {
		won := make([]bool, 2)
		var group sync.WaitGroup
		for j, m := range []*Mailbox{a, b} {
			group.Go(func() {
				if !m.echo.flags {
					m.echo = echo{}
				}
				err := m.own(t.Context(), m.plan.Queue[i])
				if won[j] = err == nil; err != nil && !errors.Is(err, errConflict) {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if won[0] && won[1] {
			t.Errorf("mail %d: both have it", i)
		}
		if !won[0] && !won[1] {
			nobody++
		}
		if won[0] {
			first++
		}
	}
	t.Logf("the first of the two won %d of %d", first, n)
	if nobody > 1 { // see isOurs
		t.Errorf("nobody won %d of %d", nobody, n)
	}
}

// TestWithoutClaims has a server without CONDSTORE. A reader works there as well.
func TestWithoutClaims(t *testing.T) {
	d := startDovecot(t, "imap_capability = IMAP4rev1 IDLE")
	d.deliver(t, letters(3)...)
	m := d.open(t)
	got := read(t, m, 3, func(*inbox.Mail) error {
		if flags := fmt.Sprint(d.flags(t, "INBOX")); strings.Contains(flags, string(claimed)) {
			t.Errorf("claims without CONDSTORE: %s", flags)
		}
		return nil
	})
	if !slices.Equal(got, []string{"m0", "m1", "m2"}) {
		t.Errorf("mails: %q", got)
	}
}

// TestLeftover has a claim of a reader that was killed, and the claim of a reader that
// works. The first mail is taken over, and the second is not while its claim changes.
func TestLeftover(t *testing.T) {
	d := startDovecot(t, "")
	d.deliver(t, letters(1)...)
	dead := d.open(t)
	if _, err := dead.Next(t.Context()); err != nil {
		t.Fatal(err)
	}
	dead.conn.close()
	if got := d.flags(t, "INBOX"); got["m0@example.test"] != "(ConveneClaimed)" {
		t.Fatalf("flags: %q", got)
	}
	if got := read(t, d.open(t, quick), 1, accept); !slices.Equal(got, []string{"m0"}) {
		t.Errorf("mails: %q", got)
	}
	if got := d.flags(t, "INBOX"); got["m0@example.test"] != `(\Seen)` {
		t.Errorf("flags: %q", got)
	}
}

// TestStops ends the context while receive works. The mail is not to blame, and another
// reader gets it at once, though the claim would last for an hour.
func TestStops(t *testing.T) {
	d := startDovecot(t, "")
	d.deliver(t, letters(1)...)
	ctx, stop := context.WithCancel(t.Context())
	m := d.open(t, func(o *Options) { o.Lease = time.Hour })
	_ = inbox.Run(ctx, m, func(ctx context.Context, _ *inbox.Mail) error {
		stop()
		return ctx.Err()
	})
	if m.conn != nil {
		t.Error("Next leaves the connection open if ctx ends")
	}
	if got := d.flags(t, "INBOX"); got["m0@example.test"] != "()" {
		t.Errorf("flags: %q", got)
	}
	if got := read(t, d.open(t, func(o *Options) { o.Lease = time.Hour }), 1, accept); !slices.Equal(got, []string{"m0"}) {
		t.Errorf("mails: %q", got)
	}
	if err := m.Done(t.Context(), new(inbox.Mail), nil); err == nil {
		t.Error("Done takes a mail that is not from this source")
	}
}
