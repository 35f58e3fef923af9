package ledgertests_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
	"github.com/convene-go/convene/smtpsend"
)

// slowServer is an SMTP server that replies to its first message after a pause.
type slowServer struct {
	pause    time.Duration
	first    sync.Once
	listener net.Listener
	arrived  chan struct{} // closed when the first message has arrived
	mu       sync.Mutex
	got      []string // the recipients of the messages that were accepted
}

func startSlow(t *testing.T, pause time.Duration) *slowServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &slowServer{pause: pause, listener: l, arrived: make(chan struct{})}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { s.serve(conn) })
		}
	})
	t.Cleanup(func() { l.Close(); wg.Wait() })
	return s
}

func (s *slowServer) serve(conn net.Conn) {
	defer conn.Close()
	fmt.Fprint(conn, "220 mail.example.test\r\n")
	lines := bufio.NewScanner(conn)
	data, to := false, ""
	for lines.Scan() {
		line := lines.Text()
		switch verb := strings.ToUpper(line + "    ")[:4]; {
		case data && line == ".":
			data = false
			s.first.Do(func() {
				close(s.arrived)
				time.Sleep(s.pause)
			})
			s.mu.Lock()
			s.got = append(s.got, to)
			s.mu.Unlock()
			fmt.Fprint(conn, "250 2.0.0 taken\r\n")
		case data:
		case verb == "DATA":
			data = true
			fmt.Fprint(conn, "354 go on\r\n")
		case verb == "RCPT":
			_, rest, _ := strings.Cut(line, "<")
			to, _, _ = strings.Cut(rest, ">")
			fmt.Fprint(conn, "250 2.1.5 ok\r\n")
		case verb == "QUIT":
			fmt.Fprint(conn, "221 2.0.0 bye\r\n")
			return
		default:
			fmt.Fprint(conn, "250 2.0.0 ok\r\n")
		}
	}
}

// TestDeploy ends the context, as SIGTERM does, while a slow server has not yet replied
// to a mail. If smtpsend waits for the reply, no mail is unknown. Otherwise one is.
func TestDeploy(t *testing.T) {
	for _, tt := range []struct {
		finish time.Duration
		first  invite.DeliveryState // of the mail in flight
	}{
		{0, invite.DeliveryDelivered},
		{-1, invite.DeliveryUnknown},
	} {
		t.Run(fmt.Sprint("Finish ", tt.finish), func(t *testing.T) {
			server := startSlow(t, 500*time.Millisecond)
			host, port, _ := net.SplitHostPort(server.listener.Addr().String())
			sender, err := smtpsend.Open("smtp://"+net.JoinHostPort(host, port)+"?tls=insecure-none", func(o *smtpsend.Options) { o.Finish = tt.finish })
			if err != nil {
				t.Fatal(err)
			}
			defer sender.Close()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			go func() { <-server.arrived; cancel() }()
			l := invitetest.NewLedger()
			m, err := invite.New(sender, options(l)).Send(ctx, review(3))
			if err == nil || m == nil {
				t.Fatalf("Send = %v, %v, want a Meeting and an error", m, err)
			}
			equal(t, "states", []invite.DeliveryState{tt.first, invite.DeliveryPending, invite.DeliveryPending}, states(m))
			equal(t, "stored states", states(m), states(l.Stored(m.Event.UID)))
			m = must(t)(invite.New(sender, options(l.Call())).Resume(t.Context(), l.Stored(m.Event.UID)))
			equal(t, "states after Resume", []invite.DeliveryState{tt.first, invite.DeliveryDelivered, invite.DeliveryDelivered}, states(m))
			sender.Close()
			server.listener.Close()
			time.Sleep(10 * time.Millisecond)
			server.mu.Lock()
			defer server.mu.Unlock()
			for i := range 3 {
				n := strings.Count(strings.Join(server.got, " ")+" ", address(i)+" ")
				if n > 1 || n == 0 && i > 0 {
					t.Errorf("the server took %d mails to %s: %q", n, address(i), server.got)
				}
			}
		})
	}
}
