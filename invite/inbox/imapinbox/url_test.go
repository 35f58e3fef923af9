package imapinbox

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestOpen has URLs and what they ask for.
func TestOpen(t *testing.T) {
	for _, test := range []struct {
		url  string
		set  func(*Options)
		want string // address, TLS, user, password, mechanism and folders, or a part of the error
	}{
		{"imaps://desk%40example.com:p%2Fw%40@mail.example.com", nil, "mail.example.com:993 implicit desk@example.com p/w@  INBOX"},
		{"imap://a:b@mail.example.com", nil, "mail.example.com:143 required a b  INBOX"},
		{"IMAP://a:b@[::1]:1143/?tls=implicit", nil, "[::1]:1143 implicit a b  INBOX"},
		{"imaps://a:b@mail.example.com/Answers/2027%20old", nil, "mail.example.com:993 implicit a b  Answers/2027 old"},
		{"imaps://a:b@mail.example.com?auth=xoauth2", nil, "mail.example.com:993 implicit a b XOAUTH2 INBOX"},
		{"imap://a:b@127.0.0.1?tls=insecure-none", allowPlain, "127.0.0.1:143 insecure-none a b  INBOX"},
		{"imaps://mail.example.com", func(o *Options) { o.Username, o.Password = "a", "b" }, "mail.example.com:993 implicit a b  INBOX"},
		{"imaps://a:b@mail.example.com", func(o *Options) { tokens("x")(o) }, "mail.example.com:993 implicit a   INBOX"},
		{"imaps://a:b@mail.example.com/A", func(o *Options) { o.Folders = append(o.Folders, "B") }, "mail.example.com:993 implicit a b  A B"},

		{"", nil, "neither imap:// nor imaps://"},
		{"smtp://a:b@mail.example.com", nil, "neither imap:// nor imaps://"},
		{"imaps://", nil, "no host"},
		{"imaps://a:b@", nil, "no host"},
		{"imaps://a:b@mail.example.com:0", nil, "port that is not a number"},
		{"imaps://a:b@mail example.com", nil, "malformed host"},
		{"imaps://a:hun@ter/2@mail.example.com", nil, "percent-encoded"},
		{"imaps://a:hunter%zz@mail.example.com", nil, "percent-encoded"},
		{"imaps://a:b@mail.example.com#INBOX", nil, "fragment"},
		{"imaps://a:b@mail.example.com?tls=required", nil, "contradicts imaps"},
		{"imap://a:b@mail.example.com?tls=maybe", nil, "required, implicit and insecure-none are known"},
		{"imap://a:b@mail.example.com?auth=ntlm", nil, "oauthbearer, xoauth2, plain and login are"},
		{"imap://a:b@mail.example.com?folder=x", nil, `parameter "folder" is unknown`},
		{"imap://a:b@mail.example.com?ca=/no/such/file", nil, "ca: "},
		{"imap://a:b@mail.example.com?tls=insecure-none", nil, "InsecureAllowPlaintextAuth"},
		{"imap://mail.example.com", nil, "no Username"},
		{"imap://a@mail.example.com", nil, "no Password"},
		{"imap://a:b%0d%0aA2%20LOGOUT@mail.example.com", nil, "CR or LF"},
		{"imap://a:b@mail.example.com/x%0a", nil, "Folders"},
		{"imap://a:b@mail.example.com", func(o *Options) { o.Folders = []string{"INBOX", "inbox"} }, "twice"},
		{"imap://a:b@mail.example.com?auth=plain", func(o *Options) { tokens("x")(o) }, "Token cannot be used with Mechanism PLAIN"},
		{"imap://a:b@mail.example.com", func(o *Options) { tokens("x")(o); o.Password = "c" }, "both Token and Password"},
		{"imap://a:b@mail.example.com", func(o *Options) { o.TLS = "x" }, "TLS"},
	} {
		m, err := Open(test.url, test.set)
		if err != nil {
			if !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "hun") {
				t.Errorf("Open(%q) = %v, want %q", test.url, err, test.want)
			}
			continue
		}
		o := m.o
		got := strings.Join(append([]string{m.addr, string(o.TLS), o.Username, o.Password, o.Mechanism}, o.Folders...), " ")
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("Open(%q) (-want +got):\n%s", test.url, diff)
		}
	}
}

// TestWatcher has the word of a conflict in one piece, in two, and not at all.
func TestWatcher(t *testing.T) {
	for _, test := range []struct {
		parts []string
		want  bool
	}{
		{[]string{"* 1 FETCH (UID 1 MODSEQ (2))\r\n", "T1 OK Store completed\r\n"}, false},
		{[]string{"T1 OK [MODIFIED 1] Conditional store failed\r\n"}, true},
		{[]string{strings.Repeat("x", 5000) + "T1 OK [modi", "fied 1] failed\r\n"}, true},
		{[]string{"T1 OK [MOD", "I", "FIE", "D 1] failed\r\n"}, true},
		{[]string{"T1 OK [MODIFI", "T1 OK\r\n"}, false},
	} {
		w := &watcher{word: "[MODIFIED "}
		w.start()
		for _, part := range test.parts {
			_, _ = w.Write([]byte(part))
		}
		if got := w.stop(); got != test.want {
			t.Errorf("%q: found: %v", test.parts, got)
		}
		if _, _ = w.Write([]byte("[MODIFIED 1]")); w.stop() != test.want {
			t.Errorf("%q: what comes after stop counts", test.parts)
		}
	}
}
