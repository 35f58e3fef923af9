package invite

import (
	"context"
	"net/mail"
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/body"
	"github.com/convene-go/convene/invite/internal/plan"
	"github.com/convene-go/convene/invite/internal/roster"
	"github.com/convene-go/convene/invite/internal/series"
	"github.com/convene-go/convene/mime"
)

// renderer builds the mails of one part of a call. It makes once what successive
// mails share.
type renderer struct {
	options  *settings
	meeting  *Meeting // has the letters' deliveries
	plan     *plan.Plan
	standard *body.Renderer // nil if the caller has a Renderer of its own, whose texts cannot be used again

	kept []*mime.Message // of the first letters
	size int             // the octets in kept

	textOf    textKey            // of the last text that was written
	words     map[textKey]*words // the texts that are kept, by their keys with readable events
	readables []readableEvent    // of the last events
	calendars []madeCalendar     // the last objects
	onlyMail  bool               // there is one mail, so no other can share its parts
	batch     mime.Batch
	headers   mime.Batch // of mails that are only checked

	filesOf  int         // the number of the files that are loaded; 0 is none
	files    []mime.File // these files
	filesErr error       // why they cannot be had

	built     textKey     // of the text of the last mail that was built
	validated *ical.Event // the event that valid is about
	valid     bool
}

func newRenderer(m *Meeting, p *plan.Plan, o *settings) *renderer {
	standard, _ := o.Body.(*body.Renderer)
	return &renderer{options: o, meeting: m, plan: p, standard: standard}
}

// keep builds a mail and keeps it until its turn.
func (r *renderer) keep(ctx context.Context, l letter) error {
	m, err := r.observed(ctx, l)
	r.kept = append(r.kept, m)
	if err == nil {
		r.size += len(m.Data)
	}
	return err
}

// finished returns the mail of the letter at index i, once. If it was not kept, it is
// built now.
func (r *renderer) finished(ctx context.Context, i int, l letter) (*mime.Message, error) {
	if i >= len(r.kept) || r.kept[i] == nil {
		return r.observed(ctx, l)
	}
	m := r.kept[i]
	r.kept[i] = nil
	return m, nil
}

// observed builds the mail of a letter, and tells of that step. A mail that is only checked
// has no step, because it is built again.
func (r *renderer) observed(ctx context.Context, l letter) (*mime.Message, error) {
	began := r.options.clock()
	m, err := r.message(ctx, l)
	if err == nil {
		r.tellRendered(ctx, l, m, began)
	}
	return m, err
}

// message builds the mail of a letter.
func (r *renderer) message(ctx context.Context, l letter) (*mime.Message, error) {
	d, err := r.draft(ctx, l)
	if err != nil {
		return nil, err
	}
	// Only a reminder has no method. If a stored mail has lost it, that is an error.
	if l[0].Method != plan.MethodNone || r.firstDelivery(l).Action != body.ActionReminder {
		if d.Calendar, err = r.calendar(l, r.firstDelivery(l).Stamp); err != nil {
			return nil, err
		}
		d.Method = string(l[0].ObjectMethod())
	}
	build := mime.Build
	if !r.onlyMail {
		build = r.batch.Build
	}
	m, err := build(d)
	if err == nil {
		r.built = r.textOf
	}
	return m, err
}

// check returns an error if a mail cannot be built. If a mail with the same text
// was built and the event is valid, only the header can be wrong: package ical
// can encode every valid event, also narrowed to one attendee, and package mime
// accepts its output. Package body leaves out answer links that a mail cannot
// have.
func (r *renderer) check(ctx context.Context, l letter) error {
	d, err := r.draft(ctx, l)
	if err != nil {
		return err
	}
	if r.standard == nil || r.built != r.textOf || !r.isValid(l[0].Event) {
		_, err = r.message(ctx, l)
		return err
	}
	d.Text, d.HTML, d.Inline, d.Attachments = "-", "", nil, nil
	_, err = r.headers.Build(d)
	return err
}

// isValid reports whether an event is valid. Successive letters ask for the same event.
func (r *renderer) isValid(e *ical.Event) bool {
	if r.validated != e {
		r.validated, r.valid = e, e.Validate() == nil
	}
	return r.valid
}

// firstDelivery returns the first delivery of a letter.
func (r *renderer) firstDelivery(l letter) *Delivery { return &r.meeting.Deliveries[l[0].index] }

