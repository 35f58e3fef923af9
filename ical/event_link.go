package ical

import (
	"maps"
	"slices"
)

// WithoutUnsafeLinks returns a copy of the event without the links that
// [Event.Validate] refuses, and their values in the order of the fields. An event that
// was stored before they were refused can have such links. An override that loses its
// link does not take the link of its series instead.
func (e Event) WithoutUnsafeLinks() (Event, []string) {
	e = e.Clone()
	var dropped []string
	e.dropLinks(&dropped)
	for i := range e.Overrides {
		e.Overrides[i].dropLinksOfOverride(&e, &dropped)
	}
	return e, dropped
}

// dropLinksOfOverride is dropLinks for an override of series. A field that becomes
// empty is marked as absent.
func (e *Event) dropLinksOfOverride(series *Event, dropped *[]string) {
	had := *e
	e.dropLinks(dropped)
	for _, f := range []struct {
		name string
		lost bool
	}{
		{"url", had.URL != e.URL && series.URL != ""},
		{"conference", had.Conference != e.Conference && series.Conference != ""},
		{"attachments", len(had.Attachments) > len(e.Attachments) && len(e.Attachments) == 0 && len(series.Attachments) > 0},
		{"extra", len(had.Extra) > len(e.Extra) && len(e.Extra) == 0 && len(series.Extra) > 0},
	} {
		if f.lost && !e.Cancelled {
			e.Absent = append(e.Absent, f.name)
		}
	}
	slices.Sort(e.Absent)
}

// dropLinks deletes the links that Validate refuses from the event's own fields. It
// adds their values to dropped. The lists of e must belong to e alone.
func (e *Event) dropLinks(dropped *[]string) {
	unsafe := func(err error, value string) bool {
		if err != nil {
			*dropped = append(*dropped, value)
		}
		return err != nil
	}
	if unsafe(checkLink(e.URL, linkStrict), e.URL) {
		e.URL = ""
	}
	if unsafe(checkLink(e.Conference, linkStrict), e.Conference) {
		e.Conference = ""
	}
	for i := range e.Attendees {
		dropUnsafeParams(e.Attendees[i].Params, dropped)
	}
	e.Attachments = slices.DeleteFunc(e.Attachments, func(l Link) bool {
		return unsafe(checkLink(l.URL, linkData), l.URL)
	})
	e.Extra = slices.DeleteFunc(e.Extra, func(p Property) bool {
		dropUnsafeParams(p.Params, dropped)
		return unsafe(checkLinkOf(p.Name, p.Params, p.Value), p.Value)
	})
}

// dropUnsafeParams deletes the parameters that checkLinkParam refuses, and adds their
// values to dropped.
func dropUnsafeParams(params map[string][]string, dropped *[]string) {
	dropParams(params, func(name string, _ error) { *dropped = append(*dropped, params[name]...) })
}

// dropParams deletes the parameters that checkLinkParam refuses. It calls drop for each,
// in the order of their names, before it is deleted.
func dropParams(params map[string][]string, drop func(name string, err error)) {
	if len(params) == 0 {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if err := checkLinkParam(name, params[name]); err != nil {
			drop(name, err)
			delete(params, name)
		}
	}
}
