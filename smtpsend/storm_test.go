package smtpsend_test

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/convene-go/convene/mime"
	"github.com/convene-go/convene/smtpsend"
)

var fullStorm = flag.Bool("storm", false, "have TestStorm send 100 times 1,000 messages")

// stormy is a server that drops every 50th connection, at a phase that differs
// each time, and refuses every 30th recipient.
type stormy struct {
	l  net.Listener
	wg sync.WaitGroup

	mu      sync.Mutex
	conns   int
	dropped int
	taken   map[string]int // completed messages by recipient
	refused map[string]int // refusals by recipient
}

// newStormy starts a server.
func newStormy(t *testing.T) *stormy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &stormy{l: l, taken: make(map[string]int), refused: make(map[string]int)}
	s.wg.Go(func() {
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			s.wg.Go(func() { s.serve(nc) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		s.wg.Wait()
	})
	return s
}

// fate returns the line after which a new connection is dropped, or "".
func (s *stormy) fate() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns++
	if s.conns%50 != 0 {
		return ""
	}
	s.dropped++
	at := []string{"connect", "EHLO", "MAIL", "RCPT", "DATA", "body", "dot"}
	return at[s.dropped%len(at)]
}

// serve leads one connection.
func (s *stormy) serve(nc net.Conn) {
	defer nc.Close()
	fate := s.fate()
	if fate == "connect" {
		return
	}
	br, bw := bufio.NewReader(nc), bufio.NewWriter(nc)
	reply := func(text string) { bw.WriteString(text + "\r\n") }
	reply("220 storm")
	var to []string
	for {
		if br.Buffered() == 0 {
			bw.Flush()
		}
		line, err := br.ReadString('\n')
		if err != nil || fate != "" && strings.HasPrefix(line, fate) {
			return
		}
		switch verb, _, _ := strings.Cut(strings.TrimSpace(line), " "); verb {
		case "EHLO":
			reply("250-storm\r\n250 PIPELINING")
		case "MAIL", "RSET":
			to = nil
			reply("250 ok")
		case "RCPT":
			to = s.rcpt(line, to, reply)
		case "DATA":
			if len(to) == 0 {
				reply("554 nobody")
				continue
			}
			reply("354 go")
			bw.Flush()
			if !s.message(br, to, fate) {
				return
			}
			reply("250 taken")
		case "QUIT":
			reply("221 bye")
			bw.Flush()
			return
		}
	}
}

// rcpt answers RCPT: recipients whose number is divisible by 30 are refused.
func (s *stormy) rcpt(line string, to []string, reply func(string)) []string {
	address := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(line), "RCPT TO:<"), ">")
	var n int
	fmt.Sscanf(address, "p%d@", &n)
	if n%30 == 0 {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.refused[address]++
		reply("550 5.1.1 no")
		return to
	}
	reply("250 ok")
	return append(to, address)
}

// message takes a message and reports whether the connection goes on.
func (s *stormy) message(br *bufio.Reader, to []string, fate string) bool {
	for n := 0; ; n++ {
		line, err := br.ReadSlice('\n')
		if err != nil || fate == "body" && n == 2 {
			return false
		}
		if string(line) == ".\r\n" {
			break
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, address := range to {
		s.taken[address]++
	}
	return fate != "dot"
}

// tally counts the results that a client got for its recipients.
type tally struct {
	sync.Mutex
	accepted, refused, unknown, other int
}

// TestStorm lets many goroutines send through a small pool to a stormy server. Each
// recipient must have the message exactly once, or be reported as refused or as
// unknown, and the counts must equal the server's. With -storm there are 100
// goroutines with 1,000 messages each.
func TestStorm(t *testing.T) {
	goroutines, messages := 20, 100
	if *fullStorm {
		goroutines, messages = 100, 1000
	}
	s := newStormy(t)
	sender, err := smtpsend.New(s.l.Addr().String(), &smtpsend.Options{TLS: smtpsend.TLSInsecureNone, Connections: 4, ConnectionMessages: 10,
		Retry: smtpsend.Retry{Budget: time.Minute, First: time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	var total tally
	var wg sync.WaitGroup
	for g := range goroutines {
		wg.Go(func() {
			for i := range messages {
				first := 2 * (g*messages + i)
				m := letter(fmt.Sprintf("p%d@example.com", first), fmt.Sprintf("p%d@example.com", first+1))
				s.settle(t, m, sender.Send(t.Context(), m), &total)
			}
		})
	}
	wg.Wait()
	took := time.Since(start)
	sender.Close()
	s.check(t, &total, 2*goroutines*messages)
	t.Logf("%d messages to %d recipients in %v: %d accepted, %d refused, %d unknown; %d connections, %d dropped",
		goroutines*messages, 2*goroutines*messages, took.Round(time.Millisecond), total.accepted, total.refused, total.unknown, s.conns, s.dropped)
}

// settle compares the result of Send for each recipient with the records of the
// server.
func (s *stormy) settle(t *testing.T, m *mime.Message, err error, total *tally) {
	failed := make(map[string]*smtpsend.Error)
	var part *smtpsend.SendError
	if errors.As(err, &part) {
		for _, r := range part.Errors {
			failed[r.Address] = r
		}
		if r := failed[""]; r != nil { // about the whole message
			for _, to := range m.To {
				failed[to] = r
			}
		}
	} else if err != nil {
		t.Errorf("Send = %v, want a *SendError", err)
	}
	total.Lock()
	defer total.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, to := range m.To {
		taken, r := s.taken[to], failed[to]
		switch {
		case r == nil && taken == 1:
			total.accepted++
		case r != nil && r.Refused() && taken == 0 && s.refused[to] > 0:
			total.refused++
		case r != nil && r.Uncertain() && taken <= 1:
			total.unknown++
		default:
			total.other++
			t.Errorf("%s: Send says %v, the server took it %d times", to, r, taken)
		}
	}
}

// check compares the sums.
func (s *stormy) check(t *testing.T, total *tally, recipients int) {
	t.Helper()
	if n := total.accepted + total.refused + total.unknown; n != recipients {
		t.Errorf("%d recipients are accounted for, want %d", n, recipients)
	}
	if n := len(s.taken); n < total.accepted || n > total.accepted+total.unknown {
		t.Errorf("server took %d, client says %d accepted and %d unknown", n, total.accepted, total.unknown)
	}
	if len(s.refused) != total.refused {
		t.Errorf("server refused %d, client says %d", len(s.refused), total.refused)
	}
}
