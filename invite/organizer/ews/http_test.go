package ews_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/organizer"
	"github.com/convene-go/convene/invite/organizer/ews"
)

// ctx is the context of tests that do not need one of their own.
var ctx = context.Background()

// TestStatus checks what responses without SOAP mean.
func TestStatus(t *testing.T) {
	page := "<html><body>password=Password</body></html>"
	for _, tt := range []struct {
		name  string
		x     failure
		want  string
		pause time.Duration
	}{
		{"unauthorized", failure{status: 401, body: page}, "denied", 0},
		{"forbidden", failure{status: 403, body: page}, "denied", 0},
		{"not found", failure{status: 404, body: page}, "permanent", 0},
		{"too large", failure{status: 413}, "permanent", 0},
		{"redirect to a login page", failure{status: 302, header: map[string]string{"Location": "https://elsewhere.example.com/?p=secret"}}, "permanent", 0},
		{"login page", failure{status: 200, body: page}, "temporary", 0},
		{"empty", failure{status: 200}, "temporary", 0},
		{"too many", failure{status: 429, header: map[string]string{"Retry-After": "30"}}, "temporary", 30 * time.Second},
		{"unavailable", failure{status: 503, header: map[string]string{"Retry-After": "Mon, 01 Mar 2027 09:00:10 GMT", "Date": "Mon, 01 Mar 2027 09:00:00 GMT"}}, "temporary", 10 * time.Second},
		{"unavailable for no good reason", failure{status: 503, header: map[string]string{"Retry-After": "soon"}}, "temporary", 0},
		{"bad gateway", failure{status: 502, body: page}, "temporary", 0},
		{"internal", failure{status: 500, body: page}, "temporary", 0},
		{"broken", failure{drop: true}, "temporary", 0},
		{"busy for very long", failure{code: "ErrorServerBusy", backOff: 1 << 30}, "temporary", 24 * time.Hour},
		{"busy", failure{fault: true, code: "ErrorServerBusy", backOff: 297749}, "temporary", 297749 * time.Millisecond},
		{"too large for the limit", failure{status: 200, body: strings.Repeat("x", 70000)}, "permanent", 0},
	} {
		f := newFake(t)
		c := f.open(t, func(o *ews.Options) { o.MaxResponse = 65536 })
		f.fail = func(string, int) *failure { return &tt.x }
		_, err := c.Get(t.Context(), organizer.Object{UID: "u", Href: "AAMk0001="})
		if got := describe(err); got != tt.want {
			t.Errorf("%s: %v means %s, want %s", tt.name, err, got, tt.want)
		}
		if got := organizer.RetryAfter(err); got != tt.pause {
			t.Errorf("%s: the pause is %v, want %v", tt.name, got, tt.pause)
		}
		for _, private := range []string{secret, "secret", userName, "elsewhere", "password="} {
			if strings.Contains(err.Error(), private) {
				t.Errorf("%s: the error %q has %q", tt.name, err, private)
			}
		}
	}
}

