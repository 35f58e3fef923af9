package smtpsend

import (
	"context"
	"slices"

	"github.com/convene-go/convene/mime"
)

// submission is one call of [Sender.Send]: the result of each recipient so far,
// and the recipients that the next attempt is for.
type submission struct {
	m        *mime.Message
	results  []*Error // one for each recipient, nil if accepted
	receipts []string // one for each recipient, "" if not accepted
	due      []int    // indexes of the recipients that the next attempt is for
	attempts int
}

// newSubmission returns a submission for all recipients of m.
func newSubmission(m *mime.Message) *submission {
	s := &submission{m: m, results: make([]*Error, len(m.To)), receipts: make([]string, len(m.To)), due: make([]int, len(m.To))}
	for i := range s.due {
		s.due[i] = i
	}
	return s
}

// message returns the message of the next attempt, addressed to the recipients
// that are due.
func (s *submission) message() *mime.Message {
	if len(s.due) == len(s.m.To) {
		return s.m
	}
	rest := *s.m
	rest.To = make([]string, len(s.due))
	for n, i := range s.due {
		rest.To[n] = s.m.To[i]
	}
	return &rest
}

// record notes the results and the receipts of an attempt.
func (s *submission) record(results []*Error, receipts []string) {
	for n, i := range s.due {
		s.results[i], s.receipts[i] = results[n], receipts[n]
	}
}

// receipt returns the receipts of the recipients who were accepted.
func (s *submission) receipt() (out mime.Receipt) {
	for i, r := range s.results {
		if r != nil {
			continue
		}
		switch id := s.receipts[i]; {
		case out.ID == "":
			out.ID = id
		case out.ID != id:
			if out.Of == nil {
				out.Of = make(map[string]string)
			}
			out.Of[s.m.To[i]] = id
		}
	}
	return out
}

// fail notes that an attempt was not made because of err. A result of an earlier
// attempt stays, because it says more.
func (s *submission) fail(err *Error) {
	for _, i := range s.due {
		if s.results[i] == nil {
			s.results[i] = err
		}
	}
}

// interrupt notes the end of ctx, if it has ended, as the cause of the results
// that another attempt might have changed.
func (s *submission) interrupt(ctx context.Context) {
	for _, i := range s.due {
		if r := s.results[i]; ctx.Err() != nil && r != nil && r.Err == nil && r.mayPass() {
			r.Err = ctx.Err()
		}
	}
}

// selectOverflow makes those recipients due that were too many for the last
// transaction. It reports whether another transaction is of use: it is if the last
// one had such recipients, and accepted at least one other.
func (s *submission) selectOverflow() bool {
	var rest []int
	progress := false
	for _, i := range s.due {
		switch r := s.results[i]; {
		case r == nil:
			progress = true
		case r.isOverflow():
			rest = append(rest, i)
		}
	}
	if !progress || len(rest) == 0 {
		return false
	}
	s.due = rest
	return true
}

// selectRetry makes those recipients due for which another attempt may succeed,
// and reports whether there are any. If allOrNothing is set, there are none as
// soon as one recipient of the last attempt cannot be tried again.
func (s *submission) selectRetry(allOrNothing bool) bool {
	mayNot := func(i int) bool { return s.results[i] == nil || !s.results[i].mayPass() }
	if allOrNothing && slices.ContainsFunc(s.due, mayNot) {
		return false
	}
	s.due = nil
	for i := range s.results {
		if !mayNot(i) {
			s.due = append(s.due, i)
		}
	}
	return len(s.due) > 0
}
