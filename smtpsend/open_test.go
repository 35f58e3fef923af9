package smtpsend_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/smtpsend"
)

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	ca, cert := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "cert.pem")
	id := newIdentity(t)
	if err := errors.Join(os.WriteFile(ca, id.pem, 0o600), os.WriteFile(cert, id.pair, 0o600)); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ in, want string }{
		{"smtp://mail.example.com", "smtp://mail.example.com:587"},
		{"SMTP://mail.example.com/", "smtp://mail.example.com:587"},
		{"smtp://ann:secret@mail.example.com:2525", "smtp://mail.example.com:2525"},
		{"smtp://ann%40example.com:p%40%2F%3F%23%25@mail.example.com", "smtp://mail.example.com:587"},
		{"smtp://ann:p@ss@mail.example.com", "smtp://mail.example.com:587"},
		{"smtps://ann:secret@mail.example.com", "smtps://mail.example.com:465"},
		{"smtps://mail.example.com?tls=implicit", "smtps://mail.example.com:465"},
		{"smtp://mail.example.com?tls=implicit", "smtps://mail.example.com:465"},
		{"smtp://mail.example.com?tls=insecure-none", "smtp://mail.example.com:587"},
		{"smtp://mail.example.com?tls=required&ca=" + ca, "smtp://mail.example.com:587"},
		{"smtp://ann:secret@mail.example.com?auth=login", "smtp://mail.example.com:587"},
		{"smtp://ann:secret@mail.example.com?auth=PLAIN", "smtp://mail.example.com:587"},
		{"smtp://ann:secret@mail.example.com?auth=cram-md5&tls=insecure-none", "smtp://mail.example.com:587"},
		{"smtp://ann:token@mail.example.com?auth=xoauth2&retry=1m30s", "smtp://mail.example.com:587"},
		{"smtp://mail.example.com?auth=external&cert=" + cert + "&key=" + cert + "&ca=" + ca, "smtp://mail.example.com:587"},
		{"smtp://ann@mail.example.com?cert=" + cert + "&key=" + cert, "smtp://mail.example.com:587"},
		{"smtps://smtp.gmail.com?preset=gmail", "smtps://smtp.gmail.com:465"},
		{"smtp://smtp.gmail.com?preset=gmail", "smtp://smtp.gmail.com:587"},
		{"smtp://mail.example.com?preset=exchange-legacy&ca=" + ca, "smtp://mail.example.com:587"},
		{"file://" + dir, "file://" + dir},
		{"FILE://" + dir + "/a%20b/?format=maildir", "file://" + dir + "/a%20b/"},
		{"sendmail:///bin/true", "sendmail:///bin/true"},
		{"lmtp://localhost", "lmtp://localhost:24"},
		{"lmtp://[::1]:2424", "lmtp://[::1]:2424"},
		{"smtp://[::1]", "smtp://[::1]:587"},
		{"smtp://127.0.0.1", "smtp://127.0.0.1:587"},
	}
	for _, tt := range tests {
		s, err := smtpsend.Open(tt.in)
		if err != nil {
			t.Errorf("Open(%q) = %v, want nil", tt.in, err)
			continue
		}
		for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
			if got := fmt.Sprintf(verb, s); got != tt.want {
				t.Errorf("Open(%q) prints as %q, want %q", tt.in, got, tt.want)
			}
		}
	}
}

