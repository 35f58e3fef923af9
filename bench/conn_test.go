package bench

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"os"
	"sync"
	"testing"
	"time"
)

// canned is a connection to a server in memory. It answers each flight at
// once: a command with 250, DATA with 354, a message with 250.
type canned struct {
	replies bytes.Buffer
}

// newCanned returns a canned connection with its greeting.
func newCanned() *canned {
	c := new(canned)
	c.replies.WriteString("220 hi\r\n")
	return c
}

func (c *canned) Write(b []byte) (int, error) {
	switch {
	case bytes.HasPrefix(b, []byte("EHLO")):
		c.replies.WriteString("250-hi\r\n250 PIPELINING\r\n")
	case bytes.HasPrefix(b, []byte("MAIL")):
		for range count(b) - 1 {
			c.replies.WriteString("250 ok\r\n")
		}
		c.replies.WriteString("354 go\r\n")
	default:
		c.replies.WriteString("250 ok\r\n")
	}
	return len(b), nil
}

func (c *canned) Read(b []byte) (int, error) {
	if c.replies.Len() == 0 {
		return 0, os.ErrDeadlineExceeded
	}
	return c.replies.Read(b)
}

func (c *canned) Close() error                     { return nil }
func (c *canned) LocalAddr() net.Addr              { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }
func (c *canned) RemoteAddr() net.Addr             { return c.LocalAddr() }
func (c *canned) SetDeadline(time.Time) error      { return nil }
func (c *canned) SetReadDeadline(time.Time) error  { return nil }
func (c *canned) SetWriteDeadline(time.Time) error { return nil }

// far is a connection whose octets take half a round trip each way.
type far struct {
	net.Conn
	oneWay time.Duration
	out    chan parcel

	mu      sync.Mutex
	arrived []byte
	news    chan struct{}
	err     error
	limit   time.Time // for reading
}

// parcel holds octets on their way, and the time when they arrive.
type parcel struct {
	data []byte
	due  time.Time
}

// newFar returns nc with the delay of half a round trip each way.
func newFar(nc net.Conn, roundTrip time.Duration) *far {
	f := &far{Conn: nc, oneWay: roundTrip / 2, out: make(chan parcel, 1000), news: make(chan struct{}, 1)}
	in := make(chan parcel, 1000)
	go func() {
		for p := range f.out {
			time.Sleep(time.Until(p.due))
			nc.Write(p.data)
		}
	}()
	go func() {
		defer close(in)
		for {
			b := make([]byte, 4096)
			n, err := nc.Read(b)
			in <- parcel{b[:n], time.Now().Add(f.oneWay)}
			if err != nil {
				return
			}
		}
	}()
	go f.receive(in)
	return f
}

// receive hands over the parcels that arrive.
func (f *far) receive(in chan parcel) {
	for p := range in {
		time.Sleep(time.Until(p.due))
		f.mu.Lock()
		f.arrived = append(f.arrived, p.data...)
		f.mu.Unlock()
		select {
		case f.news <- struct{}{}:
		default:
		}
	}
	f.mu.Lock()
	f.err = net.ErrClosed
	f.mu.Unlock()
	close(f.news)
}

func (f *far) Write(b []byte) (int, error) {
	f.out <- parcel{bytes.Clone(b), time.Now().Add(f.oneWay)}
	return len(b), nil
}

func (f *far) Read(b []byte) (int, error) {
	for {
		f.mu.Lock()
		n, err, limit := copy(b, f.arrived), f.err, f.limit
		f.arrived = f.arrived[n:]
		f.mu.Unlock()
		if n > 0 || err != nil {
			return n, err
		}
		select {
		case <-f.news:
		case <-time.After(time.Until(limit)):
			return 0, os.ErrDeadlineExceeded
		}
	}
}

func (f *far) SetDeadline(t time.Time) error { return f.SetReadDeadline(t) }

func (f *far) SetReadDeadline(t time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.limit = t
	return nil
}

// identity returns the configuration of a server for localhost, and of a
// client that trusts it.
func identity(tb testing.TB) (server, client *tls.Config) {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), IsCA: true, BasicConstraintsValid: true, DNSNames: []string{"localhost"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		tb.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		tb.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}},
		&tls.Config{RootCAs: roots, ServerName: "localhost"}
}

// count returns the number of lines in b.
func count(b []byte) int { return bytes.Count(b, []byte("\r\n")) }
