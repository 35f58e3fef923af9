package smtpsend

import (
	"context"
	"slices"

	"github.com/convene-go/convene/mime"
)

// job is one message on its way: the result of each recipient so far, and whom
// the next attempt is for.
type job struct {
	m        *mime.Message
	results  []*Error // nil for accepted
	due      []int    // places of recipients that are not settled
	attempts int
}

// newJob returns a job for all recipients of m.
func newJob(m *mime.Message) *job {
	j := &job{m: m, results: make([]*Error, len(m.To)), due: make([]int, len(m.To))}
	for i := range j.due {
		j.due[i] = i
	}
	return j
}

// message returns what the next attempt sends: the message, to those who are due.
func (j *job) message() *mime.Message {
	if len(j.due) == len(j.m.To) {
		return j.m
	}
	rest := *j.m
	rest.To = make([]string, len(j.due))
	for n, i := range j.due {
		rest.To[n] = j.m.To[i]
	}
	return &rest
}

// take takes in the results of an attempt.
func (j *job) take(results []*Error) {
	for n, i := range j.due {
		j.results[i] = results[n]
	}
}

// fail takes in why an attempt was not made. What a server said earlier counts
// more.
func (j *job) fail(err *Error) {
	for _, i := range j.due {
		if j.results[i] == nil {
			j.results[i] = err
		}
	}
}

// interrupt makes the end of a context reachable from results that would have
// been tried again.
func (j *job) interrupt(ctx context.Context) {
	for _, i := range j.due {
		if r := j.results[i]; ctx.Err() != nil && r != nil && r.Err == nil && r.mayPass() {
			r.Err = ctx.Err()
		}
	}
}

// overflow makes those due who were too many for the last transaction. It
// reports whether the next is of use: someone was accepted in the last.
func (j *job) overflow() bool {
	var rest []int
	progress := false
	for _, i := range j.due {
		switch r := j.results[i]; {
		case r == nil:
			progress = true
		case r.isOverflow():
			rest = append(rest, i)
		}
	}
	if !progress || len(rest) == 0 {
		return false
	}
	j.due = rest
	return true
}

// retry makes those due whom another attempt may serve, and reports whether
// there are any. If all or nothing is asked for, one refusal settles all.
func (j *job) retry(allOrNothing bool) bool {
	mayNot := func(i int) bool { return j.results[i] == nil || !j.results[i].mayPass() }
	if allOrNothing && slices.ContainsFunc(j.due, mayNot) {
		return false
	}
	j.due = nil
	for i := range j.results {
		if !mayNot(i) {
			j.due = append(j.due, i)
		}
	}
	return len(j.due) > 0
}
