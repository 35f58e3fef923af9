package callcheck

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/httpsend"
	"github.com/convene-go/convene/mime"
)

// leastFaults is the number of error answers that the documentation of each vendor gives.
const leastFaults = 12

// between are answers of something between the sender and the API.
var between = []Fault{
	{"a proxy's 502", 502, nil, "<html>Bad Gateway</html>", "unknown", "", 0},
	{"a proxy's 503", 503, map[string]string{"Retry-After": "30"}, "<html>no backend</html>", "temporary", "", 30 * time.Second},
	{"a proxy's 504", 504, nil, "<html>Gateway Timeout</html>", "unknown", "", 0},
	{"a proxy's 500", 500, nil, "<html>error</html>", "unknown", "", 0},
	{"a proxy's 524", 524, nil, "<html>a timeout occurred</html>", "unknown", "", 0},
	{"a portal's login", 302, map[string]string{"Location": "https://login.example.com/"}, "", "temporary", "", 0},
	{"a redirect that keeps the method", 307, map[string]string{"Location": "/other"}, "", "temporary", "", 0},
	{"a portal's page", 200, nil, "<html>welcome</html>", "unknown", "", 0},
	{"an empty answer", 200, nil, "", "unknown", "", 0},
	{"nothing", 204, nil, "", "unknown", "", 0},
	{"half of an answer", 200, nil, "{", "unknown", "", 0},
	{"null", 200, nil, "null", "unknown", "", 0},
	{"an answer that is too long", 200, nil, strings.Repeat(" ", 300<<10), "unknown", "", 0},
}

// testFaults checks the fate of a mail after each answer of the API.
func (v *Vendor) testFaults(t *testing.T) {
	if len(v.Faults) < leastFaults {
		t.Errorf("%d answers, want %d", len(v.Faults), leastFaults)
	}
	for _, f := range append(v.Faults, between...) {
		t.Run(f.Name, func(t *testing.T) {
			s := v.start(t)
			s.answer = f.serve
			err := send(t, s.sender(), Letter("ann@example.com"))
			if got := fateOf(err); got != f.Want {
				t.Errorf("Send = %v: %s, want %s", err, got, f.Want)
			}
			var e *httpsend.Error
			if !errors.As(err, &e) || e.Status != f.Status || e.Code != f.Code || e.RetryAfter != f.RetryAfter {
				t.Errorf("Send = %+v, want status %d, code %q and a pause of %v", e, f.Status, f.Code, f.RetryAfter)
			}
			if len(err.Error()) > 2500 || strings.ContainsAny(err.Error(), "\r\n\x00\x1b") {
				t.Errorf("Send = %q", err)
			}
		})
	}
}

// serve writes the answer.
func (f *Fault) serve(w http.ResponseWriter, _ *http.Request) {
	for name, value := range f.Header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(f.Status)
	fmt.Fprint(w, f.Body)
}

// testLimits checks that a mail beyond a limit is refused before anything is sent.
func (v *Vendor) testLimits(t *testing.T) {
	s := v.start(t)
	many := make([]string, v.MaxRecipients+1)
	for i := range many {
		many[i] = fmt.Sprintf("p%d@example.com", i)
	}
	large := Letter("ann@example.com")
	large.Data = append(large.Data, strings.Repeat("0123456789012345678901234567890123456789012345678901234567\r\n", v.MaxSize/60+1)...)
	for _, x := range []struct {
		m    *mime.Message
		want error
	}{{Letter(many...), httpsend.ErrTooMany}, {large, httpsend.ErrTooLarge}} {
		err := send(t, s.sender(), x.m)
		if !errors.Is(err, x.want) || fateOf(err) != "refused" {
			t.Errorf("Send = %v, want %v", err, x.want)
		}
	}
	if len(s.got) > 0 {
		t.Errorf("%d mails arrived", len(s.got))
	}
	if testing.Short() {
		return // the largest mails take their time under the race detector
	}
	for _, m := range []*mime.Message{Letter(many[:v.MaxRecipients]...), within(large, v.MaxSize)} {
		if err := send(t, s.sender(), m); err != nil {
			t.Errorf("Send at the limit = %v", err)
		}
	}
}

// within returns a mail that is as large as the limit allows.
func within(m *mime.Message, size int) *mime.Message {
	out := *m
	out.Data = out.Data[:size]
	if out.Data[size-1] == '\r' {
		out.Data = out.Data[:size-1]
	}
	return &out
}

// testSecrets has an API that repeats the request in its errors.
func (v *Vendor) testSecrets(t *testing.T) {
	s := v.start(t)
	var seen []string
	s.answer = func(w http.ResponseWriter, r *http.Request) {
		auth := r.Header.Get("Authorization")
		_, key, _ := r.BasicAuth()
		token := r.Header.Get("X-Amz-Security-Token")
		seen = append(append(seen, auth, key, token), strings.Fields(auth)...)
		w.WriteHeader(http.StatusForbidden)
		text := strings.ReplaceAll(auth+" "+key+" "+token, `"`, "")
		fmt.Fprintf(w, `{"message":"%[1]s","__type":"%[1]s","error":{"code":"%[1]s","message":"%[1]s"},"errors":[{"code":1,"message":"%[1]s"}]}`, text)
	}
	var log strings.Builder
	sender := s.sender(func(x *Setup) { x.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
	err := send(t, sender, Letter("ann@example.com"))
	texts := fmt.Sprintf("%v %+v %#v %s %v %+v %#v", err, err, err, log.String(), sender, sender, sender)
	var e *httpsend.Error
	if errors.As(err, &e) {
		texts += fmt.Sprintf("%+v", *e)
	}
	if len(seen) == 0 || seen[0] == "" || !strings.Contains(log.String(), "message not sent") {
		t.Fatalf("the request has no key, or there is no record: %q", seen)
	}
	for _, secret := range seen {
		if len(secret) > 6 && strings.Contains(texts, secret) {
			t.Errorf("%q is in an error or a log: %s", secret, texts)
		}
	}
}
