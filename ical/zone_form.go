package ical

import (
	"sort"
	"sync"
	"time"

	ics "github.com/arran4/golang-ical"
)

// zoneForm is one form of a zone. Its wrong periods are the parts of in at
// which some client reads another clock than the zone's.
type zoneForm struct {
	form  Form
	moved bool // see candidate
	in    period
	wrong []period       // in order, without overlaps
	tree  *ics.VTimezone // shared
}

// exact reports whether the form is right at the start and the end of a span,
// in Outlook too.
func (w *zoneForm) exact(s Span) bool {
	return w.form.Exact() && w.exactAt(s.Start.Unix()) && w.exactAt(s.withEnd().End.Unix())
}

// exactAt reports whether the form is right at one instant (Unix seconds).
func (w *zoneForm) exactAt(u int64) bool {
	if u < w.in.from || u >= w.in.to {
		return false
	}
	i := sort.Search(len(w.wrong), func(i int) bool { return u < w.wrong[i].to })
	return i == len(w.wrong) || u < w.wrong[i].from
}

// zoneForms is a zone in a range of years, with the forms that it can take.
type zoneForms struct {
	tzid  string
	forms []zoneForm
	full  func() *zoneForm // made when none of forms will do
}

// newZoneForms makes the forms of a zone in a range of years.
func newZoneForms(key zoneYears) *zoneForms {
	z := &zoneForms{tzid: key.loc.String()}
	in := inYears(key.first, key.last)
	for _, c := range candidates(key.loc, key.first, key.last) {
		z.forms = append(z.forms, zoneForm{c.form, c.moved, in, c.wrong, zoneComponent(z.tzid, c.observances)})
	}
	z.full = sync.OnceValue(func() *zoneForm {
		return &zoneForm{FormFull, false, in, nil, zoneComponent(z.tzid, fullForm(key.loc, key.first, key.last))}
	})
	return z
}

// choose returns the first form for which right reports true. A form without
// wrong periods is right without asking.
func (z *zoneForms) choose(right func(*zoneForm) bool) *zoneForm {
	for i := range z.forms {
		if w := &z.forms[i]; len(w.wrong) == 0 || right(w) {
			return w
		}
	}
	return z.full()
}

// formFor chooses the form of loc for the times of events that lie within a
// span. If own is true, no rule is moved.
func formFor(loc *time.Location, list []*Event, within Span, own bool) (*zoneForm, error) {
	z, err := formsOfEvents(loc, within)
	if err != nil {
		return nil, err
	}
	return z.choose(func(w *zoneForm) bool {
		if own && w.moved {
			return false
		}
		for s := range exactSpans(list, within) {
			if !w.exact(s) {
				return false
			}
		}
		return true
	}), nil
}
