package smtpsend_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/smtpsend"
)

// spot is a place of a conversation where the scripted server may fail.
type spot struct {
	key       string // of the script
	phase     smtpsend.Phase
	mechanism string   // empty means PLAIN
	auth      []string // replies to AUTH; empty means one that agrees
	lmtp      bool
}

// spots are the places that TestFaults tries.
var spots = []spot{
	{key: "GREETING", phase: smtpsend.PhaseGreeting},
	{key: "EHLO", phase: smtpsend.PhaseHello},
	{key: "STARTTLS", phase: smtpsend.PhaseTLS},
	{key: "HANDSHAKE", phase: smtpsend.PhaseTLS},
	{key: "AUTH 0", phase: smtpsend.PhaseAuth},
	{key: "AUTH 1", phase: smtpsend.PhaseAuth, mechanism: "LOGIN", auth: []string{"334 " + b64("Password:"), "235 ok"}},
	{key: "AUTH 1", phase: smtpsend.PhaseAuth, mechanism: "CRAM-MD5", auth: []string{"334 " + b64("<1@test.example>"), "235 ok"}},
	{key: "AUTH 1", phase: smtpsend.PhaseAuth, mechanism: "XOAUTH2", auth: []string{"334 " + b64(`{"status":"400"}`), "235 ok"}},
	{key: "AUTH 1", phase: smtpsend.PhaseAuth, mechanism: "NTLM", auth: []string{"334 " + ntlmChallenge, "235 ok"}},
	{key: "AUTH 1", phase: smtpsend.PhaseAuth, mechanism: "SCRAM-SHA-256", auth: []string{"(scram)", "(scram)", "235 ok"}},
	{key: "MAIL", phase: smtpsend.PhaseMail},
	{key: "RCPT", phase: smtpsend.PhaseRcpt},
	{key: "DATA", phase: smtpsend.PhaseData},
	{key: "BODY", phase: smtpsend.PhaseBody},
	{key: ".", phase: smtpsend.PhaseFinal},
	{key: "LHLO", phase: smtpsend.PhaseHello, lmtp: true},
	{key: "RCPT bob@example.com", phase: smtpsend.PhaseRcpt, lmtp: true},
	{key: ". bob@example.com", phase: smtpsend.PhaseFinal, lmtp: true},
}

// script returns a server that fails as f says at s.
func (s spot) script(f fault, ext []string, identity *identity) *scripted {
	mechanism, auth := s.login()
	return &scripted{
		ext:     append([]string{"AUTH " + mechanism}, ext...),
		tls:     identity.server,
		auth:    auth,
		lmtp:    s.lmtp,
		answers: map[string]string{s.key: f.answer},
	}
}

// login returns how to authenticate at s.
func (s spot) login() (mechanism string, auth []string) {
	if s.mechanism == "" {
		return "PLAIN", []string{"235 2.7.0 ok"}
	}
	return s.mechanism, s.auth
}

// options returns the options of a sender that reaches s.
func (s spot) options(identity *identity) smtpsend.Options {
	mechanism, _ := s.login()
	return smtpsend.Options{TLS: smtpsend.TLSRequired, TLSConfig: identity.client,
		Username: "ann", Password: "secret", Mechanism: mechanism}
}

// name returns a name of s that no other spot has.
func (s spot) name() string { return s.key + " " + s.mechanism }

// outcome is the expected or the actual result of a case.
type outcome struct {
	Phase              smtpsend.Phase
	Code               int
	Temporary, Unknown bool
	Cause              string
	Took               time.Duration
	Delivered          int
}

// fault is a misbehaviour and the error that it must lead to.
type fault struct {
	name   string
	answer string
	ctx    string // how the context ends after a second: "", "cancel" or "deadline"
	code   int
	cause  string
	took   func(smtpsend.Phase) time.Duration // nil for at once
}

// faults are tried at each spot.
var faults = []fault{
	{"drop", faultDrop, "", 0, "EOF", nil},
	{"half a reply", faultHalf, "", 0, "EOF", nil},
	{"garbage", faultGarbage, "", 0, "malformed", nil},
	{"endless line", faultFlood, "", 0, "malformed", nil},
	{"endless reply", faultEndless, "", 0, "malformed", nil},
	{"out of place", "299 hm", "", 0, "malformed", nil},
	{"450", "450 4.2.1 later", "", 450, "", nil},
	{"550", "550 5.7.1 never", "", 550, "", nil},
	{"421", "421 4.3.2 closing", "", 421, "", nil},
	{"stall", faultStall, "", 0, "timeout", timeoutOf},
	{"stall, cancel", faultStall, "cancel", 0, "canceled", afterSecond},
	{"stall, deadline", faultStall, "deadline", 0, "deadline", afterSecond},
	{"stall, both", faultStall, "both", 0, "canceled", afterSecond},
}

func afterSecond(smtpsend.Phase) time.Duration { return time.Second }

// timeoutOf is the default time of a phase.
func timeoutOf(p smtpsend.Phase) time.Duration {
	switch p {
	case smtpsend.PhaseBody:
		return 3 * time.Minute
	case smtpsend.PhaseFinal:
		return 10 * time.Minute
	}
	return 5 * time.Minute
}

