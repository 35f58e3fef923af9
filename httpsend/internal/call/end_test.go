package call_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/convene-go/convene/httpsend/internal/call"
)

// keep is a transport that keeps the request, and answers without the end of its body.
type keep struct{ r *http.Request }

func (k *keep) RoundTrip(r *http.Request) (*http.Response, error) {
	k.r = r
	io.ReadFull(r.Body, make([]byte, r.ContentLength))
	return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader("ok")), Request: r}, nil
}

// TestEndOfBody reads the end of a mail after the call, as a transport does that sees
// whether more than the length follows. It is the end, and no failure of a write.
func TestEndOfBody(t *testing.T) {
	k := new(keep)
	if _, err := api(t, "https://api.example.com", func(a *call.API) { a.Client = &http.Client{Transport: k} }).Send(t.Context(), letter(100)); err != nil {
		t.Fatal(err)
	}
	if n, err := k.r.Body.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("Read = %d, %v, want the end", n, err)
	}
}

// TestEndedInAnswer ends the context after the head of an answer.
func TestEndedInAnswer(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Length", "2")
		w.WriteHeader(200)
		http.NewResponseController(w).Flush()
		cancel()
		<-r.Context().Done()
	})
	_, err := api(t, url, func(a *call.API) { a.Finish = 50 * time.Millisecond }).Send(ctx, letter(100))
	expect(t, "half an answer", err, "unknown", nil)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Send = %v, want an error that wraps context.Canceled", err)
	}
}

// TestAcceptedEarly has a server that takes a mail before it has it whole. The rest is not
// sent, so it may be lost.
func TestAcceptedEarly(t *testing.T) {
	var whole atomic.Bool
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		control.EnableFullDuplex()
		w.Header().Set("Content-Length", "2")
		io.WriteString(w, "ok")
		control.Flush()
		time.Sleep(50 * time.Millisecond)
		_, err := io.Copy(io.Discard, r.Body)
		whole.Store(err == nil)
	})
	_, err := api(t, url).Send(t.Context(), letter(32<<20))
	if err == nil && !whole.Load() {
		t.Error("a mail that was not sent whole counts as delivered")
	}
	expect(t, "early", err, "unknown", nil)
}
