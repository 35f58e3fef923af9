package invite

import (
	"reflect"
	"slices"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/body"
)

// textKey is all that the text of a mail by package body depends on in one call,
// except for the addresses of its answer links.
type textKey struct {
	object         objectKey
	action         body.Action
	comment        string
	language, zone string         // of the reader
	answers        [3]ical.Status // that have a link
}

// fill puts a reader's answer links into words that are written.
type fill func(links []body.AnswerLink) (*body.Body, error)

// mostWords is how many words are kept: about as many as there are languages and
// zones of readers in one meeting.
const mostWords = 32

// write makes the mail's text. Its words are written once for all mails with the
// same key and events that read the same.
func (r *renderer) write(l letter, d *Delivery) (*body.Body, error) {
	links := r.answerLinks(l)
	if r.ours == nil {
		return r.options.Body.Render(r.view(l, d, links))
	}
	r.textOf = newTextKey(l, d, links)
	key := r.textOf
	key.object.event, key.object.before = r.readable(key.object.event), r.readable(key.object.before)
	put := r.words[key]
	if put == nil {
		var err error
		if put, err = r.ours.Prepare(r.view(l, d, links)); err != nil {
			return nil, err
		}
		if len(r.words) == mostWords {
			clear(r.words)
		}
		r.words[key] = put
	}
	return put(links)
}

func newTextKey(l letter, d *Delivery, links []body.AnswerLink) textKey {
	n := &l[0]
	key := textKey{object: n.objectKey(), action: d.Action, comment: d.Comment}
	key.object.replyTo = ""
	if len(l) == 1 {
		key.language, key.zone = n.attendee.Language, n.attendee.TimeZone
	}
	for i := range links {
		key.answers[i] = links[i].Status
	}
	return key
}

// seenEvent is an event of a letter, and the event that its text is about.
type seenEvent struct{ event, text *ical.Event }

// mostSeen is how many events are kept. A change of several dates has one for each.
const mostSeen = 8

// readable returns e as its readers may see it; nil stays nil. It is the same value
// for events that read the same: a guest of single occurrences, and an attendee
// who is not invited to some, have a copy of their own in the plan.
func (r *renderer) readable(e *ical.Event) *ical.Event {
	if e == nil {
		return nil
	}
	if i := slices.IndexFunc(r.seen, func(s seenEvent) bool { return s.event == e }); i >= 0 {
		return r.seen[i].text
	}
	text := e
	if r.options.hideGuests {
		text = nobody(e) // without the one attendee that the object names, too
	}
	if i := slices.IndexFunc(r.seen, func(s seenEvent) bool { return reflect.DeepEqual(s.text, text) }); i >= 0 {
		return r.seen[i].text
	}
	if len(r.seen) == mostSeen {
		r.seen = r.seen[1:]
	}
	r.seen = append(r.seen, seenEvent{e, text})
	return text
}

// view is what the mail's text is about.
func (r *renderer) view(l letter, d *Delivery, links []body.AnswerLink) *body.View {
	n := &l[0]
	v := &body.View{
		Event: r.readable(n.event), Before: r.readable(n.before), Action: d.Action, Method: n.method,
		Language: r.options.Language, HideGuests: r.options.hideGuests, Comment: d.Comment, Answers: links,
	}
	if len(l) == 1 {
		v.Attendee = *n.attendee
	}
	return v
}

// answerLinks are the links by which the reader of a request can answer without
// buttons.
func (r *renderer) answerLinks(l letter) []body.AnswerLink {
	n := &l[0]
	if r.options.AnswerURL == nil || len(l) > 1 || n.method != ical.MethodRequest || n.attendee.NoReply {
		return nil
	}
	var out []body.AnswerLink
	for _, s := range []ical.Status{ical.StatusAccepted, ical.StatusTentative, ical.StatusDeclined} {
		if u := r.options.AnswerURL(r.meeting, *n.attendee, s); u != "" {
			out = append(out, body.AnswerLink{Status: s, URL: u})
		}
	}
	return out
}
