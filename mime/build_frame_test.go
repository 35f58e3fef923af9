package mime

import (
	"bytes"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestFrame compares mails made from a frame with the encoder's output for the
// whole mail. If the encoder wrote a placeholder in another way, building would
// be slow, not wrong. So the test also checks that a frame has gaps if nothing
// prevents them.
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
		{"stand-ins in texts", func(d *Draft) { d.Text, d.HTML = allPlaceholders(), allPlaceholders() }, false},
		{"stand-ins in the calendar", func(d *Draft) { d.Calendar = append(d.Calendar, "X-A:"+allPlaceholders()...) }, false},
		{"digits in a name", func(d *Draft) { d.Inline = file(string(placeholders[gapBoundary]), "a") }, true},
		{"text in a name", func(d *Draft) { d.Inline = file(string(placeholders[gapText]), "a") }, true},
		{"HTML in a name", func(d *Draft) { d.Filename = string(placeholders[gapHTML]) }, true},
		{"calendar in a file", func(d *Draft) { d.Inline = file("a", string(placeholderContent[gapCalendar])) }, true},
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

func allPlaceholders() string {
	return string(bytes.Join(placeholders[:], []byte(" "))) + "\r\n"
}

// bothWays returns the content of the mail as Build makes it, and as the
// encoder writes it without a frame.
func bothWays(t *testing.T, d *Draft) (got, want string, whole bool) {
	t.Helper()
	m, err := Build(d)
	if err != nil {
		t.Fatal(err)
	}
	w := workspaces.New().(*workspace)
	if _, err := w.build(d, content{frame: &w.frame, text: &w.text, html: &w.html, calendar: &w.calendar}); err != nil {
		t.Fatal(err)
	}
	cd := &checkedDraft{Draft: d}
	err = w.write(partTree(cd, w.wholeContent(cd)), 0)
	if err != nil {
		t.Fatal(err)
	}
	want = w.out.String()
	if !strings.HasSuffix(want, "\r\n") {
		want += "\r\n"
	}
	_, got, _ = strings.Cut(string(m.Data), "MIME-Version: 1.0\r\n")
	return got, want, w.content.frame.whole
}

func TestControlIn(t *testing.T) {
	for c := range 256 {
		bad := c < ' ' && !strings.ContainsRune("\t\r\n", rune(c)) || c == 0x7f
		want := map[bool]int{true: 2, false: -1}[bad]
		if s := "é" + string([]byte{byte(c)}) + "a"; controlIn(s) != want || controlIn([]byte(s)) != want {
			t.Errorf("controlIn(%q) = %d, want %d", s, controlIn(s), want)
		}
	}
}

func TestBadLineEnd(t *testing.T) {
	for in, want := range map[string]int{
		"a\r\n": -1, "a\r\n\r\nb\r\n": -1, "\r\n": -1,
		"a": 1, "a\n": 1, "a\r": 1, "\n": 0, "a\r\r\n": 1, "a\r\n\n": 3, "\ra\r\n": 0, "a\r\nb": 4, "a\r\nb\rc": 4,
	} {
		if got := badLineEnd([]byte(in)); got != want {
			t.Errorf("badLineEnd(%q) = %d, want %d", in, got, want)
		}
	}
}
