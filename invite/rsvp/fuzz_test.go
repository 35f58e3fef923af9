package rsvp_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// FuzzLink opens links. Only the link that was made leads to the meeting.
func FuzzLink(f *testing.F) {
	s := serve(&testing.T{}, []*invite.Meeting{review()})
	good := s.link(ann, ical.StatusAccepted)
	token := good[strings.LastIndexByte(good, '/')+1:]
	for _, seed := range []string{token, token[1:], token + token, strings.ToUpper(token), "", "logo", "a/b", "%", strings.Repeat("a", 3000), token + "\n"} {
		f.Add(seed, "", "GET")
		f.Add(seed, "propose", "POST")
	}
	f.Fuzz(func(t *testing.T, text, query, method string) {
		r := httptest.NewRequest(http.MethodGet, "https://example.com/", nil)
		r.Method, r.URL = method, &url.URL{Path: "/answer/" + text, RawQuery: query}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code == http.StatusOK && text != token || w.Code >= 500 || w.Body.Len() > 12<<10 || s.store.changes > 0 {
			t.Errorf("%s %q?%q: %d, %d octets, %d changes", method, text, query, w.Code, w.Body.Len(), s.store.changes)
		}
	})
}

// FuzzForm sends forms with a valid token. Whatever they hold, the page has a message, and
// an answer that counts is one of the three.
func FuzzForm(f *testing.F) {
	for _, seed := range []string{"answer=accepted", "answer=declined&date=1772442000&comment=x", "answer=%zz", "start=2027-03-03T10:00&end=2027-03-03T11:00", ";;&&==", "comment=%00%ff", ""} {
		f.Add(seed, false, false)
		f.Add(seed, true, true)
	}
	f.Fuzz(func(t *testing.T, text string, propose, series bool) {
		m := review()
		if series {
			m = review(weekly)
		}
		s := serve(t, []*invite.Meeting{m})
		link := s.link(ann, "")
		if propose {
			link += "?propose"
		}
		body := "form=" + s.open(link).form().Get("form") + "&" + text
		r := httptest.NewRequest(http.MethodPost, link, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		switch w.Code {
		case 303:
			for _, a := range s.store.meetings[uid].Answers {
				if a.Via != "link" || a.Email != ann || a.Status == "" || !a.Stamp.Equal(noon) || len(a.Comment) > 4000 {
					t.Errorf("%q: answer = %+v", text, a)
				}
			}
			for _, p := range s.store.meetings[uid].Proposals {
				if p.Start.Before(noon) || !p.End.After(p.Start) || p.End.Sub(p.Start) > 32*24*time.Hour {
					t.Errorf("%q: proposal = %+v", text, p)
				}
			}
		case 403, 409, 413, 422:
			if s.store.changes > 0 && w.Code != 409 || !strings.Contains(w.Body.String(), `role="alert"`) {
				t.Errorf("%q: %d, %d changes\n%s", text, w.Code, s.store.changes, w.Body)
			}
		default:
			t.Errorf("%q: %d\n%s", text, w.Code, w.Body)
		}
		if w.Body.Len() > 12<<10 {
			t.Errorf("%q: %d octets", text, w.Body.Len())
		}
	})
}
