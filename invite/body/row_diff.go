package body

import (
	"slices"
)

// compare returns the rows of an update. The values that only the rows of now have
// are marked as new. The values that only the rows of before have are added and
// marked as old. changed are the labels of the rows that differ.
func compare(before, now []Row) (rows []Row, changed []string) {
	for _, id := range rowOrder {
		old, new := rowByID(before, id), rowByID(now, id)
		if id == "proposed" || old == nil && new == nil {
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

// rowByID returns the row with an ID; nil if it does not exist.
func rowByID(rows []Row, id string) *Row {
	if i := slices.IndexFunc(rows, func(r Row) bool { return r.ID == id }); i >= 0 {
		return &rows[i]
	}
	return nil
}

// merge puts two states of a row into one. Either may be nil, but not both.
func merge(old, new *Row) (row Row, differs bool) {
	if new == nil {
		row = *old
		row.Values = nil
	} else {
		row = *new
	}
	row.Values = slices.Clone(row.Values)
	if old != nil && new != nil && slices.Equal(old.Values, new.Values) {
		return row, false // as a long list of dates mostly is
	}
	was, is := valueSet(old), valueSet(new)
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
			v.Old, v.Struck, v.Remark = true, true, ""
			row.Values = append(row.Values, v)
			differs = true
		}
	}
	return row, differs
}

// valueSet holds the keys of all values of a row.
func valueSet(r *Row) map[string]bool {
	out := map[string]bool{}
	if r != nil {
		for _, v := range r.Values {
			out[v.key()] = true
		}
	}
	return out
}
