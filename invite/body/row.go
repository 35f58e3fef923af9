package body

import (
	"html/template"
	"slices"
)

// Row is one named fact of the meeting.
type Row struct {
	// ID is a name that is equal in every language: "proposed", "when", "repeats",
	// "except", "include", "overrides", "where", "join", "page", "organizer",
	// "required", "optional", "rooms", "documents" or "calendars". The row "when" has the time on
	// the reader's clock, and a note with the time in the meeting's zone if its
	// clock differs.
	ID string
	// Label is the row's name in the reader's language.
	Label string
	// Values are the current values, and after them the former ones.
	Values []Value
	// Inline is true if the values stand in one line. Otherwise each has a line of
	// its own.
	Inline bool
	// Separator stands between the values of an Inline row.
	Separator string

	twice bool
}

// Value is one value of a [Row].
type Value struct {
	// Text is the text of the value. It may hold links.
	Text string
	// Link is the address that the whole value leads to; "" if it is no link.
	Link template.URL
	// Old is set for a former value, and New for a value that was not there before.
	Old, New bool
	// Note is set for a remark that is not a value, as "and 12 more".
	Note bool
	// Struck is set for a former value, and for the time of a meeting that does not
	// take place.
	Struck bool
	// Remark stands behind the value, as "(accepted)"; "" if there is none.
	Remark string
}

// rowOrder are the IDs of all rows in the order of a page, the most important first.
var rowOrder = []string{
	"proposed", "when", "repeats", "except", "include", "overrides", "where", "join", "page",
	"organizer", "required", "optional", "rooms", "documents",
}

// Join reports whether the row is the link that joins the meeting.
func (r Row) Join() bool { return r.ID == "join" && len(r.Values) > 0 && r.Values[0].Link != "" }

// Twice reports whether the table that Thunderbird shows above an invitation has the
// row, too: the organizer and the attendees, if nothing is marked or remarked in it.
func (r Row) Twice() bool { return r.twice }

// markTwice marks the rows for which [Row.Twice] is true.
//
// QUIRK: Thunderbird 153 writes a table of its own into the page of a mail with a
// calendar object.
func (p *Page) markTwice() {
	if p.Action != ActionInvitation && p.Action != ActionUpdate && p.Action != ActionReminder {
		return // the objects of other mails do not have all attendees
	}
	for i := range p.Rows {
		switch r := &p.Rows[i]; r.ID {
		case "organizer", "required", "optional":
			r.twice = !slices.ContainsFunc(r.Values, func(v Value) bool { return v.Old || v.New || v.Remark != "" })
		}
	}
}

// list reports whether the row has any number of values, which are added and removed
// one by one.
func (r *Row) list() bool {
	switch r.ID {
	case "required", "optional", "rooms", "documents", "overrides":
		return true
	}
	return r.Inline
}

// shorten keeps the first current values and the first former values, at most the
// given number of each. A note says how many it has removed.
func (r *Row) shorten(most int, more func(int) string) {
	if len(r.Values) <= most {
		return
	}
	var kept []Value
	left, leftOld, cut := most, most, 0
	for _, v := range r.Values {
		n := &left
		if v.Old {
			n = &leftOld
		}
		if *n--; *n >= 0 || v.Note {
			kept = append(kept, v)
		} else {
			cut++
		}
	}
	if cut > 0 {
		kept = append(kept, Value{Text: more(cut), Note: true})
	}
	r.Values = kept
}

func (v Value) key() string { return v.Text + "\n" + string(v.Link) }
