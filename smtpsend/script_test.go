package smtpsend_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/convene-go/convene/mime"
	"github.com/convene-go/convene/smtpsend"
)

// scripted is a server that keeps the rules unless its answers say otherwise. It
// serves connections of net.Pipe, so that it runs under a fake clock. It remembers
// the commands and messages that it gets.
type scripted struct {
	ext      []string          // lines of the reply to EHLO
	answers  map[string]string // by verb ("MAIL", "RCPT bob@…", "." and so on), or a fault
	auth     []string          // replies to AUTH and to each response
	talk     talk              // gives those replies that are "(scram)"
	tokens   string            // part of the only access token that is good, "" for any
	lmtp     bool
	tls      *tls.Config
	fleeting map[string]string // answers that are given once
	conns    []net.Conn
	plainly  bool          // takes no EHLO
	over     chan struct{} // closed when a server that does not read may end
	think    time.Duration // passes before each reply to a message

	mu        sync.Mutex
	lines     []string // commands of all connections, in order
	delivered []string // messages that were completed
	dials     int
	wg        sync.WaitGroup
}

// Faults that an answer may name, in place of a reply.
const (
	faultStall   = "(stall)"
	faultDrop    = "(drop)"
	faultGarbage = "HTTP/1.1 400 Bad Request"
	faultHalf    = "(half)"
	faultFlood   = "(flood)"
	faultEndless = "(endless)"
)

// errGone ends a connection of the scripted server.
var errGone = errors.New("gone")

// dial is the Dial of [smtpsend.Options].
func (s *scripted) dial(context.Context, string, string) (net.Conn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dials++
	client, server := net.Pipe()
	s.conns = append(s.conns, server)
	s.wg.Go(func() { s.serve(newQueue(server)) })
	return client, nil
}

// queue is a connection whose writes do not wait for the reader: a pipe has no
// buffer, and a client may send a flight before it reads.
type queue struct {
	net.Conn
	out     chan []byte
	flushed sync.WaitGroup
}

// newQueue returns a queue over nc.
func newQueue(nc net.Conn) *queue {
	q := &queue{Conn: nc, out: make(chan []byte, 10000)}
	q.flushed.Go(func() {
		for b := range q.out {
			nc.Write(b)
		}
	})
	return q
}

// Write queues b.
func (q *queue) Write(b []byte) (int, error) {
	q.out <- bytes.Clone(b)
	return len(b), nil
}

// Close closes the connection when all is written.
func (q *queue) Close() error {
	close(q.out)
	q.flushed.Wait()
	return q.Conn.Close()
}

// note remembers a command.
func (s *scripted) note(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, line)
}

// answer returns the answer of the script for the first key that it knows, or def.
func (s *scripted) answer(def string, keys ...string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range keys {
		if a, ok := s.fleeting[k]; ok {
			delete(s.fleeting, k)
			return a
		}
		if a, ok := s.answers[k]; ok {
			return a
		}
	}
	return def
}

// once gives an answer for the next time only.
func (s *scripted) once(key, answer string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if answer != "" {
		s.fleeting = map[string]string{key: answer}
	}
}

// hangUp closes all connections.
func (s *scripted) hangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, nc := range s.conns {
		nc.Close()
	}
}

// dialog is one connection to the scripted server.
type dialog struct {
	*scripted
	nc       net.Conn
	br       *bufio.Reader
	accepted []string
	mail     bool
}

// serve leads one connection.
func (s *scripted) serve(nc net.Conn) {
	d := &dialog{scripted: s, nc: nc, br: bufio.NewReader(nc)}
	defer nc.Close()
	if d.say(s.answer("220 test.example ESMTP", "GREETING")) != nil {
		return
	}
	for {
		line, err := d.br.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimSuffix(line, "\r\n")
		s.note(line)
		if d.command(line) != nil {
			return
		}
	}
}

// say sends a reply, or executes the fault in its place.
func (d *dialog) say(answer string) error {
	switch answer {
	case faultStall:
		io.Copy(io.Discard, d.nc)
		return errGone
	case faultDrop:
		return errGone
	case faultHalf:
		io.WriteString(d.nc, "25")
		return errGone
	case faultFlood:
		io.WriteString(d.nc, "250-"+strings.Repeat("x", 5000)+"\r\n")
		return errGone
	case faultEndless:
		io.WriteString(d.nc, strings.Repeat("250-x\r\n", 200))
		return errGone
	}
	io.WriteString(d.nc, answer+"\r\n")
	if strings.HasPrefix(answer, "421") {
		return errGone
	}
	return nil
}

// command answers one command.
func (d *dialog) command(line string) error {
	verb, arg, _ := strings.Cut(line, " ")
	switch verb {
	case "EHLO", "LHLO":
		return d.say(d.answer(d.hello(), verb))
	case "STARTTLS":
		return d.startTLS()
	case "AUTH":
		return d.authenticate(line)
	case "MAIL":
		return d.say(d.note250(&d.mail, d.answer("250 2.1.0 ok", "MAIL")))
	case "RCPT":
		return d.rcpt(strings.TrimSuffix(strings.TrimPrefix(arg, "TO:<"), ">"))
	case "DATA":
		return d.data()
	case "QUIT":
		d.say(d.answer("221 bye", verb))
		return errGone
	case "HELO", "RSET":
		d.accepted, d.mail = nil, false
		return d.say(d.answer("250 ok", verb))
	}
	return d.say("500 5.5.2 what?")
}

