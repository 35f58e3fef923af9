package smtpsend_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/smtpsend"
)

// result is the result of a recipient as seen by a package that does not import
// smtpsend.
type result interface {
	error
	Recipient() string
	Refused() bool
	Uncertain() bool
}

// TestStructure reads a delivery error through interfaces only.
func TestStructure(t *testing.T) {
	s := &scripted{lmtp: true, answers: map[string]string{
		"RCPT bob@example.com": "550 5.1.1 who?", ". carl@example.com": "451 4.2.0 busy", ". dora@example.com": faultDrop}}
	_, err := send(t, s, smtpsend.Options{}, nil)
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("Send = %v, want an error with Unwrap() []error", err)
	}
	type row struct {
		To                 string
		Refused, Uncertain bool
	}
	var got []row
	for _, e := range joined.Unwrap() {
		var r result
		if !errors.As(e, &r) {
			t.Fatalf("%v has no recipient", e)
		}
		got = append(got, row{r.Recipient(), r.Refused(), r.Uncertain()})
	}
	want := []row{{"bob@example.com", true, false}, {"carl@example.com", false, false}, {"dora@example.com", false, true}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("recipients: -want +got\n%s", diff)
	}
	if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("%v does not lead to its cause", err)
	}
}

func TestErrorText(t *testing.T) {
	refused := &smtpsend.Error{Phase: smtpsend.PhaseRcpt, Code: 550, Enhanced: smtpsend.EnhancedCode{5, 1, 1}, Text: "no such user"}
	lost := &smtpsend.Error{Phase: smtpsend.PhaseFinal, Err: io.EOF, Unknown: true}
	about := func(a string, e *smtpsend.Error) *smtpsend.Error {
		of := *e
		of.Address = a
		return &of
	}
	tests := []struct {
		err  error
		want string
	}{
		{refused, "smtpsend: rcpt: 550 5.1.1 no such user"},
		{lost, "smtpsend: final: EOF (delivery unknown)"},
		{about("a@x", refused), "smtpsend: a@x: rcpt: 550 5.1.1 no such user"},
		{&smtpsend.SendError{Errors: []*smtpsend.Error{lost}}, "smtpsend: final: EOF (delivery unknown)"},
		{&smtpsend.SendError{Accepted: []string{"c@x"}, Errors: []*smtpsend.Error{about("a@x", refused), about("b@x", lost)}},
			"smtpsend: 2 of 3 recipients: a@x: rcpt: 550 5.1.1 no such user; b@x: final: EOF (delivery unknown)"},
		{&smtpsend.SendError{Errors: []*smtpsend.Error{about("a@x", refused)}},
			"smtpsend: a@x: rcpt: 550 5.1.1 no such user"},
	}
	for _, tt := range tests {
		if got := tt.err.Error(); got != tt.want {
			t.Errorf("Error() = %q, want %q", got, tt.want)
		}
	}
}

// TestReplyText checks that an error has a server's text in one clean line.
func TestReplyText(t *testing.T) {
	s := &scripted{answers: map[string]string{"MAIL": "550-5.7.1 one\x1b[31m\r\n550-5.7.1  two\xff\r\n550 5.7.1 \u202ethree"}}
	sender := s.sender(t, smtpsend.Options{})
	err := sender.Send(context.Background(), letter("bob@example.com"))
	if want := "smtpsend: mail: 550 5.7.1 one?[31m two? ?three"; message(err) != want {
		t.Errorf("Send = %q, want %q", message(err), want)
	}
	sender.Close()
}

