package discreet_test

import (
	"errors"
	"testing"

	"github.com/convene-go/convene/internal/discreet"
)

func TestText(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", ""},
		{"connection refused", "connection refused"},
		{"invite: mail to ann@example.com, bob@example.com: too long", "invite: mail to … … too long"},
		{"smtp: <Ann.Smith@example.com>: no", "smtp: … no"},
		{`Attendees[3].Name: "Ann \"A\" Smith" has a tab`, `Attendees[3].Name: "…" has a tab`},
		{`Get "https://cal.example/ann": dial tcp 127.0.0.1:1: refused`, `Get "…": dial tcp 127.0.0.1:1: refused`},
		{"caldav: PUT https://ann:pass/w@rd@cal.example/dav/ann/1.ics: 507", "caldav: PUT https://cal.example/… 507"},
		{"caldav: PUT https://cal.example/dav/ann%40example.com/", "caldav: PUT https://cal.example/…"},
		{"bounce-ann=40example.com came", "… came"},
		{`an open "quote ann@example.com`, `an open "…"`},
		{`no "screen" of 5" for "Ann Smith"`, `no "…"`},
		{"two\nlines \"of\n text\"", `two` + "\n" + `lines "…"`},
	} {
		if got := discreet.Text(tt.in); got != tt.want {
			t.Errorf("Text(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
	if got := discreet.Error(nil) + discreet.Error(errors.New("a@b")); got != "…" {
		t.Errorf("Error = %q", got)
	}
}

func TestCode(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"550 5.1.1 <ann@example.com>: no such user", "550 5.1.1"},
		{"smtpsend: refused: 550-5.7.26 not aligned", "550 5.7.26"},
		{"caldav: PUT: 507 Insufficient Storage", "507"},
		{"dial tcp 127.0.0.1:250: no", ""},
		{"dial tcp 250.1.2.3:25: no", ""},
		{"15501 mails", ""},
		{"421", "421"},
		{"no such user", ""},
	} {
		if got := discreet.Code(tt.in); got != tt.want {
			t.Errorf("Code(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}
