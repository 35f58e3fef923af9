package mime

import (
	"bytes"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestFrame compares what fills a frame with what the encoder makes of the whole
// mail. An encoder that writes a stand-in otherwise would make building slow, not
// wrong: so the test wants gaps where nothing hinders them.
func TestFrame(t *testing.T) {
	const ics = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
	file := func(name, data string) []File { return []File{{Name: name, ContentID: "a@b", Data: []byte(data)}} }
	tests := []struct {
		name   string
		change func(d *Draft)
		whole  bool
	}{
		{"text", func(d *Draft) { d.HTML, d.Calendar, d.Method = "", nil, "" }, false},
		{"text with a last line end", func(d *Draft) { d.Text, d.HTML, d.Calendar, d.Method = "a\n", "", nil, "" }, false},
		{"HTML", func(d *Draft) { d.Calendar, d.Method = nil, "" }, false},
		{"calendar", func(d *Draft) { d.HTML = "" }, false},
		{"all", func(*Draft) {}, false},
		{"no attachment", func(d *Draft) { d.NoAttachment = true }, false},
		{"line of 57", func(d *Draft) { d.Calendar = pad(d.Calendar, 57*3) }, false},
		{"line of 58", func(d *Draft) { d.Calendar = pad(d.Calendar, 57*3+1) }, false},
		{"long", func(d *Draft) { d.Calendar = pad(d.Calendar, 57*128*2+20) }, false},
		{"inline", func(d *Draft) { d.Inline = file("a", "a") }, false},
		{"CR", func(d *Draft) { d.Text, d.HTML = "\ré\r\n\r\nb", "\r\n\r\na\r" }, false},
		{"stand-ins in texts", func(d *Draft) { d.Text, d.HTML = allStandIns(), allStandIns() }, false},
		{"stand-ins in the calendar", func(d *Draft) { d.Calendar = append(d.Calendar, "X-A:"+allStandIns()...) }, false},
		{"digits in a name", func(d *Draft) { d.Inline = file(string(standIns[kindDigits]), "a") }, true},
		{"text in a name", func(d *Draft) { d.Inline = file(string(standIns[kindText]), "a") }, true},
		{"HTML in a name", func(d *Draft) { d.Filename = string(standIns[kindHTML]) }, true},
		{"calendar in a file", func(d *Draft) { d.Inline = file("a", string(standInParts[kindCalendar])) }, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := &Draft{
				From: mail.Address{Address: "ada@example.com"}, To: []mail.Address{{Address: "bob@example.test"}},
				Date: time.Date(2027, time.March, 1, 9, 30, 0, 0, time.UTC),
				Text: "Room 4 = über", HTML: "<p>Room 4 = <b>über</b></p>", Calendar: []byte(ics), Method: "REQUEST",
			}
			tt.change(d)
			got, want, whole := bothWays(t, d)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("body (-whole +frame):\n%s", diff)
			}
			if whole != tt.whole {
				t.Errorf("encoded as a whole: %t, want %t", whole, tt.whole)
			}
		})
	}
}

// pad returns a calendar object of n octets.
func pad(calendar []byte, n int) []byte {
	for len(calendar)+80 < n {
		calendar = append(calendar, "X-A:"+strings.Repeat("a", 40)+"\r\n"...)
	}
	return append(calendar, "X-A:"+strings.Repeat("a", n-len(calendar)-6)+"\r\n"...)
}

func allStandIns() string {
	return string(bytes.Join(standIns[:], []byte(" "))) + "\r\n"
}

// bothWays returns the content of the mail as Build makes it, and as the
// encoder writes it without a frame.
func bothWays(t *testing.T, d *Draft) (got, want string, whole bool) {
	t.Helper()
	m, err := Build(d)
	if err != nil {
		t.Fatal(err)
	}
	p := presses.New().(*press)
	if _, err := p.build(d, content{frame: &p.frame, text: &p.text, html: &p.html, object: &p.object}); err != nil {
		t.Fatal(err)
	}
	l := &letter{Draft: d}
	p.unixLines(l)
	err = p.write(tree(l, &filling{kindDigits: p.boundaryDigits(), kindText: l.text, kindHTML: l.html, kindCalendar: d.Calendar}), 0)
	if err != nil {
		t.Fatal(err)
	}
	want = p.out.String()
	if !strings.HasSuffix(want, "\r\n") {
		want += "\r\n"
	}
	_, got, _ = strings.Cut(string(m.Data), "MIME-Version: 1.0\r\n")
	return got, want, p.content.frame.whole
}

func TestIsText(t *testing.T) {
	for _, bad := range []string{"\x00", "\x1f", "\x7f", "\x80", "\xc3", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x80"} {
		for before := range 20 {
			for _, filler := range []string{"a", " ", "~", "\t", "\n", "é"} {
				s := strings.Repeat(filler, before)
				for _, after := range []string{"", "a", "\n234567890é"} {
					if isText(s+bad+after) || isText([]byte(s+bad+after)) {
						t.Errorf("isText(%q) = true", s+bad+after)
					}
					if !isText(s+after) || !isText([]byte(s+after)) {
						t.Errorf("isText(%q) = false", s+after)
					}
				}
			}
		}
	}
}

func TestHasCRLF(t *testing.T) {
	for in, want := range map[string]bool{
		"a\r\n": true, "a\r\n\r\nb\r\n": true, "\r\n": true,
		"a": false, "a\n": false, "a\r": false, "\n": false, "a\r\r\n": false, "a\r\n\n": false, "\ra\r\n": false, "a\r\nb": false,
	} {
		if got := hasCRLF([]byte(in)); got != want || want != (badLineEnd([]byte(in)) < 0) {
			t.Errorf("hasCRLF(%q) = %t, want %t", in, got, want)
		}
	}
}
