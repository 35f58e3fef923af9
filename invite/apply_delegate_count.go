package invite

import (
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/roster"
)

// delegates has the delegates of a meeting, with the delegates that the mail has added
// so far. The meeting is counted once for each mail, because counting takes time in
// proportion to the size of the meeting.
type delegates struct {
	from      map[string]string  // the key of the first delegator, by the key of the delegate
	roots     map[string]string  // the results of root
	families  map[string]*family // by the key of their root
	addresses map[string]bool    // the keys of all delegates
	removed   map[string]bool    // the keys of delegates whom an Update has removed
}

// family has the delegates of one attendee, and the delegates of these delegates.
type family struct {
	addresses map[string]bool // the keys of the delegates, also of removed ones
	places    int             // the invited delegates; a delegate for two dates counts twice
	open      map[string]int  // the places of delegates who have not answered, by key
}

// waits reports whether a delegate other than these two has not answered.
func (f *family) waits(delegate, delegator string) bool {
	for key, n := range f.open {
		if n > 0 && key != delegate && key != delegator {
			return true
		}
	}
	return false
}

// openPlaces returns the number of places of delegates who have not answered.
func (f *family) openPlaces() (n int) {
	for _, places := range f.open {
		n += places
	}
	return n
}

// delegation is a delegate in the meeting or in one occurrence, by keys.
type delegation struct {
	to, from string
	id       time.Time // the original start of the occurrence, or zero
}

// countDelegates counts the delegates of the meeting and of its occurrences. If an
// answer names a delegate who is not invited, an Update has removed the delegate.
func (m *Meeting) countDelegates() *delegates {
	d := &delegates{
		from: make(map[string]string), roots: make(map[string]string), families: make(map[string]*family),
		addresses: make(map[string]bool), removed: make(map[string]bool),
	}
	present, named := m.delegations()
	for _, x := range present {
		d.link(x.to, x.from)
	}
	for _, x := range named {
		d.removed[x.to] = true
		d.link(x.to, x.from)
	}
	d.findInvited(&m.Event, present)
	counting := m.counting()
	for _, x := range present {
		said := counting.Answer(x.from, x.id)
		counts := said != nil && said.Status == ical.StatusDelegated && address.Key(said.DelegatedTo) == x.to
		d.count(x.to, x.from, counts && counting.Status(x.to, x.id) == ical.StatusNeedsAction)
	}
	for _, x := range named {
		if d.removed[x.to] {
			d.addresses[x.to], d.family(x.from).addresses[x.to] = true, true
		}
	}
	if m.HideGuests {
		d.countHidden(present, named, counting)
	}
	return d
}

// countHidden counts the delegations to people who were invited already, as if these
// were new delegates who have not answered. Otherwise an attendee could find out which
// hidden guests are invited: they name an address, and their next mail shows whether the
// delegation was taken.
func (d *delegates) countHidden(present, named []delegation, counting *roster.Answers) {
	type pair struct{ to, from string }
	type place struct {
		pair
		id int64
	}
	own, seen := make(map[pair]bool), make(map[place]bool)
	for _, x := range present {
		own[pair{x.to, x.from}] = true
	}
	for _, x := range named {
		p := place{pair{x.to, x.from}, x.id.Unix()}
		if d.removed[x.to] || own[p.pair] || seen[p] {
			continue
		}
		seen[p] = true
		said := counting.Answer(x.from, x.id)
		d.count(x.to, x.from, said != nil && said.Status == ical.StatusDelegated && address.Key(said.DelegatedTo) == x.to)
	}
}

// delegations returns the delegates who are invited, and the delegates whom the
// answers of attendees name.
func (m *Meeting) delegations() (present, named []delegation) {
	add := func(a *ical.Attendee, id time.Time) {
		if a.DelegatedFrom != "" {
			present = append(present, delegation{address.Key(a.Email), address.Key(a.DelegatedFrom), id})
		}
	}
	for i := range m.Event.Attendees {
		add(&m.Event.Attendees[i], time.Time{})
	}
	for i := range m.Joined {
		add(&m.Joined[i].Attendee, m.Joined[i].RecurrenceID)
	}
	for i := range m.Answers {
		if a := &m.Answers[i]; a.Status == ical.StatusDelegated && a.DelegatedTo != "" {
			named = append(named, delegation{address.Key(a.DelegatedTo), address.Key(a.Email), a.RecurrenceID})
		}
	}
	return present, named
}

// findInvited notes that the attendees who are invited were not removed. An attendee
// without DelegatedFrom is invited by the organizer, and counts as nobody's delegate.
func (d *delegates) findInvited(e *ical.Event, present []delegation) {
	for _, x := range present {
		delete(d.removed, x.to)
	}
	if len(d.from) == 0 {
		return
	}
	for a := range invited(e) {
		key := address.Key(a.Email)
		delete(d.removed, key)
		if a.DelegatedFrom == "" {
			delete(d.from, key)
		}
	}
}

// link notes the delegator of a delegate. The first delegator counts. If to has a family
// already, it stays a family of its own.
func (d *delegates) link(to, from string) {
	if _, known := d.from[to]; !known && d.families[to] == nil {
		d.from[to] = from
	}
}

// count adds a delegate to the family of the delegator.
func (d *delegates) count(to, from string, open bool) {
	f := d.family(from)
	d.addresses[to], f.addresses[to] = true, true
	f.places++
	if open {
		f.open[to]++
	}
}

// family returns the family of an attendee.
func (d *delegates) family(key string) *family {
	root := d.root(key)
	f := d.families[root]
	if f == nil {
		f = &family{addresses: make(map[string]bool), open: make(map[string]int)}
		d.families[root] = f
	}
	return f
}

// root returns the key of the first delegator in the chain of delegations to somebody.
// If the delegations go in a circle, it is the least key in the circle.
func (d *delegates) root(key string) string {
	seen := make(map[string]bool)
	for d.roots[key] == "" && d.from[key] != "" && !seen[key] {
		seen[key] = true
		key = d.from[key]
	}
	root := key
	switch {
	case d.roots[key] != "":
		root = d.roots[key]
	case d.from[key] != "":
		for next := d.from[key]; next != key; next = d.from[next] {
			root = min(root, next)
		}
	}
	for k := range seen {
		d.roots[k] = root
	}
	return root
}

// dropInvited deletes the keys of the attendees who are not delegates. The keys that
// stay belong to delegates, and to people whom an Update has removed. They are few,
// because new delegates are limited.
func (m *Meeting) dropInvited(keys map[string]int) {
	if len(keys) == 0 {
		return
	}
	for a := range invited(&m.Event) {
		if a.DelegatedFrom == "" {
			delete(keys, address.Key(a.Email))
		}
	}
}
