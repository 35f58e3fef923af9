package main

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/textproto"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/time/rate"
)

// relay is a mail server with limits. It counts the mails that it took, by recipient.
type relay struct {
	addr  string
	pace  *rate.Limiter
	conns chan struct{} // the connections that are open

	mu    sync.Mutex
	took  map[string]int
	total int
	busy  int  // replies 4yz
	left  int  // mails that it still takes today
	flaky bool // it is sometimes busy with the mails of others
}

func newRelay(t *testing.T, perSecond float64, perDay int) *relay {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	r := &relay{
		addr: l.Addr().String(), pace: rate.NewLimiter(rate.Limit(perSecond), 5), conns: make(chan struct{}, 2),
		took: make(map[string]int), left: perDay,
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go r.serve(textproto.NewConn(c))
		}
	}()
	return r
}

func (r *relay) serve(c *textproto.Conn) {
	defer c.Close()
	select {
	case r.conns <- struct{}{}:
		defer func() { <-r.conns }()
	default:
		r.say(c, "421 4.7.0 too many connections")
		return
	}
	r.say(c, "220 relay.example.com")
	var to string
	for {
		line, err := c.ReadLine()
		if err != nil {
			return
		}
		switch verb, _, _ := strings.Cut(strings.ToUpper(line), " "); verb {
		case "EHLO":
			r.say(c, "250-relay.example.com\r\n250 8BITMIME")
		case "MAIL":
			r.say(c, r.begin())
		case "RCPT":
			to, _, _ = strings.Cut(line[len("RCPT TO:<"):], ">")
			r.say(c, "250 2.1.5 ok")
		case "DATA":
			r.say(c, "354 go on")
			if _, err := c.ReadDotBytes(); err != nil {
				return
			}
			r.take(to)
			time.Sleep(5 * time.Millisecond) // a moment to be killed in
			r.say(c, "250 2.0.0 taken")
		case "QUIT":
			r.say(c, "221 2.0.0 bye")
			return
		default:
			r.say(c, "250 2.0.0 ok")
		}
	}
}

// begin returns the reply to MAIL.
func (r *relay) begin() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.left <= 0 || !r.pace.Allow() || r.flaky && rand.IntN(30) == 0 {
		r.busy++
		return "451 4.7.0 slow down"
	}
	return "250 2.1.0 ok"
}

func (r *relay) take(to string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.took[to]++
	r.total++
	r.left--
}

// newDay lets the relay take n mails again.
func (r *relay) newDay(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.left = n
}

func (r *relay) say(c *textproto.Conn, reply string) {
	fmt.Fprintf(c.W, "%s\r\n", reply)
	c.W.Flush()
}

// counts returns a copy of the mails that were taken, by recipient.
func (r *relay) counts() map[string]int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := make(map[string]int, len(r.took))
	for to, k := range r.took {
		n[to] = k
	}
	return n
}
