package body

import (
	"html/template"
)

// Row is one named fact of the meeting.
type Row struct {
	// ID is the same in every language: "proposed", "when", "own", "repeats",
	// "except", "include", "overrides", "where", "join", "page", "organizer",
	// "required", "optional", "rooms" or "documents".
	ID string
	// Label is its name in the reader's language.
	Label string
	// Values are what is so now, and after them what was so before.
	Values []Value
	// Inline lists the values in one line; else each has its own.
	Inline bool
	// Separator stands between the values of an Inline row.
	Separator string
}

// Value is one value of a [Row].
type Value struct {
	// Text is what is read; it may hold links.
	Text string
	// Link is where the whole value leads; "" nowhere.
	Link template.URL
	// Old values are no longer so; New ones were not so before.
	Old, New bool
	// Note is a remark and no value, as "and 12 more".
	Note bool
}

// rowOrder is that of the rows, from what matters most.
var rowOrder = []string{
	"proposed", "when", "own", "repeats", "except", "include", "overrides", "where", "join", "page",
	"organizer", "required", "optional", "rooms", "documents",
}

// Join reports whether the row is the link that joins the meeting.
func (r Row) Join() bool { return r.ID == "join" && len(r.Values) > 0 && r.Values[0].Link != "" }

// list reports that the row has any number of values, which come and go by themselves.
func (r *Row) list() bool { return r.Inline || r.ID == "documents" || r.ID == "overrides" }

// shorten keeps the first values of those that are so now, and of those that
// were, and says how many there are more.
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
