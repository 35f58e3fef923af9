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

// result is how a package that does not import smtpsend sees a recipient.
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
	recipient := func(a string, e *smtpsend.Error) *smtpsend.RecipientError {
		return &smtpsend.RecipientError{Address: a, Err: e}
	}
	tests := []struct {
		err  error
		want string
	}{
		{refused, "smtpsend: rcpt: 550 5.1.1 no such user"},
		{lost, "smtpsend: final: EOF (delivery unknown)"},
		{recipient("a@x", refused), "smtpsend: a@x: rcpt: 550 5.1.1 no such user"},
		{&smtpsend.DeliveryError{Recipients: []*smtpsend.RecipientError{recipient("a@x", lost), recipient("b@x", lost)}},
			"smtpsend: final: EOF (delivery unknown)"},
		{&smtpsend.DeliveryError{Accepted: []string{"c@x"}, Recipients: []*smtpsend.RecipientError{recipient("a@x", refused), recipient("b@x", lost)}},
			"smtpsend: 2 of 3 recipients: a@x: rcpt: 550 5.1.1 no such user; b@x: final: EOF (delivery unknown)"},
		{&smtpsend.DeliveryError{Recipients: []*smtpsend.RecipientError{recipient("a@x", refused)}},
			"smtpsend: a@x: rcpt: 550 5.1.1 no such user"},
		{&smtpsend.FieldError{Field: "To[2]", Reason: "no @"}, "smtpsend: To[2]: no @"},
	}
	for _, tt := range tests {
		if got := tt.err.Error(); got != tt.want {
			t.Errorf("Error() = %q, want %q", got, tt.want)
		}
	}
}

// TestReplyText has what a server says reach an error in one clean line.
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
	want := `{"level":"INFO","msg":"message sent","server":"smtp://test.example:25","id":"<1@example.com>","recipients":1,"size":46,"attempts":1}
{"level":"ERROR","msg":"message sent in part","server":"smtp://test.example:25","id":"<1@example.com>","recipients":2,"size":46,"attempts":1,"error":"smtpsend: 1 of 2 recipients: carl@example.com: rcpt: 550 5.1.1 who?","accepted":1}
{"level":"ERROR","msg":"message not sent","server":"smtp://test.example:25","id":"<1@example.com>","recipients":1,"size":46,"attempts":0,"error":"smtpsend: From: character U+000D at octet 0 is not allowed"}
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("log: -want +got\n%s", diff)
	}
	if strings.Contains(out.String(), "hunter2") {
		t.Error("the log holds the password")
	}
}
