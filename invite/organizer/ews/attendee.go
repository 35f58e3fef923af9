package ews

import (
	"slices"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// group is one of the three lists of attendees of an item.
type group struct {
	name   string // of the element
	people []ical.Attendee
}

// groupAttendees returns the attendees in their lists. The organizer is not in any list,
// because Exchange adds the organizer itself.
func groupAttendees(e ical.Event) []group {
	g := []group{{name: "RequiredAttendees"}, {name: "OptionalAttendees"}, {name: "Resources"}}
	for _, a := range e.Attendees {
		switch {
		case address.Same(a.Email, e.Organizer.Email):
		case a.Kind == ical.KindRoom || a.Kind == ical.KindResource:
			g[2].people = append(g[2].people, a)
		case a.Role == ical.RoleOptional || a.Role == ical.RoleInformational:
			g[1].people = append(g[1].people, a)
		default:
			g[0].people = append(g[0].people, a)
		}
	}
	return g
}

// list returns the list as an element.
func (g group) list() node {
	n := elem("t:" + g.name)
	for _, a := range g.people {
		mailbox := elem("t:Mailbox")
		if a.Name != "" {
			mailbox.nodes = append(mailbox.nodes, leaf("t:Name", a.Name))
		}
		email, err := address.ASCII(a.Email)
		if err != nil {
			email = a.Email // meeting has checked it
		}
		mailbox.nodes = append(mailbox.nodes, leaf("t:EmailAddress", email), leaf("t:RoutingType", "SMTP"))
		n.nodes = append(n.nodes, elem("t:Attendee", mailbox))
	}
	return n
}

// keys returns the addresses of the list for comparisons, sorted.
func (g group) keys() []string {
	var keys []string
	for _, a := range g.people {
		keys = append(keys, address.Key(a.Email))
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// without returns the list without the people of another one.
func (g group) without(other group) group {
	keys := other.keys()
	g.people = slices.DeleteFunc(slices.Clone(g.people), func(a ical.Attendee) bool {
		_, found := slices.BinarySearch(keys, address.Key(a.Email))
		return found
	})
	return g
}

// updateAttendees returns the changes of the lists. If people only join a list, they are
// appended, so that Exchange keeps the answers of the others.
func updateAttendees(was, want ical.Event) []node {
	var updates []node
	for i, g := range groupAttendees(want) {
		old := groupAttendees(was)[i]
		joined, left := g.without(old), old.without(g)
		path := field("calendar:" + g.name)
		switch {
		case len(left.people) == 0 && len(joined.people) == 0:
		case len(left.people) == 0:
			updates = append(updates, elem("t:AppendToItemField", path, elem("t:CalendarItem", joined.list())))
		case len(g.people) == 0:
			updates = append(updates, elem("t:DeleteItemField", path))
		default:
			updates = append(updates, elem("t:SetItemField", path, elem("t:CalendarItem", g.list())))
		}
	}
	return updates
}
