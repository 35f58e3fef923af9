package invite_test

import (
	"fmt"
	"mime"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/idna"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/golden"
	"github.com/convene-go/convene/invite"
)

// variant is an event file and the options that it is sent with.
type variant struct {
	name, event string
	options     []invite.SendOption
}

func variants(t *testing.T) []variant {
	t.Helper()
	files, err := filepath.Glob("../testdata/events/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no events: %v", err)
	}
	var out []variant
	for _, f := range files {
		v := variant{name: strings.TrimSuffix(filepath.Base(f), ".json")}
		if v.event = v.name; v.name == "hidden-guests" {
			v.options = []invite.SendOption{invite.HideGuests()}
		}
		out = append(out, v)
	}
	return append(out, variant{"shared", "zone", []invite.SendOption{invite.OneMail()}})
}

// TestGolden sends every event of testdata/events, and compares the mails with the files
// of testdata/mail.
func TestGolden(t *testing.T) {
	var names []string
	for _, v := range variants(t) {
		names = append(names, v.name)
		t.Run(v.name, func(t *testing.T) {
			e := readEvent(t, v.event)
			for i, m := range send(t, e, v.options...) {
				name := fmt.Sprintf("%s-%d.eml", v.name, i+1)
				golden.Assert(t, filepath.Join("..", "testdata", "mail", name), m.Data)
				checkStructure(t, e, i, m, v.name == "shared")
			}
		})
	}
	found, err := os.ReadDir("../testdata/mail")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if at := strings.LastIndexByte(f.Name(), '-'); at < 0 || !slices.Contains(names, f.Name()[:at]) {
			t.Errorf("testdata/mail/%s belongs to no event", f.Name())
		}
	}
}

// checkStructure checks the structure that mail clients need. It parses the mail with
// the standard library.
func checkStructure(t *testing.T, e ical.Event, i int, m *invite.Message, shared bool) {
	t.Helper()
	p := parseMail(t, m.Data)
	want := "mixed(alternative(text/plain text/html text/calendar) application/ics)"
	if p.tree != want {
		t.Errorf("tree = %s, want %s", p.tree, want)
	}
	invited := e.Attendees[i : i+1]
	if shared {
		invited = e.Attendees
	}
	checkTo(t, p, m, invited)
	calendar, attached := p.of("text/calendar")[0], p.of("application/ics")[0]
	for _, l := range p.leaves {
		if l.mediaType != "application/ics" && !strings.EqualFold(l.params["charset"], "utf-8") {
			t.Errorf("%s: charset = %q, want utf-8", l.mediaType, l.params["charset"])
		}
	}
	if calendar.params["method"] != "REQUEST" || calendar.disposition != "" {
		t.Errorf("text/calendar: method = %q, disposition = %q, want REQUEST and none", calendar.params["method"], calendar.disposition)
	}
	if _, ok := attached.params["method"]; ok || attached.disposition != `attachment; filename="invite.ics"` {
		t.Errorf("application/ics: params = %v, disposition = %q, want no method and an attachment invite.ics", attached.params, attached.disposition)
	}
	if !slices.Equal(calendar.data, attached.data) {
		t.Error("the attached copy differs from the text/calendar part")
	}
	lines := unfold(calendar.data)
	if at := slices.Index(lines, "METHOD:REQUEST"); at < 0 || at > slices.IndexFunc(lines[1:], func(s string) bool { return strings.HasPrefix(s, "BEGIN:") }) {
		t.Errorf("METHOD:REQUEST is line %d of the object, want it before the first component", at+1)
	}
	checkOctets(t, m.Data)
}

// checkTo checks that the mail is addressed to the attendees invited, in To and in the
// envelope, and comes from the organizer.
func checkTo(t *testing.T, p *parsed, m *invite.Message, invited []ical.Attendee) {
	t.Helper()
	var got, want, path [][2]string
	for _, a := range p.to(t) {
		got = append(got, [2]string{a.Name, a.Address})
	}
	for i, a := range invited {
		local, domain, _ := strings.Cut(a.Email, "@")
		ascii, err := idna.Lookup.ToASCII(domain)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, [2]string{a.Name, local + "@" + ascii})
		path = append(path, [2]string{a.Name, m.To[i]})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("To (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, path); diff != "" {
		t.Errorf("envelope (-want +got):\n%s", diff)
	}
	from, err := p.header.AddressList("From")
	if err != nil || len(from) != 1 || from[0].Address != "desk@example.test" || m.From != "desk@example.test" {
		t.Errorf("From = %v (%v), reverse path = %q, want desk@example.test", from, err, m.From)
	}
	if subject, err := new(mime.WordDecoder).DecodeHeader(p.header.Get("Subject")); err != nil || !strings.HasPrefix(subject, "Invitation: ") {
		t.Errorf("Subject = %q, %v, want one that begins with Invitation:", subject, err)
	}
}

// checkOctets checks that lines are short and in ASCII, so that no server on the way has
// a reason to change them. Lines of HTML may have the 900 octets that package mime allows,
// because nobody reads them.
func checkOctets(t *testing.T, data []byte) {
	t.Helper()
	most := 78
	for i, line := range strings.Split(strings.TrimSuffix(string(data), "\r\n"), "\r\n") {
		switch {
		case strings.HasPrefix(line, "Content-Type: text/html"):
			most = 900
		case strings.HasPrefix(line, "--=_"):
			most = 78
		}
		if len(line) > most {
			t.Errorf("line %d has %d octets, want %d at most", i+1, len(line), most)
		}
		if at := strings.IndexFunc(line, func(r rune) bool { return r > '~' || r < ' ' && r != '\t' }); at >= 0 {
			t.Errorf("line %d has the character %q, want printable ASCII", i+1, line[at])
		}
	}
}

// TestGoldenBytes sends the same event a thousand times. The mails are the same.
func TestGoldenBytes(t *testing.T) {
	e := readEvent(t, "weekly")
	want := flat(send(t, e))
	for range 1000 {
		if got := flat(send(t, e)); got != want { // go-cmp would take minutes
			t.Fatalf("another mail from the same event (-want +got):\n%s", cmp.Diff(want, got))
		}
	}
}

// flat returns the envelopes and the octets of mails as one string.
func flat(mails []*invite.Message) string {
	var b strings.Builder
	for _, m := range mails {
		fmt.Fprintf(&b, "%q %q %q\n%s", m.From, m.To, m.ID, m.Data)
	}
	return b.String()
}
