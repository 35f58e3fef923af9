package smtpsend_test

import (
	"context"
	"errors"
	"io"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/convene-go/convene/smtpsend"
)

// silent listens on a port and writes the given text on each connection. It then
// neither reads nor closes the connection before the test is over.
func silent(t *testing.T, says string) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var conns []net.Conn
	wg.Go(func() {
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			conns = append(conns, nc)
			io.WriteString(nc, says)
		}
	})
	t.Cleanup(func() {
		l.Close()
		wg.Wait()
		for _, nc := range conns {
			nc.Close()
		}
	})
	return l.Addr().String()
}

// TestContextOverTCP ends the context while a real connection stalls. Send must
// return soon after, and leave no goroutine.
func TestContextOverTCP(t *testing.T) {
	const upToBody = "220 hi\r\n250 hi\r\n250 ok\r\n250 ok\r\n354 go\r\n"
	tests := []struct {
		name  string
		says  string
		o     smtpsend.Options
		phase smtpsend.Phase
	}{
		{"greeting", "", smtpsend.Options{TLS: smtpsend.TLSInsecureNone}, smtpsend.PhaseGreeting},
		{"hello", "220 hi\r\n", smtpsend.Options{TLS: smtpsend.TLSInsecureNone}, smtpsend.PhaseHello},
		{"handshake", "220 hi\r\n250-hi\r\n250 STARTTLS\r\n", smtpsend.Options{}, smtpsend.PhaseTLS},
		{"implicit", "", smtpsend.Options{TLS: smtpsend.TLSImplicit}, smtpsend.PhaseTLS},
		{"mail", "220 hi\r\n250 hi\r\n", smtpsend.Options{TLS: smtpsend.TLSInsecureNone}, smtpsend.PhaseMail},
		{"body", upToBody, smtpsend.Options{TLS: smtpsend.TLSInsecureNone}, smtpsend.PhaseBody},
	}
	before := runtime.NumGoroutine()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sender, err := smtpsend.New(silent(t, tt.says), &tt.o)
			if err != nil {
				t.Fatal(err)
			}
			m, end := letter("bob@example.com"), 300*time.Millisecond
			if tt.phase == smtpsend.PhaseBody {
				end = 2 * time.Second                                                                // a busy machine takes long to look at the message
				m.Data = []byte("A: b\r\n" + strings.Repeat(strings.Repeat("x", 900)+"\r\n", 12000)) // fills the system's buffers
			}
			ctx, cancel := context.WithTimeout(t.Context(), end)
			defer cancel()
			err = sender.Send(ctx, m)
			deadline, _ := ctx.Deadline()
			if late := time.Since(deadline); late > 10*time.Second { // 100 ms are asserted with a clock of the test's own
				t.Errorf("Send returned %v after the end of its context", late)
			}
			var e *smtpsend.Error
			if !errors.As(err, &e) || e.Phase != tt.phase || e.Unknown || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Send = %v, want the deadline in phase %s", err, tt.phase)
			}
			sender.Close()
		})
	}
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}
