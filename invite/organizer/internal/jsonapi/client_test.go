package jsonapi_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/invite/organizer"
	"github.com/convene-go/convene/invite/organizer/internal/jsonapi"
)

var now = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func client(t *testing.T, h http.HandlerFunc) *jsonapi.Client {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	c := &jsonapi.Client{Service: "test", Base: s.URL, Timeout: 5 * time.Second, Now: func() time.Time { return now }}
	c.Use(s.Client())
	return c
}

func TestRetryAfter(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"": 0, "30": 30 * time.Second, " 1.5 ": 1500 * time.Millisecond, "-5": 0, "x": 0, "NaN": 0, "1e300": 24 * time.Hour,
		now.Add(90 * time.Second).Format(http.TimeFormat): 90 * time.Second, now.Add(-time.Hour).Format(http.TimeFormat): 0,
	} {
		c := client(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", value)
			w.WriteHeader(429)
		})
		err := c.Do(t.Context(), jsonapi.Request{Op: "list", Method: http.MethodGet, Path: "/"}, nil)
		if got := organizer.RetryAfter(err); got != want {
			t.Errorf("Retry-After: %q gives %v, want %v", value, got, want)
		}
	}
}

// TestRedirect checks that the credentials of the client go to no other host.
func TestRedirect(t *testing.T) {
	reached := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer other.Close()
	c := client(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
	})
	err := c.Do(t.Context(), jsonapi.Request{Op: "list", Method: http.MethodGet, Path: "/"}, nil)
	var e *jsonapi.Error
	if !errors.As(err, &e) || e.Status != http.StatusTemporaryRedirect || reached {
		t.Errorf("Do = %v, the other host was reached: %v", err, reached)
	}
}

// TestErrorHidesSecrets has a server and a client whose errors repeat a token.
func TestErrorHidesSecrets(t *testing.T) {
	token := "ya29." + strings.Repeat("secret", 20)
	c := client(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) })
	c.Explain = func(e *jsonapi.Error, _ []byte) { e.Code, e.Message = "authError", "bad token "+token+"\r\nX: y" }
	err := c.Do(t.Context(), jsonapi.Request{Op: "list", Method: http.MethodGet, Path: "/"}, nil)
	if got, want := err.Error(), "test: list: 401 authError: bad token … X: y"; got != want {
		t.Errorf("error = %q, want %q", got, want)
	}
	c.Use(&http.Client{Transport: transport(func(*http.Request) (*http.Response, error) { return nil, fmt.Errorf("oauth2: %s", token) })})
	err = c.Do(t.Context(), jsonapi.Request{Op: "list", Method: http.MethodGet, Path: "/users/olga%40example.com"}, nil)
	if got, want := err.Error(), "test: list: oauth2: …"; got != want {
		t.Errorf("error = %q, want %q", got, want)
	}
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestLimits(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"too long": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"a":"`)
			for range jsonapi.MaxReply/1024 + 1 {
				_, _ = io.WriteString(w, strings.Repeat("x", 1024))
			}
		},
		"no JSON":      func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") },
		"cut off":      func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"a":`) },
		"another type": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `[1]`) },
		"broken": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "{}")
		},
		"too slow": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
	} {
		c := client(t, h)
		if name == "too slow" {
			c.Timeout = 20 * time.Millisecond
		}
		err := c.Do(t.Context(), jsonapi.Request{Op: "list", Method: http.MethodGet, Path: "/"}, &struct{ A string }{})
		var e *jsonapi.Error
		if !errors.As(err, &e) || e.Err == nil || len(err.Error()) > 400 {
			t.Errorf("%s: Do = %v", name, err)
		}
		if name == "too slow" && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: Do = %v, want a deadline", name, err)
		}
	}
}

func TestContext(t *testing.T) {
	c := client(t, func(http.ResponseWriter, *http.Request) { t.Error("a request was made") })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Do(ctx, jsonapi.Request{Op: "list", Method: http.MethodGet, Path: "/"}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("Do = %v, want context.Canceled", err)
	}
}
