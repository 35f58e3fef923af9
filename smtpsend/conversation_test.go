package smtpsend_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/mime"
	"github.com/convene-go/convene/smtpsend"
)

// send sends to bob, carl and dora and returns the names of the refused ones.
func send(t *testing.T, s *scripted, o smtpsend.Options, data []byte) (refused map[string]string, err error) {
	t.Helper()
	sender := s.sender(t, o)
	m := letter("bob@example.com", "carl@example.com", "dora@example.com")
	if data != nil {
		m.Data = data
	}
	err = sender.Send(context.Background(), m)
	sender.Close()
	s.wg.Wait()
	var failed *smtpsend.SendError
	if !errors.As(err, &failed) {
		return nil, err
	}
	refused = make(map[string]string)
	for _, r := range failed.Errors {
		text := fmt.Sprintf("%s %d temporary=%t unknown=%t", r.Phase, r.Code, r.Temporary, r.Unknown)
		if r.Address == "" {
			return all(text), err
		}
		name, _, _ := strings.Cut(r.Address, "@")
		refused[name] = text
	}
	if n := len(failed.Accepted) + len(failed.Errors); n != len(m.To) {
		t.Errorf("SendError names %d recipients, want %d", n, len(m.To))
	}
	return refused, err
}

const (
	opening  = "EHLO MAIL RCPT RCPT RCPT DATA QUIT"
	noCarl   = "rcpt 550 temporary=false unknown=false"
	givenUp  = "rcpt 0 temporary=true unknown=false"
	tooLarge = "mail 0 temporary=false unknown=false"
)

