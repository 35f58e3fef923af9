package smtpsend_test

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
	"github.com/convene-go/convene/mime"
	"github.com/convene-go/convene/smtpsend"
)

// observed is a sender with its server.
type observed struct {
	*smtpsend.Sender
	d     *smtpd
	stall atomic.Bool
}

func (o *observed) Delivered() []*mime.Message {
	o.d.mu.Lock()
	defer o.d.mu.Unlock()
	return o.d.taken
}

func (o *observed) Refused() string { return "nobody@example.com" }
func (o *observed) Stall()          { o.stall.Store(true) }

// TestConformance checks that senders of each kind keep the rules of package invite.
func TestConformance(t *testing.T) {
	id := newIdentity(t)
	for name, o := range map[string]smtpsend.Options{
		"plain": {TLS: smtpsend.TLSInsecureNone},
		"TLS":   {TLSConfig: id.client},
		"LMTP":  {LMTP: true},
		"retry": {TLS: smtpsend.TLSInsecureNone, Retry: minute},
	} {
		t.Run(name, func(t *testing.T) {
			invitetest.TestSender(t, func(t *testing.T) invite.Sender { return newObserved(t, id, o) })
		})
	}
}

// newObserved returns a sender with o and its server.
func newObserved(t *testing.T, id *identity, o smtpsend.Options) *observed {
	t.Helper()
	s := new(observed)
	s.d = newDaemon(id.server)
	s.d.LMTP = o.LMTP
	s.d.start(t, false)
	mute := silent(t, "")
	o.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if s.stall.Load() {
			addr = mute
		}
		return new(net.Dialer).DialContext(ctx, network, addr)
	}
	var err error
	if s.Sender, err = smtpsend.New(s.d.addr, &o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// TestOpenedConformance checks that senders to a path keep the rules.
func TestOpenedConformance(t *testing.T) {
	for _, kind := range []string{"file", "sendmail"} {
		t.Run(kind, func(t *testing.T) {
			invitetest.TestSender(t, func(t *testing.T) invite.Sender {
				url := "sendmail:///bin/true"
				if kind == "file" {
					url = "file://" + t.TempDir()
				}
				s, err := smtpsend.Open(url)
				if err != nil {
					t.Skip(err)
				}
				t.Cleanup(func() { s.Close() })
				return s
			})
		})
	}
}

// TestOpenFile sends to a folder by its URL.
func TestOpenFile(t *testing.T) {
	dir := t.TempDir()
	s, err := smtpsend.Open("file://" + dir + "?format=maildir")
	if err != nil {
		t.Fatal(err)
	}
	m := letter("bob@example.com")
	if err := s.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	names, _ := filepath.Glob(dir + "/new/*")
	if len(names) != 1 {
		t.Fatalf("%d files, want 1", len(names))
	}
	if data, _ := os.ReadFile(names[0]); string(data) != string(m.Data) {
		t.Errorf("file holds %q, want %q", data, m.Data)
	}
	s.Close()
	if err := s.Send(t.Context(), m); err != smtpsend.ErrClosed {
		t.Errorf("Send = %v, want ErrClosed", err)
	}
}
