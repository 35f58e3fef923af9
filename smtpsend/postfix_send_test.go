package smtpsend_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/mime"
	"github.com/convene-go/convene/smtpsend"
	"github.com/convene-go/convene/smtpsend/sendmail"
)

// TestPostfix sends to Postfix and Dovecot with each encryption and each mechanism
// that they have.
func TestPostfix(t *testing.T) {
	p := newPostfix(t)
	t.Run("mechanisms", p.testMechanisms)
	t.Run("refresh", p.testRefresh)
	t.Run("in part", p.testInPart)
	t.Run("many", p.testMany)
	t.Run("LMTP", p.testLMTP)
	t.Run("sendmail", p.testSendmail)
	t.Run("files", p.testFiles)
}

// to returns a sender to a port.
func (p *postfix) to(t *testing.T, port int, o smtpsend.Options) *smtpsend.Sender {
	t.Helper()
	if o.TLSConfig == nil {
		o.TLSConfig = p.client
	}
	if port == p.Implicit {
		o.TLS = smtpsend.TLSImplicit
	}
	s, err := smtpsend.New(fmt.Sprint("127.0.0.1:", port), &o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// mail returns a message to mailboxes of example.test that is unlike others.
func (p *postfix) mail(text string, to ...string) *mime.Message {
	m := letter()
	m.From = "ann@example.test"
	for _, name := range to {
		m.To = append(m.To, name+"@example.test")
	}
	m.Data = []byte("From: ann@example.test\r\nDate: Tue, 02 Mar 2027 10:00:00 +0000\r\nMessage-ID: " + m.ID +
		"\r\nSubject: " + text + "\r\n\r\n.dot\r\n..two\r\n.\r\nFrom x\r\nend\r\n")
	return m
}

func (p *postfix) testMechanisms(t *testing.T) {
	const wrong = "hunter22"
	count := 0
	for _, port := range []int{p.Submission, p.Implicit} {
		for _, m := range []string{"", "PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256", "OAUTHBEARER", "XOAUTH2"} {
			secret := "secret"
			if strings.Contains(m, "OAUTH") {
				secret = token(time.Now().Add(time.Hour), 0)
			}
			s := p.to(t, port, smtpsend.Options{Username: "ann@example.test", Password: secret, Mechanism: m})
			if err := s.Send(t.Context(), p.mail(m, "ann")); err != nil {
				t.Errorf("%s: Send = %v, want nil", m, err)
			}
			count++
			bad := p.to(t, port, smtpsend.Options{Username: "ann@example.test", Password: wrong, Mechanism: m})
			checkFailure(t, bad.Send(t.Context(), p.mail(m, "ann")), smtpsend.PhaseAuth, 535)
		}
	}
	long := p.to(t, p.Submission, smtpsend.Options{Username: "ann@example.test", Password: token(time.Now().Add(time.Hour), 3000), Mechanism: "XOAUTH2"})
	if err := long.Send(t.Context(), p.mail("long", "ann")); err != nil {
		t.Errorf("long token: Send = %v, want nil", err)
	}
	p.arrived(t, "mail/ann", count+1)
}

// testRefresh checks that an expired token is replaced.
func (p *postfix) testRefresh(t *testing.T) {
	var refused []string
	old, good := token(time.Now().Add(-time.Hour), 0), token(time.Now().Add(time.Hour), 0)
	s := p.to(t, p.Submission, smtpsend.Options{Username: "ann@example.test",
		Token: func(context.Context) (string, error) {
			if len(refused) == 0 {
				return old, nil
			}
			return good, nil
		},
		TokenRefused: func(token string) { refused = append(refused, token) },
	})
	if err := s.Send(t.Context(), p.mail("refresh", "bob")); err != nil {
		t.Errorf("Send = %v, want nil", err)
	}
	if diff := cmp.Diff([]string{old}, refused); diff != "" {
		t.Errorf("refused tokens: -want +got\n%s", diff)
	}
	p.arrived(t, "mail/bob", 1)
}

// testInPart sends to two recipients, one of whom is unknown.
func (p *postfix) testInPart(t *testing.T) {
	s := p.to(t, p.MX, smtpsend.Options{})
	m := p.mail("in part", "nobody", "bob")
	err := s.Send(t.Context(), m)
	var e *smtpsend.SendError
	if !errors.As(err, &e) || len(e.Errors) != 1 || !e.Errors[0].Refused() || e.Errors[0].Enhanced != (smtpsend.EnhancedCode{5, 1, 1}) {
		t.Errorf("Send = %v, want nobody be refused with 5.1.1", err)
	}
	for _, mail := range p.arrived(t, "mail/bob", 2) {
		if bytes.Contains(mail, []byte("in part")) && !bytes.HasSuffix(mail, m.Data) {
			t.Errorf("bob got %q, want it to end in %q", mail, m.Data)
		}
	}
}

// testMany sends more messages than one connection takes.
func (p *postfix) testMany(t *testing.T) {
	s := p.to(t, p.MX, smtpsend.Options{})
	const n = 130
	for i := range n {
		if err := s.Send(t.Context(), p.mail(fmt.Sprint("many ", i), "bob")); err != nil {
			t.Fatalf("message %d: %v", i, err)
		}
	}
	p.arrived(t, "mail/bob", n+2)
}

// testLMTP lets Dovecot answer for each recipient.
func (p *postfix) testLMTP(t *testing.T) {
	s := p.to(t, p.LMTP, smtpsend.Options{LMTP: true})
	m := p.mail("lmtp", "ann", "nobody")
	var e *smtpsend.SendError
	if err := s.Send(t.Context(), m); !errors.As(err, &e) || len(e.Accepted) != 1 || !e.Errors[0].Refused() {
		t.Errorf("Send = %v, want nobody be refused", err)
	}
	if got := p.arrived(t, "lmtp/ann", 1)[0]; !bytes.HasSuffix(got, m.Data) {
		t.Errorf("ann got %q, want it to end in %q", got, m.Data)
	}
}

// testSendmail gives a message to Postfix's sendmail program.
func (p *postfix) testSendmail(t *testing.T) {
	s, err := sendmail.New("", &sendmail.Options{Args: []string{"-C", p.Dir + "/etc"}})
	if err != nil {
		t.Fatal(err)
	}
	m := p.mail("by sendmail", "bob")
	if err := s.Send(t.Context(), m); err != nil {
		t.Fatalf("Send = %v, want nil", err)
	}
	for _, mail := range p.arrived(t, "mail/bob", 133) {
		if bytes.Contains(mail, []byte("by sendmail")) && !bytes.HasSuffix(mail, m.Data) {
			t.Errorf("bob got %q, want it to end in %q", mail, m.Data)
		}
	}
}