func TestConversation(t *testing.T) {
	tests := []struct {
		name    string
		s       *scripted
		o       smtpsend.Options
		data    []byte
		verbs   string
		refused map[string]string
	}{
		{name: "one by one", s: &scripted{}, verbs: opening},
		{name: "pipelined", s: &scripted{ext: []string{"PIPELINING"}}, verbs: opening},
		{name: "keyword in lower case", s: &scripted{ext: []string{"pipelining", "size 100000"}}, verbs: opening},
		{name: "HELO", s: &scripted{plainly: true}, verbs: "EHLO HELO MAIL RCPT RCPT RCPT DATA QUIT"},
		{
			name: "one refused", s: &scripted{answers: map[string]string{"RCPT carl@example.com": "550 5.1.1 who?"}},
			verbs: opening, refused: map[string]string{"carl": noCarl},
		}, {
			name:  "one refused, pipelined",
			s:     &scripted{ext: []string{"PIPELINING"}, answers: map[string]string{"RCPT carl@example.com": "550 5.1.1 who?"}},
			verbs: opening, refused: map[string]string{"carl": noCarl},
		}, {
			name: "all or nothing", o: smtpsend.Options{AllOrNothing: true},
			s:       &scripted{answers: map[string]string{"RCPT carl@example.com": "550 5.1.1 who?"}},
			verbs:   "EHLO MAIL RCPT RCPT QUIT",
			refused: map[string]string{"bob": givenUp, "carl": noCarl, "dora": givenUp},
		}, {
			name: "all or nothing, pipelined", o: smtpsend.Options{AllOrNothing: true},
			s:       &scripted{ext: []string{"PIPELINING"}, answers: map[string]string{"RCPT carl@example.com": "550 5.1.1 who?"}},
			verbs:   "EHLO MAIL RCPT RCPT RCPT QUIT",
			refused: map[string]string{"bob": givenUp, "carl": noCarl, "dora": givenUp},
		}, {
			name: "all or nothing, all", o: smtpsend.Options{AllOrNothing: true},
			s: &scripted{ext: []string{"PIPELINING"}}, verbs: opening,
		}, {
			name: "all refused", s: &scripted{answers: map[string]string{"RCPT": "450 4.2.1 later"}},
			verbs: "EHLO MAIL RCPT RCPT RCPT QUIT",
			refused: map[string]string{"bob": "rcpt 450 temporary=true unknown=false",
				"carl": "rcpt 450 temporary=true unknown=false", "dora": "rcpt 450 temporary=true unknown=false"},
		}, {
			name:  "all refused, pipelined",
			s:     &scripted{ext: []string{"PIPELINING"}, answers: map[string]string{"RCPT": "550 5.1.1 who?"}},
			verbs: opening, refused: map[string]string{"bob": noCarl, "carl": noCarl, "dora": noCarl},
		}, {
			name: "all refused, yet a go-ahead",
			s: &scripted{ext: []string{"PIPELINING"}, answers: map[string]string{
				"RCPT": "550 5.1.1 who?", "DATA": "354 well"}},
			verbs: "EHLO MAIL RCPT RCPT RCPT DATA", refused: map[string]string{"bob": noCarl, "carl": noCarl, "dora": noCarl},
		}, {
			name: "too many recipients", s: &scripted{answers: map[string]string{"RCPT dora@example.com": "552 too many"}},
			verbs:   "EHLO MAIL RCPT RCPT RCPT DATA MAIL RCPT QUIT", // dora alone, in vain
			refused: map[string]string{"dora": "rcpt 552 temporary=true unknown=false"},
		}, {
			name: "mailbox full", s: &scripted{answers: map[string]string{"RCPT dora@example.com": "552 5.2.2 full"}},
			verbs: opening, refused: map[string]string{"dora": "rcpt 552 temporary=false unknown=false"},
		}, {
			name: "MAIL refused, pipelined", s: &scripted{ext: []string{"PIPELINING"}, answers: map[string]string{"MAIL": "553 5.1.8 no"}},
			verbs: opening, refused: all("mail 553 temporary=false unknown=false"),
		}, {
			name: "MAIL refused", s: &scripted{answers: map[string]string{"MAIL": "451 4.3.0 no"}},
			verbs: "EHLO MAIL QUIT", refused: all("mail 451 temporary=true unknown=false"),
		}, {
			name: "DATA refused", s: &scripted{answers: map[string]string{"DATA": "451 4.3.0 no", "RCPT carl@example.com": "550 5.1.1 who?"}},
			verbs: opening, refused: map[string]string{"bob": "data 451 temporary=true unknown=false",
				"carl": noCarl, "dora": "data 451 temporary=true unknown=false"},
		}, {
			name: "message refused", s: &scripted{answers: map[string]string{".": "554 5.6.0 no", "RCPT carl@example.com": "550 5.1.1 who?"}},
			verbs: opening, refused: map[string]string{"bob": "final 554 temporary=false unknown=false",
				"carl": noCarl, "dora": "final 554 temporary=false unknown=false"},
		}, {
			name: "nonsense after the message", s: &scripted{answers: map[string]string{".": "354 more"}},
			verbs: "EHLO MAIL RCPT RCPT RCPT DATA", refused: all("final 0 temporary=false unknown=true"),
		}, {
			name: "too large", s: &scripted{ext: []string{"SIZE 20"}},
			verbs: "EHLO QUIT", refused: all(tooLarge),
		}, {
			name: "no limit", s: &scripted{ext: []string{"SIZE 0"}}, verbs: opening,
		}, {
			name: "8-bit", s: &scripted{ext: []string{"8BITMIME"}}, data: []byte("Subject: é\r\n\r\n"), verbs: opening,
		}, {
			name: "8-bit, not offered", s: &scripted{}, data: []byte("Subject: é\r\n\r\n"),
			verbs: "EHLO QUIT", refused: all(tooLarge),
		}, {
			name: "QUIT fails", s: &scripted{answers: map[string]string{"QUIT": faultDrop}}, verbs: opening,
		}, {
			name: "LMTP", s: &scripted{lmtp: true, ext: []string{"PIPELINING"}},
			verbs: "LHLO MAIL RCPT RCPT RCPT DATA QUIT",
		}, {
			name:  "LMTP, one refused late",
			s:     &scripted{lmtp: true, answers: map[string]string{". carl@example.com": "552 5.2.2 full"}},
			verbs: "LHLO MAIL RCPT RCPT RCPT DATA QUIT", refused: map[string]string{"carl": "final 552 temporary=false unknown=false"},
		}, {
			name: "LMTP, one refused early, one late",
			s: &scripted{lmtp: true, ext: []string{"PIPELINING"}, answers: map[string]string{
				"RCPT bob@example.com": "550 5.1.1 who?", ". dora@example.com": "451 4.2.0 busy"}},
			verbs: "LHLO MAIL RCPT RCPT RCPT DATA QUIT", refused: map[string]string{"bob": noCarl,
				"dora": "final 451 temporary=true unknown=false"},
		}, {
			name:  "LMTP, gone after the first reply",
			s:     &scripted{lmtp: true, answers: map[string]string{". carl@example.com": faultDrop}},
			verbs: "LHLO MAIL RCPT RCPT RCPT DATA", refused: map[string]string{
				"carl": "final 0 temporary=false unknown=true", "dora": "final 0 temporary=false unknown=true"},
		}, {
			name:  "LMTP, no HELO",
			s:     &scripted{lmtp: true, answers: map[string]string{"LHLO": "500 what?"}},
			verbs: "LHLO", refused: all("hello 500 temporary=false unknown=false"),
		}, {
			name: "no STARTTLS", s: &scripted{}, o: smtpsend.Options{TLS: smtpsend.TLSRequired},
			verbs: "EHLO", refused: all("tls 0 temporary=false unknown=false"),
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			refused, err := send(t, tt.s, tt.o, tt.data)
			if diff := cmp.Diff(tt.refused, refused); diff != "" {
				t.Errorf("Send: -want +got\n%s(%v)", diff, err)
			}
			if got := tt.s.verbs(); got != tt.verbs {
				t.Errorf("server was told %q, want %q", got, tt.verbs)
			}
			if len(tt.s.delivered) > 0 && tt.data == nil && tt.s.delivered[0] != string(letter().Data) {
				t.Errorf("server took %q, want %q", tt.s.delivered[0], letter().Data)
			}
		})
	}
}

