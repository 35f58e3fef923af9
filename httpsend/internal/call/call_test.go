package call_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/convene-go/convene/httpsend"
	"github.com/convene-go/convene/httpsend/internal/call"
	"github.com/convene-go/convene/mime"
)

// api returns an API at a URL that takes a mail as it is, and answers "ok".
func api(t testing.TB, url string, edit ...func(*call.API)) *call.API {
	t.Helper()
	a := &call.API{
		Name: "test", URL: url, Finish: 100 * time.Millisecond,
		Request: func(_ context.Context, m *mime.Message, _ http.Header) ([]byte, error) { return m.Data, nil },
		Accepted: func(_ *mime.Message, a *call.Answer) (mime.Receipt, error, bool) {
			return mime.Receipt{ID: "1"}, nil, string(a.Body) == "ok"
		},
		Fault: func(a *call.Answer) (code, text string, ok bool) { return "", string(a.Body), len(a.Body) > 0 },
	}
	for _, f := range edit {
		f(a)
	}
	if err := a.Init(); err != nil {
		t.Fatal(err)
	}
	return a
}

// letter returns a mail of about a size.
func letter(size int) *mime.Message {
	data := []byte("Subject: x\r\n\r\n")
	return &mime.Message{From: "desk@example.com", To: []string{"ann@example.com"}, Data: append(data, bytes.Repeat([]byte("0123456789\r\n"), size/12)...)}
}

// serve starts a server.
func serve(t *testing.T, f http.HandlerFunc) string {
	s := httptest.NewServer(f)
	s.Config.ErrorLog = nil
	t.Cleanup(s.Close)
	return s.URL
}

// fate returns the fate that an error tells.
func fate(err error) string {
	var e *httpsend.Error
	switch {
	case err == nil:
		return "delivered"
	case !errors.As(err, &e):
		return "of another type"
	case e.Unknown:
		return "unknown"
	case e.Temporary:
		return "temporary"
	}
	return "refused"
}

// expect checks the fate of a mail, and the cause of the error.
func expect(t *testing.T, what string, err error, want string, cause error) {
	t.Helper()
	if fate(err) != want || cause != nil && !errors.Is(err, cause) {
		t.Errorf("%s: Send = %v: %s, want %s because of %v", what, err, fate(err), want, cause)
	}
}

// TestFinish ends the context while the server has the mail.
func TestFinish(t *testing.T) {
	for _, x := range []struct {
		name          string
		answer, grace time.Duration
		want          string
	}{
		{"an answer within the grace", 50 * time.Millisecond, time.Minute, "delivered"},
		{"no answer", time.Minute, 50 * time.Millisecond, "unknown"},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		url := serve(t, func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			cancel()
			select {
			case <-time.After(x.answer):
				io.WriteString(w, "ok")
			case <-r.Context().Done():
			}
		})
		start := time.Now()
		_, err := api(t, url, func(a *call.API) { a.Finish = x.grace }).Send(ctx, letter(100))
		expect(t, x.name, err, x.want, nil)
		if x.want == "unknown" && !errors.Is(err, context.Canceled) {
			t.Errorf("Send = %v, want an error that wraps context.Canceled", err)
		}
		if took := time.Since(start); took > 30*time.Second {
			t.Errorf("%s: Send took %v", x.name, took)
		}
	}
}

// TestEndedEarly ends the context while a mail is on its way. The server never has it whole.
func TestEndedEarly(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var whole atomic.Bool
	release := make(chan struct{})
	url := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-release
		_, err := io.Copy(io.Discard, r.Body)
		whole.Store(err == nil)
	})
	_, err := api(t, url, func(a *call.API) { a.Finish = 10 * time.Second }).Send(ctx, letter(32<<20))
	close(release)
	expect(t, "ended early", err, "temporary", context.Canceled)
	if whole.Load() {
		t.Error("the mail has come whole")
	}
	_, err = api(t, url).Send(ctx, letter(100))
	expect(t, "ended before", err, "temporary", context.Canceled)
}

// TestTimeout has servers that take too long.
func TestTimeout(t *testing.T) {
	url := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	})
	_, err := api(t, url, func(a *call.API) { a.Timeout = 50 * time.Millisecond }).Send(t.Context(), letter(100))
	expect(t, "no answer", err, "unknown", nil)
	if !strings.Contains(err.Error(), "no answer in time: 50ms") {
		t.Errorf("Send = %v", err)
	}
	never := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	_, err = api(t, url, func(a *call.API) { a.Timeout, a.Client = 50*time.Millisecond, &http.Client{Transport: never} }).Send(t.Context(), letter(100))
	expect(t, "no connection", err, "temporary", nil)
	l, _ := net.Listen("tcp", "127.0.0.1:0")
	l.Close()
	_, err = api(t, "http://"+l.Addr().String()).Send(t.Context(), letter(100))
	expect(t, "nobody listens", err, "temporary", nil)
}

