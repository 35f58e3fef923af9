package desktest

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/rsvp"
)

// formToken finds the token of the form on an answer page.
var formToken = regexp.MustCompile(`name="form" value="([a-z2-7]+)"`)

// TestLinkOnTwoMachines sends one form of an answer page to several machines at once, each
// with a desk and a clock of its own. There is one answer, and the program hears of it once.
func TestLinkOnTwoMachines(t *testing.T) {
	eachFollower(t, func(w *world, x *follower) {
		uid := w.send(lunch(2))
		w.deliver(uid)
		links := &rsvp.Links{Base: "https://example.com/answer", Keys: [][]byte{[]byte("a key of at least 16 octets")}}
		link := links.URL(w.meeting(uid), ical.Attendee{Email: address(0)}, ical.StatusAccepted)
		now := w.clock.Now()
		machines := make([]http.Handler, 4)
		for i := range machines {
			d := w.Desk
			if i > 0 {
				d = w.other(desk.Options{OnEvent: x.onEvent})
			}
			machines[i] = rsvp.NewHandler(d, links, &rsvp.Options{Now: func() time.Time { return now.Add(time.Duration(i) * time.Second) }})
		}
		page := httptest.NewRecorder()
		machines[0].ServeHTTP(page, httptest.NewRequest(http.MethodGet, link, nil))
		token := formToken.FindStringSubmatch(page.Body.String())
		if token == nil {
			w.Fatalf("the page has no form:\n%s", page.Body)
		}
		form := url.Values{"form": {token[1]}, "answer": {string(ical.StatusAccepted)}}
		codes := make([]int, 12)
		var all sync.WaitGroup
		for i := range codes {
			all.Go(func() {
				r := httptest.NewRequest(http.MethodPost, link, strings.NewReader(form.Encode()))
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				response := httptest.NewRecorder()
				machines[i%len(machines)].ServeHTTP(response, r)
				codes[i] = response.Code
			})
		}
		all.Wait()
		for _, code := range codes {
			check(w, "status", http.StatusSeeOther, code)
		}
		m := w.meeting(uid)
		check(w, "answers", 1, len(m.Answers))
		check(w, "answer", ical.StatusAccepted, m.Status(address(0)))
		check(w, "events", []string{"answered p0", "sent p0", "sent p1"}, w.told())
	})
}
