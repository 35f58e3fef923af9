package smtpsend_test

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/convene-go/convene/smtpsend"
)

// TestReuse sends several messages and counts the connections.
func TestReuse(t *testing.T) {
	tests := []struct {
		name  string
		o     smtpsend.Options
		pause time.Duration // between messages
		n     int
		dials int
		verbs string
	}{
		{name: "one connection", n: 3, dials: 1, verbs: "EHLO MAIL RCPT DATA MAIL RCPT DATA MAIL RCPT DATA QUIT"},
		{name: "idle for long", n: 2, pause: 31 * time.Second, dials: 2, verbs: "EHLO MAIL RCPT DATA QUIT EHLO MAIL RCPT DATA QUIT"},
		{name: "idle not so long", n: 2, pause: 29 * time.Second, dials: 1, verbs: "EHLO MAIL RCPT DATA MAIL RCPT DATA QUIT"},
		{name: "five minutes", n: 22, pause: 29 * time.Second, dials: 2},
		{name: "hundred messages", n: 201, dials: 3},
		{name: "no reuse", o: smtpsend.Options{ConnectionMessages: 1}, n: 2, dials: 2, verbs: "EHLO MAIL RCPT DATA QUIT EHLO MAIL RCPT DATA QUIT"},
		{name: "short idle", o: smtpsend.Options{ConnectionIdle: time.Second}, pause: 2 * time.Second, n: 3, dials: 3},
		{name: "short age", o: smtpsend.Options{ConnectionAge: 3 * time.Second}, pause: 2 * time.Second, n: 3, dials: 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := new(scripted)
				sender := s.sender(t, tt.o)
				for i := range tt.n {
					if i > 0 {
						time.Sleep(tt.pause)
					}
					if err := sender.Send(context.Background(), letter("bob@example.com")); err != nil {
						t.Fatal(err)
					}
				}
				sender.Close()
				s.wg.Wait()
				if s.dials != tt.dials || len(s.delivered) != tt.n {
					t.Errorf("%d dials, %d delivered, want %d, %d", s.dials, len(s.delivered), tt.dials, tt.n)
				}
				if got := s.verbs(); tt.verbs != "" && got != tt.verbs {
					t.Errorf("server was told %q, want %q", got, tt.verbs)
				}
			})
		})
	}
}

// TestReset checks that RSET follows an aborted transaction before the next one,
// and only then.
func TestReset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &scripted{answers: map[string]string{"RCPT nobody@example.com": "550 5.1.1 who?"}}
		sender := s.sender(t, smtpsend.Options{})
		ctx := context.Background()
		if err := sender.Send(ctx, letter("nobody@example.com")); err == nil {
			t.Error("Send to nobody = nil, want an error")
		}
		if err := sender.Send(ctx, letter("bob@example.com")); err != nil {
			t.Error(err)
		}
		sender.Close()
		s.wg.Wait()
		if got, want := s.verbs(), "EHLO MAIL RCPT RSET MAIL RCPT DATA QUIT"; got != want {
			t.Errorf("server was told %q, want %q", got, want)
		}
	})
}

// TestStale lets a server leave between two messages.
func TestStale(t *testing.T) {
	tests := []struct {
		name   string
		second string // answer to MAIL the second time
		rset   string // makes the first fail, and answers RSET
		loud   bool   // closes before the client sends a command
	}{
		{name: "421 to MAIL", second: "421 4.4.2 idle too long"},
		{name: "gone at MAIL", second: faultDrop},
		{name: "421 to RSET", rset: "421 4.4.2 idle too long"},
		{name: "gone at RSET", rset: faultDrop},
		{name: "500 to RSET", rset: "500 what?"},
		{name: "gone before", loud: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { testStale(t, tt.second, tt.rset, tt.loud) })
		})
	}
}

func testStale(t *testing.T, second, rset string, loud bool) {
	s := &scripted{answers: map[string]string{"RCPT nobody@example.com": "550 5.1.1 who?"}}
	sender := s.sender(t, smtpsend.Options{})
	ctx := context.Background()
	first := letter("bob@example.com")
	if rset != "" {
		s.answers["RSET"] = rset
		first = letter("nobody@example.com")
	}
	sender.Send(ctx, first)
	s.once("MAIL", second)
	if loud {
		s.hangUp()
		synctest.Wait()
	}
	err := sender.Send(ctx, letter("carl@example.com"))
	again := sender.Send(ctx, letter("dora@example.com"))
	if rset == "500 what?" { // a refusal of RSET, not a lost connection: Send reports it
		if err == nil || again != nil {
			t.Errorf("Send = %v, then %v, want an error, then nil", err, again)
		}
	} else if err != nil || again != nil {
		t.Errorf("Send = %v, then %v, want nil", err, again)
	}
	sender.Close()
	s.wg.Wait()
	if s.dials != 2 {
		t.Errorf("%d dials, want 2", s.dials)
	}
}

