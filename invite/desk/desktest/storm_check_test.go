package desktest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
)

// lines counts the lines of a file that the children wrote.
func (s *storm) lines(name string) map[string]int {
	out := make(map[string]int)
	data, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		s.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		out[strings.TrimSpace(line)]++
	}
	return out
}

// events counts the events that the program stored, by kind and content.
func (s *storm) events() map[string]int {
	rows := must(s.db.Query(`SELECT kind, attendee FROM told`))(s)
	defer rows.Close()
	out := make(map[string]int)
	for rows.Next() {
		var kind, what string
		if err := rows.Scan(&kind, &what); err != nil {
			s.Fatal(err)
		}
		out[kind+" "+what]++
	}
	return out
}

// check compares the database with the mails that went out, with all that was
// acknowledged, and with the events that were told.
func (s *storm) check() {
	s.Helper()
	for line := range s.lines("errors") {
		s.Errorf("a child: %s", line)
	}
	told := s.events()
	for what, n := range told {
		if n > 1 && !strings.HasPrefix(what, string(desk.EventCalendarFailed)) { // the calendar is killed often
			s.Errorf("the event %q came %d times", what, n)
		}
	}
	meetings := make(map[string]*invite.Meeting)
	for m, err := range s.Meetings(s.Context(), desk.Filter{}) {
		meetings[must(m, err)(s).Event.UID] = m
	}
	s.checkMails(meetings, told)
	s.checkAcknowledged(meetings)
	s.checkAnswers(meetings, told)
	check(s, "bookings", s.count(`SELECT COUNT(*) FROM booking`), len(meetings))
	check(s, "kept events", 0, s.count(`SELECT COUNT(*) FROM convene_events`))
}

// checkMails checks that each mail went out once at most, that its state is true, and that
// each attendee has a row for each notice.
func (s *storm) checkMails(meetings map[string]*invite.Meeting, told map[string]int) {
	s.Helper()
	sent, refusals := s.lines("sent"), s.lines("refused")
	for id, n := range sent {
		if n > 1 {
			s.Errorf("the mail %s went out %d times", id, n)
		}
	}
	states := make(map[invite.DeliveryState]int)
	for _, m := range meetings {
		for _, d := range m.Deliveries {
			states[d.State]++
			id, ok := d.MessageID, false
			switch d.State {
			case delivered:
				ok = sent[id] == 1 && refusals[id] == 0 && told["sent "+id] == 1
			case overtaken:
				ok = sent[id] == 0 && refusals[id] == 0
			case unknown:
				ok = sent[id]+refusals[id] <= 1 && told["leftover "+id] == 1
			case invite.DeliveryRefused:
				ok = sent[id] == 0 && refusals[id] == 1 && told["failed "+id] == 1
			}
			if !ok {
				s.Errorf("%s: the mail %s is %s, went out %d times and was refused %d times", m.Event.UID, id, d.State, sent[id], refusals[id])
			}
			delete(sent, id)
			delete(refusals, id)
		}
		s.checkNotices(m)
	}
	for id := range sent {
		s.Errorf("no meeting knows the mail %s", id)
	}
	s.Logf("%d meetings, mails: %v", len(meetings), states)
	if states[delivered] == 0 {
		s.Error("the storm did nothing")
	}
}

// checkNotices checks that each attendee of a meeting has one mail of each notice, and that
// nothing has overtaken the last one. An attendee who never had a mail needs no
// cancellation.
func (s *storm) checkNotices(m *invite.Meeting) {
	s.Helper()
	type notice struct {
		to       string
		sequence int
	}
	mails, last, reached := make(map[notice]int), make(map[string]invite.Delivery), make(map[string]bool)
	for _, d := range m.Deliveries {
		mails[notice{d.To, d.Sequence}]++
		last[d.To] = d
		reached[d.To] = reached[d.To] || d.State == delivered || d.State == unknown
	}
	for _, a := range m.Event.Attendees {
		cancelled := m.Event.Cancelled
		for sequence := range m.Event.Sequence + 1 {
			n := mails[notice{a.Email, sequence}]
			delete(mails, notice{a.Email, sequence})
			if n != 1 && (n != 0 || !cancelled || sequence < m.Event.Sequence || reached[a.Email]) {
				s.Errorf("%s: %s has %d mails of version %d", m.Event.UID, a.Email, n, sequence)
			}
		}
		if last[a.Email].State == overtaken && (!cancelled || reached[a.Email]) {
			s.Errorf("%s: the last mail of %s is overtaken", m.Event.UID, a.Email)
		}
	}
	if len(mails) > 0 {
		s.Errorf("%s: mails of no notice: %v", m.Event.UID, mails)
	}
}

// checkAcknowledged checks that all changes stay that were acknowledged.
func (s *storm) checkAcknowledged(meetings map[string]*invite.Meeting) {
	s.Helper()
	booked, moved, cancelled := s.lines("booked"), s.lines("moved"), s.lines("cancelled")
	for uid, n := range booked {
		if meetings[uid] == nil || n != 1 {
			s.Errorf("%s was booked %d times, and is stored: %t", uid, n, meetings[uid] != nil)
		}
	}
	for line, n := range moved {
		var uid string
		var sequence int
		_ = must(fmt.Sscan(line, &uid, &sequence))(s)
		if m := meetings[uid]; m == nil || m.Event.Sequence < sequence || n != 1 {
			s.Errorf("the move %q was acknowledged %d times, and is not stored", line, n)
		}
	}
	for uid := range cancelled {
		if m := meetings[uid]; m == nil || !m.Event.Cancelled {
			s.Errorf("%s was cancelled, and is not", uid)
		}
	}
	s.Logf("acknowledged: %d bookings, %d moves, %d cancellations", len(booked), len(moved), len(cancelled))
}

// checkAnswers checks that each answer that was acknowledged was told and is stored, and
// that the mailbox is empty.
func (s *storm) checkAnswers(meetings map[string]*invite.Meeting, told map[string]int) {
	s.Helper()
	answers, phoned := s.lines("answers"), s.lines("phoned")
	for comment, n := range answers {
		if n != 1 || told["answered "+comment] != 1 {
			s.Errorf("the answer %q was taken in %d times, and told %d times", comment, n, told["answered "+comment])
		}
	}
	for line := range phoned {
		var uid, email string
		var seconds int64
		_ = must(fmt.Sscan(line, &uid, &email, &seconds))(s)
		stored := false
		for _, a := range meetings[uid].Answers {
			stored = stored || a.Email == email && a.Stamp.Unix() >= seconds
		}
		if !stored {
			s.Errorf("neither the answer %q nor a later one is stored", line)
		}
	}
	check(s, "mails that wait", 0, len(must(os.ReadDir(filepath.Join(s.dir, mailboxDir)))(s)))
	byMail := 0
	for what := range told {
		if strings.HasPrefix(what, "answered mail ") {
			byMail++
		}
	}
	check(s, "answers by mail that were told", s.count(`SELECT COUNT(*) FROM convene_received WHERE verdict = 'applied'`), byMail)
	s.Logf("acknowledged: %d answers, %d of them by telephone; told: %d by mail; verdicts of mails: %v", len(answers), len(phoned), byMail, s.lines("verdicts"))
}
