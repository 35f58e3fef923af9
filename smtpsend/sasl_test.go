package smtpsend_test

import (
	"context"
	"crypto/hmac"
	"crypto/md5"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xdg-go/scram"

	"github.com/convene-go/convene/smtpsend"
)

// ntlmChallenge is a CHALLENGE_MESSAGE (MS-NLMP, section 2.2.1.2).
var ntlmChallenge = base64.StdEncoding.EncodeToString(challengeMessage())

// challengeMessage returns a CHALLENGE_MESSAGE that asks for Unicode and has no
// target.
func challengeMessage() []byte {
	b := append([]byte("NTLMSSP\x00"), 2, 0, 0, 0)
	b = append(b, 0, 0, 0, 0, 56, 0, 0, 0)                   // target name: none
	b = binary.LittleEndian.AppendUint32(b, 0x00808201)      // Unicode, NTLM, extended session security, target info
	b = append(b, "\x01\x23\x45\x67\x89\xab\xcd\xef"...)     // server challenge
	b = append(b, make([]byte, 8)...)                        // reserved
	b = append(b, 4, 0, 4, 0, 56, 0, 0, 0)                   // target info: its end only
	return append(append(b, make([]byte, 8)...), 0, 0, 0, 0) // version, end of list
}

// dialogOf sends a message to s and returns the error and the lines from AUTH on.
func dialogOf(t *testing.T, s *scripted, o smtpsend.Options) ([]string, error) {
	t.Helper()
	sender := s.sender(t, o)
	err := sender.Send(context.Background(), letter("bob@example.com"))
	sender.Close()
	s.wg.Wait()
	return s.authLines(), err
}

