package windowszones

import (
	"testing"
	"time"
)

// TestDisplayNames checks that each name has one zone, and that the zone exists.
func TestDisplayNames(t *testing.T) {
	names := displayNames()
	for i, d := range names {
		if _, err := time.LoadLocation(d.iana); err != nil {
			t.Errorf("%q: %v", d.windows, err)
		}
		if i > 0 && names[i-1].windows == d.windows && names[i-1].iana != d.iana {
			t.Errorf("%q stands for %s and %s", d.windows, names[i-1].iana, d.iana)
		}
	}
	if len(names) < 170 {
		t.Errorf("%d display names, want the whole table", len(names))
	}
}
