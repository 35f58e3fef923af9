// Package callcheck tests the senders of httpsend against servers of our own that are
// written from the vendors' documentation.
package callcheck

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/convene-go/convene/httpsend"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
	"github.com/convene-go/convene/mime"
)

// Sender is a sender of httpsend.
type Sender interface {
	invite.ReceiptSender
	invite.Pacer
	String() string
	GoString() string
}

// Refused is the mailbox that a vendor refuses, if it tells the fate of each recipient.
const Refused = "nobody@example.com"

// Secret is the key, token or password of each account.
const Secret = "s3cr3t-0123456789"

// Setup has the options that the senders of all vendors share.
type Setup struct {
	URL             string
	Client          *http.Client
	Timeout, Finish time.Duration
	Logger          *slog.Logger
}

// Vendor is an API with its sender.
type Vendor struct {
	// New returns a sender.
	New func(s Setup) (Sender, error)
	// Read takes a request apart. The error names the part that is not as documented. Without an
	// envelope, From and To are missing.
	Read func(r *http.Request, body []byte) (*mime.Message, error)
	// Accept answers a mail that was taken.
	Accept func(w http.ResponseWriter, m *mime.Message)
	// Receipt is the name that Accept gives to the mail.
	Receipt string
	// EachRecipient tells whether Accept tells the fate of each recipient, and refuses
	// Refused.
	EachRecipient bool
	// MaxSize and MaxRecipients are the documented limits.
	MaxSize, MaxRecipients int
	// Faults are answers to mails that were not taken.
	Faults []Fault
}

// Fault is an answer to a mail that was not taken.
type Fault struct {
	Name       string
	Status     int
	Header     map[string]string
	Body       string
	Want       string // temporary, refused or unknown
	Code       string // of the error
	RetryAfter time.Duration
}

// F returns an answer.
func F(name string, status int, body, want, code string) Fault {
	return Fault{Name: name, Status: status, Body: body, Want: want, Code: code}
}

// With returns the answer with a header field.
func (f Fault) With(name, value string) Fault {
	f.Header = map[string]string{name: value}
	return f
}

// Pause returns the answer with a pause that it asks for, in seconds.
func (f Fault) Pause(n int) Fault {
	f.RetryAfter = time.Duration(n) * time.Second
	return f.With("Retry-After", strconv.Itoa(n))
}

// server is the vendor's server.
type server struct {
	*Vendor
	*httptest.Server
	t testing.TB

	mu     sync.Mutex
	got    []*mime.Message
	stall  bool
	answer http.HandlerFunc // in place of Accept
}

// start starts the server.
func (v *Vendor) start(t testing.TB) *server {
	s := &server{Vendor: v, t: t}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	return s
}

func (s *server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the request is cut off
	}
	s.mu.Lock()
	stall, answer := s.stall, s.answer
	s.mu.Unlock()
	if stall {
		<-r.Context().Done()
		return
	}
	m, err := s.Read(r, body)
	if err != nil {
		s.t.Errorf("the request is not as documented: %v", err)
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if answer != nil {
		answer(w, r)
		return
	}
	arrived := *m
	arrived.To = slices.DeleteFunc(slices.Clone(m.To), func(to string) bool { return s.EachRecipient && to == Refused })
	s.mu.Lock()
	s.got = append(s.got, &arrived)
	s.mu.Unlock()
	s.Accept(w, m)
}

// sender returns a sender to the server.
func (s *server) sender(edit ...func(*Setup)) Sender {
	s.t.Helper()
	x := Setup{URL: s.URL, Client: s.Client(), Finish: 100 * time.Millisecond}
	for _, f := range edit {
		f(&x)
	}
	out, err := s.New(x)
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

// observed is a sender for the conformance suite.
type observed struct {
	Sender
	s *server
}

func (o *observed) Delivered() []*mime.Message {
	o.s.mu.Lock()
	defer o.s.mu.Unlock()
	return o.s.got
}

func (o *observed) Stall() {
	o.s.mu.Lock()
	defer o.s.mu.Unlock()
	o.s.stall = true
}

// refusing is an observed sender that refuses one mailbox.
type refusing struct{ *observed }

func (refusing) Refused() string { return Refused }

// Test runs all tests of a vendor.
func (v *Vendor) Test(t *testing.T) {
	t.Run("Rules", func(t *testing.T) {
		invitetest.TestSender(t, func(t *testing.T) invite.Sender {
			s := v.start(t)
			o := &observed{s.sender(), s}
			if v.EachRecipient {
				return refusing{o}
			}
			return o
		})
	})
	t.Run("Octets", v.testOctets)
	t.Run("Faults", v.testFaults)
	t.Run("Limits", v.testLimits)
	t.Run("Secrets", v.testSecrets)
	t.Run("Lost", v.testLost)
	t.Run("Strange", v.testStrange)
}

// Letter returns a mail that names its recipients in its header.
func Letter(to ...string) *mime.Message {
	m := &mime.Message{From: "desk@example.com", To: to, ID: "<1.test@example.com>"}
	m.Data = []byte("From: Room desk <desk@example.com>\r\nTo: " + strings.Join(to, ",\r\n ") + "\r\nMessage-ID: " + m.ID +
		"\r\nSubject: Review <b>&</b> \"x\"\r\n\r\n.\r\n..two\r\nFrom here =C3=A4\r\n")
	return m
}

// testOctets checks that a mail arrives octet for octet, with its receipt.
func (v *Vendor) testOctets(t *testing.T) {
	s := v.start(t)
	m := Letter("ann@example.com", "bob@example.com")
	r, err := s.sender().SendReceipt(t.Context(), m)
	if err != nil || r.ID != v.Receipt {
		t.Fatalf("SendReceipt = %+v, %v, want the receipt %q", r, err, v.Receipt)
	}
	if len(s.got) != 1 || string(s.got[0].Data) != string(m.Data) {
		t.Fatalf("%d mails arrived; want one: %q", len(s.got), m.Data)
	}
}

// fateOf returns the fate that an error tells.
func fateOf(err error) string {
	var e *httpsend.Error
	switch {
	case err == nil:
		return "delivered"
	case !errors.As(err, &e):
		return "no *httpsend.Error"
	case e.Refused():
		return "refused"
	case e.Unknown && !e.Temporary:
		return "unknown"
	case e.Temporary && !e.Unknown:
		return "temporary"
	}
	return "contradictory"
}

// send sends a mail within a time that no test needs.
func send(t *testing.T, s Sender, m *mime.Message) error {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	return s.Send(ctx, m)
}