// TestMechanisms checks the lines of each mechanism against its specification.
func TestMechanisms(t *testing.T) {
	const report = `{"status":"invalid_token","schemes":"bearer"}`
	initial := b64("n,a=ann=2Cb,\x01auth=Bearer tok\x01\x01")
	tests := []struct {
		name    string
		o       smtpsend.Options
		ext     string
		replies []string
		want    []string
		err     string
	}{
		{
			name: "CRAM-MD5", ext: "AUTH CRAM-MD5", o: smtpsend.Options{Username: "tim", Password: "tanstaaftanstaaf"},
			replies: []string{"334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+", "235 ok"}, // RFC 2195, section 2
			want:    []string{"AUTH CRAM-MD5", "dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw"},
		}, {
			name: "OAUTHBEARER", ext: "AUTH XOAUTH2 OAUTHBEARER", o: smtpsend.Options{Username: "ann,b", Token: fixed("tok")},
			replies: []string{"235 ok"}, want: []string{"AUTH OAUTHBEARER " + initial},
		}, {
			name: "OAUTHBEARER refused", ext: "AUTH OAUTHBEARER", o: smtpsend.Options{Username: "ann,b", Password: "tok", Mechanism: "OAUTHBEARER"},
			replies: []string{"334 " + b64(report), "535 5.7.8 tok is bad"}, want: []string{"AUTH OAUTHBEARER " + initial, "AQ=="},
			err: "smtpsend: auth: 535 5.7.8 *** is bad",
		}, {
			name: "XOAUTH2", ext: "AUTH LOGIN XOAUTH2", o: smtpsend.Options{Username: "ann", Token: fixed("tok")},
			replies: []string{"235 ok"}, want: []string{"AUTH XOAUTH2 " + b64("user=ann\x01auth=Bearer tok\x01\x01")},
		}, {
			name: "XOAUTH2 refused", ext: "AUTH XOAUTH2", o: smtpsend.Options{Username: "ann", Password: "tok", Mechanism: "XOAUTH2"},
			replies: []string{"334 " + b64(report), "535 5.7.8 no"}, want: []string{"AUTH XOAUTH2 " + b64("user=ann\x01auth=Bearer tok\x01\x01"), ""},
			err: "smtpsend: auth: 535 5.7.8 no",
		}, {
			name: "XOAUTH2, too long for one line", ext: "AUTH XOAUTH2", o: smtpsend.Options{Username: "ann", Token: fixed(strings.Repeat("t", 600))},
			replies: []string{"334 ", "235 ok"}, want: []string{"AUTH XOAUTH2", b64("user=ann\x01auth=Bearer " + strings.Repeat("t", 600) + "\x01\x01")},
		}, {
			name: "token with a line break", ext: "AUTH XOAUTH2", o: smtpsend.Options{Username: "ann", Token: fixed("t\r\nk")},
			err: "smtpsend: auth: XOAUTH2: a control character in the user or token",
		}, {
			name: "empty token", ext: "AUTH OAUTHBEARER", o: smtpsend.Options{Username: "ann", Token: fixed("")},
			err: "smtpsend: auth: OAUTHBEARER: empty token",
		}, {
			name: "password, only tokens offered", ext: "AUTH XOAUTH2", o: smtpsend.Options{Username: "ann", Password: "secret"},
			err: `smtpsend: auth: no usable authentication mechanism: server offers ["XOAUTH2"]`,
		}, {
			name: "best without TLS", ext: "AUTH LOGIN PLAIN CRAM-MD5", o: smtpsend.Options{Username: "ann", Password: "secret"},
			replies: []string{"334 ", "235 ok"}, want: []string{"AUTH CRAM-MD5", cram("ann", "secret", "")},
		}, {
			name: "SCRAM, few rounds", ext: "AUTH SCRAM-SHA-256", o: smtpsend.Options{Username: "ann", Password: "secret"},
			replies: []string{"334 " + b64("r=x,s=QUJD,i=1"), "501 cancelled"}, err: "auth: ",
		}, {
			name: "SCRAM, endless rounds", ext: "AUTH SCRAM-SHA-256", o: smtpsend.Options{Username: "ann", Password: "secret"},
			replies: []string{"334 " + b64("r=x,s=QUJD,i=2000000000"), "501 cancelled"}, err: "server asks for more than 1048576 rounds",
		}, {
			name: "SCRAM, no proof", ext: "AUTH SCRAM-SHA-256", o: smtpsend.Options{Username: "ann", Password: "secret"},
			replies: []string{"235 welcome"}, err: "smtpsend: auth: the server did not prove that it knows the password",
		}, {
			name: "SCRAM, forbidden character", ext: "AUTH SCRAM-SHA-256", o: smtpsend.Options{Username: "ann", Password: "\u0007"},
			err: "smtpsend: auth: SCRAM-SHA-256: user or password has characters that SASLprep forbids",
		}, {
			name: "NTLM, garbage", ext: "AUTH NTLM", o: smtpsend.Options{Username: "ann", Password: "secret"},
			replies: []string{"334 " + b64("NTLMSSP\x00garbage"), "501 cancelled"}, err: "smtpsend: auth: ntlm: challenge: ",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.o.InsecureAllowPlaintextAuth = true
			got, err := dialogOf(t, &scripted{ext: []string{tt.ext}, auth: tt.replies}, tt.o)
			if !strings.Contains(message(err), tt.err) || (err == nil) != (tt.err == "") {
				t.Errorf("Send = %q, want %q", message(err), tt.err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" && tt.want != nil {
				t.Errorf("server was told: -want +got\n%s", diff)
			}
		})
	}
}

// fixed returns a source of one token.
func fixed(token string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return token, nil }
}

// cram returns the response of CRAM-MD5.
func cram(user, password, challenge string) string {
	h := hmac.New(md5.New, []byte(password))
	h.Write([]byte(challenge))
	return b64(fmt.Sprintf("%s %x", user, h.Sum(nil)))
}

// newTalk returns the server's side of SCRAM-SHA-256 for ann, password secret.
func newTalk(t *testing.T) talk {
	t.Helper()
	client, err := scram.SHA256.NewClient("ann", "secret", "")
	if err != nil {
		t.Fatal(err)
	}
	stored, err := client.GetStoredCredentialsWithError(scram.KeyFactors{Salt: "salt", Iters: 4096})
	if err != nil {
		t.Fatal(err)
	}
	server, err := scram.SHA256.NewServer(func(string) (scram.StoredCredentials, error) { return stored, nil })
	if err != nil {
		t.Fatal(err)
	}
	return server.NewConversation()
}

// TestScram authenticates to a server that computes its own messages.
func TestScram(t *testing.T) {
	for _, password := range []string{"secret", "other"} {
		s := &scripted{ext: []string{"AUTH PLAIN SCRAM-SHA-256"}, auth: []string{"(scram)", "(scram)", "235 ok"}, talk: newTalk(t)}
		lines, err := dialogOf(t, s, smtpsend.Options{Username: "ann", Password: password, InsecureAllowPlaintextAuth: true})
		if (err == nil) != (password == "secret") || !strings.HasPrefix(lines[0], "AUTH SCRAM-SHA-256 ") {
			t.Errorf("Send with %q = %v after %q", password, err, lines)
		}
	}
}

