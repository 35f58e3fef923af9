package body

import (
	"html/template"
	"slices"
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

// Join reports whether the row is the link that joins the meeting.
func (r Row) Join() bool { return r.ID == "join" && len(r.Values) > 0 && r.Values[0].Link != "" }

// list reports that the row has any number of values, which come and go by themselves.
func (r *Row) list() bool { return r.Inline || r.ID == "documents" || r.ID == "overrides" }

// order is that of the rows, from what matters most.
var order = []string{
	"proposed", "when", "own", "repeats", "except", "include", "overrides", "where", "join", "page",
	"organizer", "required", "optional", "rooms", "documents",
}

// compare marks in the rows of now what was not in those of before, adds what
// was only there, and returns the labels of what differs.
func compare(before, now []Row) (rows []Row, changed []string) {
	for _, id := range order {
		old, new := find(before, id), find(now, id)
		if id == "own" || id == "proposed" || old == nil && new == nil {
			if new != nil {
				rows = append(rows, *new)
			}
			continue
		}
		row, differs := merge(old, new)
		rows = append(rows, row)
		if differs {
			changed = append(changed, row.Label)
		}
	}
	return rows, changed
}

func find(rows []Row, id string) *Row {
	if i := slices.IndexFunc(rows, func(r Row) bool { return r.ID == id }); i >= 0 {
		return &rows[i]
	}
	return nil
}

// merge puts two states of a row into one. Either may be nil.
func merge(old, new *Row) (row Row, differs bool) {
	if new == nil {
		row = *old
		row.Values = nil
	} else {
		row = *new
	}
	was, is := valueSet(old), valueSet(new)
	row.Values = slices.Clone(row.Values)
	for i := range row.Values {
		v := &row.Values[i]
		v.New = !v.Note && !was[v.key()]
		differs = differs || v.New
	}
	if old == nil {
		return row, differs
	}
	for _, v := range old.Values {
		if !v.Note && !is[v.key()] {
			v.Old = true
			row.Values = append(row.Values, v)
			differs = true
		}
	}
	return row, differs
}

func (v Value) key() string { return v.Text + "\n" + string(v.Link) }

func valueSet(r *Row) map[string]bool {
	out := map[string]bool{}
	if r != nil {
		for _, v := range r.Values {
			out[v.key()] = true
		}
	}
	return out
}

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