// hello is the reply to EHLO.
func (d *dialog) hello() string {
	if d.plainly {
		return "502 5.5.1 not implemented"
	}
	lines := append([]string{"test.example at your service"}, d.ext...)
	if d.tls != nil {
		lines = append(lines, "STARTTLS")
	}
	last := len(lines) - 1
	for i := range lines {
		sep := "-"
		if i == last {
			sep = " "
		}
		lines[i] = "250" + sep + lines[i]
	}
	return strings.Join(lines, "\r\n")
}

// note250 sets *done if the answer is positive.
func (d *dialog) note250(done *bool, answer string) string {
	*done = strings.HasPrefix(answer, "250")
	return answer
}

// startTLS answers STARTTLS and goes on under TLS.
func (d *dialog) startTLS() error {
	if err := d.say(d.answer("220 go", "STARTTLS")); err != nil {
		return err
	}
	if fault := d.answer("", "HANDSHAKE"); fault != "" {
		return d.say(fault)
	}
	d.nc = tls.Server(d.nc, d.tls)
	d.br = bufio.NewReader(d.nc)
	return nil
}

// talk is the server's side of a mechanism.
type talk interface{ Step(string) (string, error) }

// authenticate gives the scripted replies, one for each line.
func (d *dialog) authenticate(line string) error {
	for i, r := range d.auth {
		if i > 0 {
			var err error
			if line, err = d.br.ReadString('\n'); err != nil {
				return err
			}
			line = strings.TrimSuffix(line, "\r\n")
			d.note(line)
		}
		if err := d.say(d.answer(d.judge(r, line), fmt.Sprint("AUTH ", i))); err != nil {
			return err
		}
	}
	return nil
}

// judge returns the reply to the client's last line, or def.
func (d *dialog) judge(def, line string) string {
	said, _ := base64.StdEncoding.DecodeString(line[strings.LastIndex(line, " ")+1:])
	if def == "(scram)" {
		challenge, err := d.talk.Step(string(said))
		if err != nil {
			return "535 5.7.8 no"
		}
		return "334 " + base64.StdEncoding.EncodeToString([]byte(challenge))
	}
	if !bytes.Contains(said, []byte(d.tokens)) {
		return "535 5.7.8 expired"
	}
	return def
}

// rcpt answers RCPT.
func (d *dialog) rcpt(to string) error {
	answer := d.answer("250 2.1.5 ok", "RCPT "+to, "RCPT")
	if !d.mail {
		answer = "503 5.5.1 MAIL first"
	}
	if strings.HasPrefix(answer, "25") {
		d.accepted = append(d.accepted, to)
	}
	return d.say(answer)
}

// data answers DATA and takes the message.
func (d *dialog) data() error {
	def := "354 go on"
	if len(d.accepted) == 0 {
		def = "554 5.5.1 no valid recipients"
	}
	answer := d.answer(def, "DATA")
	if err := d.say(answer); err != nil || !strings.HasPrefix(answer, "354") {
		return err
	}
	if err := d.message(); err != nil {
		return err
	}
	accepted := d.accepted
	d.accepted, d.mail = nil, false
	if !d.lmtp {
		accepted = []string{""}
	}
	for _, to := range accepted {
		time.Sleep(d.think)
		if err := d.say(d.answer("250 2.0.0 taken", ". "+to, ".")); err != nil {
			return err
		}
	}
	return nil
}

// message reads up to the final dot, and notes the message if it is complete.
func (d *dialog) message() error {
	var b bytes.Buffer
	for {
		line, err := d.br.ReadString('\n')
		if err != nil {
			return err
		}
		if line == ".\r\n" {
			break
		}
		b.WriteString(strings.TrimPrefix(line, "."))
		switch d.answer("", "BODY") {
		case faultStall: // does not even read
			<-d.over
			return errGone
		case faultDrop:
			return errGone
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.delivered = append(d.delivered, b.String())
	return nil
}

// sender returns a sender to s.
func (s *scripted) sender(t testing.TB, o smtpsend.Options) *smtpsend.Sender {
	t.Helper()
	o.Dial, o.LMTP = s.dial, s.lmtp
	if o.TLS == "" && s.tls == nil {
		o.TLS = smtpsend.TLSInsecureNone
	}
	sender, err := smtpsend.New("test.example:25", &o)
	if err != nil {
		t.Fatal(err)
	}
	return sender
}

// writeCounter counts the writes of a client.
type writeCounter struct {
	net.Conn
	s *scripted
	n int
}

// countWrites counts the writes to s over the connections that are dialed.
func countWrites(s *scripted) *writeCounter { return &writeCounter{s: s} }

func (w *writeCounter) dial(ctx context.Context, network, addr string) (nc net.Conn, err error) {
	w.Conn, err = w.s.dial(ctx, network, addr)
	return w, err
}

func (w *writeCounter) Write(b []byte) (int, error) {
	w.n++
	return w.Conn.Write(b)
}

// verbs returns the first words of the commands that s got.
func (s *scripted) verbs() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var verbs []string
	for _, l := range s.lines {
		verb, _, _ := strings.Cut(l, " ")
		verbs = append(verbs, verb)
	}
	return strings.Join(verbs, " ")
}

// letter returns a message to the given recipients.
func letter(to ...string) *mime.Message {
	return &mime.Message{
		From: "ann@example.com",
		To:   to,
		ID:   "<1@example.com>",
		Data: []byte("Subject: hello\r\n\r\n.dot\r\n..two\r\nplain\r\n.\r\nend\r\n"),
	}
}

// longLetter returns a message that does not fit into any buffer on the way.
func longLetter(to ...string) *mime.Message {
	m := letter(to...)
	m.Data = append(m.Data, bytes.Repeat([]byte(strings.Repeat("x", 70)+"\r\n"), 3000)...)
	return m
}
