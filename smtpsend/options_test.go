package smtpsend_test

import (
	"context"
	"testing"
	"time"

	"github.com/convene-go/convene/smtpsend"
)

func TestNew(t *testing.T) {
	token := func(context.Context) (string, error) { return "", nil }
	tests := []struct {
		name string
		addr string
		o    *smtpsend.Options
		want string // the sender as text, or the error
	}{
		{"nil options", "mail.example.com", nil, "smtp://mail.example.com:587"},
		{"port", "mail.example.com:25", nil, "smtp://mail.example.com:25"},
		{"implicit", "mail.example.com", &smtpsend.Options{TLS: smtpsend.TLSImplicit}, "smtps://mail.example.com:465"},
		{"LMTP", "::1", &smtpsend.Options{LMTP: true}, "lmtp://[::1]:24"},
		{"zone", "[fe80::1%eth0]:25", nil, "smtp://[fe80::1%eth0]:25"},
		{"empty", "", nil, "smtpsend: address: no host or a malformed one"},
		{"no host", ":25", nil, "smtpsend: address: no host or a malformed one"},
		{"URL", "smtp://ann:hunter2@mail.example.com", nil, "smtpsend: address: no host or a malformed one"},
		{"service", "mail.example.com:smtp", nil, "smtpsend: address: port is not a number from 1 to 65535"},
		{"bracket", "[::1", nil, "smtpsend: address: no host or a malformed one"},
		{"TLS", "x", &smtpsend.Options{TLS: "maybe"}, `smtpsend: options: TLS "maybe" is unknown`},
		{"local name", "x", &smtpsend.Options{LocalName: "me\r\nMAIL"}, `smtpsend: options: LocalName "me\r\nMAIL" is neither a domain nor an address literal`},
		{"connections", "x", &smtpsend.Options{Connections: -1}, "smtpsend: options: Connections is negative"},
		{"idle", "x", &smtpsend.Options{ConnectionIdle: -1}, "smtpsend: options: ConnectionIdle is negative"},
		{"timeout", "x", &smtpsend.Options{Timeouts: smtpsend.Timeouts{Final: -time.Second}}, "smtpsend: options: Timeouts.Final is negative"},
		{"password only", "x", &smtpsend.Options{Password: "hunter2"}, "smtpsend: options: no Username for Password or Mechanism"},
		{"mechanism only", "x", &smtpsend.Options{Mechanism: "PLAIN"}, "smtpsend: options: no Username for Password or Mechanism"},
		{"user only", "x", &smtpsend.Options{Username: "ann"}, "smtpsend: options: no Password for Username"},
		{"NUL", "x", &smtpsend.Options{Username: "a\x00b", Password: "hunter2"}, "smtpsend: options: a NUL in Username or Password"},
		{"mechanism", "x", &smtpsend.Options{Username: "ann", Password: "hunter2", Mechanism: "GSSAPI"}, `smtpsend: options: unsupported Mechanism "GSSAPI": EXTERNAL, OAUTHBEARER, XOAUTH2, SCRAM-SHA-256, PLAIN, LOGIN, CRAM-MD5 and NTLM are supported`},
		{"in the clear", "x", &smtpsend.Options{Username: "ann", Password: "hunter2", TLS: smtpsend.TLSInsecureNone},
			"smtpsend: options: the password is not sent without TLS (leave user and password out of the URL, or set Options.InsecureAllowPlaintextAuth)"},
		{"retry", "x", &smtpsend.Options{Retry: smtpsend.Retry{Budget: -1}}, "smtpsend: options: Retry.Budget is negative"},
		{"token and password", "x", &smtpsend.Options{Username: "ann", Password: "hunter2", Token: token}, "smtpsend: options: both Token and Password"},
		{"token only", "x", &smtpsend.Options{Token: token}, "smtpsend: options: no Username for Password or Mechanism"},
		{"token for PLAIN", "x", &smtpsend.Options{Username: "ann", Token: token, Mechanism: "PLAIN"}, "smtpsend: options: a Token cannot be used with Mechanism PLAIN"},
		{"token in the clear", "x", &smtpsend.Options{Username: "ann", Token: token, TLS: smtpsend.TLSInsecureNone},
			"smtpsend: options: the password is not sent without TLS (leave user and password out of the URL, or set Options.InsecureAllowPlaintextAuth)"},
		{"NTLM in the clear", "x", &smtpsend.Options{Username: "ann", Password: "hunter2", Mechanism: "NTLM", TLS: smtpsend.TLSInsecureNone}, "smtp://x:587"},
		{"EXTERNAL", "x", &smtpsend.Options{Mechanism: "EXTERNAL"}, "smtpsend: options: no client certificate in TLSConfig for EXTERNAL"},
		{"notify", "x", &smtpsend.Options{DSN: smtpsend.DSN{Notify: []smtpsend.Notify{"OFTEN"}}}, `smtpsend: options: DSN: Notify "OFTEN" is unknown`},
		{"never and ever", "x", &smtpsend.Options{DSN: smtpsend.DSN{Notify: []smtpsend.Notify{"NEVER", "DELAY"}}}, "smtpsend: options: DSN: NotifyNever stands alone"},
		{"return", "x", &smtpsend.Options{DSN: smtpsend.DSN{Return: "HALF"}}, `smtpsend: options: DSN: Return "HALF" is unknown`},
		{"in the clear, allowed", "x", &smtpsend.Options{Username: "ann", Password: "hunter2", TLS: smtpsend.TLSInsecureNone, InsecureAllowPlaintextAuth: true},
			"smtp://x:587"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := smtpsend.New(tt.addr, tt.o)
			got := message(err)
			if err == nil {
				got = s.String()
			}
			if got != tt.want {
				t.Errorf("New(%q) = %q, want %q", tt.addr, got, tt.want)
			}
		})
	}
}
