// Package dkim signs mails (DKIM, RFC 6376) and hands them on to a sender.
//
//	signer, err := dkim.New(server, dkim.Key{Domain: "example.com", Selector: "s1", Signer: key}, nil)
//	if err != nil {
//		return err
//	}
//	err = signer.Send(ctx, message)
//
// Use it only if the server does not sign. Otherwise each mail is signed twice.
// The package signs by go-msgauth, with RSA or Ed25519 (RFC 8463).
package dkim

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/internal/fault"
	"github.com/convene-go/convene/mime"
)

// Sender takes the signed mails of a [Signer]: a sender of package smtpsend, or
// any other.
type Sender interface {
	Send(ctx context.Context, m *mime.Message) error
}

var _ Sender = (*Signer)(nil)

// Key is a private key with the place of the public one in the DNS.
type Key struct {
	// Domain is the signing domain. DMARC asks that it is the domain of the From
	// field, or a parent of that domain.
	Domain string
	// Selector names the key: the public key is in the TXT record
	// Selector._domainkey.Domain.
	Selector string
	// Signer holds an RSA key of at least 1024 bits or an Ed25519 key.
	Signer crypto.Signer
}

// Options are the choices of a [Signer]. Nil means the zero value.
type Options struct {
	// Second is another key that also signs each mail. A receiver needs one
	// signature that it can check. Not every receiver knows Ed25519, so an Ed25519
	// key should go together with an RSA key.
	Second *Key
	// Valid is the time after signing at which a signature expires. 0 means never.
	Valid time.Duration
	// Now returns the time from which Valid counts. Nil means [time.Now]. The
	// signature itself always has the real time of signing.
	Now func() time.Time
}

// Signer signs messages and hands them on. It is safe for concurrent use if its
// [Sender] is.
type Signer struct {
	next Sender
	keys []Key
	o    Options
}

// New returns a Signer that signs with key and hands on to next.
func New(next Sender, key Key, o *Options) (*Signer, error) {
	s := &Signer{next: next, keys: []Key{key}}
	if o != nil {
		s.o = *o
	}
	if s.o.Second != nil {
		s.keys = append(s.keys, *s.o.Second)
	}
	if s.o.Now == nil {
		s.o.Now = time.Now
	}
	if next == nil {
		return nil, errors.New("dkim: no sender to hand on to")
	}
	for _, k := range s.keys {
		if err := k.check(); err != nil {
			return nil, fmt.Errorf("dkim: key: %w", err)
		}
	}
	return s, nil
}

// minBits is the shortest RSA key that receivers must check (RFC 8301, section 3.2).
const minBits = 1024

// check returns an error if k cannot sign.
func (k Key) check() error {
	switch {
	case !isName(k.Domain):
		return errors.New("its Domain is not a domain name")
	case !isName(k.Selector):
		return errors.New("its Selector is not a domain name")
	case k.Signer == nil:
		return errors.New("no Signer")
	}
	switch public := k.Signer.Public().(type) {
	case ed25519.PublicKey:
	case *rsa.PublicKey:
		if public.N.BitLen() < minBits {
			return fmt.Errorf("RSA key is shorter than %d bits", minBits)
		}
	default:
		return fmt.Errorf("%T is neither RSA nor Ed25519", public)
	}
	return nil
}

// isName reports whether s may be a part of the name of the DNS record.
func isName(s string) bool {
	return address.IsPathDomain(s) && address.IsASCII(s) && s[0] != '['
}

// Send signs a copy of m and hands it on. If m cannot be signed, nothing is sent.
// If m must not be sent, the error has a [*mime.FieldError] for each field. The
// errors of the next sender are passed on as they are.
func (s *Signer) Send(ctx context.Context, m *mime.Message) error {
	signed, err := s.signed(m)
	if err != nil {
		return err
	}
	return s.next.Send(ctx, signed)
}

// SendReceipt is Send, and returns the receipt of the next sender, if that has the method,
// as the senders of package smtpsend have (see invite.ReceiptSender).
func (s *Signer) SendReceipt(ctx context.Context, m *mime.Message) (mime.Receipt, error) {
	next, ok := s.next.(interface {
		SendReceipt(ctx context.Context, m *mime.Message) (mime.Receipt, error)
	})
	if !ok {
		return mime.Receipt{}, s.Send(ctx, m)
	}
	signed, err := s.signed(m)
	if err != nil {
		return mime.Receipt{}, err
	}
	return next.SendReceipt(ctx, signed)
}

// signed returns a signed copy of m.
func (s *Signer) signed(m *mime.Message) (*mime.Message, error) {
	if err := m.Validate(); err != nil {
		return nil, fault.Join("dkim", fault.Fields(err)...)
	}
	signed := *m
	signed.To = slices.Clone(m.To)
	for _, k := range s.keys {
		data, err := s.sign(signed.Data, k)
		if err != nil {
			return nil, fmt.Errorf("dkim: sign: %w", err)
		}
		signed.Data = data
	}
	return &signed, nil
}

// Admit is Admit of the next sender, if that has the method, as the senders of package
// smtpsend have (see invite.Pacer). Otherwise a mail need not wait.
func (s *Signer) Admit(ctx context.Context, wait bool) (admitted context.Context, leave func(), err error) {
	if p, ok := s.next.(interface {
		Admit(ctx context.Context, wait bool) (context.Context, func(), error)
	}); ok {
		return p.Admit(ctx, wait)
	}
	return ctx, func() {}, nil
}

// sign returns data with a signature by k in front.
func (s *Signer) sign(data []byte, k Key) ([]byte, error) {
	o := &dkim.SignOptions{
		Domain:                 k.Domain,
		Selector:               k.Selector,
		Signer:                 k.Signer,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed,
		BodyCanonicalization:   dkim.CanonicalizationRelaxed,
		HeaderKeys:             fields(data),
	}
	if s.o.Valid > 0 {
		o.Expiration = s.o.Now().Add(s.o.Valid)
	}
	var out bytes.Buffer
	if err := dkim.Sign(&out, bytes.NewReader(data), o); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// sealed are the header fields that are signed even if the mail lacks them. Each
// is signed once more often than the mail has it, so that nobody can add another
// (RFC 6376, section 8.15).
var sealed = []string{"From", "To", "Cc", "Subject", "Date", "Reply-To", "Sender", "Message-ID",
	"MIME-Version", "Content-Type", "Content-Transfer-Encoding"}

// further are header fields that are signed if the mail has them (RFC 6376,
// section 5.4.1).
var further = []string{"In-Reply-To", "References", "Auto-Submitted", "Content-Class",
	"List-Id", "List-Unsubscribe", "List-Unsubscribe-Post"}

// fields returns the names of the header fields to sign. A name is repeated for
// each signature of its field, see sealed.
func fields(data []byte) []string {
	names := slices.Clone(sealed)
	header, _, _ := bytes.Cut(data, []byte("\r\n\r\n"))
	for line := range bytes.SplitSeq(header, []byte("\r\n")) {
		name, _, _ := strings.Cut(string(line), ":")
		for _, known := range slices.Concat(sealed, further) {
			if strings.EqualFold(strings.TrimSpace(name), known) {
				names = append(names, known)
			}
		}
	}
	return names
}