// draft returns the mail of a letter without its calendar object.
func (r *renderer) draft(ctx context.Context, l letter) (*mime.Draft, error) {
	n, delivery := &l[0], r.firstDelivery(l)
	text, err := r.write(l, delivery)
	if err != nil {
		return nil, err
	}
	files, err := r.attachments(ctx, delivery.Attached)
	if err != nil {
		return nil, err
	}
	organizer := &n.Event.Organizer
	d := &mime.Draft{
		From:    mail.Address{Name: organizer.Name, Address: organizer.Email},
		Subject: text.Subject, Date: delivery.Stamp, MessageID: delivery.MessageID,
		Text: text.Text, HTML: text.HTML, Inline: inline(text.Inline), Attachments: files,
		NoAttachment: r.options.NoAttachment,
		Header:       r.options.fields(delivery.MessageID),
	}
	if organizer.SentBy != "" {
		d.Sender = &mail.Address{Address: organizer.SentBy}
	}
	if n.replyTo != "" {
		d.ReplyTo = []mail.Address{{Name: organizer.Name, Address: n.replyTo}}
	}
	d.To = make([]mail.Address, len(l))
	for i := range l {
		d.To[i] = mail.Address{Name: l[i].Attendee.Name, Address: l[i].Attendee.Email}
	}
	return d, nil
}

// inline returns the pictures of a text as files of the mail.
func inline(list []body.Image) []mime.File {
	var out []mime.File
	for _, i := range list {
		out = append(out, mime.File{Name: i.Name, MediaType: i.MediaType, ContentID: i.ContentID, Data: i.Data})
	}
	return out
}

// calendarKey has everything that a calendar object depends on within one call.
type calendarKey struct {
	event    *ical.Event
	method   ical.Method
	sequence int
	stamp    time.Time
	replyTo  string
	object   *plan.Object   // nil if the object is event alone
	reader   *ical.Attendee // the only attendee that the object is for; nil if it is for all
}

// madeCalendar is a calendar object that the next mails may share.
type madeCalendar struct {
	key  calendarKey
	data []byte
}

// mostCalendars limits the objects that are kept. A change of several dates makes
// an object for each of them, which the attendees get in turn: an update of two
// dates for 1,250 guests takes 2.2 times as long if only the last object is kept.
const mostCalendars = 8

// calendar returns the calendar object of a letter.
func (r *renderer) calendar(l letter, stamp time.Time) ([]byte, error) {
	n := &l[0]
	key := calendarKey{event: n.Event, method: n.Method, sequence: n.Sequence, stamp: stamp, replyTo: n.replyTo, object: n.Object}
	personal := r.ownAnswers(l, stamp)
	if r.options.hideGuests || len(personal) > 0 {
		key.reader = n.Attendee
	}
	for i := range r.calendars {
		if r.calendars[i].key == key {
			return r.calendars[i].data, nil
		}
	}
	data, err := ical.Encode(&ical.Calendar{
		Method: n.ObjectMethod(), ProductID: r.options.ProductID, Stamp: stamp, ExactZones: r.options.ExactZones,
		Events: r.events(n, personal),
	})
	if err != nil {
		return nil, err
	}
	if len(r.calendars) == mostCalendars {
		r.calendars = r.calendars[1:]
	}
	r.calendars = append(r.calendars, madeCalendar{key, data})
	return data, nil
}

// events returns the events of a calendar object: the meeting, and the
// occurrences for which the reader's own answer differs.
func (r *renderer) events(n *recipient, personal []ical.Event) []ical.Event {
	e := *n.ObjectEvent()
	e.Sequence, e.Overrides = n.Sequence, slices.Clone(e.Overrides)
	if r.options.hideGuests {
		r.plan.Index.Narrow(&e, n.Attendee)
	}
	e.Overrides = slices.DeleteFunc(e.Overrides, func(o ical.Event) bool {
		return saysNothing(&o, e.Attendees) || slices.ContainsFunc(personal, func(v ical.Event) bool {
			return v.RecurrenceID.Equal(o.RecurrenceID)
		})
	})
	out := append([]ical.Event{e}, personal...)
	for _, other := range n.Others() {
		o := *other
		if r.options.hideGuests {
			r.plan.Index.Narrow(&o, n.Attendee)
		}
		out = append(out, o)
	}
	for i := range out {
		if n.replyTo != "" {
			answeredTo(&out[i], n.replyTo)
		}
	}
	return out
}

// saysNothing reports whether an override repeats the series. A client would show
// it as an exception.
func saysNothing(o *ical.Event, whole []ical.Attendee) bool {
	return series.IsBare(*o) && (len(o.Attendees) == 0 || roster.SameInvited(o.Attendees, whole) &&
		slices.EqualFunc(o.Attendees, whole, func(a, b ical.Attendee) bool { return a.Status == b.Status }))
}

// answeredTo changes the address that answers to e go to. The overrides must
// belong to e alone.
func answeredTo(e *ical.Event, email string) {
	e.Organizer.Email = email
	for i := range e.Overrides {
		if o := &e.Overrides[i].Organizer; o.Email != "" {
			o.Email = email
		}
	}
}
