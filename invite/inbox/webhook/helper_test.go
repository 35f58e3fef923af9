package webhook_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/invite/inbox"
	"github.com/convene-go/convene/invite/inbox/webhook"
	"github.com/convene-go/convene/mime"
)

// now is the clock of the tests.
var now = time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)

// rawMail is a mail with one signature.
const rawMail = "DKIM-Signature: v=1; a=rsa-sha256; d=example.test; s=k1;\r\n h=from:to; bh=x; b=y\r\n" +
	"From: Ann <ann@example.test>\r\nTo: desk@example.com\r\nSubject: Accepted: Review\r\n\r\nYes: \"ü\" \x00 & + =\r\n"

// reportOf is a call of Undelivered.
type reportOf struct{ ID, Email, Text string }

// sink takes mails and reports in, and notes them.
type sink struct {
	mu      sync.Mutex
	mails   []*inbox.Mail
	reports []reportOf
	err     error
	log     bytes.Buffer
	now     time.Time
}

func newSink() *sink { return &sink{now: now} }

func (s *sink) receive(_ context.Context, m *inbox.Mail) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.mails = append(s.mails, m)
	}
	return s.err
}

func (s *sink) undelivered(_ context.Context, id, email, text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.reports = append(s.reports, reportOf{id, email, text})
	}
	return s.err
}

