package roster

import (
	"time"

	"github.com/convene-go/convene/invite/internal/series"
)

// Moved returns the record with the names that occurrences have after a change of the
// series. It returns r itself if they keep their names. What is about an occurrence
// that does not exist any more is left out if another occurrence has its name now.
func (r *Record) Moved(v *series.Move) *Record {
	names := v.Names(r.ids())
	if names == nil {
		return r
	}
	out := *r
	out.Given, out.Joined, out.Revisions = nil, nil, nil
	for _, a := range r.Given {
		moved := *a
		if names.Follow(&moved.RecurrenceID) {
			out.Given = append(out.Given, &moved)
		}
	}
	for _, j := range r.Joined {
		if names.Follow(&j.RecurrenceID) {
			out.Joined = append(out.Joined, j)
		}
	}
	for _, v := range r.Revisions {
		if names.Follow(&v.RecurrenceID) {
			out.Revisions = append(out.Revisions, v)
		}
	}
	return &out
}

// ids returns the original starts that the record names.
func (r *Record) ids() (out []time.Time) {
	for _, a := range r.Given {
		if !a.RecurrenceID.IsZero() {
			out = append(out, a.RecurrenceID)
		}
	}
	for _, j := range r.Joined {
		out = append(out, j.RecurrenceID)
	}
	for _, v := range r.Revisions {
		out = append(out, v.RecurrenceID)
	}
	return out
}
