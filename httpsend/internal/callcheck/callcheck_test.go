package callcheck

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/convene-go/convene/httpsend"
	"github.com/convene-go/convene/mime"
)

// recorder keeps the failures that the kit reports.
type recorder struct {
	testing.TB
	text string
}

func (r *recorder) Helper()                      {}
func (r *recorder) Errorf(f string, args ...any) { r.text += fmt.Sprintf(f, args...) }
func (r *recorder) Fatal(args ...any)            { panic(fmt.Sprint(args...)) }

func TestFateOf(t *testing.T) {
	for want, err := range map[string]error{
		"delivered":          nil,
		"no *httpsend.Error": io.EOF,
		"temporary":          &httpsend.Error{Temporary: true},
		"unknown":            &httpsend.Error{Unknown: true},
		"contradictory":      &httpsend.Error{Temporary: true, Unknown: true},
	} {
		if got := fateOf(err); got != want {
			t.Errorf("fateOf(%v) = %s, want %s", err, got, want)
		}
	}
}

// TestUndocumented: a request that is not as documented fails the test of the vendor.
func TestUndocumented(t *testing.T) {
	r := &recorder{TB: t}
	v := &Vendor{Read: func(*http.Request, []byte) (*mime.Message, error) { return nil, errors.New("no key") }}
	s := v.start(r)
	answer, err := http.Post(s.URL, "text/plain", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusBadRequest || r.text != "the request is not as documented: no key" {
		t.Errorf("status %d, and the test reports %q", answer.StatusCode, r.text)
	}
}

// TestNoSender: a sender that cannot be made ends the test of the vendor.
func TestNoSender(t *testing.T) {
	v := &Vendor{New: func(Setup) (Sender, error) { return nil, errors.New("no account") }}
	defer func() {
		if p := recover(); p != "no account" {
			t.Errorf("sender ends the test with %v", p)
		}
	}()
	v.start(&recorder{TB: t}).sender()
}

func TestBearer(t *testing.T) {
	v := &Vendor{}
	s := v.start(t)
	key := ""
	s.Vendor.Read = func(r *http.Request, _ []byte) (*mime.Message, error) {
		key = r.Header.Get("Authorization")
		return new(mime.Message), nil
	}
	s.Vendor.Accept = func(w http.ResponseWriter, _ *mime.Message) { w.WriteHeader(http.StatusAccepted) }
	answer, err := Bearer(new(http.Client)).Post(s.URL, "text/plain", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if key != "Bearer "+Secret || answer.StatusCode != http.StatusAccepted {
		t.Errorf("Authorization: %s, status %d", key, answer.StatusCode)
	}
}

func TestTransportOfBrokenBody(t *testing.T) {
	c := &http.Client{Transport: Transport(func([]byte) { t.Error("half a body arrives") }, 200, "")}
	answer, err := c.Post("http://example.com", "text/plain", iotest.ErrReader(io.ErrUnexpectedEOF))
	if err == nil {
		answer.Body.Close()
	}
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("Post = %v, want the error of the body", err)
	}
}

// TestWithin: a mail that is cut to a size does not end in half of a line end.
func TestWithin(t *testing.T) {
	m := &mime.Message{Data: []byte("ab\r\ncd\r\n")}
	for size, want := range map[int]string{2: "ab", 3: "ab", 4: "ab\r\n", 8: "ab\r\ncd\r\n"} {
		if got := within(m, size).Data; string(got) != want {
			t.Errorf("within(%d) = %q, want %q", size, got, want)
		}
	}
	if len(m.Data) != 8 {
		t.Errorf("within changes the mail to %q", m.Data)
	}
}
