package smtpsend_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
)

// replies are the replies of a [wire] that a test can choose.
type replies struct {
	offered  string // extensions before TLS, separated by commas
	secured  string // extensions under TLS
	startTLS string // the reply to STARTTLS; "" stands for a good one
	hello    []byte // answers the ClientHello, in place of a handshake
	late     string // sent in the clear after the ClientHello
}

// wire is a server on a TCP port. It records every octet that it gets. The mail
// ends only with CRLF, dot, CRLF, as RFC 5321 demands.
type wire struct {
	replies
	tls      *tls.Config
	implicit bool // TLS begins with the connection
	addr     string

	mu    sync.Mutex
	lines []string     // commands; those under TLS begin with "tls "
	clear bytes.Buffer // octets that came in the clear
	plain bytes.Buffer // octets of all connections, after decryption
	mails []string     // mails as they came, dots stuffed
}

// start listens until the test ends.
func (w *wire) start(t testing.TB) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w.addr = l.Addr().String()
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer nc.Close()
				w.serve(nc)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		wg.Wait()
	})
}

// locked calls f while no connection writes into w.
func (w *wire) locked(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f()
}

// tap is a reader that copies what it reads.
type tap struct {
	io.Reader
	w  *wire
	to *bytes.Buffer
}

func (p tap) Read(b []byte) (int, error) {
	n, err := p.Reader.Read(b)
	p.w.locked(func() { p.to.Write(b[:n]) })
	return n, err
}

// serve leads one connection.
func (w *wire) serve(nc net.Conn) {
	var c net.Conn = nc
	br := bufio.NewReader(tap{tap{c, w, &w.clear}, w, &w.plain})
	secret := false
	secure := func() {
		c, secret = tls.Server(nc, w.tls), true
		br = bufio.NewReader(tap{c, w, &w.plain})
	}
	if w.implicit {
		secure()
	}
	io.WriteString(c, "220 test.example\r\n")
	for {
		line, err := br.ReadString('\n')
		if err != nil {
			return
		}
		w.note(strings.TrimSuffix(line, "\r\n"), secret)
		switch verb, _, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " "); verb {
		case "EHLO":
			io.WriteString(c, w.greeting(secret))
		case "STARTTLS":
			if !w.begin(c) {
				return
			}
			if strings.HasPrefix(w.reply(), "220") {
				secure()
			}
		case "AUTH":
			io.WriteString(c, "235 2.7.0 ok\r\n")
		case "DATA":
			io.WriteString(c, "354 go on\r\n")
			if !w.message(br) {
				return
			}
			io.WriteString(c, "250 2.0.0 taken\r\n")
		case "QUIT":
			io.WriteString(c, "221 bye\r\n")
			return
		default:
			io.WriteString(c, "250 2.0.0 ok\r\n")
		}
	}
}

// note remembers a command.
func (w *wire) note(line string, secret bool) {
	if secret {
		line = "tls " + line
	}
	w.locked(func() { w.lines = append(w.lines, line) })
}

// greeting returns the reply to EHLO.
func (w *wire) greeting(secret bool) string {
	list := w.offered
	if secret {
		list = w.secured
	}
	reply := "250-test.example\r\n"
	for ext := range strings.SplitSeq(list, ",") {
		if ext != "" {
			reply += "250-" + ext + "\r\n"
		}
	}
	return reply + "250 HELP\r\n"
}

// reply returns the reply to STARTTLS.
func (w *wire) reply() string {
	if w.startTLS == "" {
		return "220 2.0.0 go\r\n"
	}
	return w.startTLS
}

// begin answers STARTTLS. It reports whether the connection goes on.
func (w *wire) begin(nc net.Conn) bool {
	io.WriteString(nc, w.reply())
	if w.hello == nil && w.late == "" {
		return true
	}
	// The ClientHello proves that the client has read the reply.
	r := tap{nc, w, &w.clear}
	if _, err := r.Read(make([]byte, 4096)); err != nil {
		return false
	}
	nc.Write(w.hello)
	io.WriteString(nc, w.late)
	io.Copy(io.Discard, r)
	return false
}

// message reads a mail up to the end of its data.
func (w *wire) message(br *bufio.Reader) bool {
	var b []byte
	for ended := true; ; {
		line, err := br.ReadBytes('\n')
		if err != nil {
			return false
		}
		b = append(b, line...)
		if ended && string(line) == ".\r\n" {
			break
		}
		ended = bytes.HasSuffix(line, []byte("\r\n"))
	}
	w.locked(func() { w.mails = append(w.mails, string(b)) })
	return true
}

// got returns the mails so far.
func (w *wire) got() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.mails...)
}

// told returns the commands so far.
func (w *wire) told() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Join(w.lines, "\n")
}
