package imapinbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/invite/inbox"
	"github.com/convene-go/convene/smtpsend"
)

// next takes a mail, which stays in hand.
func next(t *testing.T, m *Mailbox, want string) *inbox.Mail {
	t.Helper()
	mail, err := m.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := nameOf(mail); got != want {
		t.Fatalf("Next = %s, want %s", got, want)
	}
	return mail
}

// done says that a mail is taken in.
func done(t *testing.T, m *Mailbox, mail *inbox.Mail) {
	t.Helper()
	if err := m.Done(t.Context(), mail, nil); err != nil {
		t.Fatal(err)
	}
}

// wantSeen checks that the mails in a folder are these, once each, and read. If the
// connection breaks between two commands, the claim stays, which does no harm.
func (d *dovecot) wantSeen(t *testing.T, folder string, names ...string) {
	t.Helper()
	want := make(map[string]string)
	for _, name := range names {
		want[name+"@example.test"] = `(\Seen)`
	}
	got := d.flags(t, folder)
	for name, flags := range got {
		got[name] = strings.Replace(flags, "ConveneClaimed ", "", 1)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("folder %s (-want +got):\n%s", folder, diff)
	}
}

// readUntil reads until a mail comes with the name last. The mails must be the wanted ones.
func readUntil(t *testing.T, m *Mailbox, last string, want ...string) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	var got []string
	err := inbox.Run(ctx, m, func(_ context.Context, mail *inbox.Mail) error {
		if got = append(got, nameOf(mail)); nameOf(mail) == last {
			stop()
		}
		return nil
	})
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("mails: %q, want %q: %v", got, want, err)
	}
}

// TestValidity changes UIDVALIDITY while a mail is in hand and others wait.
func TestValidity(t *testing.T) {
	d := startDovecot(t, "")
	d.deliver(t, letters(3)...)
	m := d.open(t, quick)
	mail := next(t, m, "m0")
	d.doveadm(t, "mailbox", "update", "-u", user, "--uid-validity", "4711", "INBOX")
	done(t, m, mail)
	d.deliver(t, letter("m3"))
	// All get new UIDs as well, so that no old UID is right.
	readUntil(t, m, "m3", "m1", "m2", "m3")
	if f := m.folders[0]; f.validity != 4711 {
		t.Errorf("UIDVALIDITY is %d", f.validity)
	}
	d.marks(t, m, "INBOX", "m0", "m1", "m2", "m3")
}

// marks lets m work until there is nothing to do. No mail may come, and the mails in the
// folder must be these, and read.
func (d *dovecot) marks(t *testing.T, m *Mailbox, folder string, names ...string) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	m.step = func(step string) {
		if step == "waits" && m.expiry().IsZero() && m.plan.Len() == 0 {
			stop()
		}
	}
	if mail, err := m.Next(ctx); err == nil {
		t.Errorf("Next = %s", nameOf(mail))
	}
	d.wantSeen(t, folder, names...)
}

// TestRenamed renames a folder while a mail is in hand, makes a new one in its place, and
// brings the old one back.
func TestRenamed(t *testing.T) {
	d := startDovecot(t, "")
	d.deliver(t, letters(3)...)
	d.as(t, "INBOX", func(c *imapclient.Client) {
		if err := c.Create("Answers", nil).Wait(); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Move(imap.SeqSetNum(1, 2, 3), "Answers").Wait(); err != nil {
			t.Fatal(err)
		}
	})
	m := d.open(t, quick, func(o *Options) { o.Folders = []string{"Answers", "INBOX"} })
	mail := next(t, m, "m0")
	d.as(t, "", func(c *imapclient.Client) {
		if err := c.Rename("Answers", "Old", nil).Wait(); err != nil {
			t.Fatal(err)
		}
	})
	done(t, m, mail)
	d.deliver(t, letter("m3")) // the other folder goes on
	refused, rest := 0, []string{}
	m.o.Logger = logger(func(line string) {
		if strings.Contains(line, "cannot be read") {
			refused++
		}
	})
	rest = append(rest, nameOf(mustNext(t, m)))
	d.as(t, "", func(c *imapclient.Client) {
		if err := c.Rename("Old", "Answers", nil).Wait(); err != nil {
			t.Fatal(err)
		}
	})
	for len(rest) < 3 {
		rest = append(rest, nameOf(mustNext(t, m)))
	}
	slices.Sort(rest)
	if want := []string{"m1", "m2", "m3"}; !slices.Equal(rest, want) {
		t.Errorf("mails after the folder was renamed: %q, want %q", rest, want)
	}
	d.marks(t, m, "Answers", "m0", "m1", "m2")
	t.Logf("the folder was refused %d times", refused)
}