// TestOpenOptions checks that functions set options that a URL cannot express, and
// that they override the URL.
func TestOpenOptions(t *testing.T) {
	token := func(context.Context) (string, error) { return "t", nil }
	set := func(f func(o *smtpsend.Options)) []func(*smtpsend.Options) { return []func(*smtpsend.Options){f} }
	const in, known = "smtpsend: options: ", "smtpsend: url: "
	tests := []struct {
		name, url string
		opts      []func(*smtpsend.Options)
		want      string // the sender as text, or the error
	}{
		{"nil function", "smtp://host", []func(*smtpsend.Options){nil}, "smtp://host:587"},
		{"in order", "smtp://host", []func(*smtpsend.Options){
			func(o *smtpsend.Options) { o.TLS = smtpsend.TLSInsecureNone },
			func(o *smtpsend.Options) { o.TLS = smtpsend.TLSImplicit },
		}, "smtps://host:465"},
		{"sees the URL", "smtp://ann:hunter2@host?tls=implicit&retry=7s", set(func(o *smtpsend.Options) {
			if o.Username != "ann" || o.Password != "hunter2" || o.TLS != smtpsend.TLSImplicit || o.Retry.Budget != 7*time.Second {
				t.Errorf("Open calls with %s, %s and %v", o.Username, o.TLS, o.Retry)
			}
		}), "smtps://host:465"},
		{"TLS wins", "smtps://host", set(func(o *smtpsend.Options) { o.TLS = smtpsend.TLSRequired }), "smtp://host:587"},
		{"LMTP wins", "smtp://host", set(func(o *smtpsend.Options) { o.LMTP = true }), "lmtp://host:24"},
		{"port stays", "smtps://host:2525", set(func(o *smtpsend.Options) { o.TLS = smtpsend.TLSRequired }), "smtp://host:2525"},
		{"token for the user", "smtp://ann@host", set(func(o *smtpsend.Options) { o.Token = token }), "smtp://host:587"},
		{"token in place of the password", "smtp://ann:hunter2@host", set(func(o *smtpsend.Options) { o.Token = token }), "smtp://host:587"},
		{"token and password of the function", "smtp://ann@host", set(func(o *smtpsend.Options) { o.Token, o.Password = token, "hunter3" }), in + "both Token and Password"},
		{"user and token", "smtp://host?auth=xoauth2", set(func(o *smtpsend.Options) { o.Username, o.Token = "ann", token }), "smtp://host:587"},
		{"auth without user", "smtp://host?auth=xoauth2", set(func(o *smtpsend.Options) { o.Token = token }), known + "auth without user and password"},
		{"password", "smtp://ann@host", set(func(o *smtpsend.Options) { o.Password = "hunter2" }), "smtp://host:587"},
		{"no password after all", "smtp://ann@host", set(func(o *smtpsend.Options) { o.Finish = time.Second }), known + "a user without password"},
		{"no user of the URL", "smtp://host", set(func(o *smtpsend.Options) { o.Username = "ann" }), in + "no Password for Username"},
		{"bad option", "smtp://host", set(func(o *smtpsend.Options) { o.Connections = -1 }), in + "Connections is negative"},
		{"no finish", "smtp://host", set(func(o *smtpsend.Options) { o.Finish = -1 }), "smtp://host:587"},
		{"bad URL", "smtp://host?tls=none", set(func(*smtpsend.Options) { t.Error("Open calls a function for a bad URL") }),
			known + `tls="none" is unknown: required, implicit and insecure-none are known`},
		{"program", "sendmail:///bin/true", set(func(o *smtpsend.Options) { o.Connections = -1 }), "sendmail:///bin/true"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := smtpsend.Open(tt.url, tt.opts...)
			got := message(err)
			if err == nil {
				got = s.String()
				s.Close()
			}
			if got != tt.want {
				t.Errorf("Open(%q) = %q, want %q", tt.url, got, tt.want)
			}
		})
	}
}

// TestOpenLogger checks that a Logger serves each kind of URL.
func TestOpenLogger(t *testing.T) {
	var out bytes.Buffer
	s, err := smtpsend.Open("file://"+t.TempDir(), func(o *smtpsend.Options) { o.Logger = slog.New(slog.NewTextHandler(&out, nil)) })
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	m := letter("bob@example.com")
	m.UID, m.Method = "1@example.com", "REQUEST"
	if err := s.Send(t.Context(), m); err != nil || !strings.Contains(out.String(), "method=REQUEST uid=1@example.com") {
		t.Errorf("Send = %v, log %q, want a record with method and UID", err, out.String())
	}
}

