package ews_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
)

// seen describes a meeting as people see it: each occurrence of three years, with its
// times, texts and attendees.
func seen(e ical.Event) string {
	var b strings.Builder
	for o := range e.Occurrences(time.Time{}, e.Start.AddDate(3, 0, 0)) {
		one := e
		if o.Override >= 0 {
			one = e.Override(o.Override)
		}
		var people []string
		for _, a := range one.Attendees {
			people = append(people, listOf(a)[:1]+":"+strings.ToLower(a.Email))
		}
		slices.Sort(people)
		form := time.RFC3339
		start, end := o.Start.UTC(), o.End.UTC()
		if e.AllDay {
			form, start, end = time.DateOnly, o.Start, o.End
		}
		fmt.Fprintf(&b, "%s–%s %q %q %q %s\n", start.Format(form), end.Format(form),
			one.Summary, strings.TrimSpace(one.Description), one.Location, people)
	}
	return b.String()
}