// TestRefused has a folder that the server refuses while its mails wait for their first
// try. That is no failure of the mails: they come when the folder is back, though one
// failure would set them aside.
func TestRefused(t *testing.T) {
	d := startDovecot(t, "")
	rename := func(from, to string) {
		d.as(t, "", func(c *imapclient.Client) {
			if err := c.Rename(from, to, nil).Wait(); err != nil {
				t.Fatal(err)
			}
		})
	}
	d.as(t, "", func(c *imapclient.Client) {
		if err := c.Create("Answers", nil).Wait(); err != nil {
			t.Fatal(err)
		}
		for _, text := range letters(3) {
			appendTo(t, c, "Answers", []byte(text))
		}
	})
	d.deliver(t, letter("m3"))
	m := d.open(t, quick, func(o *Options) { o.Folders, o.Tries = []string{"INBOX", "Answers"}, 1 })
	refused := false
	m.o.Logger = logger(func(line string) {
		refused = refused || strings.Contains(line, "cannot be read")
		if strings.Contains(line, "tries=") || strings.Contains(line, "set aside") {
			t.Error(line)
		}
	})
	m.plan.Logger = m.o.Logger
	if err := errors.Join(m.enter(t.Context()), m.look(t.Context())); err != nil {
		t.Fatal(err)
	}
	if n := m.plan.Len(); n != 4 {
		t.Fatalf("%d mails wait, want 4", n)
	}
	rename("Answers", "Old")
	if got := read(t, m, 1, accept); !slices.Equal(got, []string{"m3"}) || !refused {
		t.Errorf("mails %q, and the folder was refused: %t", got, refused)
	}
	rename("Old", "Answers")
	got := read(t, m, 3, accept)
	slices.Sort(got)
	if want := []string{"m0", "m1", "m2"}; !slices.Equal(got, want) {
		t.Errorf("mails of the folder that is back: %q, want %q", got, want)
	}
	d.wantSeen(t, "Answers", "m0", "m1", "m2")
}

// mustNext returns the next mail, and says that it is taken in.
func mustNext(t *testing.T, m *Mailbox) *inbox.Mail {
	t.Helper()
	mail, err := m.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	done(t, m, mail)
	return mail
}

// TestDeleted deletes a folder and makes it anew, with other mails under the old UIDs.
func TestDeleted(t *testing.T) {
	d := startDovecot(t, "")
	d.deliver(t, letters(4)...)
	m := d.open(t, quick, func(o *Options) { o.Folders = []string{"INBOX", "Answers"} })
	fill := func(from, to uint32) {
		d.as(t, "INBOX", func(c *imapclient.Client) {
			if err := c.Create("Answers", nil).Wait(); err != nil {
				t.Fatal(err)
			}
			var set imap.SeqSet
			set.AddRange(from, to)
			if _, err := c.Copy(set, "Answers").Wait(); err != nil {
				t.Fatal(err)
			}
		})
	}
	fill(1, 2)
	mail := next(t, m, "m0") // of Answers, which is looked at first
	d.as(t, "", func(c *imapclient.Client) {
		if err := c.Delete("Answers").Wait(); err != nil {
			t.Fatal(err)
		}
	})
	fill(3, 4)
	done(t, m, mail) // the new mail with the UID of m0 must not be marked by it
	got := make(map[string]int)
	for len(got) < 3 || got["m2"] < 2 || got["m3"] < 2 {
		got[nameOf(mustNext(t, m))]++
	}
	// INBOX has m0 too. Its content was taken in, so it may be marked without being given.
	delete(got, "m0")
	if diff := cmp.Diff(map[string]int{"m1": 1, "m2": 2, "m3": 2}, got); diff != "" {
		t.Errorf("mails (-want +got):\n%s", diff)
	}
	d.wantSeen(t, "Answers", "m2", "m3")
}

