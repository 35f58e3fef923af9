package imapinbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"github.com/convene-go/convene/invite/inbox"
	"github.com/convene-go/convene/invite/inbox/inboxtest"
)

// wire is the network between a test and a server. It can be cut.
type wire struct {
	mu    sync.Mutex
	cut   bool
	conns []net.Conn
}

// dial is for [Options.Dial].
func (w *wire) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cut {
		return nil, errors.New("the network is away")
	}
	conn, err := new(net.Dialer).DialContext(ctx, network, addr)
	if err == nil {
		w.conns = append(w.conns, conn)
	}
	return conn, err
}

// away cuts the wire and all its connections.
func (w *wire) away() (back func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = true
	for _, conn := range w.conns {
		conn.Close()
	}
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.cut, w.conns = false, nil
	}
}

// place returns a new folder of a server as a place for mails.
func (d *mailServer) place(t *testing.T, folder string) *inboxtest.Place {
	post := d.open(t)
	if err := post.enter(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := post.conn.Create(folder, nil).Wait(); err != nil {
		t.Fatal(err)
	}
	var w wire
	return &inboxtest.Place{
		Open: func(p inboxtest.Pauses) inbox.Source {
			return d.open(t, func(o *Options) {
				o.Folders, o.Dial = []string{folder}, w.dial
				o.Poll, o.Retry, o.Lease = 20*time.Millisecond, p.Retry, p.Lease
				o.Tries, o.MaxSize = 3, 100_000
			})
		},
		Deliver: func(m *inbox.Mail) { appendTo(t, post.conn.Client, folder, m.Data) },
		Aside: func() (out [][]byte) {
			d.as(t, folder, func(c *imapclient.Client) { out = aside(t, c) })
			return out
		},
		Away:  w.away,
		Tries: 3, MaxSize: 100_000, Shared: true,
	}
}

// appendTo puts a mail into a folder.
func appendTo(t *testing.T, c *imapclient.Client, folder string, data []byte) {
	t.Helper()
	cmd := c.Append(folder, int64(len(data)), nil)
	_, err := cmd.Write(data)
	err = errors.Join(err, cmd.Close())
	if _, done := cmd.Wait(); err != nil || done != nil {
		t.Fatal(err, done)
	}
}

// aside returns the content of the mails in the selected folder that are flagged.
func aside(t *testing.T, c *imapclient.Client) (out [][]byte) {
	found, err := c.Search(&imap.SearchCriteria{Flag: []imap.Flag{imap.FlagFlagged}}, nil).Wait()
	if err != nil {
		t.Fatal(err)
	}
	section := &imap.FetchItemBodySection{Peek: true}
	options := &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{section}}
	for _, n := range found.AllSeqNums() {
		mails, err := c.Fetch(imap.SeqSetNum(n), options).Collect()
		if err != nil || len(mails) != 1 {
			t.Fatal(len(mails), err)
		}
		out = append(out, mails[0].FindBodySection(section))
	}
	return out
}

// TestSource checks that a mailbox keeps the rules of a source, on servers that can keep
// claims and on a server that cannot.
func TestSource(t *testing.T) {
	t.Run("Dovecot", func(t *testing.T) { testSource(t, &startDovecot(t, "").mailServer, "", true) })
	t.Run("Dovecot without claims", func(t *testing.T) {
		testSource(t, &startDovecot(t, "imap_capability = IMAP4rev1 LITERAL+ UIDPLUS").mailServer, "", false)
	})
	t.Run("Cyrus", func(t *testing.T) { testSource(t, startCyrus(t), "INBOX.", true) })
}

// testSource has a new folder for each rule, whose name begins with the prefix.
func testSource(t *testing.T, d *mailServer, prefix string, claims bool) {
	folders := 0
	inboxtest.TestSource(t, func(t *testing.T) *inboxtest.Place {
		folders++
		p := d.place(t, fmt.Sprint(prefix, "Box", folders))
		p.Claims = claims
		return p
	})
}