func TestOpenErrors(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	const (
		encoded  = "smtpsend: url: malformed: user and password must be percent-encoded"
		at       = "smtpsend: url: an @ after the host: user and password must be percent-encoded"
		noScheme = "smtpsend: url: no scheme: a URL begins with smtp://, smtps://, lmtp://, file:// or sendmail://"
		scheme   = "smtpsend: url: scheme is not supported: smtp, smtps, lmtp, file and sendmail are"
		known    = " is unknown: auth, ca, cert, key, preset, retry and tls are known"
		slashes  = "smtpsend: url: a host or user before the path: a path begins with three slashes"
		host     = "smtpsend: url: malformed host, or port that is not a number from 1 to 65535"
	)
	tests := []struct{ in, want string }{
		{"", "smtpsend: url: is empty"},
		{"mail.example.com:587", noScheme},
		{"smtp:mail.example.com", noScheme},
		{"ann:hunter2@mail.example.com", noScheme},
		{"http://mail.example.com", scheme},
		{"ann:hunter2://@mail.example.com", scheme},
		{"smtp://", "smtpsend: url: no host"},
		{"smtp://:587", "smtpsend: url: no host"},
		{"smtp://ann:hunter2@", "smtpsend: url: no host"},
		{"smtp://ann:hunter2@:587", "smtpsend: url: no host"},
		{"smtp://ann:hunter2", host},
		{"smtp://ann:hunter2@host:port", host},
		{"smtp://ann:hunter2@host:0", host},
		{"smtp://ann:hunter2@host:65536", host},
		{"smtp://ann:hunter2@host:", host},
		{"smtp://ann:hunter2@ho st", host},
		{"smtp://ann:hunter2@[::1", host},
		{"smtp://ann:hunter2@-host", host},
		{"smtp://ann:hunter2%zz@host", encoded},
		{"smtp://ann:hunter2 x@host", encoded},
		{"smtp://ann:hunter2\n@host", encoded},
		{"smtp://ann:hun/ter2@host", at},
		{"smtp://ann:hun?ter2@host", at},
		{"smtp://ann:hun#ter2@host", at},
		{"smtp://ann:45871?hunter2=x@host", at},
		{"smtp://:hunter2@host", "smtpsend: url: a password without user, or an empty user"},
		{"smtp://@host", "smtpsend: url: a password without user, or an empty user"},
		{"smtp://ann@host", "smtpsend: url: a user without password"},
		{"smtp://ann:@host", "smtpsend: url: a user without password"},
		{"smtp://ann:hunter2%00@host", "smtpsend: options: a NUL in Username or Password"},
		{"smtp://host/path", "smtpsend: url: a path or fragment after the host"},
		{"smtp://host#fragment", "smtpsend: url: a path or fragment after the host"},
		{"smtp://host?%zz", "smtpsend: url: malformed query"},
		{"smtp://host?a;b", "smtpsend: url: malformed query"},
		{"smtp://host?timeout=5", `smtpsend: url: parameter "timeout"` + known},
		{"smtp://host?TLS=required", `smtpsend: url: parameter "TLS"` + known},
		{"smtp://host?tls=required&tls=required", "smtpsend: url: tls is given twice"},
		{"smtp://host?tls=none", `smtpsend: url: tls="none" is unknown: required, implicit and insecure-none are known`},
		{"smtp://host?tls=", `smtpsend: url: tls="" is unknown: required, implicit and insecure-none are known`},
		{"smtps://host?tls=required", "smtpsend: url: tls=required contradicts smtps"},
		{"smtps://host?tls=insecure-none", "smtpsend: url: tls=insecure-none contradicts smtps"},
		{"smtp://ann:hunter2@host?auth=gssapi", `smtpsend: url: auth="gssapi" is not supported: external, oauthbearer, xoauth2, scram-sha-256, plain, login, cram-md5 and ntlm are`},
		{"smtp://host?auth=xoauth2", "smtpsend: url: auth without user and password"},
		{"smtp://host?auth=external", "smtpsend: options: no client certificate in TLSConfig for EXTERNAL"},
		{"smtp://host?cert=x.pem", "smtpsend: url: cert and key go together"},
		{"smtp://host?cert=" + empty + "&key=" + empty, "smtpsend: url: cert: tls: failed to find any PEM data in certificate input"},
		{"smtp://host?preset=", `smtpsend: url: preset="" is unknown: exchange-legacy, gmail and microsoft365 are known`},
		{"smtp://host?retry=soon", `smtpsend: url: retry="soon" is not a duration such as 30s`},
		{"smtp://host?retry=-1s", `smtpsend: url: retry="-1s" is not a duration such as 30s`},
		{"file://folder", slashes},
		{"file://ann:hunter2@host/folder", slashes},
		{"file://", "smtpsend: url: the URL of a folder has three slashes, as in file:///folder"},
		{"file:///folder?format=mbox", `smtpsend: url: format="mbox" is unknown: eml and maildir are known`},
		{"file:///folder?tls=required", `smtpsend: url: parameter "tls" is unknown: format is known`},
		{"file:///folder?format=eml&format=eml", "smtpsend: url: format is given twice"},
		{"file:///fol%zzder", "smtpsend: url: malformed path"},
		{"file://" + empty, "smtpsend: url: folder: mkdir " + empty + ": not a directory"},
		{"sendmail://ann:hunter2@host", slashes},
		{"sendmail:///nonexistent/sendmail", "smtpsend: url: sendmail: exec: \"/nonexistent/sendmail\": stat /nonexistent/sendmail: no such file or directory"},
		{"sendmail:///bin/true?args=-t", `smtpsend: url: parameter "args" is unknown: none is known`},
		{"sendmail:///bin/true?%zz", "smtpsend: url: malformed query"},
		{"lmtp://ann:hunter2@host?auth=plain",
			"smtpsend: options: the password is not sent without TLS (leave user and password out of the URL, or set Options.InsecureAllowPlaintextAuth)"},
		{"smtp://host?auth=plain", "smtpsend: url: auth without user and password"},
		{"smtp://host?ca=/nonexistent/ca.pem", "smtpsend: url: ca: open /nonexistent/ca.pem: no such file or directory"},
		{"smtp://host?ca=" + empty, "smtpsend: url: ca: " + empty + " holds no PEM certificate"},
		{"smtp://ann:hunter2@host?tls=insecure-none",
			"smtpsend: options: the password is not sent without TLS (leave user and password out of the URL, or set Options.InsecureAllowPlaintextAuth)"},
		{"lmtp://ann:hunter2@host",
			"smtpsend: options: the password is not sent without TLS (leave user and password out of the URL, or set Options.InsecureAllowPlaintextAuth)"},
	}
	for _, tt := range tests {
		s, err := smtpsend.Open(tt.in)
		if got := message(err); got != tt.want || s != nil {
			t.Errorf("Open(%q) = %v, %q, want %q", tt.in, s, got, tt.want)
		}
		for _, secret := range []string{"hun", "ter2", "45871"} {
			if strings.Contains(fmt.Sprintf("%+v %q", err, errors.Unwrap(err)), secret) {
				t.Errorf("Open(%q): error %q holds %q", tt.in, err, secret)
			}
		}
	}
}

// FuzzOpen checks that Open neither panics nor shows a password.
func FuzzOpen(f *testing.F) {
	for _, s := range []string{"hunter2", "p/w", "p?w", "p#w", "p%w", "p@w", "p:w", "p://w", "p w"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, password string) {
		const marker = "Zq7Xv"
		_, err := smtpsend.Open("smtp://ann:" + marker + password + marker + "@mail.example.com:587")
		if err != nil && strings.Contains(err.Error(), marker) {
			t.Errorf("error %q holds a part of the password %q", err, password)
		}
	})
}
