package organizertest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
)

// compare returns the differences between a meeting and the meeting in an entry, as far
// as the server can hold the meeting. It compares the view of people: each occurrence with
// its instants, its texts and its attendees.
func (s *suite) compare(want, got ical.Event) error {
	var d differences
	d.add("UID", want.UID, got.UID)
	if !s.lacks(LackSequence) {
		d.add("SEQUENCE", want.Sequence, got.Sequence)
	}
	d.add("the organizer", strings.ToLower(want.Organizer.Email), strings.ToLower(got.Organizer.Email))
	d.add("whether it is all-day", want.AllDay, got.AllDay)
	d.add("whether it is a series", want.Recurrence != nil, got.Recurrence != nil)
	d.add("whether it is floating", want.Floating, got.Floating)
	s.compareOne(&d, "", want, got)
	wants, gots := occurrences(want), occurrences(got)
	d.add("the occurrences", starts(wants), starts(gots))
	if !d.found() {
		for i := range wants {
			w, g := wants[i], gots[i]
			at := "on " + w.RecurrenceID.Format(time.DateOnly) + ", "
			d.add(at+"the end", w.End.UTC(), g.End.UTC())
			if w.Override >= 0 || g.Override >= 0 {
				s.compareOne(&d, at, one(want, w), one(got, g))
			}
		}
	}
	return d.err()
}

// compareOne compares the texts and the attendees of a meeting, or of one occurrence. at
// names the occurrence.
func (s *suite) compareOne(d *differences, at string, want, got ical.Event) {
	d.add(at+"the summary", text(want.Summary), text(got.Summary))
	d.add(at+"the description", text(want.Description), text(got.Description))
	d.add(at+"the location", text(want.Location), text(got.Location))
	d.add(at+"whether it is cancelled", want.Cancelled, got.Cancelled)
	if !s.lacks(LackAttendees) {
		withStatus := !s.lacks(LackAnswers) && (at == "" || !s.lacks(LackOccurrenceAnswers))
		d.add(at+"the attendees", answers(want, withStatus), answers(got, withStatus))
	}
}

// text returns a text with one kind of line ends.
func text(t string) string {
	return strings.TrimRight(strings.ReplaceAll(t, "\r\n", "\n"), "\n ")
}

// answers returns the addresses of the attendees, sorted, with or without their answers.
func answers(e ical.Event, withStatus bool) []string {
	var out []string
	for _, a := range e.Attendees {
		line := strings.ToLower(a.Email)
		if withStatus {
			status := a.Status
			if status == "" {
				status = ical.StatusNeedsAction
			}
			line += " " + string(status)
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return out
}

// occurrences returns the occurrences of the first years, a single event's too.
func occurrences(e ical.Event) (out []ical.Occurrence) {
	const most = 200
	for o := range e.Occurrences(time.Time{}, e.Start.AddDate(3, 0, 0)) {
		if len(out) == most {
			break
		}
		out = append(out, o)
	}
	return out
}

// starts returns the original start and the start of each occurrence.
func starts(list []ical.Occurrence) (out []string) {
	for _, o := range list {
		line := o.Start.UTC().Format(time.RFC3339)
		if !o.RecurrenceID.IsZero() && !o.RecurrenceID.Equal(o.Start) {
			line = o.RecurrenceID.UTC().Format(time.RFC3339) + " moved to " + line
		}
		out = append(out, line)
	}
	return out
}

// one returns an occurrence as an event.
func one(e ical.Event, o ical.Occurrence) ical.Event {
	if o.Override >= 0 {
		return e.Override(o.Override)
	}
	return e
}

// differences are differences in words.
type differences []string

// add notes a difference if the values differ.
func (d *differences) add(what string, want, got any) {
	if wants, ok := want.([]string); ok {
		d.addLists(what, wants, got.([]string))
		return
	}
	if want != got {
		*d = append(*d, fmt.Sprintf("%s is %.200q, want %.200q", what, fmt.Sprint(got), fmt.Sprint(want)))
	}
}

// addLists notes the values that only one of two lists has.
func (d *differences) addLists(what string, want, got []string) {
	if slices.Equal(want, got) {
		return
	}
	lost := slices.DeleteFunc(slices.Clone(want), func(v string) bool { return slices.Contains(got, v) })
	more := slices.DeleteFunc(slices.Clone(got), func(v string) bool { return slices.Contains(want, v) })
	*d = append(*d, fmt.Sprintf("%s: %d, want %d. Missing: %.300q. Not wanted: %.300q", what, len(got), len(want), lost, more))
}

func (d differences) found() bool { return len(d) > 0 }

// err returns the first differences as an error.
func (d differences) err() error {
	const most = 5
	if len(d) == 0 {
		return nil
	}
	return errors.New(strings.Join(d[:min(len(d), most)], "; "))
}