// all returns the same outcome for each recipient.
func all(s string) map[string]string {
	return map[string]string{"bob": s, "carl": s, "dora": s}
}

func TestCommands(t *testing.T) {
	tests := []struct {
		name string
		s    *scripted
		o    smtpsend.Options
		from string
		data string
		want []string
	}{
		{"plain", &scripted{}, smtpsend.Options{}, "ann@example.com", "A: b\r\n",
			[]string{"EHLO localhost", "MAIL FROM:<ann@example.com>", "RCPT TO:<bob@example.com>", "DATA"}},
		{"null reverse path", &scripted{}, smtpsend.Options{}, "", "A: b\r\n",
			[]string{"EHLO localhost", "MAIL FROM:<>", "RCPT TO:<bob@example.com>", "DATA"}},
		{"size and 8-bit", &scripted{ext: []string{"SIZE", "8BITMIME"}}, smtpsend.Options{LocalName: "me.example"}, "ann@example.com", "A: é\r\n",
			[]string{"EHLO me.example", "MAIL FROM:<ann@example.com> SIZE=7 BODY=8BITMIME", "RCPT TO:<bob@example.com>", "DATA"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sender := tt.s.sender(t, tt.o)
			m := letter("bob@example.com")
			m.From, m.Data = tt.from, []byte(tt.data)
			if err := sender.Send(context.Background(), m); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, tt.s.lines); diff != "" {
				t.Errorf("commands: -want +got\n%s", diff)
			}
			sender.Close()
		})
	}
}

// TestFlights counts the writes that a message to many recipients needs.
func TestFlights(t *testing.T) {
	to := make([]string, 250)
	for i := range to {
		to[i] = fmt.Sprintf("p%d@example.com", i)
	}
	tests := []struct {
		name   string
		ext    []string
		o      smtpsend.Options
		writes int // EHLO, flights, message
	}{
		{"pipelined", []string{"PIPELINING"}, smtpsend.Options{}, 1 + 3 + 1},
		{"pipelined, all or nothing", []string{"PIPELINING"}, smtpsend.Options{AllOrNothing: true}, 1 + 4 + 1},
		{"one by one", nil, smtpsend.Options{}, 1 + 252 + 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &scripted{ext: tt.ext}
			writes := countWrites(s)
			tt.o.Dial = writes.dial
			tt.o.TLS = smtpsend.TLSInsecureNone
			sender, err := smtpsend.New("test.example", &tt.o)
			if err != nil {
				t.Fatal(err)
			}
			if err := sender.Send(context.Background(), letter(to...)); err != nil {
				t.Fatal(err)
			}
			if writes.n != tt.writes {
				t.Errorf("%d writes, want %d", writes.n, tt.writes)
			}
			if n := strings.Count(s.verbs(), "RCPT"); n != len(to) {
				t.Errorf("%d recipients, want %d", n, len(to))
			}
			sender.Close()
		})
	}
}

