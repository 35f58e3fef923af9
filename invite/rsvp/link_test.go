package rsvp_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/rsvp"
)

// TestURL checks the form of links.
func TestURL(t *testing.T) {
	links := &rsvp.Links{Base: "https://example.com/answer/", Keys: [][]byte{key(1)}}
	a := ical.Attendee{Email: ann}
	got := links.URL(review(), a, ical.StatusAccepted)
	token, ok := strings.CutPrefix(got, "https://example.com/answer/")
	if !ok || len(token) != 69 || strings.Trim(token, "abcdefghijklmnopqrstuvwxyz234567") != "" {
		t.Errorf("URL = %q, want the Base and 69 characters of base 32", got)
	}
	check(t, "equal arguments", got, links.URL(review(), ical.Attendee{Email: "Ann@EXAMPLE.test"}, ical.StatusAccepted))
	different := map[string]string{got: "the first"}
	for name, link := range map[string]string{
		"Bob":                  links.URL(review(), ical.Attendee{Email: bob}, ical.StatusAccepted),
		"no":                   links.URL(review(), a, ical.StatusDeclined),
		"maybe":                links.URL(review(), a, ical.StatusTentative),
		"no answer":            links.URL(review(), a, ""),
		"another meeting":      links.URL(review(func(e *ical.Event) { e.UID = "5d1c1f3e-0000-4000-8000-000000000002" }), a, ical.StatusAccepted),
		"another end":          links.URL(review(func(e *ical.Event) { e.End = start.AddDate(0, 0, 2) }), a, ical.StatusAccepted),
		"another key":          (&rsvp.Links{Base: links.Base, Keys: [][]byte{key(2)}}).URL(review(), a, ical.StatusAccepted),
		"a UID in upper case":  links.URL(review(func(e *ical.Event) { e.UID = strings.ToUpper(uid) }), a, ical.StatusAccepted),
		"a UID that is a text": links.URL(review(func(e *ical.Event) { e.UID = "review@example.com" }), a, ical.StatusAccepted),
	} {
		if different[link] != "" || link == "" {
			t.Errorf("%s: URL = %q, as for %s", name, link, different[link])
		}
		different[link] = name
	}
	check(t, "needs-action", links.URL(review(), a, ""), links.URL(review(), a, ical.StatusNeedsAction))
}

func TestURLIsEmpty(t *testing.T) {
	good := rsvp.Links{Base: "https://example.com/answer", Keys: [][]byte{key(1)}}
	short := rsvp.Links{Base: good.Base, Keys: [][]byte{key(1), []byte("short")}}
	for name, got := range map[string]string{
		"no meeting":       good.URL(nil, ical.Attendee{Email: ann}, ical.StatusAccepted),
		"no UID":           good.URL(&invite.Meeting{}, ical.Attendee{Email: ann}, ical.StatusAccepted),
		"a long UID":       good.URL(review(func(e *ical.Event) { e.UID = strings.Repeat("u", 701) }), ical.Attendee{Email: ann}, ical.StatusAccepted),
		"no attendee":      good.URL(review(), ical.Attendee{}, ical.StatusAccepted),
		"delegated":        good.URL(review(), ical.Attendee{Email: ann}, ical.StatusDelegated),
		"no links":         (*rsvp.Links)(nil).URL(review(), ical.Attendee{Email: ann}, ical.StatusAccepted),
		"a short key":      short.URL(review(), ical.Attendee{Email: ann}, ical.StatusAccepted),
		"nothing but zero": (&rsvp.Links{}).URL(review(), ical.Attendee{Email: ann}, ical.StatusAccepted),
	} {
		check(t, name, "", got)
	}
	long := good.URL(review(func(e *ical.Event) { e.UID = strings.Repeat("u", 700) }), ical.Attendee{Email: ann}, ical.StatusAccepted)
	if long == "" || len(long) > 2048 {
		t.Errorf("the link of a long UID has %d octets", len(long))
	}
}