// TestResponses checks responses that the documentation does not have, and the oddities of
// servers.
func TestResponses(t *testing.T) {
	envelope := func(body string) string {
		return `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><s:Body>` + body + `</s:Body></s:Envelope>`
	}
	for name, tt := range map[string]struct{ body, want string }{
		"another operation": {envelope("<m:GetFolderResponse/>"), "no FindItemResponse"},
		"no message":        {envelope("<m:FindItemResponse/>"), "0 messages"},
		"two messages": {envelope(`<m:FindItemResponse><m:ResponseMessages><m:A ResponseClass="Success"/><m:A ResponseClass="Success"/></m:ResponseMessages></m:FindItemResponse>`),
			"2 messages"},
		"no class":     {envelope(`<m:FindItemResponse><m:ResponseMessages><m:A/></m:ResponseMessages></m:FindItemResponse>`), "without a code"},
		"UTF-16":       {`<?xml version="1.0" encoding="utf-16"?><a/>`, "not SOAP"},
		"cut off":      {envelope("")[:100], "not SOAP"},
		"entity":       {`<!DOCTYPE a [<!ENTITY x "y">]>` + envelope("&x;"), "not SOAP"},
		"fault, bare":  {envelope(`<s:Fault><faultcode>s:Server</faultcode><faultstring>Some failure</faultstring></s:Fault>`), "Some failure"},
		"fault, coded": {envelope(`<s:Fault><faultcode xmlns:a="x">a:ErrorFolderNotFound</faultcode><faultstring>Gone</faultstring></s:Fault>`), "ErrorFolderNotFound: Gone"},
		"no items": {envelope(`<m:FindItemResponse><m:ResponseMessages><m:FindItemResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode></m:FindItemResponseMessage></m:ResponseMessages></m:FindItemResponse>`),
			"no entry has the UID"},
		"control characters": {envelope(`<s:Fault><faultcode>s:Server</faultcode><faultstring>a&#x1F;b&#27;c&#x0A;d&amp;&#xFFFFFF;</faultstring></s:Fault>`), "a\uFFFDb\uFFFDc d&\uFFFD"},
	} {
		f := newFake(t)
		c := f.open(t, nil)
		f.fail = func(string, int) *failure { return &failure{status: 200, body: "\xEF\xBB\xBF" + tt.body} }
		_, err := c.Get(t.Context(), organizer.Object{UID: "u"})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q in it", name, err, tt.want)
		}
	}
}

// TestContext checks that a call ends with its context and with the time limit, and that it
// says so.
func TestContext(t *testing.T) {
	block := make(chan struct{})
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-block }))
	defer srv.Close()
	defer close(block)
	o := &ews.Options{Username: "ann", Password: secret, Timeout: 50 * time.Millisecond, Auth: ews.AuthNTLM,
		TLSConfig: srv.Client().Transport.(*http.Transport).TLSClientConfig}
	c, err := ews.Open(srv.URL, o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = c.Get(t.Context(), organizer.Object{UID: "u"}); !errors.Is(err, context.DeadlineExceeded) || describe(err) != "temporary" {
		t.Errorf("after the time limit: %v", err)
	}
	o.Timeout = time.Minute
	if c, err = ews.Open(srv.URL, o); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second waits for the connection
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(20*time.Millisecond, cancel)
		if _, err = c.Get(ctx, organizer.Object{UID: "u"}); !errors.Is(err, context.Canceled) {
			t.Errorf("after the context has ended: %v", err)
		}
	}
}

// TestUnreachable checks the error if nothing listens: it has no credentials.
func TestUnreachable(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	_ = l.Close()
	c, err := ews.Open(fmt.Sprintf("https://ann:%s@%s", secret, addr), nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Get(t.Context(), organizer.Object{UID: "u"})
	if describe(err) != "temporary" || strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "ann") {
		t.Errorf("error %v", err)
	}
}

// TestTLS checks that a certificate that nobody trusts is refused.
func TestTLS(t *testing.T) {
	f := newFake(t)
	c := f.open(t, func(o *ews.Options) { o.TLSConfig = nil })
	if _, err := c.Get(t.Context(), organizer.Object{UID: "u"}); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("error %v", err)
	}
	if n := f.count(""); n != 0 || f.refused != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// TestLargeData checks that a meeting near the limit is stored, and that its response is
// refused if it is over the caller's.
func TestLargeData(t *testing.T) {
	f := newFake(t)
	e := single()
	e.Description = strings.Repeat("A long plan. ", 20000)
	m := &invite.Meeting{Event: e}
	last := follow(t, f.open(t, nil), m, organizer.Object{})
	f.wants(t, "large", e)
	_, err := f.open(t, func(o *ews.Options) { o.MaxResponse = 100000 }).Get(t.Context(), last)
	if describe(err) != "permanent" {
		t.Errorf("over the limit: %v", err)
	}
}
