package inbox

import (
	"container/heap"
	"errors"
	"io/fs"
	"time"
)

// outage is the number of mails in a row whose failure shows that the fault is not
// theirs, such as a database that is away.
const outage = 3

// longest is the longest pause between two tries of one mail, and longestOutage the
// longest in which no mail is tried.
const (
	longest       = time.Hour
	longestOutage = time.Minute
)

// pause returns the pause after a number of failures.
func (m *maildir) pause(failures int) time.Duration {
	d := m.o.Retry
	for i := 1; i < failures && d < longest; i++ {
		d *= 2
	}
	return min(d, max(longest, m.o.Retry))
}

// failed deals with a mail that receive could not take in.
func (m *maildir) failed(e *entry, err error) {
	if len(m.failing) < outage {
		m.failing[e.base] = true
	}
	if len(m.failing) < outage {
		m.retry(e, err)
		return
	}
	m.stalled++
	pause := min(m.pause(m.stalled), max(longestOutage, m.o.Retry))
	m.resume = time.Now().Add(pause)
	m.o.Logger.Error("inbox: no mail can be taken in", "file", m.path(e), "error", err, "again", pause)
	m.later(e, pause)
}

// works notes that receive works.
func (m *maildir) works() {
	clear(m.failing)
	if m.stalled > 0 {
		m.stalled, m.resume = 0, time.Time{}
		m.o.Logger.Info("inbox: mails are taken in again", "dir", m.dir)
	}
}

// retry counts a failure. The mail is tried again later, or is set aside.
func (m *maildir) retry(e *entry, err error) {
	e.tries++
	if e.tries >= m.o.Tries {
		m.setAside(e, err)
		return
	}
	pause := m.pause(e.tries)
	m.o.Logger.Warn("inbox: a mail cannot be taken in", "file", m.path(e), "error", err, "tries", e.tries, "again", pause)
	m.later(e, pause)
}

// later schedules another try.
func (m *maildir) later(e *entry, pause time.Duration) {
	e.due = time.Now().Add(pause)
	heap.Push(&m.waiting, e)
}

// finish marks a mail that was taken in. If that fails, it is repeated later, and the
// mail is not given again.
func (m *maildir) finish(e *entry) {
	err := m.rename(e, "S")
	if err == nil || errors.Is(err, fs.ErrNotExist) { // another program has moved or removed it
		delete(m.known, e.base)
		return
	}
	e.tries++
	pause := m.pause(e.tries)
	m.o.Logger.Error("inbox: a mail was taken in, and cannot be marked", "file", m.path(e), "error", err, "again", pause)
	m.later(e, pause)
}

// setAside leaves a mail to a person.
func (m *maildir) setAside(e *entry, cause error) {
	err := m.rename(e, "F")
	if errors.Is(err, fs.ErrNotExist) {
		delete(m.known, e.base)
		return
	}
	if err != nil {
		m.o.Logger.Error("inbox: a mail cannot be set aside", "file", m.path(e), "error", err, "cause", cause, "again", longest)
		m.later(e, longest)
		return
	}
	m.o.Logger.Error("inbox: a mail is set aside for a person", "file", m.path(e), "error", cause, "tries", e.tries)
	delete(m.known, e.base)
}

// schedule is a heap of mails that wait for another try, the first due on top.
type schedule []*entry

// due removes and returns a mail whose time has come, or returns nil.
func (s *schedule) due(now time.Time) *entry {
	if len(*s) == 0 || (*s)[0].due.After(now) {
		return nil
	}
	return heap.Pop(s).(*entry)
}

// next returns the time at which a mail is due, if it is before t, and t otherwise.
func (s schedule) next(t time.Time) time.Time {
	if len(s) > 0 && s[0].due.Before(t) {
		return s[0].due
	}
	return t
}

// Len, Less, Swap, Push and Pop implement [heap.Interface].
func (s schedule) Len() int           { return len(s) }
func (s schedule) Less(i, j int) bool { return s[i].due.Before(s[j].due) }
func (s schedule) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }
func (s *schedule) Push(e any)        { *s = append(*s, e.(*entry)) }
func (s *schedule) Pop() any {
	last := len(*s) - 1
	e := (*s)[last]
	(*s)[last] = nil
	*s = (*s)[:last]
	return e
}
