package smtpsend_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/smtpsend"
)

// minute is a budget for a few attempts.
var minute = smtpsend.Retry{Budget: time.Minute}

// TestRetryFaults lets a server fail once in each way at each spot. If it is safe to
// try again, the message must arrive, once. Otherwise the failure must be reported
// after one attempt.
func TestRetryFaults(t *testing.T) {
	identity := newIdentity(t)
	for _, spot := range spots {
		for _, f := range faults {
			if f.skip(spot.key) || f.ctx != "" || spot.mechanism != "" {
				continue
			}
			t.Run(fmt.Sprintf("%s/%s", spot.name(), f.name), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := spot.script(f, []string{"PIPELINING"}, identity)
					s.answers, s.over = nil, make(chan struct{})
					s.once(spot.key, f.answer)
					o := spot.options(identity)
					o.Retry = smtpsend.Retry{Budget: time.Hour}
					sender := s.sender(t, o)
					err := sender.Send(context.Background(), longLetter("bob@example.com"))
					sender.Close()
					close(s.over)
					s.wg.Wait()
					want := f.want(spot.key, spot.phase)
					checkRetried(t, err, want, len(s.delivered))
				})
			})
		}
	}
}

// checkRetried checks the fate of a message that met a fault once.
func checkRetried(t *testing.T, err error, want outcome, delivered int) {
	t.Helper()
	var e *smtpsend.Error
	switch {
	case want.Temporary && err != nil:
		t.Errorf("Send = %v, want nil after another attempt", err)
	case !want.Temporary && (!errors.As(err, &e) || e.Phase != want.Phase || e.Unknown != want.Unknown):
		t.Errorf("Send = %v, want an error in phase %s after one attempt", err, want.Phase)
	}
	// The scripted server takes a message even if its reply is a refusal.
	if most := max(1, want.Delivered); delivered > most && !want.Temporary {
		t.Errorf("server took the message %d times", delivered)
	}
}

// TestRetry sends to servers whose answers change from attempt to attempt.
func TestRetry(t *testing.T) {
	three := []string{"bob@example.com", "carl@example.com", "dora@example.com"}
	tests := []struct {
		name     string
		answers  map[string]string
		once     string // key of an answer given the first time
		answer   string
		o        smtpsend.Options
		deadline time.Duration
		dials    int // 0 if it depends on chance
		verbs    string
		err      string
		took     [2]time.Duration // least and most
	}{
		{name: "432", once: ".", answer: "432 4.3.2 concurrent connections exceeded", o: smtpsend.Options{Retry: minute},
			dials: 1, verbs: "EHLO MAIL RCPT RCPT RCPT DATA MAIL RCPT RCPT RCPT DATA QUIT", took: [2]time.Duration{500 * time.Millisecond, 2 * time.Second}},
		{name: "greylisted, one of three", once: "RCPT carl@example.com", answer: "451 4.7.1 later", o: smtpsend.Options{Retry: minute},
			dials: 1, verbs: "EHLO MAIL RCPT RCPT RCPT DATA MAIL RCPT DATA QUIT", took: [2]time.Duration{500 * time.Millisecond, 2 * time.Second}},
		{name: "421 at the greeting", once: "GREETING", answer: "421 4.3.2 busy", o: smtpsend.Options{Retry: minute},
			dials: 2, took: [2]time.Duration{500 * time.Millisecond, 2 * time.Second}},
		{name: "452, too many", once: "RCPT dora@example.com", answer: "452 4.5.3 too many",
			dials: 1, verbs: "EHLO MAIL RCPT RCPT RCPT DATA MAIL RCPT DATA QUIT"},
		{name: "452, mailbox full", once: "RCPT dora@example.com", answer: "452 4.2.2 full",
			dials: 1, verbs: "EHLO MAIL RCPT RCPT RCPT DATA QUIT", err: "smtpsend: 1 of 3 recipients: dora@example.com: rcpt: 452 4.2.2 full"},
		{name: "452, all or nothing", once: "RCPT dora@example.com", answer: "452 4.5.3 too many", o: smtpsend.Options{AllOrNothing: true},
			dials: 1, err: "smtpsend: 3 of 3 recipients: bob@example.com: rcpt: given up because another recipient was refused; " +
				"carl@example.com: rcpt: given up because another recipient was refused; dora@example.com: rcpt: 452 4.5.3 too many"},
		{name: "all or nothing, once more", once: "RCPT dora@example.com", answer: "450 later", o: smtpsend.Options{AllOrNothing: true, Retry: minute},
			dials: 1, verbs: "EHLO MAIL RCPT RCPT RCPT RSET MAIL RCPT RCPT RCPT DATA QUIT", took: [2]time.Duration{500 * time.Millisecond, 2 * time.Second}},
		{name: "all or nothing, refused", once: "RCPT bob@example.com", answer: "550 no", o: smtpsend.Options{AllOrNothing: true, Retry: minute},
			dials: 1, err: "smtpsend: 3 of 3 recipients: bob@example.com: rcpt: 550 no; carl@example.com: rcpt: given up because another recipient was refused; " +
				"dora@example.com: rcpt: given up because another recipient was refused"},
		{name: "off", once: "MAIL", answer: "451 4.3.0 no", dials: 1, verbs: "EHLO MAIL QUIT", err: "smtpsend: mail: 451 4.3.0 no"},
		{name: "budget", answers: map[string]string{"MAIL": "451 4.3.0 no"}, o: smtpsend.Options{Retry: minute},
			err: "smtpsend: mail: 451 4.3.0 no", took: [2]time.Duration{10 * time.Second, time.Minute}},
		{name: "deadline", answers: map[string]string{"MAIL": "451 4.3.0 no"}, deadline: 3 * time.Second,
			o:     smtpsend.Options{Retry: smtpsend.Retry{Budget: time.Minute, First: 10 * time.Second}},
			dials: 1, verbs: "EHLO MAIL QUIT", err: "smtpsend: mail: 451 4.3.0 no"},
		{name: "unknown", answers: map[string]string{".": faultDrop}, o: smtpsend.Options{Retry: minute},
			dials: 1, err: "smtpsend: final: EOF (delivery unknown)"},
		{name: "password transition", o: smtpsend.Options{Retry: minute, Username: "ann", Password: "x", InsecureAllowPlaintextAuth: true},
			answers: map[string]string{"AUTH 0": "432 4.7.12 change it"}, dials: 1, err: "smtpsend: auth: 432 4.7.12 change it"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &scripted{ext: []string{"AUTH PLAIN"}, auth: []string{"235 ok"}, answers: tt.answers}
				s.once(tt.once, tt.answer)
				sender := s.sender(t, tt.o)
				ctx := t.Context()
				if tt.deadline > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, tt.deadline)
					defer cancel()
				}
				start := time.Now()
				err := sender.Send(ctx, letter(three...))
				took := time.Since(start)
				sender.Close()
				s.wg.Wait()
				// A pipe may break off in two ways.
				if got := strings.Replace(message(err), io.ErrClosedPipe.Error(), "EOF", 1); got != tt.err {
					t.Errorf("Send = %q, want %q", got, tt.err)
				}
				if took < tt.took[0] || took > tt.took[1]+10*time.Millisecond {
					t.Errorf("Send took %v, want %v", took, tt.took)
				}
				if tt.dials > 0 && s.dials != tt.dials || tt.verbs != "" && s.verbs() != tt.verbs {
					t.Errorf("%d dials, server was told %q, want %d, %q", s.dials, s.verbs(), tt.dials, tt.verbs)
				}
			})
		})
	}
}

