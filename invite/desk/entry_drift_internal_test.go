package desk

import (
	"fmt"
	"testing"
	"time"

	"github.com/convene-go/convene/invite/organizer"
)

// TestNewsOfMany has a drift with as many changes as an entry can have lines, which was told
// before. It must not take longer than to read the entry.
func TestNewsOfMany(t *testing.T) {
	d := &organizer.Drift{UID: "1"}
	for i := range 90_000 {
		d.Changes = append(d.Changes, organizer.Change{Field: organizer.FieldAttendee, Attendee: fmt.Sprintf("x%d@example.test", i)})
	}
	first := newsOf(d, "")
	began := time.Now()
	second := newsOf(d, first.told)
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("newsOf took %v", took)
	}
	if len(first.changes) != len(d.Changes) || len(second.changes) != 0 || second.drift != nil {
		t.Errorf("news: %d, then %d", len(first.changes), len(second.changes))
	}
}