func TestLog(t *testing.T) {
	var out bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == "took" {
			return slog.Attr{}
		}
		return a
	}}))
	s := &scripted{auth: []string{"235 ok"}, ext: []string{"AUTH PLAIN"}, answers: map[string]string{"RCPT carl@example.com": "550 5.1.1 who?"}}
	sender := s.sender(t, smtpsend.Options{Username: "ann", Password: "hunter2", InsecureAllowPlaintextAuth: true, Logger: logger})
	bad := letter("bob@example.com")
	bad.From = "\r\n"
	sender.Send(t.Context(), letter("bob@example.com"))
	sender.Send(t.Context(), letter("bob@example.com", "carl@example.com"))
	sender.Send(t.Context(), bad)
	sender.Send(t.Context(), nil)
	sender.Close()
	want := `{"level":"INFO","msg":"message sent","server":"smtp://test.example:25","id":"<1@example.com>","recipients":1,"to":"bob@example.com","size":46,"attempts":1,"receipt":"250 2.0.0 taken"}
{"level":"ERROR","msg":"message sent in part","server":"smtp://test.example:25","id":"<1@example.com>","recipients":2,"to":"bob@example.com, carl@example.com","size":46,"attempts":1,"receipt":"250 2.0.0 taken","error":"smtpsend: 1 of 2 recipients: carl@example.com: rcpt: 550 5.1.1 who?","accepted":1}
{"level":"ERROR","msg":"message not sent","server":"smtp://test.example:25","id":"<1@example.com>","recipients":1,"to":"bob@example.com","size":46,"attempts":0,"error":"smtpsend: From: character U+000D at octet 0 is not allowed"}
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("log: -want +got\n%s", diff)
	}
	if strings.Contains(out.String(), "hunter2") {
		t.Error("the log holds the password")
	}
}

// TestNoTLSText checks that the error about STARTTLS names the option for a test
// server.
func TestNoTLSText(t *testing.T) {
	_, err := send(t, new(scripted), smtpsend.Options{TLS: smtpsend.TLSRequired}, nil)
	if !errors.Is(err, smtpsend.ErrNoTLS) || !strings.Contains(err.Error(), "?tls=insecure-none") {
		t.Errorf("Send = %v, want ErrNoTLS with the way out", err)
	}
}

// TestWhole checks that there is one error without an address if nobody got the
// message for one reason, and otherwise one error for each recipient.
func TestWhole(t *testing.T) {
	tests := []struct {
		name     string
		answers  map[string]string
		lmtp     bool
		to       []string
		accepted []string
		want     []string // addresses
	}{
		{"message refused", map[string]string{".": "554 5.6.0 no"}, false, []string{"a@x.test", "b@x.test"}, nil, []string{""}},
		{"one recipient, message refused", map[string]string{".": "554 5.6.0 no"}, false, []string{"a@x.test"}, nil, []string{""}},
		{"one recipient refused", map[string]string{"RCPT": "550 5.1.1 no"}, false, []string{"a@x.test"}, nil, []string{"a@x.test"}},
		{"all recipients refused", map[string]string{"RCPT": "550 5.1.1 no"}, false, []string{"a@x.test", "b@x.test"}, nil, []string{"a@x.test", "b@x.test"}},
		{"in part", map[string]string{"RCPT b@x.test": "550 5.1.1 no"}, false, []string{"a@x.test", "b@x.test"}, []string{"a@x.test"}, []string{"b@x.test"}},
		{"two causes", map[string]string{"RCPT b@x.test": "550 5.1.1 no", ".": "451 4.3.0 no"}, false, []string{"a@x.test", "b@x.test"}, nil, []string{"a@x.test", "b@x.test"}},
		{"LMTP", map[string]string{".": "451 4.3.0 no"}, true, []string{"a@x.test", "b@x.test"}, nil, []string{"a@x.test", "b@x.test"}},
		{"LMTP, gone", map[string]string{". b@x.test": faultDrop}, true, []string{"a@x.test", "b@x.test", "c@x.test"}, []string{"a@x.test"}, []string{"b@x.test", "c@x.test"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &scripted{answers: tt.answers, lmtp: tt.lmtp}
			sender := s.sender(t, smtpsend.Options{})
			defer sender.Close()
			var failed *smtpsend.SendError
			if err := sender.Send(t.Context(), letter(tt.to...)); !errors.As(err, &failed) {
				t.Fatalf("Send = %v, want a *SendError", err)
			}
			var got []string
			for _, e := range failed.Errors {
				got = append(got, e.Recipient())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("recipients: -want +got\n%s", diff)
			}
			if diff := cmp.Diff(tt.accepted, failed.Accepted); diff != "" {
				t.Errorf("accepted: -want +got\n%s", diff)
			}
		})
	}
}
