package smtpsend

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/emersion/go-sasl"
)

// errPlaintextAuth is the cause if a secret would be readable on the way.
var errPlaintextAuth = errors.New("the password is not sent without TLS")

// login authenticates if the options ask for it. A certificate alone is used only
// if the server offers to look at it.
func (s *session) login(ctx context.Context) *Error {
	if !s.o.authenticates() && !(s.o.hasCertificate() && s.offersExternal()) {
		return nil
	}
	m, err := s.choose()
	if err != nil {
		return unmet(PhaseAuth, err)
	}
	client, err := m.client(s.creds)
	if err != nil {
		return unmet(PhaseAuth, fmt.Errorf("%s: %w", m.name, err))
	}
	return s.authenticate(ctx, client)
}

// choose returns the best mechanism that the server offers and the options admit,
// and that is safe on this connection.
func (s *session) choose() (mechanism, error) {
	offered := s.ext.mechanisms()
	withheld := false
	for _, m := range s.ranked() {
		if !slices.Contains(offered, m.name) || !m.wanted(s.o) {
			continue
		}
		if s.encrypted || m.safeInClear(s.o) {
			return m, nil
		}
		withheld = true
	}
	if withheld {
		return mechanism{}, errPlaintextAuth
	}
	return mechanism{}, fmt.Errorf("%w: server offers %q", ErrNoMechanism, offered)
}

// ranked returns the mechanisms, the best first. Without TLS the mechanisms that
// show the secret come last.
func (s *session) ranked() []mechanism {
	if s.encrypted {
		return mechanisms
	}
	ranked := slices.Clone(mechanisms)
	slices.SortStableFunc(ranked, func(a, b mechanism) int {
		switch {
		case a.plaintext == b.plaintext:
			return 0
		case a.plaintext:
			return 1
		}
		return -1
	})
	return ranked
}

// offersExternal reports whether the server looks at client certificates.
func (s *session) offersExternal() bool {
	return slices.Contains(s.ext.mechanisms(), "EXTERNAL")
}

// authenticate runs one authentication dialogue (RFC 4954, section 4). The
// initial response waits for an empty challenge if it makes the line too long.
func (s *session) authenticate(ctx context.Context, client sasl.Client) *Error {
	name, first, err := client.Start()
	if err != nil {
		return unmet(PhaseAuth, err)
	}
	x := &authDialogue{session: s, client: client, secrets: []string{s.creds.password, s.creds.token}}
	line, initial := "AUTH "+name, encodeInitial(first)
	if first == nil || len(line)+len(" ")+len(initial)+len("\r\n") > maxAuthLine {
		x.held = first
		return x.run(ctx, line)
	}
	x.secrets = append(x.secrets, initial)
	return x.run(ctx, line+" "+initial)
}
