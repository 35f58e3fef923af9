package invite

import (
	"reflect"
	"slices"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/body"
	"github.com/convene-go/convene/invite/internal/roster"
)

// textKey has everything that the text of a mail by package body depends on within
// one call, except for the addresses of its answer links.
type textKey struct {
	content        contentKey
	action         body.Action
	comment        string
	language, zone string         // of the reader
	answers        [3]ical.Status // the answers that have a link
}

// words are the text of a mail before a reader's answer links are put in.
type words struct {
	fill func(links []body.AnswerLink) (*body.Body, error) // see [body.Renderer.Prepare]
	text *body.Body                                        // the text without links, if a mail has had it
}

// put returns the text with a reader's answer links.
func (w *words) put(links []body.AnswerLink) (*body.Body, error) {
	if w.text != nil && len(links) == 0 {
		return w.text, nil
	}
	text, err := w.fill(links)
	if len(links) == 0 {
		w.text = text
	}
	return text, err
}

// mostWords limits the texts that a call keeps, about one for each language and
// zone of its readers. If there are more, it begins anew. Without the kept words a
// mail to 10,000 hidden guests in eight languages and zones would be written 10,000
// times.
const mostWords = 32

// write makes the mail's text. It writes the words once for all mails with the same
// key and events that read the same.
func (r *renderer) write(l letter, d *Delivery) (*body.Body, error) {
	links := r.answerLinks(l)
	r.textOf = newTextKey(l, d, links)
	if r.standard == nil || r.onlyMail {
		return r.options.Body.Render(r.bodyView(l, d, links))
	}
	key := r.textOf
	key.content.event, key.content.before = r.readable(key.content.event), r.readable(key.content.before)
	w := r.words[key]
	if w == nil {
		fill, err := r.standard.Prepare(r.bodyView(l, d, links))
		if err != nil {
			return nil, err
		}
		if r.words == nil || len(r.words) == mostWords {
			r.words = make(map[textKey]*words)
		}
		w = &words{fill: fill}
		r.words[key] = w
	}
	return w.put(links)
}

// newTextKey returns the key of a letter with these answer links.
func newTextKey(l letter, d *Delivery, links []body.AnswerLink) textKey {
	n := &l[0]
	key := textKey{content: n.contentKey(), action: d.Action, comment: d.Comment}
	key.content.replyTo = ""
	if len(l) == 1 {
		key.language, key.zone = n.Attendee.Language, n.Attendee.TimeZone
	}
	for i := range links {
		key.answers[i] = links[i].Status
	}
	return key
}

// readableEvent is an event of a letter, and the same event as its readers may see it.
type readableEvent struct{ event, text *ical.Event }

// mostReadables limits the events that a call keeps. A change of several dates has
// an event for each.
const mostReadables = 8

// readable returns e as its readers may see it; nil stays nil. It returns one value
// for events that read the same. A plan has a copy of its own for each guest of
// single occurrences, and for each attendee who is not invited to some. Without
// readable the words would be written for each of them, and a call with many such
// guests would take 1.6 times as long.
func (r *renderer) readable(e *ical.Event) *ical.Event {
	if e == nil {
		return nil
	}
	if i := slices.IndexFunc(r.readables, func(x readableEvent) bool { return x.event == e }); i >= 0 {
		return r.readables[i].text
	}
	text := e
	if r.options.hideGuests {
		text = roster.WithoutAttendees(e) // without the reader, too: the words are for all
	}
	if i := slices.IndexFunc(r.readables, func(x readableEvent) bool { return reflect.DeepEqual(x.text, text) }); i >= 0 {
		return r.readables[i].text
	}
	if len(r.readables) == mostReadables {
		r.readables = r.readables[1:]
	}
	r.readables = append(r.readables, readableEvent{e, text})
	return text
}

// bodyView returns the view from which the mail's text is written.
func (r *renderer) bodyView(l letter, d *Delivery, links []body.AnswerLink) *body.View {
	n := &l[0]
	v := &body.View{
		Event: r.readable(n.Event), Before: r.readable(n.Before), Action: d.Action, Method: n.Method,
		Language: r.options.Language, HideGuests: r.options.hideGuests, Comment: d.Comment, Answers: links,
	}
	if r.options.CalendarLinks {
		v.Calendars = calendarLinks(v.Event)
	}
	if len(l) == 1 {
		v.Attendee = *n.Attendee
	}
	return v
}

// The sizes of the links to calendars in a mail, in octets. Each link repeats the
// beginning of the description, which the mail has anyway. If that makes the links too
// long, they have no description, so that the HTML of a mail keeps below 10 KB.
const (
	mostLinkText = 200
	mostLinks    = 1000 // of all links of a mail
)

// calendarLinks returns the pages that add an event to an online calendar.
func calendarLinks(e *ical.Event) []ical.CalendarLink {
	short := *e
	short.Description = cut(e.Description, mostLinkText)
	links, size := ical.Links(short), 0
	for i := range links {
		size += len(links[i].URL)
	}
	if size <= mostLinks {
		return links
	}
	short.Description = ""
	return ical.Links(short)
}

// answerLinks returns the links by which the reader of a request can answer without
// buttons. There are none in a mail to several readers, and none for a reader whose
// answer is not asked for.
func (r *renderer) answerLinks(l letter) []body.AnswerLink {
	n := &l[0]
	if r.options.AnswerURL == nil || len(l) > 1 || n.Method != ical.MethodRequest || n.Attendee.NoReply {
		return nil
	}
	m := r.meeting
	if id := n.Event.RecurrenceID; !id.IsZero() {
		about := *m
		about.Event.RecurrenceID = id
		m = &about
	}
	var out []body.AnswerLink
	for _, s := range []ical.Status{ical.StatusAccepted, ical.StatusTentative, ical.StatusDeclined} {
		if u := r.options.AnswerURL(m, *n.Attendee, s); u != "" {
			out = append(out, body.AnswerLink{Status: s, URL: u})
		}
	}
	return out
}
