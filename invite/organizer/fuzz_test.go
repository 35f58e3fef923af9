package organizer_test

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer"
)

// FuzzSync gives Sync an entry and a kept Object that somebody else has written. It must
// not panic, and must end. If it succeeds, the second call must write nothing.
func FuzzSync(f *testing.F) {
	entry, err := os.ReadFile("testdata/entry.ics")
	if err != nil {
		f.Fatal(err)
	}
	text := string(entry)
	for _, s := range []string{
		text,
		strings.ReplaceAll(text, "END:VEVENT\r\n", own+"END:VEVENT\r\n"),
		string(rewriter(entry)), string(floating(entry)),
		strings.Replace(text, "RRULE:FREQ=WEEKLY;COUNT=10", "RRULE:FREQ=DAILY;INTERVAL=3\r\nEXDATE:20270304T090000Z\r\nRDATE:20280101T000000Z", 1),
		strings.Replace(text, "RRULE:FREQ=WEEKLY;COUNT=10\r\n", "", 1),
		strings.ReplaceAll(text, "T100000", "T123000"),
		strings.Replace(text, "BEGIN:VEVENT", "BEGIN:VEVENT\r\nATTENDEE:urn:uuid:1\r\nATTENDEE;CN=x:mailto:x@\r\nDTSTART;VALUE=DATE:20270301", 1),
		text + text,
		"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:" + uid + "\nEND:VEVENT\nEND:VCALENDAR",
	} {
		f.Add([]byte(s), []byte(nil), []byte(nil), false)
		f.Add([]byte(s), entry, []byte(nil), true)
		f.Add(entry, []byte(s), []byte(nil), false)
		f.Add([]byte(s), []byte(nil), entry, true)
		f.Add(entry, entry, []byte(s), false)
	}
	m := answered(f)
	plain := send(f, single())
	f.Fuzz(func(t *testing.T, theirs, data, tried []byte, isSingle bool) {
		m := m
		if isSingle {
			m = plain
		}
		c := &fake{data: theirs}
		last := organizer.Object{Data: data, Tried: tried}
		begin := time.Now()
		out, d, err := organizer.Sync(context.Background(), c, m, last)
		if took := time.Since(begin); took > 20*time.Second {
			t.Errorf("Sync takes %v", took)
		}
		if d != nil {
			e := m.Event.Clone()
			_ = d.Update(&e)
			d.Answers()
		}
		if err != nil {
			return
		}
		puts := c.puts
		if _, _, err := organizer.Sync(context.Background(), c, m, out); err != nil {
			t.Fatalf("the second Sync: %v\n%s", err, c.data)
		}
		if c.puts != puts {
			if before, err := ical.Decode(bytes.NewReader(theirs), nil); err == nil && len(before.Skipped) == 0 && len(before.Events) == 1 {
				t.Errorf("the second Sync writes:\n%s\nfirst:\n%s", c.data, theirs)
			}
		}
	})
}