// options are options that use the sink.
func (s *sink) options() *webhook.Options {
	return &webhook.Options{
		Receive: s.receive, Undelivered: s.undelivered,
		Now:    func() time.Time { return s.now },
		Logger: slog.New(slog.NewTextHandler(&s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
}

// check compares the mails and reports that came with those that are wanted.
func (s *sink) check(t *testing.T, mails []*inbox.Mail, reports []reportOf) {
	t.Helper()
	got := []*inbox.Mail(nil)
	for _, m := range s.mails {
		if m.ID == "" {
			t.Error("a mail has no ID")
		}
		c := *m
		c.ID = ""
		got = append(got, &c)
	}
	if d := cmp.Diff(mails, got); d != "" {
		t.Errorf("mails differ (-want +got):\n%s", d)
	}
	if d := cmp.Diff(reports, s.reports); d != "" {
		t.Errorf("reports differ (-want +got):\n%s", d)
	}
}

// must returns the handler of a constructor.
func must(h *webhook.Handler, err error) *webhook.Handler {
	if err != nil {
		panic(err)
	}
	return h
}

// hook is a request. A test changes it and sends it.
type hook struct {
	method string
	header http.Header
	body   []byte
}

// newHook makes a request.
func newHook(contentType string, body []byte) *hook {
	return &hook{http.MethodPost, http.Header{"Content-Type": {contentType}}, body}
}

// send gives the request to a handler, and returns the status.
func (h *hook) send(to http.Handler) int { return h.answer(to).Code }

// answer gives the request to a handler.
func (h *hook) answer(to http.Handler) *httptest.ResponseRecorder {
	r := httptest.NewRequest(h.method, "/hook", bytes.NewReader(h.body))
	r.Header = h.header.Clone()
	w := httptest.NewRecorder()
	to.ServeHTTP(w, r)
	return w
}

// field is a field of a form.
type field struct{ name, value string }

// multipartHook makes a request with a form of parts.
func multipartHook(fields ...field) *hook {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	_ = w.SetBoundary("the-boundary-of-the-test")
	for _, f := range fields {
		_ = w.WriteField(f.name, f.value)
	}
	_ = w.Close()
	return newHook(w.FormDataContentType(), b.Bytes())
}

// jsonOf returns a value in JSON.
func jsonOf(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

// verifiedMail is a mail as a handler hands it over, without its ID.
func verifiedMail(to string, v ...mime.AuthResult) *inbox.Mail {
	if v == nil {
		v = []mime.AuthResult{}
	}
	return &inbox.Mail{Data: []byte(rawMail), Recipient: to, Verified: v}
}

// signingKey is Mailgun's key of the tests.
const signingKey = "key-of-the-test-0123456789"

// mailgunSign signs a time and a token.
func mailgunSign(at time.Time, token string) (timestamp, signature string) {
	timestamp = strconv.FormatInt(at.Unix(), 10)
	h := hmac.New(sha256.New, []byte(signingKey))
	_, _ = io.WriteString(h, timestamp+token)
	return timestamp, hex.EncodeToString(h.Sum(nil))
}

// mailgunFields are the fields of a route's form.
func mailgunFields(at time.Time, token string, more ...field) []field {
	timestamp, signature := mailgunSign(at, token)
	return append([]field{
		{"recipient", "desk+token@example.com"}, {"sender", "bounces@example.test"}, {"subject", "Accepted: Review"},
		{"from", "Ann <ann@example.test>"}, {"timestamp", timestamp}, {"token", token}, {"signature", signature}, {"body-mime", rawMail},
	}, more...)
}

// mailgunHook is the request of a route.
func mailgunHook(at time.Time, token string, more ...field) *hook {
	return multipartHook(mailgunFields(at, token, more...)...)
}

// eachService calls f with a handler and a request of each service that hands over a
// mail. The handlers use the options of the sink.
func eachService(t *testing.T, f func(t *testing.T, s *sink, h func(o *webhook.Options) *webhook.Handler, r *hook)) {
	t.Helper()
	run := func(name string, h func(o *webhook.Options) *webhook.Handler, r *hook) {
		t.Run(name, func(t *testing.T) { f(t, newSink(), h, r) })
	}
	run("mailgun", func(o *webhook.Options) *webhook.Handler { return must(webhook.Mailgun(signingKey, o)) }, mailgunHook(now, "token-0001"))
	run("sendgrid", func(o *webhook.Options) *webhook.Handler {
		return must(webhook.SendGrid([]string{sendgridPublic}, o))
	}, sendgridHook(now))
	run("sendgrid-password", func(o *webhook.Options) *webhook.Handler {
		return must(webhook.SendGridPassword("user", "password", o))
	}, withPassword(sendgridHook(now)))
	run("postmark", func(o *webhook.Options) *webhook.Handler {
		return must(webhook.Postmark("user", "password", o))
	}, postmarkHook(postmarkInbound()))
	run("ses", func(o *webhook.Options) *webhook.Handler {
		if o.Client == nil {
			o.Client = newAWS().client()
		}
		return must(webhook.SES(topic, o))
	}, snsHook(notification(sesReceived())))
}

// TestTakenInOnce sends each request three times, and then to a handler that has
// forgotten: the mail has the same ID.
func TestTakenInOnce(t *testing.T) {
	eachService(t, func(t *testing.T, s *sink, h func(o *webhook.Options) *webhook.Handler, r *hook) {
		to := h(s.options())
		for range 3 {
			if got := r.send(to); got != http.StatusOK {
				t.Fatalf("status = %d, want 200\n%s", got, s.log.String())
			}
		}
		if len(s.mails) != 1 {
			t.Fatalf("%d mails, want 1", len(s.mails))
		}
		if got := r.send(h(s.options())); got != http.StatusOK || len(s.mails) != 2 {
			t.Fatalf("another handler: status = %d, %d mails", got, len(s.mails))
		}
		if s.mails[0].ID != s.mails[1].ID {
			t.Errorf("IDs = %q and %q, want the same", s.mails[0].ID, s.mails[1].ID)
		}
	})
}

// TestReceiveFails lets Receive fail first. The service tries again, and the mail is taken
// in once.
func TestReceiveFails(t *testing.T) {
	eachService(t, func(t *testing.T, s *sink, h func(o *webhook.Options) *webhook.Handler, r *hook) {
		to := h(s.options())
		s.err = errors.New("the database is away")
		for range 2 {
			if got := r.send(to); got != http.StatusServiceUnavailable {
				t.Fatalf("status = %d, want 503", got)
			}
		}
		s.err = nil
		for range 2 {
			if got := r.send(to); got != http.StatusOK {
				t.Fatalf("status = %d, want 200", got)
			}
		}
		if len(s.mails) != 1 {
			t.Errorf("%d mails, want 1", len(s.mails))
		}
	})
}

// TestAtOnce sends each request eight times at once, while Receive takes its time. None
// is acknowledged before Receive has returned.
func TestAtOnce(t *testing.T) {
	eachService(t, func(t *testing.T, s *sink, h func(o *webhook.Options) *webhook.Handler, r *hook) {
		o := s.options()
		begun, finish := make(chan bool, 8), make(chan bool)
		o.Receive = func(ctx context.Context, m *inbox.Mail) error {
			begun <- true
			<-finish
			return s.receive(ctx, m)
		}
		to, codes := h(o), make(chan int, 8)
		for range 8 {
			go func() { codes <- r.send(to) }()
		}
		<-begun
		time.Sleep(20 * time.Millisecond)
		if len(codes) != 0 || len(begun) != 0 {
			t.Errorf("%d answers and %d more calls before the mail was taken in", len(codes), len(begun))
		}
		close(finish)
		for range 8 {
			if got := <-codes; got != http.StatusOK {
				t.Errorf("status = %d, want 200", got)
			}
		}
		if len(s.mails) != 1 {
			t.Errorf("%d mails, want 1", len(s.mails))
		}
	})
}

// TestReceivePanics checks that a panic of Receive does not make later requests wait.
func TestReceivePanics(t *testing.T) {
	s := newSink()
	o := s.options()
	o.Receive = func(context.Context, *inbox.Mail) error { panic("of the test") }
	h, r := must(webhook.Mailgun(signingKey, o)), mailgunHook(now, "token")
	for range 2 {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic was swallowed")
				}
			}()
			r.send(h)
		}()
	}
}

// TestWaiterGoesAway ends a request that waits for the same one.
func TestWaiterGoesAway(t *testing.T) {
	s := newSink()
	o := s.options()
	begun, finish := make(chan bool), make(chan bool)
	o.Receive = func(context.Context, *inbox.Mail) error { close(begun); <-finish; return nil }
	h, r := must(webhook.Mailgun(signingKey, o)), mailgunHook(now, "token")
	first := make(chan int)
	go func() { first <- r.send(h) }()
	<-begun
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	again := httptest.NewRequestWithContext(ctx, http.MethodPost, "/", bytes.NewReader(r.body))
	again.Header = r.header
	w := httptest.NewRecorder()
	h.ServeHTTP(w, again)
	if w.Code != http.StatusServiceUnavailable {
		t.Errorf("status of the waiter = %d, want 503", w.Code)
	}
	close(finish)
	if got := <-first; got != http.StatusOK {
		t.Errorf("status = %d, want 200", got)
	}
}

// TestRefused sends requests that are wrong for every service.
func TestRefused(t *testing.T) {
	final := map[string]int{"mailgun": 406, "postmark": 403}
	for _, tt := range []struct {
		name   string
		edit   func(h *hook)
		limit  int64
		status int
	}{
		{"GET", func(h *hook) { h.method = http.MethodGet }, 0, 405},
		{"PUT", func(h *hook) { h.method = http.MethodPut }, 0, 405},
		{"no Content-Type", func(h *hook) { h.header.Del("Content-Type") }, 0, 415},
		{"another Content-Type", func(h *hook) { h.header.Set("Content-Type", "text/xml") }, 0, 415},
		{"broken Content-Type", func(h *hook) { h.header.Set("Content-Type", "a/b/c; =") }, 0, 415},
		{"compressed", func(h *hook) { h.header.Set("Content-Encoding", "gzip") }, 0, 415},
		{"too large", func(*hook) {}, 200, 413},
	} {
		t.Run(strings.ReplaceAll(tt.name, " ", "-"), func(t *testing.T) {
			eachService(t, func(t *testing.T, s *sink, h func(o *webhook.Options) *webhook.Handler, r *hook) {
				o := s.options()
				o.MaxBytes = tt.limit
				to := h(o)
				edited := *r
				edited.header = r.header.Clone()
				tt.edit(&edited)
				want := tt.status
				if n := final[t.Name()[strings.LastIndexByte(t.Name(), '/')+1:]]; n != 0 && want != 405 {
					want = n
				}
				if w := edited.answer(to); w.Code != want && !(w.Code == 403 && strings.Contains(t.Name(), "Content-Type/sendgrid")) {
					t.Errorf("status = %d %s, want %d", w.Code, w.Body, want)
				} else if w.Code == 405 && w.Header().Get("Allow") != "POST" {
					t.Errorf("Allow = %q", w.Header().Get("Allow"))
				}
				s.check(t, nil, nil)
			})
		})
	}
}

// TestTooLargeWithoutLength sends a body whose length is not announced.
func TestTooLargeWithoutLength(t *testing.T) {
	s := newSink()
	o := s.options()
	o.MaxBytes = 1000
	r := httptest.NewRequest(http.MethodPost, "/", io.LimitReader(zeros{}, 1<<20))
	r.ContentLength = -1
	r.Header.Set("Content-Type", "application/json")
	r.SetBasicAuth("user", "password")
	w := httptest.NewRecorder()
	must(webhook.Postmark("user", "password", o)).ServeHTTP(w, r)
	if w.Code != 403 {
		t.Errorf("status = %d, want 403, which stops Postmark", w.Code)
	}
}

// TestTooLargeAnnounced announces a body that is too large. It is not read.
func TestTooLargeAnnounced(t *testing.T) {
	s := newSink()
	o := s.options()
	o.MaxBytes = 1000
	r := httptest.NewRequest(http.MethodPost, "/", iotest.ErrReader(errors.New("the body was read")))
	r.ContentLength = 1001
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	must(webhook.Mailgun(signingKey, o)).ServeHTTP(w, r)
	if w.Code != 406 {
		t.Errorf("status = %d %s, want 406", w.Code, w.Body)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// TestSlow sends a body that never comes whole. The handler gives up after ReadTimeout,
// and the next request is served.
func TestSlow(t *testing.T) {
	s := newSink()
	o := s.options()
	o.ReadTimeout = 100 * time.Millisecond
	// A body that came in time is taken in, also if Receive takes longer than ReadTimeout.
	o.Receive = func(ctx context.Context, m *inbox.Mail) error {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(300 * time.Millisecond):
		}
		return s.receive(ctx, m)
	}
	server := httptest.NewServer(must(webhook.Mailgun(signingKey, o)))
	defer server.Close()

	in, out := io.Pipe()
	defer out.Close()
	go func() { _, _ = io.WriteString(out, "--x\r\n") }()
	begun := time.Now()
	a, err := http.Post(server.URL, "multipart/form-data; boundary=x", in)
	if err == nil {
		a.Body.Close()
		if a.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("status = %d, want 503", a.StatusCode)
		}
	}
	if d := time.Since(begun); d > 10*time.Second {
		t.Errorf("the handler gave up after %v", d)
	}
	good := mailgunHook(now, "token")
	a, err = http.Post(server.URL, good.header.Get("Content-Type"), bytes.NewReader(good.body))
	if err != nil {
		t.Fatal(err)
	}
	a.Body.Close()
	if a.StatusCode != http.StatusOK || len(s.mails) != 1 {
		t.Errorf("status = %d, %d mails", a.StatusCode, len(s.mails))
	}
}

// TestOptions makes handlers that cannot work, and handlers for one kind of request.
func TestOptions(t *testing.T) {
	o := newSink().options()
	for i, err := range []error{
		second(webhook.Mailgun("", o)), second(webhook.Mailgun("key", nil)), second(webhook.Mailgun("key", &webhook.Options{})),
		second(webhook.SendGrid(nil, o)), second(webhook.SendGrid([]string{"?"}, o)), second(webhook.SendGrid([]string{"AAAA"}, o)), second(webhook.SendGrid([]string{sendgridPublic}, nil)),
		second(webhook.SendGridPassword("user", "", o)), second(webhook.SendGridPassword("u", "p", nil)),
		second(webhook.Postmark("", "password", o)), second(webhook.Postmark("a:b", "password", o)), second(webhook.Postmark("u", "p", nil)),
		second(webhook.SES("", o)), second(webhook.SES("arn:aws:sqs:eu-west-1:123456789012:inbound", o)), second(webhook.SES("arn:aws:sns:evil.test/:123456789012:x", o)), second(webhook.SES(topic, nil)),
	} {
		if err == nil || strings.Contains(err.Error(), "password:") {
			t.Errorf("error %d = %v", i, err)
		}
	}
	s := newSink()
	o = s.options()
	o.Receive = nil
	if got := mailgunHook(now, "token").send(must(webhook.Mailgun(signingKey, o))); got != 406 {
		t.Errorf("mail without Receive: status = %d, want 406", got)
	}
	o = s.options()
	o.Undelivered = nil
	if got := mailgunEventHook(now, "token", "failed", "permanent").send(must(webhook.Mailgun(signingKey, o))); got != 200 {
		t.Errorf("report without Undelivered: status = %d, want 200", got)
	}
	s.check(t, nil, nil)
}

func second(_ *webhook.Handler, err error) error { return err }

// TestForgets sends more mails than a handler remembers. The first is given again, and
// the last is not.
func TestForgets(t *testing.T) {
	calls := make(map[string]int)
	o := &webhook.Options{Receive: func(_ context.Context, m *inbox.Mail) error { calls[m.Recipient]++; return nil }}
	h := must(webhook.Postmark("user", "password", o))
	n := 1<<14 + 1
	send := func(i int) {
		v := postmarkInbound()
		v["OriginalRecipient"] = fmt.Sprintf("a%d@example.com", i)
		if got := postmarkHook(v).send(h); got != 200 {
			t.Fatalf("status = %d", got)
		}
	}
	for i := range n {
		send(i)
	}
	send(n - 1)
	send(1)
	send(0)
	for i, want := range map[int]int{0: 2, 1: 1, n - 1: 1} {
		if got := calls[fmt.Sprintf("a%d@example.com", i)]; got != want {
			t.Errorf("mail %d was given %d times, want %d", i, got, want)
		}
	}
}

// TestLogs checks that no secret is in the log.
func TestLogs(t *testing.T) {
	eachService(t, func(t *testing.T, s *sink, h func(o *webhook.Options) *webhook.Handler, r *hook) {
		to := h(s.options())
		for i := range len(r.body) / 40 {
			bad := *r
			bad.body = bytes.Clone(r.body)
			bad.body[i*40] ^= 1
			bad.send(to)
		}
		r.header.Del("Authorization")
		r.send(to)
		if strings.Contains(t.Name(), "sendgrid-password") && s.log.Len() == 0 {
			t.Error("nothing is logged")
		}
		for _, secret := range []string{signingKey, "password@", "dXNlcj", "token-0001", "ann@example.test", "desk+token", "secret-of-sns"} {
			if strings.Contains(s.log.String(), secret) {
				t.Errorf("the log has %q:\n%s", secret, s.log.String())
			}
		}
	})
}
