package ical

import (
	"sync"
	"time"

	ics "github.com/arran4/golang-ical"
)

// zoneWriter is a form of a zone, and where in the years of in it is wrong.
type zoneWriter struct {
	form  Form
	in    stretch
	wrong []stretch
	tree  *ics.VTimezone // shared
}

// exact reports whether the form is right, in Outlook too, at the borders of a span.
func (w *zoneWriter) exact(s Span) bool {
	return w.form.Exact() && w.exactAt(s.Start.Unix()) && w.exactAt(s.normal().End.Unix())
}

func (w *zoneWriter) exactAt(u int64) bool {
	if u < w.in.from || u >= w.in.to {
		return false
	}
	for _, s := range w.wrong {
		if s.from <= u && u < s.to {
			return false
		}
	}
	return true
}

// zoneInYears is a zone in a range of years, with the forms that it can take.
type zoneInYears struct {
	tzid  string
	forms []zoneWriter
	full  func() *zoneWriter // made when none of forms will do
	err   error              // why it has no TZID
}

func newZoneInYears(key zoneKey, at time.Time) *zoneInYears {
	loc, err := properZone(key.loc, at)
	if err != nil {
		return &zoneInYears{err: err}
	}
	z := &zoneInYears{tzid: loc.String()}
	in := inYears(key.first, key.last)
	for _, c := range candidates(loc, key.first, key.last) {
		z.forms = append(z.forms, zoneWriter{c.form, in, c.wrong, zoneComponent(z.tzid, c.observances)})
	}
	z.full = sync.OnceValue(func() *zoneWriter {
		return &zoneWriter{FormFull, in, nil, zoneComponent(z.tzid, fullForm(loc, key.first, key.last))}
	})
	return z
}

// choose returns the first form that is right. The question is put only where a
// form is wrong somewhere in the years.
func (z *zoneInYears) choose(right func(*zoneWriter) bool) *zoneWriter {
	for i := range z.forms {
		if w := &z.forms[i]; len(w.wrong) == 0 || right(w) {
			return w
		}
	}
	return z.full()
}

// writerFor chooses the form of loc for events that extend over all.
func writerFor(loc *time.Location, list []*Event, all Span) (*zoneWriter, error) {
	z, err := zoneYears(loc, all)
	if err != nil {
		return nil, err
	}
	return z.choose(func(w *zoneWriter) bool {
		for s := range spans(list, all) {
			if !w.exact(s) {
				return false
			}
		}
		return true
	}), nil
}
