package smtpsend_test

import (
	"context"
	"encoding/base64"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/smtpsend"
)

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// fixture returns the lines of a file in testdata.
func fixture(t *testing.T, name string) []string {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(data), "\r\n"), "\r\n")
}

func TestAuthDialog(t *testing.T) {
	long := strings.Repeat("p", 400)
	plain := b64("\x00ann\x00secret")
	tests := []struct {
		name      string
		ext       []string
		mechanism string
		password  string
		replies   []string
		want      []string // the lines that the server gets, from AUTH on
		err       string   // "" for none
	}{
		{
			name: "PLAIN", ext: []string{"AUTH LOGIN PLAIN"}, replies: []string{"235 2.7.0 ok"},
			want: []string{"AUTH PLAIN " + plain},
		}, {
			name: "PLAIN, lower case", ext: []string{"auth plain"}, replies: []string{"235 2.7.0 ok"},
			want: []string{"AUTH PLAIN " + plain},
		}, {
			name: "PLAIN, too long for one line", ext: []string{"AUTH PLAIN"}, password: long, replies: []string{"334 ", "235 2.7.0 ok"},
			want: []string{"AUTH PLAIN", b64("\x00ann\x00" + long)},
		}, {
			name: "LOGIN", ext: []string{"AUTH LOGIN"}, replies: []string{"334 " + b64("Password:"), "235 2.7.0 ok"},
			want: []string{"AUTH LOGIN " + b64("ann"), b64("secret")},
		}, {
			name: "LOGIN, other words", ext: []string{"AUTH LOGIN"}, replies: []string{"334 " + b64("Password\x00"), "235 2.7.0 ok"},
			want: []string{"AUTH LOGIN " + b64("ann"), b64("secret")},
		}, {
			name: "LOGIN, asks for the user again", ext: []string{"AUTH LOGIN"},
			replies: []string{"334 " + b64("User Name\x00"), "334 " + b64("Password\x00"), "235 2.7.0 ok"},
			want:    []string{"AUTH LOGIN " + b64("ann"), b64("ann"), b64("secret")},
		}, {
			name: "challenge in the clear", ext: []string{"AUTH LOGIN"}, replies: append(fixture(t, "challenge.txt"), "235 2.7.0 ok"),
			want: []string{"AUTH LOGIN " + b64("ann"), b64("ann"), b64("secret")},
		}, {
			name: "Exchange 2003", ext: fixture(t, "exchange2003.txt"), mechanism: "LOGIN", replies: []string{"334 " + b64("Password:"), "235 2.7.0 ok"},
			want: []string{"AUTH LOGIN " + b64("ann"), b64("secret")},
		}, {
			name: "PLAIN, challenged", ext: []string{"AUTH PLAIN"}, replies: []string{"334 " + b64("why?"), "501 5.7.0 cancelled"},
			want: []string{"AUTH PLAIN " + plain, "*"},
			err:  "smtpsend: auth: sasl: unexpected server challenge",
		}, {
			name: "refused", ext: []string{"AUTH PLAIN"}, replies: []string{"535 5.7.8 no"},
			want: []string{"AUTH PLAIN " + plain}, err: "smtpsend: auth: 535 5.7.8 no",
		}, {
			name: "quotes the line", ext: []string{"AUTH PLAIN"}, replies: []string{"500 5.5.2 what is AUTH PLAIN " + plain + " or secret?"},
			want: []string{"AUTH PLAIN " + plain}, err: "smtpsend: auth: 500 5.5.2 what is AUTH PLAIN *** or ***?",
		}, {
			name: "quotes the line and makes no sense", ext: []string{"AUTH PLAIN"}, replies: []string{plain + " secret?"},
			want: []string{"AUTH PLAIN " + plain}, err: "smtpsend: auth: malformed reply",
		}, {
			name: "never ends", ext: []string{"AUTH LOGIN"}, replies: append(repeated("334 "+b64("Password:"), 16), "501 cancelled"),
			want: append(append([]string{"AUTH LOGIN " + b64("ann")}, repeated(b64("secret"), 15)...), "*"),
			err:  "smtpsend: auth: too many challenges",
		}, {
			name: "never ends, then garbage", ext: []string{"AUTH LOGIN"}, replies: append(repeated("334 "+b64("Password:"), 16), faultGarbage),
			want: append(append([]string{"AUTH LOGIN " + b64("ann")}, repeated(b64("secret"), 15)...), "*"),
			err:  "smtpsend: auth: malformed reply",
		}, {
			name: "response too long", ext: []string{"AUTH PLAIN"}, password: strings.Repeat("p", 12000), replies: []string{"334 "},
			want: []string{"AUTH PLAIN"}, err: "smtpsend: auth: response is too long",
		}, {
			name: "nothing offered", err: "smtpsend: auth: no usable authentication mechanism: server offers []",
		}, {
			name: "nothing usable", ext: []string{"AUTH DIGEST-MD5 GSSAPI"},
			err: `smtpsend: auth: no usable authentication mechanism: server offers ["DIGEST-MD5" "GSSAPI"]`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.password == "" {
				tt.password = "secret"
			}
			s := &scripted{ext: tt.ext, auth: tt.replies}
			sender := s.sender(t, smtpsend.Options{Username: "ann", Password: tt.password, Mechanism: tt.mechanism, InsecureAllowPlaintextAuth: true})
			err := sender.Send(context.Background(), letter("bob@example.com"))
			sender.Close()
			s.wg.Wait()
			if got := message(err); got != tt.err {
				t.Errorf("Send = %q, want %q", got, tt.err)
			}
			if diff := cmp.Diff(tt.want, s.authLines()); diff != "" {
				t.Errorf("server was told: -want +got\n%s", diff)
			}
		})
	}
}

// message returns the text of err, or "" for nil.
func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// repeated returns s n times.
func repeated(s string, n int) []string {
	r := make([]string, n)
	for i := range r {
		r[i] = s
	}
	return r
}

// authLines returns the lines that s got from AUTH up to MAIL.
func (s *scripted) authLines() []string {
	var lines []string
	for _, l := range s.lines[1:] {
		if strings.HasPrefix(l, "MAIL") {
			break
		}
		lines = append(lines, l)
	}
	return lines
}

// TestAuthIsNotOffered checks that no password is sent if STARTTLS is stripped.
func TestAuthIsNotOffered(t *testing.T) {
	s := &scripted{ext: []string{"AUTH PLAIN"}}
	sender := s.sender(t, smtpsend.Options{TLS: smtpsend.TLSRequired, Username: "ann", Password: "secret"})
	err := sender.Send(context.Background(), letter("bob@example.com"))
	if !errors.Is(err, smtpsend.ErrNoTLS) || s.verbs() != "EHLO" {
		t.Errorf("Send = %v after %s, want ErrNoTLS after EHLO", err, s.verbs())
	}
}

// TestInjectionAfterStartTLS checks that a reply that was slipped in before TLS
// began is not taken for a reply under TLS.
func TestInjectionAfterStartTLS(t *testing.T) {
	id := newIdentity(t)
	s := &scripted{tls: id.server, answers: map[string]string{"STARTTLS": "220 go\r\n250 evil"}}
	sender := s.sender(t, smtpsend.Options{TLSConfig: id.client})
	err := sender.Send(context.Background(), letter("bob@example.com"))
	if want := "smtpsend: tls: plaintext after the reply to STARTTLS"; message(err) != want {
		t.Errorf("Send = %v, want %s", err, want)
	}
}