func TestValidate(t *testing.T) {
	keys := [][]byte{key(1)}
	for _, tt := range []struct {
		links *rsvp.Links
		want  string
	}{
		{&rsvp.Links{Base: "http://127.0.0.1:8080/answer", Keys: keys}, ""},
		{nil, "rsvp: Links: is missing"},
		{&rsvp.Links{Keys: keys}, "rsvp: Links.Base: is missing"},
		{&rsvp.Links{Base: "/answer", Keys: keys}, `rsvp: Links.Base: "/answer" is no absolute http or https URL`},
		{&rsvp.Links{Base: "javascript://x", Keys: keys}, `rsvp: Links.Base: "javascript://x" is no absolute http or https URL`},
		{&rsvp.Links{Base: "https://a:b@example.com", Keys: keys}, "rsvp: Links.Base: has a user name, a query or a fragment"},
		{&rsvp.Links{Base: "https://example.com/?q", Keys: keys}, "rsvp: Links.Base: has a user name, a query or a fragment"},
		{&rsvp.Links{Base: "https://example.com/a b", Keys: keys}, `rsvp: Links.Base: the path "/a b" must be percent-encoded, as "/a%20b"`},
		{&rsvp.Links{Base: "https://example.com/ä", Keys: keys}, `rsvp: Links.Base: the path "/ä" must be percent-encoded, as "/%C3%A4"`},
		{&rsvp.Links{Base: "https://example.com/a%2Fb/", Keys: keys}, ""},
		{&rsvp.Links{Base: "https://example.com/" + strings.Repeat("a", 1100), Keys: keys}, "rsvp: Links.Base: has 1120 octets, 1024 are the most"},
		{&rsvp.Links{Base: "https://example.com"}, "rsvp: Links.Keys: is missing"},
		{&rsvp.Links{Base: "https://example.com", Keys: [][]byte{key(1), make([]byte, 15)}}, "rsvp: Links.Keys[1]: has 15 octets, 16 are the least"},
		{&rsvp.Links{Base: "https://example.com", Keys: keys, Lifetime: -1}, "rsvp: Links.Lifetime: -1ns is negative"},
	} {
		check(t, "Validate", tt.want, message(tt.links.Validate()))
		check(t, "Handler.Validate", tt.want, message(rsvp.NewHandler(keep(), tt.links, nil).Validate()))
	}
	good := &rsvp.Links{Base: "https://example.com", Keys: keys}
	check(t, "no Store", "rsvp: Store: is missing", message(rsvp.NewHandler(nil, good, nil).Validate()))
	o := &rsvp.Options{}
	o.Brand.Colour = "green"
	check(t, "Brand", `rsvp: Options.Brand: body: brand: colour "green" is not of the form #rrggbb`, message(rsvp.NewHandler(keep(), good, o).Validate()))
	s := serve(t, []*invite.Meeting{review()})
	s.Handler = rsvp.NewHandler(s.store, good, o)
	check(t, "status of a handler that cannot work", http.StatusInternalServerError, s.send(http.MethodGet, s.link(ann, ""), nil).Code)
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestLinksHideKeys(t *testing.T) {
	links := rsvp.Links{Base: "https://example.com", Keys: [][]byte{[]byte("a secret of 16 octets")}}
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		for _, v := range []any{links, &links} {
			if got := fmt.Sprintf(format, v); got != "Links of https://example.com with 1 keys" {
				t.Errorf("%s = %s", format, got)
			}
		}
	}
}

// TestForgedLinks changes every character of a link, and more. The Store is never asked.
func TestForgedLinks(t *testing.T) {
	s := serve(t, []*invite.Meeting{review()})
	link := s.link(ann, ical.StatusAccepted)
	base := len("https://example.com/answer/")
	forged := []string{
		link[:base], link[:base+1], link + "a", link + "/", link + "=", link[:len(link)-1], strings.ToUpper(link[:base]) + strings.ToUpper(link[base:]),
		link[:base] + "%" + fmt.Sprintf("%X", link[base]) + link[base+1:], link[:base] + link[base:] + link[base:],
		link[:base] + "x/" + link[base:], link[:base] + strings.Repeat("a", 69), link[:base] + strings.Repeat("a", 5000),
	}
	for i := base; i < len(link); i++ {
		forged = append(forged, link[:base]+flip(link[base:], i-base))
	}
	s.links.Keys = [][]byte{key(3)}
	forged = append(forged, s.link(ann, ical.StatusAccepted))
	s.store.err = fmt.Errorf("the Store was asked")
	for _, f := range forged {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			w := s.send(method, f, nil)
			check(t, method+" "+f, http.StatusNotFound, w.Code)
			if !strings.Contains(w.Body.String(), "This link is not valid") {
				t.Fatalf("%s: the page is\n%s", f, w.Body)
			}
		}
	}
}

