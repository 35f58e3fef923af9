package ews_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/organizer"
	"github.com/convene-go/convene/invite/organizer/ews"
)

// TestPutTwice checks that a repeated Put of a new entry makes no second item, not even for
// a moment.
func TestPutTwice(t *testing.T) {
	f := newFake(t)
	c := f.open(t, nil)
	o, err := organizer.Encode(&invite.Meeting{Event: single()})
	if err != nil {
		t.Fatal(err)
	}
	f.lose = 1
	if _, err := c.Put(t.Context(), o); describe(err) != "temporary" {
		t.Errorf("with a lost reply: %v", err)
	}
	if _, err := c.Put(t.Context(), o); describe(err) != "changed" {
		t.Errorf("again: %v", err)
	}
	f.wants(t, "in the end", single())
	if n := f.count("CreateItem"); n != 1 {
		t.Errorf("%d items were made, want one", n)
	}
}

// TestSeriesRequests checks that a new priority of a series takes no requests for its
// occurrences, only two for the mark of an unfinished change, also if the MIME has no attendees.
func TestSeriesRequests(t *testing.T) {
	for _, mime := range []bool{true, false} {
		f := newFake(t)
		c := f.open(t, nil)
		e := weekly()
		o, err := c.Put(t.Context(), encodeMeeting(t, e))
		if err != nil {
			t.Fatal(err)
		}
		f.with(func() { f.mimeAttendees = mime })
		e.Priority = 1
		next := encodeMeeting(t, e)
		next.Href, next.Tag = o.Href, o.Tag
		before := f.count("")
		if _, err = c.Put(t.Context(), next); err != nil {
			t.Fatal(err)
		}
		if n := f.count("") - before; n != 5 {
			t.Errorf("attendees in the MIME: %v: the change took %d requests, want 5", mime, n)
		}
		if raw := f.last("UpdateItem", 1); strings.Contains(raw, "Attendee") || strings.Contains(raw, "Recurrence") {
			t.Errorf("attendees in the MIME: %v: the change is\n%s", mime, raw)
		}
	}
}

// TestWrongOccurrence checks that an occurrence is not changed if the server has another
// original start for its number.
func TestWrongOccurrence(t *testing.T) {
	f := newFake(t)
	c := f.open(t, nil)
	e := weekly()
	e.Overrides = nil
	o, err := c.Put(t.Context(), encodeMeeting(t, e))
	if err != nil {
		t.Fatal(err)
	}
	e = weekly()
	next := encodeMeeting(t, e)
	next.Href, next.Tag = o.Href, o.Tag
	f.with(func() {
		f.fail = func(op string, n int) *failure {
			if f.requests[n-1].kid("m:ItemIds", "t:OccurrenceItemId").attrs == nil {
				return nil
			}
			return &failure{status: 200, body: `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>` + messages(op, success(op,
				`<m:Items><t:CalendarItem><t:ItemId Id="AAMk0001=/2" ChangeKey="x"/><t:OriginalStart>2027-03-09T08:00:00Z</t:OriginalStart></t:CalendarItem></m:Items>`)) + `</s:Body></s:Envelope>`}
		}
	})
	if _, err = c.Put(t.Context(), next); err == nil || !strings.Contains(err.Error(), "occurrence 2 is that of") {
		t.Errorf("error %v", err)
	}
	if e := f.items[0].event; len(e.Overrides)+len(e.Recurrence.Except) != 0 || f.count("UpdateItem") != 1 {
		t.Errorf("%d updates were made, the occurrences are\n%s", f.count("UpdateItem"), seen(e))
	}
}

// encodeMeeting returns the entry of a meeting.
func encodeMeeting(t *testing.T, e ical.Event) organizer.Object {
	t.Helper()
	o, err := organizer.Encode(&invite.Meeting{Event: e})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// TestWaiting checks that a call that waits for the only connection ends with its context.
func TestWaiting(t *testing.T) {
	block, entered := make(chan struct{}), make(chan struct{}, 1)
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		entered <- struct{}{}
		<-block
	}))
	defer srv.Close()
	c, err := ews.Open(srv.URL, &ews.Options{Username: "ann", Password: secret, Auth: ews.AuthNTLM,
		TLSConfig: srv.Client().Transport.(*http.Transport).TLSClientConfig})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = c.Get(t.Context(), nothing)
	}()
	<-entered
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	result := make(chan error, 1)
	go func() {
		_, err := c.Get(ctx, nothing)
		result <- err
	}()
	select {
	case err := <-result:
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("the call waits for the connection longer than its context")
	}
	close(block)
	<-done
}
