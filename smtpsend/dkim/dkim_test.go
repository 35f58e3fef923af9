package dkim_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
	"github.com/convene-go/convene/mime"
	signing "github.com/convene-go/convene/smtpsend/dkim"
)

var _ invite.Pacer = (*signing.Signer)(nil)

// keys has one key of each kind.
func keys(t *testing.T) (one, two signing.Key) {
	t.Helper()
	long, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	_, short, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return signing.Key{Domain: "example.com", Selector: "s1", Signer: long},
		signing.Key{Domain: "example.com", Selector: "s2", Signer: short}
}

// recorder is a sender that keeps the messages that it gets.
type recorder struct{ got []*mime.Message }

func (r *recorder) Send(ctx context.Context, m *mime.Message) error {
	r.got = append(r.got, m)
	return ctx.Err()
}

const mail = "From: Ann <ann@example.com>\r\nTo: bob@example.com\r\nSubject: Review of\r\n the plan\r\n" +
	"Auto-Submitted: auto-generated\r\n\r\n.dot\r\ntext  \r\n\r\n"

func letter() *mime.Message {
	return &mime.Message{From: "ann@example.com", To: []string{"bob@example.com"}, Data: []byte(mail)}
}

// verify checks the signatures of a mail with the keys' records.
func verify(t *testing.T, data []byte, of ...signing.Key) []*dkim.Verification {
	t.Helper()
	records := make(map[string]string)
	for _, k := range of {
		record, err := k.Record()
		if err != nil {
			t.Fatal(err)
		}
		records[k.Selector+"._domainkey."+k.Domain] = record
	}
	found, err := dkim.VerifyWithOptions(bytes.NewReader(data), &dkim.VerifyOptions{
		LookupTXT: func(name string) ([]string, error) { return []string{records[name]}, nil }})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestSign checks that signatures hold, and that they fail if the mail is changed.
func TestSign(t *testing.T) {
	one, two := keys(t)
	r := new(recorder)
	s, err := signing.New(r, one, &signing.Options{Second: &two, Valid: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Send(t.Context(), letter()); err != nil {
		t.Fatal(err)
	}
	data := string(r.got[0].Data)
	if !strings.HasSuffix(data, mail) || strings.Count(data, "DKIM-Signature:") != 2 {
		t.Errorf("got %q, want two signatures in front of the mail", data)
	}
	tests := []struct {
		name     string
		old, new string
		holds    bool
	}{
		{"as it is", "", "", true},
		{"spaces", "text  \r\n\r\n", "text \r\n", true},
		{"body", "text", "test", false},
		{"subject", "Review", "Preview", false},
		{"second subject", "To: bob", "Subject: x\r\nTo: bob", false},
		{"second From", "To: bob", "From: eve@example.com\r\nTo: bob", false},
		{"reply-to", "To: bob", "Reply-To: eve@example.com\r\nTo: bob", false},
		{"received", "From: Ann", "Received: by x\r\nFrom: Ann", true},
	}
	for _, tt := range tests {
		found := verify(t, []byte(strings.Replace(data, tt.old, tt.new, 1)), one, two)
		if len(found) != 2 {
			t.Fatalf("%s: %d signatures, want 2", tt.name, len(found))
		}
		for _, v := range found {
			if tt.holds != (v.Err == nil) || v.Domain != "example.com" || v.Expiration.IsZero() {
				t.Errorf("%s: %v, want it to hold: %t", tt.name, v.Err, tt.holds)
			}
		}
	}
}

func TestErrors(t *testing.T) {
	one, _ := keys(t)
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	with := func(change func(*signing.Key)) signing.Key {
		k := one
		change(&k)
		return k
	}
	tests := []struct {
		next signing.Sender
		key  signing.Key
		want string
	}{
		{nil, one, "dkim: no sender to hand on to"},
		{new(recorder), with(func(k *signing.Key) { k.Domain = "" }), "dkim: key: its Domain is not a domain name"},
		{new(recorder), with(func(k *signing.Key) { k.Selector = "s1; d=x" }), "dkim: key: its Selector is not a domain name"},
		{new(recorder), with(func(k *signing.Key) { k.Signer = nil }), "dkim: key: no Signer"},
		{new(recorder), with(func(k *signing.Key) { k.Signer = curve }), "dkim: key: *ecdsa.PublicKey is neither RSA nor Ed25519"},
		{new(recorder), with(func(k *signing.Key) { k.Signer = weak{} }), "dkim: key: RSA key is shorter than 1024 bits"},
	}
	for _, tt := range tests {
		if _, err := signing.New(tt.next, tt.key, nil); err == nil || err.Error() != tt.want {
			t.Errorf("New = %v, want %s", err, tt.want)
		}
	}
	if _, err := (signing.Key{}).Record(); err == nil {
		t.Error("Record of no key = nil, want an error")
	}
}

// weak is a short RSA key.
type weak struct{ crypto.Signer }

func (weak) Public() crypto.PublicKey {
	return &rsa.PublicKey{N: big.NewInt(1 << 40), E: 65537}
}

// broken is a key that does not sign.
type broken struct{ crypto.Signer }

func (broken) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errors.New("the card is not in the reader")
}

// TestSignFails checks that an unsigned mail is never sent.
func TestSignFails(t *testing.T) {
	one, _ := keys(t)
	one.Signer = broken{one.Signer}
	r := new(recorder)
	s, err := signing.New(r, one, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Send(t.Context(), letter()); err == nil || err.Error() != "dkim: sign: the card is not in the reader" || len(r.got) > 0 {
		t.Errorf("Send = %v, %d handed on, want an error and none", err, len(r.got))
	}
}

func TestParseKey(t *testing.T) {
	one, two := keys(t)
	long := one.Signer.(*rsa.PrivateKey)
	pkcs8 := func(key any) []byte {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	}
	exchange, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		pem  []byte
		fine bool
	}{
		{"RSA, PKCS #1", pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(long)}), true},
		{"RSA, PKCS #8", pkcs8(long), true},
		{"Ed25519", pkcs8(two.Signer), true},
		{"a key that does not sign", pkcs8(exchange), false},
		{"nothing", nil, false},
		{"PKCS #1, bad", pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: []byte("x")}), false},
		{"PKCS #8, bad", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("x")}), false},
	}
	for _, tt := range tests {
		if key, err := signing.ParseKey(tt.pem); tt.fine != (err == nil && key != nil) {
			t.Errorf("%s: ParseKey = %v, want success: %t", tt.name, err, tt.fine)
		}
	}
}

// TestSender checks that a signer keeps the rules of package invite.
func TestSender(t *testing.T) {
	one, _ := keys(t)
	invitetest.TestSender(t, func(t *testing.T) invite.Sender {
		s, err := signing.New(&observed{}, one, nil)
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}

// observed is a sender that does nothing.
type observed struct{}

func (*observed) Send(ctx context.Context, _ *mime.Message) error { return ctx.Err() }
