package smtpsend

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/emersion/go-sasl"
)

const (
	maxAuthLine   = 512   // of AUTH with its initial response (RFC 4954, section 4)
	maxAuthReply  = 12288 // of a response (RFC 4954, section 4)
	maxChallenges = 16
)

// errPlaintextAuth is the cause when a password would be readable on the way.
var errPlaintextAuth = errors.New("the password is not sent without TLS")

// mechanism is a way to authenticate.
type mechanism struct {
	name      string
	plaintext bool // shows the password to whoever reads the connection
	client    func(o *Options) sasl.Client
}

// mechanisms are those known, the best first.
var mechanisms = []mechanism{
	{sasl.Plain, true, func(o *Options) sasl.Client {
		return sasl.NewPlainClient("", o.Username, o.Password)
	}},
	{sasl.Login, true, func(o *Options) sasl.Client {
		return &loginClient{Client: sasl.NewLoginClient(o.Username, o.Password), username: o.Username}
	}},
}

// mechanismNames returns the names of those known.
func mechanismNames() []string {
	var names []string
	for _, m := range mechanisms {
		names = append(names, m.name)
	}
	return names
}

// login authenticates where the options name a user.
func (c *conn) login(ctx context.Context) *Error {
	if c.o.Username == "" {
		return nil
	}
	m, err := c.choose()
	if err != nil {
		return unmet(PhaseAuth, err)
	}
	return c.authenticate(ctx, m.client(c.o))
}

// choose returns the best mechanism that is offered, asked for and safe.
func (c *conn) choose() (mechanism, error) {
	offered := c.ext.mechanisms()
	withheld := false
	for _, m := range mechanisms {
		if !slices.Contains(offered, m.name) || !m.wanted(c.o) {
			continue
		}
		if c.encrypted || m.safeInClear(c.o) {
			return m, nil
		}
		withheld = true
	}
	if withheld {
		return mechanism{}, errPlaintextAuth
	}
	return mechanism{}, fmt.Errorf("%w: server offers %q", ErrNoMechanism, offered)
}

// wanted reports whether o admits m.
func (m mechanism) wanted(o *Options) bool {
	return o.Mechanism == "" || o.Mechanism == m.name
}

// safeInClear reports whether m may be used without TLS.
func (m mechanism) safeInClear(o *Options) bool {
	return !m.plaintext || o.InsecureAllowPlaintextAuth
}

// authenticate runs one exchange (RFC 4954, section 4).
func (c *conn) authenticate(ctx context.Context, client sasl.Client) *Error {
	name, first, err := client.Start()
	if err != nil {
		return unmet(PhaseAuth, err)
	}
	x := &exchange{conn: c, client: client}
	line, initial := "AUTH "+name, encodeInitial(first)
	if first == nil || len(line)+len(" ")+len(initial)+len("\r\n") > maxAuthLine {
		x.held = first
		return x.run(ctx, line)
	}
	x.secrets = []string{initial}
	return x.run(ctx, line+" "+initial)
}

// encodeInitial encodes an initial response; an empty one is an equals sign.
func encodeInitial(b []byte) string {
	if len(b) == 0 {
		return "="
	}
	return base64.StdEncoding.EncodeToString(b)
}

// exchange is an authentication under way.
type exchange struct {
	*conn
	client  sasl.Client
	held    []byte   // the initial response that waits for an empty challenge
	secrets []string // what was sent, in case the server quotes it
}

// run sends line, then answers challenges until the server decides.
func (x *exchange) run(ctx context.Context, line string) *Error {
	for range maxChallenges {
		r, err := x.say(ctx, line)
		if err != nil || r.code != 334 {
			return x.expect(PhaseAuth, x.redact(r), err)
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

// say sends a line and reads the reply. A reply that is not SMTP may quote the
// line, so it is not quoted in turn.
func (x *exchange) say(ctx context.Context, line string) (reply, *Error) {
	if len(line)+len("\r\n") > maxAuthReply {
		return reply{}, unmet(PhaseAuth, errors.New("response is too long"))
	}
	r, err := x.command(ctx, PhaseAuth, line)
	if err != nil && errors.Is(err, errProtocol) {
		err.Err = errProtocol
	}
	return r, err
}

// answer returns the response to a challenge.
func (x *exchange) answer(r reply) ([]byte, error) {
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

// cancel ends the exchange because of cause (RFC 4954, section 4).
func (x *exchange) cancel(ctx context.Context, cause error) *Error {
	if _, err := x.say(ctx, "*"); err != nil {
		return err
	}
	return unmet(PhaseAuth, cause)
}

// redact removes from r what was said in secret: servers quote lines that they
// do not understand.
func (x *exchange) redact(r reply) reply {
	r.lines = slices.Clone(r.lines)
	for i := range r.lines {
		for _, secret := range append(x.secrets, x.o.Password) {
			if len(secret) > len("=") {
				r.lines[i] = strings.ReplaceAll(r.lines[i], secret, "***")
			}
		}
	}
	return r
}

// loginClient makes go-sasl's LOGIN ignore what the challenges say, as
// draft-sasl-login, section 1 has it: servers ask for "Password:", "Password"
// or in words of their own.
type loginClient struct {
	sasl.Client
	username string
	asked    bool
}

var _ sasl.Client = (*loginClient)(nil)

// Next answers with the password, unless a server that overlooked the initial
// response asks for the user first.
func (l *loginClient) Next(challenge []byte) ([]byte, error) {
	if !l.asked && bytes.HasPrefix(bytes.ToLower(challenge), []byte("user")) {
		l.asked = true
		return []byte(l.username), nil
	}
	return l.Client.Next([]byte("Password:"))
}
