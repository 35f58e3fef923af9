package bench

import (
	"bufio"
	"crypto/tls"
	"net"
	"sync/atomic"
	"testing"
	"time"
)

// light is a server for SMTP and LMTP that answers each line at once, without looking at
// more than its verb. Only the answer to a message may take some time.
type light struct {
	config *tls.Config   // offers STARTTLS if it is not nil
	delay  time.Duration // before the answer to a message
	taken  atomic.Int64  // the number of messages
}

// listen opens a port of the loopback interface.
func listen(b *testing.B) net.Listener {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { l.Close() })
	return l
}

// port returns the port of a listener.
func port(l net.Listener) int { return l.Addr().(*net.TCPAddr).Port }

// serve answers until l is closed.
func (s *light) serve(l net.Listener) {
	for {
		nc, err := l.Accept()
		if err != nil {
			return
		}
		go s.answer(nc)
	}
}

// answer leads one connection.
func (s *light) answer(nc net.Conn) {
	defer func() { nc.Close() }()
	br, bw := bufio.NewReaderSize(nc, 16<<10), bufio.NewWriter(nc)
	bw.WriteString("220 light\r\n")
	for body := false; ; {
		if br.Buffered() == 0 && bw.Flush() != nil {
			return
		}
		line, err := br.ReadSlice('\n')
		if err != nil {
			return
		}
		if body {
			if body = string(line) != ".\r\n"; !body {
				s.taken.Add(1)
				if s.delay > 0 {
					time.Sleep(s.delay)
				}
				bw.WriteString("250 taken\r\n")
			}
			continue
		}
		switch verb := string(line[:4]); {
		case (verb == "EHLO" || verb == "LHLO") && s.config != nil:
			bw.WriteString("250-light\r\n250-STARTTLS\r\n250-8BITMIME\r\n250 PIPELINING\r\n")
		case verb == "EHLO" || verb == "LHLO":
			bw.WriteString("250-light\r\n250-8BITMIME\r\n250 PIPELINING\r\n")
		case verb == "STAR":
			bw.WriteString("220 go\r\n")
			bw.Flush()
			nc = tls.Server(nc, s.config)
			br.Reset(nc)
			bw.Reset(nc)
		case verb == "DATA":
			body = true
			bw.WriteString("354 go\r\n")
		case verb == "QUIT":
			bw.WriteString("221 bye\r\n")
			bw.Flush()
			return
		default:
			bw.WriteString("250 ok\r\n")
		}
	}
}
