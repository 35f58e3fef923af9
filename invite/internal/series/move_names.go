package series

import "time"

// Names are original starts before and after a change, for data about single
// occurrences, such as answers. See [Move.Names].
type Names struct {
	starts map[int64]time.Time
	reused map[int64]bool // original starts that another occurrence has now
	key    func(time.Time) int64
}

// Names returns the new names of occurrences with these original starts. It returns
// nil if every occurrence keeps its name.
func (v *Move) Names(ids []time.Time) *Names {
	if !v.Renames() {
		return nil
	}
	n := &Names{starts: v.Starts(ids), key: v.key}
	var gone []time.Time
	for _, id := range ids {
		if to, had := n.starts[v.key(id)]; had && to.IsZero() {
			gone = append(gone, startIn(&v.before, id))
		}
	}
	n.reused = StartsInRule(&v.after, gone)
	return n
}

// Follow gives id the name that the occurrence has after the change. An occurrence
// that does not exist any more keeps its name. It reports false if another occurrence
// has that name now.
func (n *Names) Follow(id *time.Time) bool {
	if n == nil || id.IsZero() {
		return true
	}
	key := n.key(*id)
	to, had := n.starts[key]
	if had && !to.IsZero() {
		*id = to
		return true
	}
	return !had || !n.reused[key]
}
