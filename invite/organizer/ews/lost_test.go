package ews_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/organizer"
)

// breaks are the ways in which one request fails.
var breaks = map[string]failure{
	"the request is lost":         {drop: true},
	"the reply is lost":           {drop: true, after: true},
	"a gateway fails before":      {status: 502, body: "<html>Bad gateway</html>"},
	"a gateway fails after":       {status: 504, body: "", after: true},
	"the server is busy":          {fault: true, code: "ErrorServerBusy", backOff: 1},
	"the store fails, in a reply": {code: "ErrorMailboxStoreUnavailable"},
}

// TestLost breaks each request of each operation in each way, and repeats the operation
// as a program does. There is never a second entry, and never none in between.
func TestLost(t *testing.T) {
	moved := weekly()
	moved.Summary = "Review 2"
	moved.Attendees = append(moved.Attendees, ical.Attendee{Name: "Eve", Email: "eve@example.com"})
	moved.Overrides = []ical.Event{
		{RecurrenceID: moved.Start.AddDate(0, 0, 7), Start: moved.Start.AddDate(0, 0, 9), End: moved.Start.AddDate(0, 0, 9).Add(time.Hour)},
		{RecurrenceID: moved.Start.AddDate(0, 0, 14), Cancelled: true},
		{RecurrenceID: moved.Start.AddDate(0, 0, 21), Cancelled: true},
		{RecurrenceID: moved.Start.AddDate(0, 0, 28), Summary: "The last one"},
	}
	back := weekly()
	back.Overrides = nil
	retitled := single()
	retitled.Summary = "Review 2"
	cancelled := single()
	cancelled.Cancelled = true
	for _, tt := range []struct {
		name       string
		from, to   ical.Event
		made       bool // from is there at the beginning
		minRequest int
	}{
		{"create", ical.Event{}, single(), false, 5},
		{"create a series", ical.Event{}, weekly(), false, 5},
		{"change", single(), retitled, true, 3},
		{"change a series", weekly(), moved, true, 10},
		{"bring occurrences back", weekly(), back, true, 3},
		{"delete", single(), cancelled, true, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for kind, b := range breaks {
				requests := 1
				for n := 1; n <= requests; n++ {
					used := breakOne(t, fmt.Sprintf("%s at request %d", kind, n), tt.from, tt.to, tt.made, n, b)
					requests = max(requests, used)
				}
				if requests < tt.minRequest {
					t.Errorf("%s: the operation took %d requests, so not all were broken", kind, requests)
				}
			}
		})
	}
}

// breakOne does an operation whose n-th request fails, and repeats it until it succeeds.
// It returns the number of requests of the first operation without a failure.
func breakOne(t *testing.T, when string, from, to ical.Event, made bool, n int, b failure) int {
	t.Helper()
	f := newFake(t)
	defer f.srv.Close()
	c := f.open(t, nil)
	var last organizer.Object
	if made {
		last = follow(t, c, &invite.Meeting{Event: from}, last)
	}
	begin := len(f.requests)
	f.fail = func(_ string, k int) *failure {
		if n := len(f.items); n > 1 || n == 0 && made && !to.Cancelled {
			t.Errorf("%s: %d items before request %d", when, n, k-begin)
		}
		if k == begin+n {
			return &b
		}
		return nil
	}
	m := &invite.Meeting{Event: to}
	calls := 0
	for err := error(errors.New("not called yet")); err != nil; calls++ {
		if calls == 5 {
			t.Fatalf("%s: no success: %v", when, err)
		}
		var drift *organizer.Drift
		if last, drift, err = organizer.Sync(t.Context(), c, m, last); drift != nil {
			t.Errorf("%s: drift %+v", when, drift)
		}
	}
	if to.Cancelled {
		if len(f.items) != 0 || f.mails != 0 {
			t.Errorf("%s: %d items and %d mails, want none", when, len(f.items), f.mails)
		}
	} else {
		f.wants(t, when, to)
	}
	return len(f.requests) - begin
}

// TestTwoCreators checks that of two programs that make the same entry at the same time,
// the later takes its own back.
func TestTwoCreators(t *testing.T) {
	f := newFake(t)
	a, b := f.open(t, nil), f.open(t, nil)
	o, err := organizer.Encode(&invite.Meeting{Event: single()})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	f.fail = func(op string, _ int) *failure {
		if op == "CreateItem" {
			f.fail = nil
			// The other program creates between the search and the creation of this one.
			f.mu.Unlock()
			_, err := b.Put(t.Context(), o)
			f.mu.Lock()
			done <- err
		}
		return nil
	}
	_, err = a.Put(t.Context(), o)
	if !errors.Is(err, organizer.ErrChanged) {
		t.Errorf("the later program got %v, want ErrChanged", err)
	}
	if err := <-done; err != nil {
		t.Errorf("the earlier program got %v", err)
	}
	f.wants(t, "in the end", single())
	if n := f.count("CreateItem"); n != 2 {
		t.Errorf("%d items were made, want 2", n)
	}
}