// TestKeyRotation puts a new key in front, and removes the old one later.
func TestKeyRotation(t *testing.T) {
	s := serve(t, []*invite.Meeting{review()})
	o := &rsvp.Options{Now: func() time.Time { return noon }}
	old := s.link(ann, ical.StatusAccepted)
	form := s.open(old).form()
	s.links.Keys = [][]byte{key(2), key(1)}
	s.Handler = rsvp.NewHandler(s.store, s.links, o)
	renewed := s.link(ann, ical.StatusAccepted)
	if renewed == old {
		t.Error("the new key does not sign")
	}
	check(t, "a form of the old key", http.StatusSeeOther, s.post(old, form).Code)
	check(t, "a link of the new key", http.StatusSeeOther, s.answer(renewed, "answer", "declined").Code)
	s.links.Keys = s.links.Keys[:1]
	s.Handler = rsvp.NewHandler(s.store, s.links, o)
	check(t, "the old link without its key", http.StatusNotFound, s.send(http.MethodGet, old, nil).Code)
	check(t, "the new link", http.StatusOK, s.send(http.MethodGet, renewed, nil).Code)
}

// TestHandlerCopiesLinks changes the keys after the handler was made.
func TestHandlerCopiesLinks(t *testing.T) {
	s := serve(t, []*invite.Meeting{review()})
	link := s.link(ann, ical.StatusAccepted)
	s.links.Keys[0][0]++
	check(t, "status", http.StatusOK, s.send(http.MethodGet, link, nil).Code)
}

// TestLifetime opens links at some times.
func TestLifetime(t *testing.T) {
	endless := func(e *ical.Event) { e.Recurrence = &ical.Recurrence{Freq: ical.FreqDaily} }
	day := func(n int) time.Time { return time.Date(2027, 3, n, 23, 59, 0, 0, time.UTC) }
	tests := []struct {
		name     string
		lifetime time.Duration
		made     *invite.Meeting // the meeting of the link
		now      *invite.Meeting
		at       time.Time
		want     int
	}{
		{"30 days", 0, review(), review(), day(33), 200},
		{"after 30 days and the next one", 0, review(), review(), day(34), 410},
		{"a day", 24 * time.Hour, review(), review(), day(4), 200},
		{"after a day and the next one", 24 * time.Hour, review(), review(), day(5), 410},
		{"the meeting was moved to a later date", 24 * time.Hour, review(), review(func(e *ical.Event) { e.End = day(20) }), day(21), 200},
		{"the meeting was moved to an earlier date", 24 * time.Hour, review(func(e *ical.Event) { e.End = day(20) }), review(), day(21), 200},
		{"a series", 24 * time.Hour, review(weekly), review(weekly), day(4 + 9*7), 200},
		{"after a series", 24 * time.Hour, review(weekly), review(weekly), day(5 + 9*7), 410},
		{"an endless series", 0, review(endless), review(endless), day(10_000), 200},
		{"an endless series that has ended since", 0, review(endless), review(), day(34), 410},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, []*invite.Meeting{tt.made})
			s.links.Lifetime = tt.lifetime
			s.Handler = rsvp.NewHandler(s.store, s.links, &rsvp.Options{Now: func() time.Time { return tt.at }})
			link := s.link(ann, "")
			s.store.meetings[uid] = tt.now
			check(t, "status", tt.want, s.send(http.MethodGet, link, nil).Code)
		})
	}
}
