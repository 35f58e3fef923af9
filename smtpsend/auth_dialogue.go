package smtpsend

import (
	"context"
	"encoding/base64"
	"errors"
	"slices"
	"strings"

	"github.com/emersion/go-sasl"
)

const (
	maxAuthLine   = 512   // of AUTH with its initial response (RFC 4954, section 4)
	maxAuthReply  = 12288 // of a response (RFC 4954, section 4)
	maxChallenges = 16
)

// authDialogue is one authentication dialogue with the server.
type authDialogue struct {
	*session
	client  sasl.Client
	held    []byte   // the initial response, while it waits for an empty challenge
	secrets []string // sent so far; removed from replies that quote them
}

// finisher is a mechanism that checks the server after a positive reply.
type finisher interface {
	sasl.Client
	Finish() error
}

// encodeInitial encodes an initial response. An empty response becomes an equals
// sign.
func encodeInitial(b []byte) string {
	if len(b) == 0 {
		return "="
	}
	return base64.StdEncoding.EncodeToString(b)
}

// run sends line, then answers challenges until the server decides.
func (x *authDialogue) run(ctx context.Context, line string) *Error {
	for range maxChallenges {
		r, err := x.send(ctx, line)
		if err != nil || r.code != 334 {
			return x.conclude(r, err)
		}
		response, cause := x.answer(r)
		if cause != nil {
			return x.cancel(ctx, cause)
		}
		encoded := base64.StdEncoding.EncodeToString(response)
		x.secrets = append(x.secrets, encoded)
		line = encoded
	}
	return x.cancel(ctx, errors.New("too many challenges"))
}

// send sends a line and reads the reply. If the reply is not SMTP, the error does
// not quote it, because it may contain the line.
func (x *authDialogue) send(ctx context.Context, line string) (reply, *Error) {
	if len(line)+len("\r\n") > maxAuthReply {
		return reply{}, unmet(PhaseAuth, errors.New("response is too long"))
	}
	r, err := x.command(ctx, PhaseAuth, line)
	if err != nil && errors.Is(err, errProtocol) {
		err.Err = errProtocol
	}
	return r, err
}

// conclude returns the result of the dialogue, given the server's last reply.
func (x *authDialogue) conclude(r reply, err *Error) *Error {
	if err := x.expect(PhaseAuth, x.redact(r), err); err != nil {
		return err
	}
	if f, ok := x.client.(finisher); ok {
		if err := f.Finish(); err != nil {
			return unmet(PhaseAuth, err)
		}
	}
	return nil
}

// answer returns the response to a challenge.
func (x *authDialogue) answer(r reply) ([]byte, error) {
	if first := x.held; first != nil {
		x.held = nil
		return first, nil
	}
	text := strings.TrimSpace(strings.Join(r.lines, ""))
	challenge, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		// QUIRK: Exchange answers a bare AUTH NTLM with "334 NTLM supported";
		// others ask for the user in the clear (testdata/challenge.txt).
		challenge = []byte(text)
	}
	return x.client.Next(challenge)
}

// cancel ends the dialogue because of cause (RFC 4954, section 4).
func (x *authDialogue) cancel(ctx context.Context, cause error) *Error {
	if _, err := x.send(ctx, "*"); err != nil {
		return err
	}
	return unmet(PhaseAuth, cause)
}

// redact removes the secrets from r, because servers quote lines that they do
// not understand.
func (x *authDialogue) redact(r reply) reply {
	r.lines = slices.Clone(r.lines)
	for i := range r.lines {
		for _, secret := range x.secrets {
			if len(secret) > len("=") {
				r.lines[i] = strings.ReplaceAll(r.lines[i], secret, "***")
			}
		}
	}
	return r
}
