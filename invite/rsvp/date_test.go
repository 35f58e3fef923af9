package rsvp_test

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// answerLink finds the links of a text.
var answerLink = regexp.MustCompile(`https://example\.com/answer/[a-z2-7]+`)

// linksOf returns the links to answer pages in the text part of a mail.
func linksOf(data []byte) []string {
	text := strings.ReplaceAll(string(data), "=\r\n", "") // quoted-printable
	return answerLink.FindAllString(text, 3)
}

// TestLinkOfOneDate moves one date of a series. The links in the mail about it propose
// the answer to this date and not to the series.
func TestLinkOfOneDate(t *testing.T) {
	s := serve(t, []*invite.Meeting{review(weekly)})
	var mails []*invite.Message
	c := invite.New(invite.SenderFunc(func(_ context.Context, m *invite.Message) error {
		mails = append(mails, m)
		return nil
	}), &invite.Options{AnswerURL: s.links.URL, Now: func() time.Time { return noon }})
	m, err := c.Send(t.Context(), s.store.meetings[uid].Event)
	if err != nil {
		t.Fatal(err)
	}
	invitation := linksOf(mails[0].Data)
	after := m.Event
	after.Overrides = []ical.Event{{RecurrenceID: week(3), Start: week(3).Add(time.Hour), End: week(3).Add(2 * time.Hour)}}
	mails = nil
	if m, err = c.Update(t.Context(), m, after); err != nil {
		t.Fatal(err)
	}
	if m.Deliveries[2].RecurrenceID.IsZero() {
		t.Fatal("the mail is about the series")
	}
	s.store.meetings[uid] = m
	links := linksOf(mails[0].Data)
	if len(links) != 3 || slices.Contains(invitation, links[2]) {
		t.Fatalf("links of the date %q, of the series %q", links, invitation)
	}
	no := links[2]
	check(t, "date of the link", name(week(3)), s.open(no).form().Get("date"))
	check(t, "answer of the link", "DECLINED", strings.ToUpper(s.open(no).form().Get("answer")))
	check(t, "date of the invitation", "", s.open(invitation[2]).form().Get("date"))
	check(t, "date of a proposal", name(week(3)), s.open(no+"?propose").form().Get("date"))
	check(t, "declined", http.StatusSeeOther, s.answer(no).Code)
	m = s.store.meetings[uid]
	check(t, "the date", ical.StatusDeclined, m.OccurrenceStatus(ann, week(3)))
	check(t, "the next", ical.StatusNeedsAction, m.OccurrenceStatus(ann, week(2)))
	check(t, "the series", ical.StatusNeedsAction, m.Status(ann))
	done := s.open(no + "?done=answer").form()
	check(t, "afterwards", name(week(3))+" declined", done.Get("date")+" "+done.Get("answer"))

	s.clock.now = week(3).Add(3 * time.Hour)
	over := s.open(links[0]).form()
	check(t, "the date is over: the page proposes nothing", " ", over.Get("date")+" "+over.Get("answer"))
}

// TestLinkOfALateDate opens a link of a date that is not among the next ones.
func TestLinkOfALateDate(t *testing.T) {
	m := review(func(e *ical.Event) { e.Recurrence = &ical.Recurrence{Freq: ical.FreqDaily} })
	s := serve(t, []*invite.Meeting{m})
	late := start.AddDate(0, 0, 300)
	about := *m
	about.Event.RecurrenceID = late
	link := s.links.URL(&about, ical.Attendee{Email: ann}, ical.StatusDeclined)
	page := s.open(link)
	check(t, "date", name(late), page.form().Get("date"))
	check(t, "declined", http.StatusSeeOther, s.answer(link).Code)
	check(t, "the date", ical.StatusDeclined, s.store.meetings[uid].OccurrenceStatus(ann, late))
	check(t, "the series", ical.StatusNeedsAction, s.store.meetings[uid].Status(ann))
}