// TestNotStale checks that there is no second attempt if a new connection fails as
// an old one may.
func TestNotStale(t *testing.T) {
	s := &scripted{answers: map[string]string{"MAIL": "421 4.3.2 not now"}}
	sender := s.sender(t, smtpsend.Options{})
	err := sender.Send(context.Background(), letter("bob@example.com"))
	var e *smtpsend.Error
	if !errors.As(err, &e) || e.Code != 421 || !e.Temporary || s.dials != 1 {
		t.Errorf("Send = %v after %d dials, want 421 after one", err, s.dials)
	}
	sender.Close()
}

func TestConcurrentSend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &scripted{ext: []string{"PIPELINING"}}
		sender := s.sender(t, smtpsend.Options{Connections: 3})
		var wg sync.WaitGroup
		for range 60 {
			wg.Go(func() {
				if err := sender.Send(context.Background(), letter("bob@example.com")); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		sender.Close()
		s.wg.Wait()
		if s.dials > 3 || len(s.delivered) != 60 {
			t.Errorf("%d dials, %d delivered, want at most 3, and 60", s.dials, len(s.delivered))
		}
	})
}

// TestWaiting lets a call wait for the only connection until its context ends.
func TestWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &scripted{answers: map[string]string{".": faultStall}}
		sender := s.sender(t, smtpsend.Options{Connections: 1})
		var wg sync.WaitGroup
		wg.Go(func() { sender.Send(context.Background(), letter("bob@example.com")) })
		synctest.Wait()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		err := sender.Send(ctx, letter("bob@example.com"))
		var e *smtpsend.Error
		if !errors.As(err, &e) || e.Phase != smtpsend.PhaseConnect || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Send = %v, want the deadline in phase connect", err)
		}
		wg.Wait()
		sender.Close()
	})
}

func TestClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(scripted)
		s.answers = map[string]string{".": faultStall}
		sender := s.sender(t, smtpsend.Options{Connections: 1})
		var wg sync.WaitGroup
		wg.Go(func() { sender.Send(context.Background(), letter("bob@example.com")) })
		synctest.Wait()
		wg.Go(func() {
			if err := sender.Send(context.Background(), letter("bob@example.com")); !errors.Is(err, smtpsend.ErrClosed) {
				t.Errorf("Send that waits = %v, want ErrClosed", err)
			}
		})
		synctest.Wait()
		start := time.Now()
		wg.Go(func() { sender.Close() })
		sender.Close()
		if took := time.Since(start); took != 10*time.Minute {
			t.Errorf("Close returned after %v, want it to wait for the message", took)
		}
		wg.Wait()
		if err := sender.Send(context.Background(), letter("bob@example.com")); !errors.Is(err, smtpsend.ErrClosed) {
			t.Errorf("Send = %v, want ErrClosed", err)
		}
	})
}

// TestQuitStalls checks that Close does not wait long for a silent server.
func TestQuitStalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &scripted{answers: map[string]string{"QUIT": faultStall}}
		sender := s.sender(t, smtpsend.Options{})
		if err := sender.Send(context.Background(), letter("bob@example.com")); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		sender.Close()
		if took := time.Since(start); took != 5*time.Second {
			t.Errorf("Close returned after %v, want 5s", took)
		}
	})
}

func TestDialFails(t *testing.T) {
	refused := errors.New("refused")
	stall := func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, errors.New("some words")
	}
	fail := func(context.Context, string, string) (net.Conn, error) { return nil, refused }
	tests := []struct {
		name string
		dial func(context.Context, string, string) (net.Conn, error)
		way  string
		want error
		took time.Duration
	}{
		{"refused", fail, "", refused, 0},
		{"cancel", stall, "cancel", context.Canceled, time.Second},
		{"deadline", stall, "deadline", context.DeadlineExceeded, time.Second},
		{"timeout", stall, "", nil, 30 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sender, err := smtpsend.New("test.example", &smtpsend.Options{Dial: tt.dial})
				if err != nil {
					t.Fatal(err)
				}
				ctx, cancel := contextThat(tt.way)
				defer cancel()
				start := time.Now()
				err = sender.Send(ctx, letter("bob@example.com", "carl@example.com"))
				var e *smtpsend.Error
				if !errors.As(err, &e) || e.Phase != smtpsend.PhaseConnect || !e.Temporary || tt.want != nil && !errors.Is(err, tt.want) {
					t.Errorf("Send = %v, want a temporary error in phase connect with %v", err, tt.want)
				}
				if took := time.Since(start); took != tt.took {
					t.Errorf("Send returned after %v, want %v", took, tt.took)
				}
				sender.Close()
			})
		})
	}
}

// TestEndedContext checks that Send does not even dial.
func TestEndedContext(t *testing.T) {
	s := new(scripted)
	sender := s.sender(t, smtpsend.Options{})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := sender.Send(ctx, letter("bob@example.com")); !errors.Is(err, context.Canceled) || s.dials != 0 {
		t.Errorf("Send = %v after %d dials, want context.Canceled after none", err, s.dials)
	}
}