// TestRetryCancelled ends the context between two attempts.
func TestRetryCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &scripted{answers: map[string]string{"MAIL": "451 4.3.0 no"}}
		sender := s.sender(t, smtpsend.Options{Retry: smtpsend.Retry{Budget: time.Hour, First: 10 * time.Second}})
		ctx, cancel := contextThat("cancel")
		defer cancel()
		start := time.Now()
		err := sender.Send(ctx, letter("bob@example.com"))
		var e *smtpsend.Error
		if !errors.Is(err, context.Canceled) || !errors.As(err, &e) || e.Code != 451 {
			t.Errorf("Send = %v, want context.Canceled with the reply 451", err)
		}
		if took := time.Since(start); took != time.Second {
			t.Errorf("Send took %v, want 1s", took)
		}
		sender.Close()
	})
}

// TestRetryClosed closes the sender between two attempts.
func TestRetryClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &scripted{answers: map[string]string{"MAIL": "451 4.3.0 no"}}
		sender := s.sender(t, smtpsend.Options{Retry: smtpsend.Retry{Budget: time.Hour, First: 10 * time.Second}})
		time.AfterFunc(time.Second, func() { sender.Close() })
		err := sender.Send(context.Background(), letter("bob@example.com"))
		if message(err) != "smtpsend: mail: 451 4.3.0 no" {
			t.Errorf("Send = %v, want what the server said", err)
		}
	})
}

// slow is a Limiter.
type slow struct {
	waits int
	err   error
}

func (l *slow) Wait(context.Context) error {
	l.waits++
	time.Sleep(time.Second)
	return l.err
}

// TestLimiter checks that each attempt waits for the limiter.
func TestLimiter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, l := new(scripted), new(slow)
		s.once("MAIL", "451 4.3.0 no")
		sender := s.sender(t, smtpsend.Options{Limiter: l, Retry: minute})
		if err := sender.Send(context.Background(), letter("bob@example.com")); err != nil || l.waits != 2 {
			t.Errorf("Send = %v after %d waits, want nil after 2", err, l.waits)
		}
		l.err = errors.New("would exceed the deadline")
		sender.Close()
		sender = s.sender(t, smtpsend.Options{Limiter: l})
		err := sender.Send(context.Background(), letter("bob@example.com"))
		var e *smtpsend.Error
		if !errors.As(err, &e) || e.Phase != smtpsend.PhaseConnect || !e.Temporary || !errors.Is(err, l.err) {
			t.Errorf("Send = %v, want a temporary error in phase connect", err)
		}
		sender.Close()
	})
}

