package wallclock_test

import (
	"testing"
	"time"

	"github.com/convene-go/convene/internal/wallclock"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestIn(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	for _, tt := range []struct{ name, clock, want string }{
		{"winter", "2027-01-01T10:00:00Z", "2027-01-01T09:00:00Z"},
		{"summer", "2027-07-01T10:00:00Z", "2027-07-01T08:00:00Z"},
		{"in a skipped hour the offset before counts", "2027-03-28T02:30:00Z", "2027-03-28T01:30:00Z"},
		{"of two instants it is the first", "2027-10-31T02:30:00Z", "2027-10-31T00:30:00Z"},
		{"the clock of another zone", "2027-01-01T10:00:00-05:00", "2027-01-01T09:00:00Z"},
	} {
		clock, _ := time.Parse(time.RFC3339, tt.clock)
		if got := wallclock.In(clock, berlin).UTC().Format(time.RFC3339); got != tt.want {
			t.Errorf("%s: In(%s, Berlin) = %s, want %s", tt.name, tt.clock, got, tt.want)
		}
	}
}

func TestNotOneError(t *testing.T) {
	day := time.Date(2027, 3, 9, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		err  wallclock.NotOneError
		want string
	}{
		{wallclock.NotOneError{}, "no occurrence at that time"},
		{wallclock.NotOneError{Count: 2}, "2 occurrences that may be meant"},
		{wallclock.NotOneError{Day: day, Zones: 2}, "no occurrence on 2027-03-09"},
		{wallclock.NotOneError{Day: day, Count: 2, Zones: 1}, "2 occurrences on 2027-03-09"},
		{wallclock.NotOneError{Day: day, Count: 2, Zones: 2}, "2 occurrences on 2027-03-09, in the zone of the series or the zone of the writer"},
	} {
		if got := tt.err.Error(); got != tt.want {
			t.Errorf("Error = %q, want %q", got, tt.want)
		}
	}
}
