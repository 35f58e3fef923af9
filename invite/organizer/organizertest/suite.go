package organizertest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/convene-go/convene/invite/organizer"
)

// TestCalendar checks that the calendar of a place keeps the rules of
// [organizer.Calendar]. If a rule is broken, the test prints the rule and how to keep it.
// If the place lacks an ability that a rule needs, the rule is skipped, and the test says why.
//
// The entries of the suite lie in the coming year, and are deleted in the end. Their
// attendees have addresses at example.com.
//
// Run it with the race detector.
func TestCalendar(t *testing.T, p Place) {
	t.Helper()
	if err := p.validate(); err != nil {
		t.Fatal(err)
	}
	mails := &mailCount{moment: 300 * time.Millisecond}
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			err := r.run(t, p, mails)
			switch {
			case errors.Is(err, errNotApplicable):
				t.Skip(err)
			case err != nil:
				t.Errorf("%v\nThe rule: %s\nTo keep it: %s", err, r.text, r.advice)
			}
		})
	}
}

// errNotApplicable is the result of a rule that cannot be checked.
var errNotApplicable = errors.New("not checked")

// rule is a rule that a calendar must keep, with its check.
type rule struct {
	name   string
	text   string   // the rule
	advice string   // how an author keeps it
	needs  []string // the abilities without which it cannot be checked
	check  func(s *suite) error
}

// suite is the check of one rule.
type suite struct {
	Place
	t        *testing.T
	ctx      context.Context
	calendar organizer.Calendar
	made     []string      // the UIDs of the entries
	mails    int           // the number of mails that the server sent because of other rules
	moment   time.Duration // see mailCount
}

// mailCount counts the mails of a server that may be replaced by a new one.
type mailCount struct {
	moment     time.Duration // in which the suite waits for mails that must not come
	began      bool
	seen, sent int
}

// note takes in the number that the server says now. The mails before the first call do
// not count.
func (c *mailCount) note(n int) {
	if c.began && n > c.seen {
		c.sent += n - c.seen
	}
	c.began, c.seen = true, n
}

// run checks the rule. It notes the mails that the server sends meanwhile.
func (r rule) run(t *testing.T, p Place, mails *mailCount) error {
	if slices.Contains(p.Lacks, r.name) {
		return fmt.Errorf("%w: the place says that the server cannot keep the rule %s", errNotApplicable, r.name)
	}
	for _, ability := range r.needs {
		if p.lacks(ability) {
			return fmt.Errorf("%w: the place says that the server lacks %q", errNotApplicable, ability)
		}
	}
	s := &suite{Place: p, t: t, ctx: t.Context(), calendar: p.Open(t)}
	defer s.clean()
	if p.Mails != nil {
		mails.note(p.Mails()) // some may have come late
		defer func() { mails.note(p.Mails()) }()
	}
	s.mails, s.moment = mails.sent, mails.moment
	return r.check(s)
}

// clean deletes the entries of the suite.
func (s *suite) clean() {
	ctx := context.WithoutCancel(s.ctx)
	slices.Sort(s.made)
	for _, uid := range slices.Compact(s.made) {
		err := s.calendar.Delete(ctx, organizer.Object{UID: uid})
		if err != nil && !errors.Is(err, organizer.ErrGone) && !s.t.Failed() {
			s.t.Logf("the entry %q was not deleted in the end: %v", uid, err)
		}
	}
}
