package ews_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	stdsync "sync"
	"testing"

	"github.com/convene-go/convene/invite/organizer"
	"github.com/convene-go/convene/invite/organizer/ews"
)

// nothing is an Object that no entry has.
var nothing = organizer.Object{UID: "nothing"}

// TestAuth checks each way to log in: with the right password, and how often a wrong one
// is sent.
func TestAuth(t *testing.T) {
	token := func(name string) func(context.Context) (string, error) {
		return func(context.Context) (string, error) { return name, nil }
	}
	for _, tt := range []struct {
		name    string
		server  string
		options ews.Options
		want    string
		refused int // the number of 401s for two calls
	}{
		{"ntlm", "ntlm", ews.Options{Auth: ews.AuthNTLM, Username: userName, Password: secret}, "gone", 1},
		{"ntlm, chosen", "ntlm", ews.Options{Username: userName, Password: secret}, "gone", 2},
		{"negotiate", "negotiate", ews.Options{Auth: ews.AuthNTLM, Username: userName, Password: secret}, "gone", 2},
		{"negotiate, chosen", "negotiate", ews.Options{Username: userName, Password: secret}, "gone", 2},
		{"ntlm, wrong", "ntlm", ews.Options{Auth: ews.AuthNTLM, Username: userName, Password: "wrong"}, "denied", 4},
		{"basic", "basic", ews.Options{Auth: ews.AuthBasic, Username: userName, Password: secret}, "gone", 0},
		{"basic, chosen", "basic", ews.Options{Username: userName, Password: secret}, "gone", 1},
		{"basic, wrong", "basic", ews.Options{Username: userName, Password: "wrong"}, "denied", 3},
		{"basic for ntlm", "ntlm", ews.Options{Auth: ews.AuthBasic, Username: userName, Password: secret}, "denied", 2},
		{"ntlm for basic", "basic", ews.Options{Auth: ews.AuthNTLM, Username: userName, Password: secret}, "denied", 2},
		{"bearer", "bearer", ews.Options{Token: token("token-1")}, "gone", 0},
		{"bearer, wrong", "bearer", ews.Options{Token: token("token-2")}, "denied", 2},
		{"password for bearer", "bearer", ews.Options{Username: userName, Password: secret}, "denied", 2},
		{"no login", "none", ews.Options{Username: userName, Password: secret}, "gone", 0},
	} {
		f := newFake(t)
		f.auth = tt.server
		c := f.open(t, func(o *ews.Options) { tls := o.TLSConfig; *o = tt.options; o.TLSConfig = tls })
		for range 2 {
			_, err := c.Get(t.Context(), nothing)
			if got := describe(err); got != tt.want {
				t.Errorf("%s: %v means %s, want %s", tt.name, err, got, tt.want)
			}
			if strings.Contains(err.Error(), "wrong") || strings.Contains(err.Error(), "token-2") {
				t.Errorf("%s: the error has the password: %v", tt.name, err)
			}
		}
		if f.refused != tt.refused {
			t.Errorf("%s: the server has refused %d requests, want %d", tt.name, f.refused, tt.refused)
		}
	}
}

// TestNTLMConnections checks that calls at the same time share one connection with one
// login, and that a new connection gets a login of its own.
func TestNTLMConnections(t *testing.T) {
	f := newFake(t)
	f.auth = "ntlm"
	c := f.open(t, func(o *ews.Options) { o.Auth = ews.AuthNTLM })
	var group stdsync.WaitGroup
	for range 20 {
		group.Go(func() {
			if _, err := c.Get(t.Context(), nothing); !errors.Is(err, organizer.ErrGone) {
				t.Errorf("error %v", err)
			}
		})
	}
	group.Wait()
	if len(f.logins) != 1 || f.refused != 1 {
		t.Errorf("%d connections and %d refusals, want one of each", len(f.logins), f.refused)
	}
	f.srv.CloseClientConnections()
	for range 3 {
		// The first call may find the connection closed.
		if _, err := c.Get(t.Context(), nothing); err != nil && !errors.Is(err, organizer.ErrGone) && describe(err) != "temporary" {
			t.Errorf("after the connection was closed: %v", err)
		}
	}
	if _, err := c.Get(t.Context(), nothing); !errors.Is(err, organizer.ErrGone) {
		t.Errorf("with a new connection: %v", err)
	}
	if len(f.logins) != 2 {
		t.Errorf("%d connections, want 2", len(f.logins))
	}
	for _, l := range f.logins {
		if !l.bound {
			t.Error("a login has no channel binding")
		}
	}
}

