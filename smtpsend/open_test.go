package smtpsend_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/convene-go/convene/smtpsend"
)

func TestOpen(t *testing.T) {
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, newIdentity(t).pem, 0o600); err != nil {
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

func TestOpenErrors(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	const (
		encoded = "smtpsend: url: malformed: user and password must be percent-encoded"
		at      = "smtpsend: url: an @ after the host: user and password must be percent-encoded"
		scheme  = "smtpsend: url: scheme is not supported: smtp, smtps and lmtp are"
		host    = "smtpsend: url: malformed host, or port that is not a number from 1 to 65535"
	)
	tests := []struct{ in, want string }{
		{"", "smtpsend: url: no scheme: smtp://, smtps:// or lmtp:// begins one"},
		{"mail.example.com:587", "smtpsend: url: no scheme: smtp://, smtps:// or lmtp:// begins one"},
		{"smtp:mail.example.com", "smtpsend: url: no scheme: smtp://, smtps:// or lmtp:// begins one"},
		{"ann:hunter2@mail.example.com", "smtpsend: url: no scheme: smtp://, smtps:// or lmtp:// begins one"},
		{"http://mail.example.com", scheme},
		{"file:///var/mail", scheme},
		{"sendmail://", scheme},
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
		{"smtp://ann:98765?hunter2=x@host", at},
		{"smtp://:hunter2@host", "smtpsend: url: a password without user, or an empty user"},
		{"smtp://@host", "smtpsend: url: a password without user, or an empty user"},
		{"smtp://ann@host", "smtpsend: url: a user without password"},
		{"smtp://ann:@host", "smtpsend: url: a user without password"},
		{"smtp://ann:hunter2%00@host", "smtpsend: options: a NUL in Username or Password"},
		{"smtp://host/path", "smtpsend: url: a path or fragment after the host"},
		{"smtp://host#fragment", "smtpsend: url: a path or fragment after the host"},
		{"smtp://host?%zz", "smtpsend: url: malformed query"},
		{"smtp://host?a;b", "smtpsend: url: malformed query"},
		{"smtp://host?timeout=5", `smtpsend: url: parameter "timeout" is unknown: tls, ca and auth are known`},
		{"smtp://host?TLS=required", `smtpsend: url: parameter "TLS" is unknown: tls, ca and auth are known`},
		{"smtp://host?tls=required&tls=required", "smtpsend: url: tls is given twice"},
		{"smtp://host?tls=none", `smtpsend: url: tls="none" is unknown: required, implicit and insecure-none are known`},
		{"smtp://host?tls=", `smtpsend: url: tls="" is unknown: required, implicit and insecure-none are known`},
		{"smtps://host?tls=required", "smtpsend: url: tls=required contradicts smtps"},
		{"smtps://host?tls=insecure-none", "smtpsend: url: tls=insecure-none contradicts smtps"},
		{"smtp://ann:hunter2@host?auth=ntlm", `smtpsend: url: auth="ntlm" is not supported: plain and login are`},
		{"smtp://host?auth=plain", "smtpsend: url: auth without user and password"},
		{"smtp://host?ca=/nonexistent/ca.pem", "smtpsend: url: ca: open /nonexistent/ca.pem: no such file or directory"},
		{"smtp://host?ca=" + empty, "smtpsend: url: ca: " + empty + " holds no PEM certificate"},
		{"smtp://ann:hunter2@host?tls=insecure-none",
			"smtpsend: options: the password is not sent without TLS: InsecureAllowPlaintextAuth admits it"},
		{"lmtp://ann:hunter2@host",
			"smtpsend: options: the password is not sent without TLS: InsecureAllowPlaintextAuth admits it"},
	}
	for _, tt := range tests {
		s, err := smtpsend.Open(tt.in)
		if got := message(err); got != tt.want || s != nil {
			t.Errorf("Open(%q) = %v, %q, want %q", tt.in, s, got, tt.want)
		}
		for _, secret := range []string{"hun", "ter2", "98765"} {
			if strings.Contains(fmt.Sprintf("%+v %#v", err, err), secret) {
				t.Errorf("Open(%q): error %#v holds %q", tt.in, err, secret)
			}
		}
	}
}

// FuzzOpen has Open neither panic nor show a password.
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