// TestParameters checks the parameters of MAIL and RCPT for options and messages that
// need extensions.
func TestParameters(t *testing.T) {
	all := []string{"SIZE", "8BITMIME", "SMTPUTF8", "DSN", "REQUIRETLS", "PIPELINING"}
	dsn := smtpsend.DSN{Notify: []smtpsend.Notify{smtpsend.NotifySuccess, smtpsend.NotifyFailure}, Return: smtpsend.ReturnHeader, EnvelopeID: true}
	tests := []struct {
		name string
		ext  []string
		o    smtpsend.Options
		from string
		to   string
		data string
		want []string // MAIL and RCPT
		err  string
	}{
		{name: "DSN", ext: all, o: smtpsend.Options{DSN: dsn}, want: []string{
			"MAIL FROM:<ann@example.com> SIZE=46 RET=HDRS ENVID=1@example.com",
			"RCPT TO:<b+=@example.com> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;b+2B+3D@example.com"}, to: "b+=@example.com"},
		{name: "DSN, not offered", o: smtpsend.Options{DSN: dsn}, want: []string{"MAIL FROM:<ann@example.com>", "RCPT TO:<bob@example.com>"}},
		{name: "UTF-8 recipient", ext: all, to: "jörg@example.com", want: []string{
			"MAIL FROM:<ann@example.com> SIZE=46 SMTPUTF8", "RCPT TO:<jörg@example.com>"}},
		{name: "UTF-8 sender", ext: all, from: "ann@bücher.example", o: smtpsend.Options{DSN: dsn}, to: "jörg@example.com", want: []string{
			"MAIL FROM:<ann@bücher.example> SIZE=46 SMTPUTF8 RET=HDRS ENVID=1@example.com", "RCPT TO:<jörg@example.com> NOTIFY=SUCCESS,FAILURE"}},
		{name: "UTF-8 header", ext: all, data: "Subject: é\r\n\r\n", want: []string{
			"MAIL FROM:<ann@example.com> SIZE=15 BODY=8BITMIME SMTPUTF8", "RCPT TO:<bob@example.com>"}},
		{name: "8-bit body", ext: all, data: "Subject: e\r\n\r\né\r\n", want: []string{
			"MAIL FROM:<ann@example.com> SIZE=18 BODY=8BITMIME", "RCPT TO:<bob@example.com>"}},
		{name: "UTF-8 recipient, not offered", to: "jörg@example.com", err: "smtpsend: jörg@example.com: rcpt: " + smtpsend.ErrNoUTF8.Error()},
		{name: "UTF-8 sender, not offered", from: "jörg@example.com", err: "smtpsend: mail: " + smtpsend.ErrNoUTF8.Error()},
		{name: "REQUIRETLS in the clear", ext: all, o: smtpsend.Options{OnwardTLS: true}, err: "smtpsend: mail: " + smtpsend.ErrNoOnwardTLS.Error()},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &scripted{ext: tt.ext}
			m := letter("bob@example.com")
			if tt.to != "" {
				m.To[0] = tt.to
			}
			if tt.from != "" {
				m.From = tt.from
			}
			if tt.data != "" {
				m.Data = []byte(tt.data)
			}
			sender := s.sender(t, tt.o)
			err := sender.Send(context.Background(), m)
			sender.Close()
			s.wg.Wait()
			if message(err) != tt.err {
				t.Errorf("Send = %q, want %q", message(err), tt.err)
			}
			if diff := cmp.Diff(tt.want, s.lines[1:max(1, len(tt.want)+1)]); diff != "" && tt.want != nil {
				t.Errorf("commands: -want +got\n%s", diff)
			}
		})
	}
}

// TestOnwardTLS asks for REQUIRETLS if it is offered.
func TestOnwardTLS(t *testing.T) {
	id := newIdentity(t)
	s := &scripted{ext: []string{"REQUIRETLS"}, tls: id.server}
	sender := s.sender(t, smtpsend.Options{OnwardTLS: true, TLSConfig: id.client})
	if err := sender.Send(context.Background(), letter("bob@example.com")); err != nil {
		t.Fatal(err)
	}
	sender.Close()
	if want := "MAIL FROM:<ann@example.com> REQUIRETLS"; s.lines[3] != want {
		t.Errorf("server was told %q, want %q", s.lines[3], want)
	}
}

// TestUTF8InPart sends to three recipients, one of whom needs an extension.
func TestUTF8InPart(t *testing.T) {
	for _, ext := range [][]string{nil, {"PIPELINING"}} {
		s := &scripted{ext: ext}
		sender := s.sender(t, smtpsend.Options{})
		err := sender.Send(context.Background(), letter("bob@example.com", "jörg@example.com", "dora@example.com"))
		sender.Close()
		s.wg.Wait()
		var e *smtpsend.SendError
		if !errors.As(err, &e) || len(e.Accepted) != 2 || !e.Errors[0].Refused() || !errors.Is(err, smtpsend.ErrNoUTF8) {
			t.Errorf("Send = %v, want one be refused", err)
		}
		if got, want := s.verbs(), "EHLO MAIL RCPT RCPT DATA QUIT"; got != want {
			t.Errorf("server was told %q, want %q", got, want)
		}
	}
}