// TestCutLarge cuts the connection in a mail that is larger than the buffers on the way.
// Then it is certain that the server cannot have it.
func TestCutLarge(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			io.CopyN(io.Discard, nc, 1000)
			nc.(*net.TCPConn).SetLinger(0)
			nc.Close()
		}
	}()
	_, err = api(t, "http://"+l.Addr().String()).Send(t.Context(), letter(32<<20))
	expect(t, "cut", err, "temporary", nil)
}

// TestRedirect has a server that sends the mail to another one, with the key.
func TestRedirect(t *testing.T) {
	var got atomic.Int32
	other := serve(t, func(http.ResponseWriter, *http.Request) { got.Add(1) })
	for _, status := range []int{301, 302, 303, 307, 308} {
		url := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other, status) })
		_, err := api(t, url).Send(t.Context(), letter(100))
		expect(t, fmt.Sprint(status), err, "temporary", nil)
	}
	if got.Load() > 0 {
		t.Error("a redirect was followed")
	}
}

// TestPause has an API that asks for pauses.
func TestPause(t *testing.T) {
	var asked atomic.Int32
	var wait atomic.Value
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) == 1 {
			w.Header().Set("Retry-After", wait.Load().(string))
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		io.WriteString(w, "ok")
	})
	wait.Store("1")
	a := api(t, url)
	start := time.Now()
	_, err := a.Send(t.Context(), letter(100))
	expect(t, "the first mail", err, "temporary", nil)
	if ctx, leave, err := a.Admit(t.Context(), false); ctx != nil || leave != nil || err != nil {
		t.Errorf("Admit without waiting = %v, %t, %v", ctx, leave != nil, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := a.Admit(ended, true); !errors.Is(err, context.Canceled) {
		t.Errorf("Admit = %v, want context.Canceled", err)
	}
	_, err = a.Send(t.Context(), letter(100))
	expect(t, "the second mail", err, "delivered", nil)
	if took := time.Since(start); took < time.Second || took > 20*time.Second {
		t.Errorf("Send took %v, want the pause of a second", took)
	}

	asked.Store(0)
	wait.Store("3600")
	a = api(t, url)
	_, err = a.Send(t.Context(), letter(100))
	expect(t, "the first mail", err, "temporary", nil)
	_, err = a.Send(t.Context(), letter(100))
	expect(t, "the second mail", err, "temporary", httpsend.ErrPaused)
	var e *httpsend.Error
	if !errors.As(err, &e) || e.RetryAfter < 3590*time.Second || e.RetryAfter > 3600*time.Second {
		t.Errorf("RetryAfter = %v, want about an hour", e.RetryAfter)
	}
	if ctx, leave, err := a.Admit(t.Context(), true); ctx == nil || leave == nil || err != nil {
		t.Errorf("Admit = %v, %v, want a place, so that Send tells the reason", ctx, err)
	}
	if asked.Load() != 1 {
		t.Errorf("%d requests, want 1", asked.Load())
	}
}

// TestRetryAfter reads pauses.
func TestRetryAfter(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"": 0, "0": 0, "-5": 0, "x": 0, "1e9": 0, "120": 2 * time.Minute, "999999": 24 * time.Hour, "99999999999999999999": 0,
		"Mon, 01 Jan 2001 00:00:00 GMT":                                     0,
		time.Now().Add(time.Hour).UTC().Format(http.TimeFormat):             time.Hour,
		time.Now().Add(1000 * 24 * time.Hour).UTC().Format(http.TimeFormat): 24 * time.Hour,
	} {
		url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", value)
			w.WriteHeader(http.StatusServiceUnavailable)
		})
		_, err := api(t, url).Send(t.Context(), letter(100))
		var e *httpsend.Error
		if !errors.As(err, &e) || e.RetryAfter < want-2*time.Second || e.RetryAfter > want {
			t.Errorf("Retry-After %q: %v, want %v", value, err, want)
		}
	}
}

// TestEarlyAnswer has a server that answers before it has the mail. Afterwards nobody reads
// the mail any more, which the race detector sees.
func TestEarlyAnswer(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	m := letter(16 << 20)
	_, err := api(t, url).Send(t.Context(), m)
	overwrite(m.Data)
	expect(t, "early", err, "temporary", nil)
	// The server takes the rest of the mail after its answer, while the caller changes the mail.
	for range 5 {
		url = serve(t, func(w http.ResponseWriter, r *http.Request) {
			control := http.NewResponseController(w)
			control.EnableFullDuplex()
			w.Header().Set("Content-Length", "2")
			io.WriteString(w, "ok")
			control.Flush()
			io.Copy(io.Discard, r.Body)
		})
		m = letter(16 << 20)
		_, _ = api(t, url).Send(t.Context(), m)
		overwrite(m.Data)
	}
	url = serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	_, err = api(t, url).Send(t.Context(), letter(16<<20))
	expect(t, "a gateway that has not got the mail", err, "temporary", nil)
}

