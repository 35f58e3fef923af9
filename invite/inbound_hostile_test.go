package invite_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// FuzzRead reads any octets. A second Read gives the same, Apply does not change the
// meeting that it is given, and the meeting that it returns can be stored.
func FuzzRead(f *testing.F) {
	for _, pattern := range []string{repliesDir + "*.eml", "../mime/testdata/read/*.eml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatal(files, err)
		}
		for _, file := range files {
			f.Add(readFile(f, file))
		}
	}
	for _, c := range append(serverLetters, quotingLetters...) {
		f.Add([]byte(strings.ReplaceAll(c.mail, "COPY", "Message-ID: <1@x.test>\nMIME-Version: 1.0\nContent-Type: text/calendar\n\n"+object("REQUEST", bobWithout))))
	}
	o := fixed(tokens)
	policies := []*invite.Policy{nil, {InsecureAnyFrom: true, Uninvited: invite.UninvitedAdd, ReplyAddress: o.ReplyAddress}}
	m := invited(f, true)
	before := fmt.Sprintf("%+v", m)
	f.Fuzz(func(t *testing.T, data []byte) {
		in, err := invite.Read(bytes.NewReader(data), nil)
		if err != nil {
			if in != nil {
				t.Fatalf("Read = %+v, %v", in, err)
			}
			return
		}
		if again, err := invite.Read(bytes.NewReader(data), nil); err != nil || !cmp.Equal(in, again) {
			t.Errorf("the second Read = %+v, %v, want the same as the first", again, err)
		}
		if in.Kind == "" || in.Reason == "" {
			t.Errorf("Read = kind %q, reason %q, want both", in.Kind, in.Reason)
		}
		for _, p := range policies {
			take(t, m, in, p)
		}
		if got := fmt.Sprintf("%+v", m); got != before {
			t.Errorf("Apply changed the Meeting that it was given: %s", got)
		}
	})
}

// take applies a mail twice. The second time changes no status, and the changed meeting
// can be stored and read.
func take(t *testing.T, m *invite.Meeting, in *invite.Inbound, p *invite.Policy) {
	t.Helper()
	m = &invite.Meeting{Event: m.Event, Deliveries: m.Deliveries}
	m.Event.UID = "m-1"
	if in.Event != nil {
		m.Event.UID = strings.ToLower(in.Event.UID)
	}
	after, o := m.Apply(in, p)
	if o.Reason == "" {
		t.Errorf("Apply = %s without a reason", o.Verdict)
	}
	if o.Verdict != invite.VerdictApplied {
		return
	}
	reload(t, after)
	again, _ := after.Apply(in, p)
	if diff := cmp.Diff(after.Event.Attendees, again.Event.Attendees); diff != "" {
		t.Errorf("the second Apply changes the attendees (-first +second):\n%s", diff)
	}
}

// TestHostile reads 1 MB of each kind of input that some programs need very long for.
func TestHostile(t *testing.T) {
	const size = 1 << 20
	fill := func(head, part, tail string) string {
		return head + strings.Repeat(part, (size-len(head)-len(tail))/len(part)) + tail
	}
	mail := "From: a@example.test\nContent-Type: text/calendar; method=REPLY\n\n"
	vevent := "BEGIN:VCALENDAR\nMETHOD:REPLY\nVERSION:2.0\nBEGIN:VEVENT\nUID:m-1@example.com\n"
	var nest strings.Builder
	for i := 0; nest.Len() < size; i++ {
		fmt.Fprintf(&nest, "Content-Type: multipart/mixed; boundary=%d\n\n--%d\n", i, i)
	}
	answer := func(i int) string {
		return fmt.Sprintf("BEGIN:VEVENT\nUID:m-1@example.com\nRECURRENCE-ID:2318%02d%02dT090000Z\nATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@example.test\nEND:VEVENT\n", i/28%12+1, i%28+1)
	}
	many := "BEGIN:VCALENDAR\nMETHOD:REPLY\n"
	for i := 0; len(many) < size; i++ {
		many += answer(i) + answer(i+1) + answer(i+2)
	}
	inputs := map[string]string{
		"nested unclosed multiparts": nest.String(),
		"50,000 parts":               fill("From: a@b.test\nContent-Type: multipart/mixed; boundary=b\n\n", "--b\n\nx\n", ""),
		"calendar parts":             fill("From: a@b.test\nContent-Type: multipart/mixed; boundary=b\n\n", "--b\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\nEND:VCALENDAR\n", ""),
		"16,000 parameters":          fill("From: a@b.test\nContent-Type: text/calendar", "; a=b", "\n\nx"),
		"parameters of an attendee":  fill(mail+vevent+"ATTENDEE", ";X-A=b", ":mailto:bob@example.test\nEND:VEVENT\nEND:VCALENDAR\n"),
		"nested BEGINs":              fill(mail, "BEGIN:VEVENT\n", ""),
		"nested calendars":           fill(mail, "BEGIN:VCALENDAR\n", ""),
		"a line":                     fill(mail+vevent+"COMMENT:", "x", "\nEND:VEVENT\nEND:VCALENDAR\n"),
		"folds":                      fill(mail+vevent+"COMMENT:", "\n x", "\nEND:VEVENT\nEND:VCALENDAR\n"),
		"attendees":                  fill(mail+vevent, "ATTENDEE:mailto:bob@example.test\n", "END:VEVENT\nEND:VCALENDAR\n"),
		"answers to late dates":      mail + many + "END:VCALENDAR\n",
		"addresses":                  fill("From: a@b.test\nTo: ", "a@b.test, ", "\n\nx"),
		"tokens":                     fill("From: a@b.test\n", "Delivered-To: answers+"+strings.Repeat("a", 29)+"@example.test\n", "\nx"),
		"authentication results":     fill("From: a@b.test\nAuthentication-Results: x", "; dkim=pass header.d=b.test", "\n\nx"),
	}
	o := fixed(tokens)
	p := &invite.Policy{InsecureAnyFrom: true, Uninvited: invite.UninvitedAdd, ReplyAddress: o.ReplyAddress}
	m := endless(t)
	most := uint64(200) // MB
	if raceEnabled {
		most *= 10
	}
	for name, in := range inputs {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		got, err := invite.Read(strings.NewReader(in), nil)
		if err == nil {
			m.Apply(got, p)
		}
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		used := (after.TotalAlloc - before.TotalAlloc) >> 20
		t.Logf("%-27s %7d octets %8v %4d MB allocated", name, len(in), took.Round(time.Millisecond), used)
		if used > most { // the time is only logged, because it depends on the machine
			t.Errorf("%s: %d MB allocated, want %d at most", name, used, most)
		}
	}
}

// endless returns a series without an end that has many attendees.
func endless(t *testing.T) *invite.Meeting {
	m := invited(t, false)
	m.Event.UID = "m-1@example.com"
	m.Event.Recurrence = &ical.Recurrence{Freq: ical.FreqDaily}
	for i := range 1000 {
		m.Event.Attendees = append(m.Event.Attendees, ical.Attendee{Email: fmt.Sprintf("p%d@example.test", i)})
	}
	return m
}