// TestNTLM answers a challenge as Exchange sends it, with its quirk.
func TestNTLM(t *testing.T) {
	s := &scripted{ext: []string{"AUTH NTLM LOGIN"}, auth: append(fixture(t, "ntlm.txt"), "334 "+ntlmChallenge, "235 ok")}
	lines, err := dialogOf(t, s, smtpsend.Options{Username: `EXAMPLE\ann`, Password: "secret", Mechanism: "NTLM"})
	if err != nil {
		t.Fatal(err)
	}
	if len(lines) != 3 || lines[0] != "AUTH NTLM "+lines[1] || !strings.HasPrefix(lines[2], b64("NTLMSSP\x00\x03")[:12]) {
		t.Errorf("server was told %q, want type 1 twice, then type 3", lines)
	}
}

// TestRefresh checks that a refused token is replaced, once.
func TestRefresh(t *testing.T) {
	tests := []struct {
		name    string
		tokens  []string
		fail    error // of the second call
		refused []string
		dials   int
		err     string
	}{
		{"good", []string{"new"}, nil, nil, 1, ""},
		{"old, then good", []string{"old", "new"}, nil, []string{"old"}, 2, ""},
		{"old twice", []string{"old", "old2"}, nil, []string{"old"}, 2, "smtpsend: auth: 535 5.7.8 expired"},
		{"no other", []string{"old"}, errors.New("no network"), []string{"old"}, 1, "smtpsend: auth: token: no network"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &scripted{ext: []string{"AUTH XOAUTH2"}, auth: []string{"235 ok"}, tokens: "new"}
			var refused []string
			n := 0
			_, err := dialogOf(t, s, smtpsend.Options{Username: "ann", InsecureAllowPlaintextAuth: true,
				TokenRefused: func(token string) { refused = append(refused, token) },
				Token: func(context.Context) (string, error) {
					if n++; n > len(tt.tokens) {
						return "", tt.fail
					}
					return tt.tokens[n-1], nil
				}})
			if message(err) != tt.err || s.dials != tt.dials {
				t.Errorf("Send = %q after %d dials, want %q after %d", message(err), s.dials, tt.err, tt.dials)
			}
			if diff := cmp.Diff(tt.refused, refused); diff != "" {
				t.Errorf("refused tokens: -want +got\n%s", diff)
			}
		})
	}
}

// TestExternal authenticates by a client certificate.
func TestExternal(t *testing.T) {
	id := newIdentity(t)
	config := id.client.Clone()
	config.Certificates = id.server.Certificates
	tests := []struct {
		name string
		ext  string
		o    smtpsend.Options
		want []string
		err  string
	}{
		{"offered", "AUTH PLAIN EXTERNAL", smtpsend.Options{}, []string{"STARTTLS", "EHLO [127.0.0.1]", "AUTH EXTERNAL ="}, ""},
		{"as somebody", "AUTH EXTERNAL", smtpsend.Options{Username: "ann"}, []string{"STARTTLS", "EHLO [127.0.0.1]", "AUTH EXTERNAL " + b64("ann")}, ""},
		{"not offered", "AUTH PLAIN", smtpsend.Options{}, []string{"STARTTLS", "EHLO [127.0.0.1]"}, ""},
		{"asked for, not offered", "AUTH PLAIN", smtpsend.Options{Mechanism: "EXTERNAL"}, []string{"STARTTLS", "EHLO [127.0.0.1]", "QUIT"}, "no usable authentication mechanism"},
		{"password preferred", "AUTH PLAIN EXTERNAL", smtpsend.Options{Username: "ann", Password: "x"},
			[]string{"STARTTLS", "EHLO [127.0.0.1]", "AUTH PLAIN " + b64("\x00ann\x00x")}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.o.TLSConfig, tt.o.LocalName = config, "[127.0.0.1]"
			s := &scripted{ext: []string{tt.ext}, tls: id.server, auth: []string{"235 ok"}}
			got, err := dialogOf(t, s, tt.o)
			if !strings.Contains(message(err), tt.err) || (err == nil) != (tt.err == "") {
				t.Errorf("Send = %q, want %q", message(err), tt.err)
			}
			if tt.err != "" {
				tt.want = tt.want[:2]
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("server was told: -want +got\n%s", diff)
			}
		})
	}
}