// want returns the outcome that a fault at a spot must have.
func (f fault) want(key string, p smtpsend.Phase) outcome {
	o := outcome{Phase: p, Code: f.code, Cause: f.cause}
	if f.took != nil {
		o.Took = f.took(p)
	}
	if key == "HANDSHAKE" && f.ctx == "" && f.answer == faultStall {
		o.Took = 30 * time.Second
	}
	if key[0] == '.' {
		o.Delivered = 1
		o.Unknown = f.code == 0
		if f.ctx != "" { // Options.Finish
			o.Took += 5 * time.Second
		}
	}
	o.Temporary = f.code != 550 && !o.Unknown
	return o
}

// skip reports that a fault makes no sense at a spot.
func (f fault) skip(key string) bool {
	if key == "HANDSHAKE" || key == "BODY" {
		return f.answer != faultDrop && f.answer != faultStall
	}
	return f.name == "out of place" && key != "DATA"
}

// TestFaults lets a server fail in each way at each spot, with and without
// pipelining. Send must return in time and tell what happened, and no truncated
// message may be taken. The clock is fake. A goroutine that is left behind fails
// the test.
func TestFaults(t *testing.T) {
	identity := newIdentity(t)
	cases := 0
	for _, spot := range spots {
		for _, f := range faults {
			if f.skip(spot.key) {
				continue
			}
			for _, ext := range [][]string{nil, {"PIPELINING"}} {
				cases++
				name := fmt.Sprintf("%s/%s/%d", spot.name(), f.name, len(ext))
				t.Run(name, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						s := spot.script(f, ext, identity)
						s.talk = newTalk(t)
						got := provoke(t, s, f, spot.options(identity))
						if diff := cmp.Diff(f.want(spot.key, spot.phase), got); diff != "" {
							t.Errorf("Send: -want +got\n%s", diff)
						}
					})
				})
			}
		}
	}
	if cases < 150 {
		t.Errorf("%d cases, want at least 150", cases)
	}
	t.Logf("%d cases", cases)
}

// provoke sends a message to s and returns the outcome.
func provoke(t *testing.T, s *scripted, f fault, o smtpsend.Options) outcome {
	t.Helper()
	s.over = make(chan struct{})
	sender := s.sender(t, o)
	ctx, cancel := contextThat(f.ctx)
	defer cancel()
	m := longLetter("bob@example.com")
	start := time.Now()
	err := sender.Send(ctx, m)
	took := time.Since(start)
	sender.Close()
	close(s.over)
	s.wg.Wait()
	var e *smtpsend.Error
	if !errors.As(err, &e) {
		t.Fatalf("Send = %v, want an *Error", err)
	}
	for _, d := range s.delivered {
		if d != string(m.Data) {
			t.Errorf("server took a message of %d octets, want %d", len(d), len(m.Data))
		}
	}
	return outcome{e.Phase, e.Code, e.Temporary, e.Unknown, causeOf(e), took, len(s.delivered)}
}

// contextThat returns a context that ends after a second in the given way.
func contextThat(way string) (context.Context, context.CancelFunc) {
	second := time.Second
	if way == "both" {
		second = time.Hour
	}
	if way == "deadline" || way == "both" {
		ctx, cancel := context.WithTimeout(context.Background(), second)
		if way == "both" {
			time.AfterFunc(time.Second, cancel)
		}
		return ctx, cancel
	}
	ctx, cancel := context.WithCancel(context.Background())
	if way == "cancel" {
		time.AfterFunc(time.Second, cancel)
	}
	return ctx, cancel
}

// causeOf names the cause of e.
func causeOf(e *smtpsend.Error) string {
	var timeout interface{ Timeout() bool }
	switch {
	case e.Err == nil:
		return ""
	case errors.Is(e, context.Canceled):
		return "canceled"
	case errors.Is(e, context.DeadlineExceeded):
		return "deadline"
	case errors.Is(e, io.EOF), errors.Is(e, io.ErrClosedPipe), errors.Is(e, io.ErrUnexpectedEOF):
		return "EOF"
	case errors.As(e, &timeout) && timeout.Timeout():
		return "timeout"
	case strings.Contains(e.Error(), "malformed reply"):
		return "malformed"
	}
	return e.Err.Error()
}

// cut is a connection that breaks at some point of the message.
type cut struct {
	net.Conn
	left int // octets of the message that are still written
}

func (c *cut) Write(b []byte) (int, error) {
	if !bytes.HasSuffix(b, []byte("\r\n.\r\n")) {
		return c.Conn.Write(b)
	}
	n, err := c.Conn.Write(b[:len(b)-c.left])
	if err == nil {
		c.Conn.Close()
		err = io.ErrClosedPipe
	}
	return n, err
}

// TestCut breaks the connection around the final dot. Before the dot nothing was
// delivered, after it the fate of the message is unknown.
func TestCut(t *testing.T) {
	for left := range 6 {
		t.Run(fmt.Sprint(left, " octets left"), func(t *testing.T) {
			s := new(scripted)
			sender, err := smtpsend.New("test.example", &smtpsend.Options{TLS: smtpsend.TLSInsecureNone,
				Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
					nc, err := s.dial(ctx, network, addr)
					return &cut{Conn: nc, left: left}, err
				}})
			if err != nil {
				t.Fatal(err)
			}
			err = sender.Send(context.Background(), letter("bob@example.com"))
			sender.Close()
			s.wg.Wait()
			var e *smtpsend.Error
			if !errors.As(err, &e) || e.Phase != smtpsend.PhaseBody || e.Unknown != (left <= 2) || e.Temporary == e.Unknown {
				t.Errorf("Send = %v, want it unknown: %t", err, left <= 2)
			}
			if len(s.delivered) > 0 && !e.Unknown {
				t.Errorf("server took a message that is said to be lost")
			}
		})
	}
}
