package invitetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/convene-go/convene/invite"
)

// storedMeeting is one meeting of a [ledgerStore].
type storedMeeting struct {
	version int
	meeting *invite.Meeting // without its deliveries
	rows    []ledgerRow     // in the order of their numbers
}

// isPartOf reports whether m may have been made from the stored meeting: m has all
// answers, joined attendees and proposals of it, and no earlier version of the event.
func (x *storedMeeting) isPartOf(m *invite.Meeting) bool {
	was := x.meeting
	return was.Event.Sequence <= m.Event.Sequence &&
		hasPrefix(m.Answers, was.Answers) && hasPrefix(m.Joined, was.Joined) &&
		hasPrefix(ids(m.Proposals), ids(was.Proposals))
}

// allows reports whether m has each stored mail, and overtakes only pending mails.
func (x *storedMeeting) allows(m *invite.Meeting) bool {
	given := make(map[int]*invite.Delivery, len(m.Deliveries))
	for i := range m.Deliveries {
		given[m.Deliveries[i].N] = &m.Deliveries[i]
	}
	return !slices.ContainsFunc(x.rows, func(r ledgerRow) bool {
		d := given[r.N]
		return d == nil || d.MessageID != r.MessageID || r.isOvertakenBy(d) && r.State != invite.DeliveryPending
	})
}

// addMails adds the new mails of a call, and marks the mails that they overtake.
// Other rows stay, because the ledger may know more of them than the meeting does.
func (x *storedMeeting) addMails(list []invite.Delivery) {
	for _, d := range list {
		switch r := x.row(d.N); {
		case r == nil:
			x.rows = append(x.rows, ledgerRow{Delivery: d})
		case r.isOvertakenBy(&d):
			r.Delivery = d
		}
	}
	x.sort()
}

// taken returns the Message-IDs of the mails in changed that cannot be claimed. It
// is an error if a change names no mail of the meeting.
func (x *storedMeeting) taken(changed []invite.Delivery) (map[string]bool, error) {
	out := make(map[string]bool)
	for _, d := range changed {
		r := x.row(d.N)
		if r == nil || r.MessageID != d.MessageID {
			return nil, fmt.Errorf("invitetest: the meeting %.80s has no mail %d with the Message-ID %.80s",
				x.meeting.Event.UID, d.N, d.MessageID)
		}
		if d.State == invite.DeliverySending && r.State != invite.DeliveryPending {
			out[d.MessageID] = true
		}
	}
	return out, nil
}

// changes returns the deliveries of after that differ from before. It returns false
// if the stored row of one of them is not as it was before. A nil meeting has no
// rows.
func (x *storedMeeting) changes(before, after []invite.Delivery) ([]invite.Delivery, bool) {
	was := make(map[int]invite.Delivery, len(before))
	for _, d := range before {
		was[d.N] = d
	}
	var changed []invite.Delivery
	for _, d := range after {
		if old, ok := was[d.N]; ok && old == d {
			continue
		}
		if x != nil {
			if r := x.row(d.N); r != nil && r.Delivery != was[d.N] {
				return nil, false
			}
		}
		changed = append(changed, d)
	}
	return changed, true
}

// set stores deliveries, new ones included.
func (x *storedMeeting) set(list []invite.Delivery) {
	for _, d := range list {
		if r := x.row(d.N); r != nil {
			r.Delivery = d
			continue
		}
		x.rows = append(x.rows, ledgerRow{Delivery: d})
	}
	x.sort()
}

func (x *storedMeeting) sort() {
	slices.SortFunc(x.rows, func(a, b ledgerRow) int { return a.N - b.N })
}

// row returns the row with a number, or nil.
func (x *storedMeeting) row(n int) *ledgerRow {
	if n >= 0 && n < len(x.rows) && x.rows[n].N == n {
		return &x.rows[n]
	}
	i := slices.IndexFunc(x.rows, func(r ledgerRow) bool { return r.N == n })
	if i < 0 {
		return nil
	}
	return &x.rows[i]
}

// withoutMails returns a copy of the meeting without its deliveries, as a database
// would return it.
func withoutMails(m *invite.Meeting) *invite.Meeting {
	bare := *m
	bare.Deliveries = nil
	data, err := json.Marshal(bare)
	if err == nil {
		bare = invite.Meeting{}
		err = json.Unmarshal(data, &bare)
	}
	if err != nil {
		panic(fmt.Sprintf("invitetest: a meeting does not survive JSON: %v", err))
	}
	bare.Deliveries = nil
	return &bare
}

// hasPrefix reports whether list begins with prefix. Values are equal if their JSON
// is.
func hasPrefix[T any](list, prefix []T) bool {
	return len(prefix) == 0 || len(prefix) <= len(list) && bytes.Equal(toJSON(list[:len(prefix)]), toJSON(prefix))
}

// ids returns the identifiers of proposals. It leaves out their other fields,
// because one may have been declined since.
func ids(list []invite.Proposal) []string {
	out := []string{}
	for i := range list {
		out = append(out, list[i].ID)
	}
	return out
}

func toJSON(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("invitetest: %v", err))
	}
	return data
}