// overwrite changes octets. The race detector does not see the built-in clear.
func overwrite(data []byte) {
	for i := range data {
		data[i] = 'x'
	}
}

// TestHTTP2 has a server that ends streams.
func TestHTTP2(t *testing.T) {
	var mode atomic.Value
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 2 {
			t.Errorf("the protocol is %s", r.Proto)
		}
		if mode.Load() != "at once" {
			io.Copy(io.Discard, r.Body)
		}
		if mode.Load() != "good" {
			panic(http.ErrAbortHandler)
		}
		io.WriteString(w, "ok")
	}))
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	a := api(t, s.URL, func(a *call.API) { a.Client = s.Client() })
	for _, x := range []struct {
		mode string
		size int
		want string
	}{{"good", 100, "delivered"}, {"after the mail", 100, "unknown"}, {"at once", 16 << 20, "temporary"}, {"good", 1 << 20, "delivered"}} {
		mode.Store(x.mode)
		_, err := a.Send(t.Context(), letter(x.size))
		expect(t, x.mode, err, x.want, nil)
	}
}

// TestDeadConnections has a server that closes connections between mails. No mail comes
// twice, and none is lost that is reported as delivered.
func TestDeadConnections(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	count := make(map[string]int)
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		mu.Lock()
		count[string(body[len(body)-6:])]++
		mu.Unlock()
		nc, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			io.WriteString(nc, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
			time.AfterFunc(time.Duration(len(body)%7)*50*time.Microsecond, func() { nc.Close() })
		}
	})}
	go s.Serve(l)
	defer s.Close()
	a := api(t, "http://"+l.Addr().String(), func(a *call.API) { a.Client = &http.Client{Transport: &http.Transport{}} })
	fates := make(map[string]int)
	for i := range 300 {
		m := letter(120)
		m.Data = fmt.Appendf(m.Data, "%0*d%04d\r\n", i%7+1, 0, i)
		_, err := a.Send(t.Context(), m)
		got := fate(err)
		fates[got]++
		mu.Lock()
		n := count[fmt.Sprintf("%04d\r\n", i)]
		mu.Unlock()
		if n > 1 || got == "delivered" && n == 0 || got == "temporary" && n > 0 || got == "refused" {
			t.Errorf("mail %d has come %d times: %v", i, n, err)
		}
	}
	if fates["delivered"] < 100 {
		t.Errorf("fates: %v", fates)
	}
	t.Logf("fates: %v", fates)
}

// twice is a transport that sends a request a second time if no answer comes.
type twice struct{ first, second http.RoundTripper }

func (x twice) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	for _, next := range []http.RoundTripper{x.first, x.second} {
		again := r.Clone(r.Context())
		again.Body, again.GetBody = io.NopCloser(bytes.NewReader(body)), nil
		var resp *http.Response
		if resp, err = next.RoundTrip(again); err == nil {
			return resp, nil
		}
	}
	return nil, err
}

// TestTransports has transports of callers that do more than one attempt, or that are
// silent about them.
func TestTransports(t *testing.T) {
	lost := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		panic(http.ErrAbortHandler)
	})
	cut := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		client, server := net.Pipe()
		go func() {
			io.CopyN(io.Discard, server, 200)
			server.Close()
		}()
		return client, nil
	}}
	for name, x := range map[string]struct {
		transport http.RoundTripper
		want      string
	}{
		"lost, then cut":        {twice{http.DefaultTransport, cut}, "unknown"},
		"cut, then lost":        {twice{cut, http.DefaultTransport}, "unknown"},
		"cut":                   {cut, "temporary"},
		"silent about the body": {silent{}, "unknown"},
	} {
		_, err := api(t, lost, func(a *call.API) { a.Client = &http.Client{Transport: x.transport} }).Send(t.Context(), letter(6000))
		expect(t, name, err, x.want, nil)
	}
}

// silent is a transport that reads the body and fails.
type silent struct{}

func (silent) RoundTrip(r *http.Request) (*http.Response, error) {
	io.Copy(io.Discard, r.Body)
	return nil, errors.New("lost")
}

// TestSecretInCause has a transport whose error has the key.
func TestSecretInCause(t *testing.T) {
	cause := fmt.Errorf("dial key-0123456789: %w", io.ErrUnexpectedEOF)
	a := api(t, "https://api.example.com", func(a *call.API) {
		a.Secrets = []string{"key-0123456789"}
		a.Client = &http.Client{Transport: failing{cause}}
	})
	_, err := a.Send(t.Context(), letter(100))
	expect(t, "secret", err, "temporary", io.ErrUnexpectedEOF)
	for e := err; e != nil; e = errors.Unwrap(e) {
		if strings.Contains(e.Error(), "key-0") {
			t.Errorf("the error shows the key: %v", e)
		}
	}
}

// failing is a transport that fails at once.
type failing struct{ err error }

func (f failing) RoundTrip(*http.Request) (*http.Response, error) { return nil, f.err }
