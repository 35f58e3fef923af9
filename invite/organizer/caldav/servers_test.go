package caldav_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/convene-go/convene/invite/organizer/caldav"
)

// server is a calendar server on this machine, with the users ann and bob, whose
// addresses are in example.test and whose passwords are "secret".
type server struct {
	name string
	url  string // without user
	auth bool   // the server wants a password
	sink *sink  // what the server mails; nil if it cannot mail
	lmtp string // the address for mails to ann, "" if there is none
	work string // the path of ann's calendar
}

// servers are the servers that tests run against. A start skips the test if the server is not
// installed.
var servers = []struct {
	name  string
	start func(t *testing.T) *server
}{
	{"Radicale", startRadicale},
	{"Xandikos", startXandikos},
	{"Cyrus", startCyrus},
	{"SOGo", startSOGo},
}

// eachServer runs a test against every server. The servers start and run at the same time.
func eachServer(t *testing.T, test func(t *testing.T, s *server)) {
	for _, s := range servers {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			test(t, s.start(t))
		})
	}
}

// open returns ann's calendar.
func (s *server) open(t *testing.T, change ...func(o *caldav.Options)) *caldav.Calendar {
	t.Helper()
	return s.openAt(t, s.url, change...)
}

// openAt returns ann's calendar through another address.
func (s *server) openAt(t *testing.T, url string, change ...func(o *caldav.Options)) *caldav.Calendar {
	t.Helper()
	o := &caldav.Options{TLS: caldav.TLSInsecureNone, InsecureAllowPlaintextAuth: true}
	if s.auth {
		o.Username, o.Password = "ann", "secret"
	}
	for _, f := range change {
		f(o)
	}
	c, err := caldav.Open(url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// do sends a request as ann's other calendar program does, and returns status and body.
func (s *server) do(t *testing.T, method, path, body string, header ...string) (int, string, http.Header) {
	t.Helper()
	base, rest, _ := strings.Cut(strings.TrimPrefix(s.url, "http://"), "/")
	_ = rest
	q, err := http.NewRequestWithContext(t.Context(), method, "http://"+base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if s.auth {
		q.SetBasicAuth("ann", "secret")
	}
	for i := 0; i+1 < len(header); i += 2 {
		q.Header.Set(header[i], header[i+1])
	}
	r, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	data, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(data), r.Header
}

// mails returns how many mails the server has sent, after a time in which it could send
// another one.
func (s *server) mails(wait time.Duration) int {
	if s.sink == nil {
		return 0
	}
	time.Sleep(wait)
	return s.sink.count()
}

// mustRun runs a program and fails with its output.
func mustRun(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	// A server that the program starts keeps the output open, so it is a file.
	out, err := os.CreateTemp(t.TempDir(), "out")
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Run(); err != nil {
		text, _ := os.ReadFile(out.Name())
		t.Fatalf("%v: %v: %s", cmd, err, text)
	}
}

// run starts a server program and stops it at the end of the test. Its output goes to a file
// that is shown if the test fails.
func run(t *testing.T, cmd *exec.Cmd, stop os.Signal) {
	t.Helper()
	var log syncBuffer
	cmd.Stdout, cmd.Stderr = &log, &log
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(stop)
		kill := time.AfterFunc(5*time.Second, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait()
		kill.Stop()
		if t.Failed() {
			text := log.String()
			t.Logf("%s says:\n%s", filepath.Base(cmd.Path), text[max(0, len(text)-3000):])
		}
	})
}

// syncBuffer is a buffer that may be read while it is written.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// freePort returns a port that nobody listens on.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// waitFor waits until somebody listens on a port.
func waitFor(t *testing.T, port int) {
	t.Helper()
	for range 300 {
		c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			c.Close()
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("the server does not listen")
}

// ready waits until the server answers. One that has just begun to listen may still break
// connections off.
func (s *server) ready(t *testing.T) {
	t.Helper()
	for range 100 {
		q, err := http.NewRequestWithContext(t.Context(), "PROPFIND", s.url, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		q.Header.Set("Depth", "0")
		q.SetBasicAuth("ann", "secret")
		r, err := http.DefaultClient.Do(q)
		if err == nil {
			r.Body.Close()
			if r.StatusCode == http.StatusMultiStatus {
				return
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("the server does not answer")
}

// asUser returns a command that runs as another user than root.
func asUser(user, name string, args ...string) *exec.Cmd {
	if os.Getuid() == 0 {
		return exec.Command("runuser", append([]string{"-u", user, "--", name}, args...)...)
	}
	return exec.Command(name, args...)
}

// folder returns a folder with a short name, because the names of sockets in it are limited.
func folder(t *testing.T, owner string) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "cal-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if owner != "" && os.Getuid() == 0 {
		mustRun(t, exec.Command("chown", "-R", owner, dir))
	}
	return dir
}

// write writes a file.
func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// sink is an SMTP server that keeps the mails of a calendar server.
type sink struct {
	mu    sync.Mutex
	port  int
	texts []string
}

// startSink starts a sink.
func startSink(t *testing.T) *sink {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &sink{port: l.Addr().(*net.TCPAddr).Port}
	srv := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return (*sinkSession)(s), nil }))
	srv.Domain = "sink.example.test"
	go func() { _ = srv.Serve(l) }()
	t.Cleanup(func() { srv.Close() })
	return s
}

func (s *sink) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.texts)
}

// text returns the mails as text, for a failed test.
func (s *sink) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.texts, "\n-----\n")
}

// sinkSession is the [smtp.Session] of a sink.
type sinkSession sink

func (s *sinkSession) Mail(string, *smtp.MailOptions) error { return nil }
func (s *sinkSession) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (s *sinkSession) Reset()                               {}
func (s *sinkSession) Logout() error                        { return nil }
func (s *sinkSession) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.texts = append(s.texts, string(text))
	return nil
}
