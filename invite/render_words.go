package invite

import (
	"reflect"
	"slices"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/body"
)

// textKey holds everything that the text of a mail by package body depends on in one
// call, except for the addresses of its answer links.
type textKey struct {
	object         objectKey
	action         body.Action
	comment        string
	language, zone string         // of the reader
	answers        [3]ical.Status // the answers that have a link
}

// fill puts a reader's answer links into the words of a mail, see
// [body.Renderer.Prepare].
type fill func(links []body.AnswerLink) (*body.Body, error)

// mostWords is how many words a call keeps, about as many as its readers have
// languages and zones. Without the kept words a mail to 10,000 hidden guests in eight
// languages and zones would be written 10,000 times.
const mostWords = 32

// write makes the mail's text. It writes the words once for all mails with the same
// key and events that read the same.
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

// newTextKey returns the key of a letter with these answer links.
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

// mostSeen is how many events a call keeps. A change of several dates has an event
// for each.
const mostSeen = 8

// readable returns e as its readers may see it; nil stays nil. It returns one value
// for events that read the same. A plan has a copy of its own for each guest of
// single occurrences, and for each attendee who is not invited to some. Without
// readable the words would be written for each of them, and a call with many such
// guests would take 1.6 times as long.
func (r *renderer) readable(e *ical.Event) *ical.Event {
	if e == nil {
		return nil
	}
	if i := slices.IndexFunc(r.seen, func(s seenEvent) bool { return s.event == e }); i >= 0 {
		return r.seen[i].text
	}
	text := e
	if r.options.hideGuests {
		text = nobody(e) // without the reader, too: the words are for all
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

// view returns the view from which the mail's text is written.
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

// answerLinks returns the links by which the reader of a request can answer without
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
