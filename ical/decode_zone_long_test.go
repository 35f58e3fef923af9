package ical_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/convene-go/convene/ical"
)

// TestDecodeLongTZID reads a zone whose name is as long as a name may be, and one whose
// name is longer. The longer one names no zone, because it would be compared for each
// date that has it.
func TestDecodeLongTZID(t *testing.T) {
	for length, floating := range map[int]bool{255: false, 256: true} {
		name := strings.Repeat("z", length)
		c, err := ical.Decode(strings.NewReader(fmt.Sprintf("BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:%[1]s\n"+
			"BEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETTO:+0100\nEND:STANDARD\nEND:VTIMEZONE\n"+
			"BEGIN:VEVENT\nUID:u\nDTSTART;TZID=%[1]s:20270302T100000\nEND:VEVENT\nEND:VCALENDAR\n", name)), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Events[0].Floating; got != floating {
			t.Errorf("a TZID of %d octets: Floating = %t, want %t", length, got, floating)
		}
		if told := len(c.Skipped) > 0; told != floating {
			t.Errorf("a TZID of %d octets: Skipped = %q", length, c.Skipped)
		}
	}
	if _, err := ical.LoadLocation(strings.Repeat("x/", 128) + "Europe/Berlin"); err == nil {
		t.Error("LoadLocation of a name of 269 octets gives a zone")
	}
}
