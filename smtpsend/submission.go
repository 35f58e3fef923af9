package smtpsend

import (
	"context"
	"slices"

	"github.com/convene-go/convene/mime"
)

// submission is one message on its way: the result of each recipient so far, and whom
// the next attempt is for.
type submission struct {
	m        *mime.Message
	results  []*Error // nil for accepted
	due      []int    // places of recipients that are not settled
	attempts int
}

// newSubmission returns a submission for all recipients of m.
func newSubmission(m *mime.Message) *submission {
	s := &submission{m: m, results: make([]*Error, len(m.To)), due: make([]int, len(m.To))}
	for i := range s.due {
		s.due[i] = i
	}
	return s
}

// message returns what the next attempt sends: the message, to those who are due.
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

// record takes in the results of an attempt.
func (s *submission) record(results []*Error) {
	for n, i := range s.due {
		s.results[i] = results[n]
	}
}

// fail takes in why an attempt was not made. What a server said earlier counts
// more.
func (s *submission) fail(err *Error) {
	for _, i := range s.due {
		if s.results[i] == nil {
			s.results[i] = err
		}
	}
}

// interrupt makes the end of a context reachable from results that would have
// been tried again.
func (s *submission) interrupt(ctx context.Context) {
	for _, i := range s.due {
		if r := s.results[i]; ctx.Err() != nil && r != nil && r.Err == nil && r.mayPass() {
			r.Err = ctx.Err()
		}
	}
}

// selectOverflow makes those due who were too many for the last transaction. It
// reports whether the next is of use: someone was accepted in the last.
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

// selectRetry makes those due whom another attempt may serve, and reports whether
// there are any. If all or nothing is asked for, one refusal settles all.
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