// TestMovedAway moves and removes mails, in hand and before.
func TestMovedAway(t *testing.T) {
	d := startDovecot(t, "")
	d.deliver(t, letters(5)...)
	m := d.open(t, quick)
	mail := next(t, m, "m0")
	d.as(t, "INBOX", func(c *imapclient.Client) {
		if err := c.Create("Old", nil).Wait(); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Move(imap.SeqSetNum(1, 2), "Old").Wait(); err != nil {
			t.Fatal(err)
		}
		store := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagSeen}}
		if err := c.Store(imap.SeqSetNum(1), store, nil).Close(); err != nil { // m2
			t.Fatal(err)
		}
	})
	done(t, m, mail)
	readUntil(t, m, "m4", "m3", "m4")
	d.wantSeen(t, "INBOX", "m2", "m3", "m4")
}

// TestFull has a mailbox over its quota. Mails are taken in and marked.
func TestFull(t *testing.T) {
	d := startDovecot(t, `mail_plugins = quota
plugin {
  quota = maildir:mailbox
  quota_rule = *:storage=8k
  quota_grace = 0
}`)
	n := 0
	for ; n < 100; n++ {
		s, err := smtpsend.Open(fmt.Sprintf("lmtp://127.0.0.1:%d", d.lmtp))
		if err != nil {
			t.Fatal(err)
		}
		err = s.Send(t.Context(), message(letter(fmt.Sprint("m", n))+strings.Repeat("x\r\n", 500)))
		s.Close()
		if err != nil {
			break
		}
	}
	if n == 0 || n == 100 {
		t.Fatalf("%d mails were delivered, want some, until the mailbox is full", n)
	}
	m := d.open(t, quick)
	got := read(t, m, n, accept)
	if slices.Sort(got); len(slices.Compact(got)) != n {
		t.Errorf("mails: %q, want %d", got, n)
	}
	d.wantSeen(t, "INBOX", got...)
}

// TestKicked has a server that ends the connection while a mail is in hand. The mail is
// marked over another connection at once.
func TestKicked(t *testing.T) {
	d := startDovecot(t, "")
	d.deliver(t, letters(1)...)
	m := d.open(t)
	mail := next(t, m, "m0")
	d.doveadm(t, "kick", user)
	<-m.conn.Closed()
	done(t, m, mail)
	d.wantSeen(t, "INBOX", "m0")
}

// TestServerAway stops the server while a mail is in hand, and starts it again.
func TestServerAway(t *testing.T) {
	d := startDovecot(t, "")
	d.deliver(t, letters(2)...)
	m := d.open(t, quick)
	mail := next(t, m, "m0")
	d.doveadm(t, "kick", user)
	d.stop()
	<-m.conn.Closed()
	done(t, m, mail) // cannot be marked
	if m.conn != nil {
		t.Error("there is a connection to a server that is away")
	}
	lines := 0
	started := make(chan bool)
	m.o.Logger = logger(func(line string) {
		if strings.Contains(line, "no connection") {
			if lines++; lines == 2 {
				d.start(t)
				close(started)
			}
		}
	})
	readUntil(t, m, "m1", "m1")
	<-started
	d.marks(t, m, "INBOX", "m0", "m1")
}