// TestCommandInjection checks that no part of an address or name reaches the wire
// that a server could read as a command.
func TestCommandInjection(t *testing.T) {
	hostile := map[string]string{
		"CRLF":          "x@example.com\r\nRCPT TO:<evil@example.com>",
		"LF":            "x@example.com\nDATA",
		"CR":            "x@example.com\rDATA",
		"NUL":           "x\x00@example.com",
		"bracket":       "x@example.com> SIZE=1",
		"open bracket":  "<x@example.com",
		"space":         "x y@example.com",
		"tab":           "x\t@example.com",
		"DEL":           "x\x7f@example.com",
		"quote":         `x"y@example.com`,
		"open quote":    `"x@example.com`,
		"quoted quote":  `"x"y"@example.com`,
		"quoted space":  `"x y"@example.com`,
		"quoted end":    `"x\"@example.com`,
		"backslash":     `x\y@example.com`,
		"source route":  "@evil.example:x@example.com",
		"list":          "x,y@example.com",
		"two at":        "x@y@example.com",
		"no at":         "postmaster",
		"no local part": "@example.com",
		"no domain":     "x@",
		"dots":          "x@example..com",
		"hyphen":        "x@-oArg",
		"literal":       "x@[1.2.3.4",
		"sign":          "x€@example.com",
		"soft hyphen":   "x\u00ad@example.com",
		"bidi":          "x@\u202eexample.com",
		"U+2028":        "x\u2028@example.com",
		"fullwidth":     "x＞@example.com",
		"bad UTF-8":     "x\xff@example.com",
		"NEL":           "x\u0085@example.com",
		"long":          strings.Repeat("x", 250) + "@example.com",
	}
	for name, address := range hostile {
		for _, field := range []string{"From", "To[1]"} {
			t.Run(name+"/"+field, func(t *testing.T) {
				s := new(scripted)
				sender := s.sender(t, smtpsend.Options{})
				m := letter("bob@example.com", "carl@example.com")
				if field == "From" {
					m.From = address
				} else {
					m.To[1] = address
				}
				err := sender.Send(context.Background(), m)
				var bad *mime.FieldError
				if !errors.As(err, &bad) || bad.Field != field || !bad.Refused() {
					t.Errorf("Send = %v, want a *FieldError for %s", err, field)
				}
				if err != nil && strings.Contains(err.Error(), address) {
					t.Errorf("error %q repeats the address", err)
				}
				if s.dials != 0 {
					t.Error("the server was dialed")
				}
			})
		}
	}
}

func TestAddressesThatPass(t *testing.T) {
	for _, address := range []string{
		"x@example.com", "x.y+tag@example.com", "o'neil@example.com", "a..b@example.com", `"x"@example.com`,
		`"x\"y"@example.com`, `"x@y"@example.com`, "x@[127.0.0.1]", "x@[IPv6:::1]", "x@my_host.example", "x@localhost",
		"bounce=bob=example.com@example.com", "x/y@example.com",
	} {
		sender := new(scripted).sender(t, smtpsend.Options{})
		m := letter(address)
		m.From = address
		if err := sender.Send(context.Background(), m); err != nil {
			t.Errorf("Send to %s = %v, want nil", address, err)
		}
		sender.Close()
	}
}

func TestDataThatFails(t *testing.T) {
	tests := map[string]string{
		"empty":         "",
		"no header":     "\r\na\r\n",
		"bare LF":       "A: a\r\n.\nb\r\n",
		"bare CR":       "A: a\r\n\r.\r\n",
		"CR CR LF":      "A: a\r\r\n",
		"trailing CR":   "A: a\r\nb\r",
		"trailing LF":   "A: a\r\nb\n",
		"NUL":           "A: a\x00\r\n",
		"smuggling":     "A: a\r\n\n.\r\nMAIL FROM:<x@y>\r\n",
		"long line":     "A: a\r\n" + strings.Repeat("x", 999) + "\r\n",
		"long last one": "A:" + strings.Repeat("x", 997),
	}
	for name, data := range tests {
		t.Run(name, func(t *testing.T) {
			s := new(scripted)
			m := letter("bob@example.com")
			m.Data = []byte(data)
			err := s.sender(t, smtpsend.Options{}).Send(context.Background(), m)
			var bad *mime.FieldError
			if !errors.As(err, &bad) || bad.Field != "Data" || s.dials != 0 {
				t.Errorf("Send = %v, %d dials, want a *FieldError for Data and none", err, s.dials)
			}
		})
	}
	s := new(scripted)
	m := letter("bob@example.com")
	m.Data = append([]byte("A:"+strings.Repeat("x", 996)), "\r\n.\r\nno end"...)
	sender := s.sender(t, smtpsend.Options{})
	if err := sender.Send(context.Background(), m); err != nil {
		t.Errorf("Send = %v, want nil", err)
	}
	if want := string(m.Data) + "\r\n"; len(s.delivered) != 1 || s.delivered[0] != want {
		t.Errorf("server took %q, want %q", s.delivered, want)
	}
	sender.Close()
}

func TestMessageThatFails(t *testing.T) {
	sender := new(scripted).sender(t, smtpsend.Options{})
	for want, err := range map[string]error{
		"smtpsend: Message: is nil":   sender.Send(context.Background(), nil),
		"smtpsend: To: no recipients": sender.Send(context.Background(), letter()),
	} {
		if err == nil || err.Error() != want {
			t.Errorf("Send = %v, want %s", err, want)
		}
	}
}
