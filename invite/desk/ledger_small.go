package desk

import (
	"context"

	"github.com/convene-go/convene/invite"
)

// changes are the changes of a record, by their kind.
type changes struct {
	all                   []invite.Delivery
	claims, back, results []invite.Delivery
}

func newChanges(list []invite.Delivery) *changes {
	c := &changes{all: list}
	for _, d := range list {
		switch d.State {
		case invite.DeliverySending:
			c.claims = append(c.claims, d)
		case invite.DeliveryPending:
			c.back = append(c.back, d)
		default:
			c.results = append(c.results, d)
		}
	}
	return c
}

// isSmall reports whether one statement can store the changes. Most records are small:
// they have the results of a few mails, and the claims that take their places.
func (c *changes) isSmall() bool {
	return len(c.back) == 0 && len(c.all) <= rowsAtOnce && !isShared(c.claims)
}

// recordSmall stores small changes with one statement. Without OnEvent it is the whole
// transaction, so that the database is asked once and not four times: this time passes
// while a connection to the mail server waits for its next mail. It returns the results
// that count, and the claims that are lost.
func (l *ledger) recordSmall(ctx context.Context, q querier, key string, number int64, c *changes) (ended []invite.Delivery, lost []int, err error) {
	got, err := setMails(ctx, q, key, c.all, l.now(), func(s *statement) {
		s.add(` AND (`)
		if len(c.results) > 0 {
			l.mayEnd(numbersOf(s.add(`n IN (`), c.results).add(`) AND `))
		}
		if len(c.results) > 0 && len(c.claims) > 0 {
			s.add(` OR `)
		}
		if len(c.claims) > 0 {
			l.mayTake(numbersOf(s.add(`n IN (`), c.claims).add(`) AND `), number)
		}
		s.add(`)`)
	}, func(s *statement) { s.add(`, call = ?, record = ?`, l.call, number) })
	if err != nil {
		return nil, nil, err
	}
	if len(got) < len(c.all) {
		if err := known(ctx, q, key, c.all); err != nil {
			return nil, nil, err
		}
	}
	return among(c.results, got), missing(c.claims, got), nil
}

// mayEnd writes the condition for a row whose mail has a result. The row is one of this
// call. A result counts also if the mail has become unknown meanwhile, or was taken back
// for another try that has not begun.
func (l *ledger) mayEnd(s *statement) {
	s.add(`call = ? AND state IN ('sending', 'unknown', 'pending')`, l.call)
}

// mayTake writes the condition for a row whose mail is claimed. A mail that the same
// record has claimed already is claimed, because the record may be a repetition.
func (l *ledger) mayTake(s *statement, number int64) {
	s.add(`(state = 'pending' OR state = 'sending' AND call = ? AND record = ?)`, l.call, number)
}

// missing returns the numbers of the deliveries that are not in a set.
func missing(list []invite.Delivery, set map[int]bool) (out []int) {
	for _, d := range list {
		if !set[d.N] {
			out = append(out, d.N)
		}
	}
	return out
}