// TestNTLMBadChallenge checks that no challenge makes the client fail in another way than
// with an error.
func TestNTLMBadChallenge(t *testing.T) {
	good := challengeMessage()
	for n := range len(good) + 1 {
		f := newFake(t)
		f.auth = "none"
		f.srv.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("WWW-Authenticate", "NTLM "+encode(good[:n]))
			w.WriteHeader(http.StatusUnauthorized)
		})
		c := f.open(t, func(o *ews.Options) { o.Auth = ews.AuthNTLM })
		if _, err := c.Get(t.Context(), nothing); err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%d octets: error %v", n, err)
		}
		f.srv.Close()
	}
}

// TestOpen checks which URLs and options are refused, and that no error has a password.
func TestOpen(t *testing.T) {
	good := ews.Options{Username: "ann", Password: "topsecret"}
	token := func(context.Context) (string, error) { return "", nil }
	for _, tt := range []struct {
		url  string
		o    *ews.Options
		want string
	}{
		{"https://mail.example.com", &good, ""},
		{"https://mail.example.com/", &good, ""},
		{"https://mail.example.com:444/EWS/Exchange.asmx", &good, ""},
		{"https://EXAMPLE%5Cann:topsecret@mail.example.com", nil, ""},
		{"https://mail.example.com", &ews.Options{Token: token}, ""},
		{"http://mail.example.com", &ews.Options{Username: "ann", Password: "topsecret", InsecureHTTP: true}, ""},
		{"http://mail.example.com", &good, "InsecureHTTP"},
		{"", &good, "begins with https://"},
		{"mail.example.com", &good, "begins with https://"},
		{"ftp://mail.example.com", &good, "begins with https://"},
		{"https://", &good, "url"},
		{"https://ann:top/secret@mail.example.com", nil, "url"},
		{"https://ann:topsecret@mail.example.com:x", nil, "url"},
		{"https://mail.example.com/?user=ann", &good, "query"},
		{"https://mail.example.com", nil, "missing"},
		{"https://ann@mail.example.com", nil, "missing"},
		{"https://mail.example.com", &ews.Options{Username: "ann", Password: "top\nsecret"}, "control"},
		{"https://mail.example.com", &ews.Options{Username: "ann", Password: "topsecret", Version: "Exchange2003"}, "Version"},
		{"https://mail.example.com", &ews.Options{Username: "ann", Password: "topsecret", Auth: "kerberos"}, "Auth"},
		{"https://mail.example.com", &ews.Options{Username: "ann", Password: "topsecret", Auth: ews.AuthBearer}, "Token"},
		{"https://mail.example.com", &ews.Options{Token: token, Auth: ews.AuthBasic}, "Token"},
		{"https://mail.example.com", &ews.Options{Username: "ann", Password: "topsecret", Mailbox: "boss"}, "Mailbox"},
		{"https://mail.example.com", &ews.Options{Username: "ann", Password: "topsecret", Calendar: "a\x00"}, "Calendar"},
		{"https://mail.example.com", &ews.Options{Username: "ann", Password: "topsecret", Timeout: -1}, "negative"},
	} {
		_, err := ews.Open(tt.url, tt.o)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Open(%q, %+v) = %v, want %q", tt.url, tt.o, err, tt.want)
		}
		if err != nil && (strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "top")) {
			t.Errorf("Open(%q): the error has the password: %v", tt.url, err)
		}
	}
}

// TestInsecureHTTP checks that NTLM works without TLS if the options allow it.
func TestInsecureHTTP(t *testing.T) {
	f := newFake(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: f}
	go func() { _ = srv.Serve(l) }()
	defer srv.Close()
	c, err := ews.Open(fmt.Sprintf("http://%s", l.Addr()), &ews.Options{Username: userName, Password: secret, InsecureHTTP: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Get(t.Context(), nothing); !errors.Is(err, organizer.ErrGone) {
		t.Errorf("error %v", err)
	}
}
