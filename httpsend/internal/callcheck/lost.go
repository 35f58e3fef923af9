package callcheck

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// cutter is a server that ends each connection after a number of octets.
type cutter struct {
	*Vendor
	listener net.Listener
	request  int // the octets of the request that it reads; -1 for all
	answer   int // the octets of the answer that it writes
	reset    bool

	mu      sync.Mutex
	whole   bool // a whole request has come
	read    int  // the octets of the request
	written int  // the octets of the whole answer
}

// testLost cuts the connection after each octet of the request, and of the answer. A mail
// that has come whole must never be reported as not sent.
func (v *Vendor) testLost(t *testing.T) {
	for _, reset := range []bool{false, true} {
		all := v.cut(t, &cutter{request: -1, answer: 1 << 20, reset: reset}, "delivered")
		for n := range all.read + 1 {
			v.cut(t, &cutter{request: n, reset: reset}, "temporary", "unknown")
		}
		last := v.cut(t, &cutter{request: -1, answer: all.written - 1, reset: reset}, "unknown", "delivered")
		if !last.whole {
			t.Error("no whole request has come")
		}
		for n := range all.written {
			v.cut(t, &cutter{request: -1, answer: n, reset: reset}, "unknown", "delivered")
		}
	}
}

// cut sends one mail to a server that cuts the connection. If the mail has come whole, it is
// unknown or delivered, whatever the test allows.
func (v *Vendor) cut(t *testing.T, c *cutter, want ...string) *cutter {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c.Vendor, c.listener = v, l
	done := make(chan struct{})
	go func() { defer close(done); c.serve() }()
	transport := &http.Transport{DisableKeepAlives: true}
	sender, err := v.New(Setup{URL: "http://" + l.Addr().String(), Client: &http.Client{Transport: transport}, Timeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	err = send(t, sender, Letter("ann@example.com"))
	l.Close()
	<-done
	got := fateOf(err)
	ok := got == "unknown" || got == "delivered"
	if !c.whole {
		ok = false
		for _, w := range want {
			ok = ok || w == got
		}
	}
	if !ok || (c.whole && want[0] == "delivered" && got != "delivered") {
		t.Errorf("after %d octets of the request and %d of the answer, Send = %v: %s, want one of %q; the mail has come whole: %t",
			c.request, c.answer, err, got, want, c.whole)
	}
	return c
}

// serve serves connections until the listener is closed.
func (c *cutter) serve() {
	for {
		nc, err := c.listener.Accept()
		if err != nil {
			return
		}
		c.one(nc)
	}
}

// one serves one connection.
func (c *cutter) one(nc net.Conn) {
	defer nc.Close()
	if tcp, ok := nc.(*net.TCPConn); ok && c.reset {
		defer tcp.SetLinger(0)
	}
	var raw bytes.Buffer
	var from io.Reader = io.TeeReader(nc, &raw)
	if c.request >= 0 {
		from = io.LimitReader(from, int64(c.request))
	}
	r, err := http.ReadRequest(bufio.NewReaderSize(from, 16))
	if err != nil {
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	m, err := c.Read(r, body)
	c.whole, c.read = c.whole || err == nil, raw.Len()
	if err != nil || c.request >= 0 {
		return
	}
	w := httptest.NewRecorder()
	c.Vendor.Accept(w, m)
	var answer bytes.Buffer
	fmt.Fprintf(&answer, "HTTP/1.1 %d %s\r\nContent-Length: %d\r\n", w.Code, http.StatusText(w.Code), w.Body.Len())
	_ = w.Header().Write(&answer)
	answer.WriteString("\r\n" + w.Body.String())
	c.written = answer.Len()
	_, _ = nc.Write(answer.Bytes()[:min(c.answer, answer.Len())])
}

// testStrange has answers that the API never gives.
func (v *Vendor) testStrange(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"aborted": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"no HTTP": func(w http.ResponseWriter, _ *http.Request) {
			nc, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				_, _ = io.WriteString(nc, "220 smtp.example.com ESMTP\r\n")
				nc.Close()
			}
		},
	} {
		s := v.start(t)
		s.answer = answer
		s.Config.ErrorLog = nil
		if err := send(t, s.sender(), Letter("ann@example.com")); fateOf(err) != "unknown" {
			t.Errorf("%s: Send = %v, want unknown", name, err)
		}
	}
}
