package call

import (
	"errors"
	"io"
	"net/http/httptrace"
	"sync"
)

// upload is the body of a request. It knows whether the server can have all of it. A server
// acts on no body that is cut off (RFC 9112, section 8).
type upload struct {
	data []byte

	mu     sync.Mutex
	sealed bool // nothing more may be read
	whole  bool // it was read to its end at least once
	opened int  // how often it was opened
	conns  int  // how many connections it was to go over
	wrote  int  // how often a request was written
	failed int  // how often writing it failed
}

// errSealed is the error of reading a body after the call has ended.
var errSealed = errors.New("the call has ended")

// open returns the body from its beginning. The transport of net/http opens it again if
// nothing of it was written to a connection that turned out dead.
func (u *upload) open() (io.ReadCloser, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.opened++
	return &uploadReader{upload: u}, nil
}

// seal ends the body, and reports whether the server can have all of it. After a write
// that failed, it cannot. But a transport that sends more than once may tell so only of
// one attempt.
func (u *upload) seal() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.sealed = true
	return u.maybeWhole()
}

// sealUnlessWhole ends the body unless the server can have all of it already. It reports
// whether the body is ended.
func (u *upload) sealUnlessWhole() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.sealed = u.sealed || !u.maybeWhole()
	return u.sealed
}

func (u *upload) maybeWhole() bool {
	once := u.opened == 1 && u.conns == 1 && u.wrote == 1
	return u.whole && !(once && u.failed == 1)
}

// trace counts the attempts of the transport.
func (u *upload) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { u.count(&u.conns, true) },
		WroteRequest: func(i httptrace.WroteRequestInfo) {
			u.count(&u.wrote, true)
			u.count(&u.failed, i.Err != nil)
		},
	}
}

func (u *upload) count(n *int, yes bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if yes {
		*n++
	}
}

// uploadReader reads an upload once.
type uploadReader struct {
	*upload
	at int
}

func (r *uploadReader) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sealed && r.at < len(r.data) { // a transport reads the end twice
		return 0, errSealed
	}
	n := copy(p, r.data[r.at:])
	r.at += n
	if r.at < len(r.data) {
		return n, nil
	}
	r.whole = true
	return n, io.EOF
}

func (r *uploadReader) Close() error { return nil }
