package ical

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestCachesKeepNoObjectZone: a zone that only the VTIMEZONE of a mail describes is
// in no cache, not even if the event is encoded again.
func TestCachesKeepNoObjectZone(t *testing.T) {
	const file = `BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VTIMEZONE
TZID:Customized
BEGIN:STANDARD
DTSTART:20001029T030000
TZOFFSETFROM:+0130
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20000326T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0130
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
UID:u
DTSTART;TZID=Customized:20270302T100000
DTEND;TZID=Customized:20270302T110000
RRULE:FREQ=DAILY;COUNT=3
ORGANIZER:mailto:a@example.test
ATTENDEE:mailto:b@example.test
END:VEVENT
END:VCALENDAR
`
	c, err := Decode(strings.NewReader(file), nil)
	if err != nil {
		t.Fatal(err)
	}
	loc := c.Events[0].Start.Location()
	if loc.String() != "Customized" {
		t.Fatalf("the event is in %q, want the zone of its file", loc)
	}
	c.Stamp = c.Events[0].Start
	if _, err := Encode(c); err != nil {
		t.Fatal(err)
	}
	if _, ok := sharedZones.get("Customized"); ok || isShared(loc) {
		t.Error("the zone of the file is in sharedZones")
	}
	if _, ok := zoneAliases.get("Customized"); ok {
		t.Error("the zone of the file is in zoneAliases")
	}
	for key := range sharedForms.entries {
		if key.loc == loc {
			t.Error("the VTIMEZONE of the file is in sharedForms")
		}
	}
}

// TestCachesKeepNoLongName: the length of an alias is bounded, too.
func TestCachesKeepNoLongName(t *testing.T) {
	for _, tt := range []struct {
		length int
		want   bool
	}{{maxAlias, true}, {maxAlias + 1, false}} {
		const zone = "/Europe/Zurich"
		tzid := strings.Repeat("x", tt.length-len(zone)) + zone
		if _, err := LoadLocation(tzid); err != nil {
			t.Fatal(err)
		}
		if _, got := zoneAliases.get(tzid); got != tt.want {
			t.Errorf("a name of %d octets is kept: %t, want %t", tt.length, got, tt.want)
		}
	}
}

// TestCacheGivesUpTheLeastUsed: an entry that was used n times outlives
// n × (limit-1) others, and a full cache does not grow.
func TestCacheGivesUpTheLeastUsed(t *testing.T) {
	const limit, uses = 8, 5
	c := cache[string, time.Time]{limit: limit}
	c.put("own", time.Time{})
	for range uses {
		c.get("own")
	}
	for i := range uses * (limit - 1) {
		c.put(fmt.Sprint(i), time.Time{})
		if len(c.entries) != len(c.ring) || len(c.ring) > limit {
			t.Fatalf("%d entries, %d in the ring, want at most %d", len(c.entries), len(c.ring), limit)
		}
	}
	if _, ok := c.entries["own"]; !ok {
		t.Errorf("an entry used %d times is gone after %d others", uses, uses*(limit-1))
	}
	for i := range 2 * limit {
		c.put(fmt.Sprint("more ", i), time.Time{})
	}
	if _, ok := c.entries["own"]; ok {
		t.Error("an entry that nobody uses any more never goes")
	}
}

// TestCacheKeepsTheFirstValue: all callers get the same value.
func TestCacheKeepsTheFirstValue(t *testing.T) {
	c := cache[string, int]{limit: 2}
	if got := c.put("a", 1); got != 1 {
		t.Errorf("put = %d, want 1", got)
	}
	if got := c.put("a", 2); got != 1 {
		t.Errorf("the second put = %d, want the first value 1", got)
	}
}
