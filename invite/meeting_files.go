package invite

import (
	"fmt"
	"slices"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// attacher gives the new mails of a call their files: the files of the call, and the
// files of pending mails that they take the place of. Without the latter, a change that
// is made before an invitation is sent would lose its agenda.
type attacher struct {
	meeting *Meeting
	files   []AttachedFile // the files of the call
	number  int            // the number of these files in the meeting; 0 before it is needed
	waiting []int          // the indexes of pending deliveries with files
	lost    map[string][]int
}

func newAttacher(m *Meeting, o *settings, noFiles bool) *attacher {
	a := &attacher{meeting: m, files: o.attached}
	if noFiles {
		a.files = nil
	}
	for i := range m.Deliveries {
		if d := &m.Deliveries[i]; d.Attached != 0 && d.State == DeliveryPending {
			a.waiting = append(a.waiting, i)
		}
	}
	return a
}

// findOvertaken finds the numbers of the files that were to go to each attendee with
// mails that are overtaken now.
func (a *attacher) findOvertaken() {
	for _, i := range a.waiting {
		if d := &a.meeting.Deliveries[i]; d.State == DeliveryOvertaken {
			if a.lost == nil {
				a.lost = make(map[string][]int)
			}
			key := address.Key(d.To)
			a.lost[key] = append(a.lost[key], d.Attached)
		}
	}
}

// numberFor returns the number of a letter's files in the meeting, which it enters
// there. It is 0 if the letter has none.
func (a *attacher) numberFor(l letter) (int, error) {
	var older []int
	if l[0].Method == ical.MethodRequest && len(a.lost) > 0 {
		for i := range l {
			key := l[i].Key()
			older = append(older, a.lost[key]...)
			delete(a.lost, key) // the first request has them
		}
	}
	if len(older) == 0 {
		if a.number == 0 && len(a.files) > 0 {
			a.number = a.meeting.attach(a.files)
		}
		return a.number, nil
	}
	list := slices.Clone(a.files)
	slices.Sort(older)
	older = slices.Compact(older)
	for _, n := range slices.Backward(older) { // the newest first
		for _, f := range a.meeting.attached(n) {
			if !slices.ContainsFunc(list, f.sameName) {
				list = append(list, f)
			}
		}
	}
	if err := checkAttached(list); err != nil {
		return 0, fmt.Errorf("%w; some of them are the files of waiting mails that the new mail takes the place of, so send these first", err)
	}
	return a.meeting.attach(list), nil
}

// attached returns the files with a number.
func (m *Meeting) attached(n int) []AttachedFile {
	for i := range m.Attached {
		if m.Attached[i].N == n {
			return m.Attached[i].Files
		}
	}
	return nil
}

// attach enters files in the meeting, and returns their number. Equal files are entered
// once.
func (m *Meeting) attach(list []AttachedFile) int {
	n := 0
	for i := range m.Attached {
		if slices.Equal(m.Attached[i].Files, list) {
			return m.Attached[i].N
		}
		n = max(n, m.Attached[i].N)
	}
	for i := range m.Deliveries {
		n = max(n, m.Deliveries[i].Attached)
	}
	m.Attached = append(m.Attached, Attached{N: n + 1, Files: list})
	return n + 1
}

// mostAttached is the number of different lists of files that a meeting keeps.
const mostAttached = 100

// forgetFiles drops the oldest lists of files that no mail needs if there are too many.
func (m *Meeting) forgetFiles() {
	tooMany := len(m.Attached) - mostAttached
	if tooMany <= 0 {
		return
	}
	needed := make(map[int]bool)
	for i := range m.Deliveries {
		if d := &m.Deliveries[i]; d.State.open() || d.State == DeliveryUnknown {
			needed[d.Attached] = true
		}
	}
	m.Attached = slices.DeleteFunc(m.Attached, func(x Attached) bool {
		if tooMany > 0 && !needed[x.N] {
			tooMany--
			return true
		}
		return false
	})
}
