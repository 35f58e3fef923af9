package rsvp

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/internal/series"
)

// The limits of a form.
const (
	maxForm     = 16 << 10 // octets: a comment in which every character is encoded, and the rest
	maxComment  = 1000     // characters
	maxAhead    = 5        // years from now to the start of a proposal
	maxProposed = 31       // days of a proposal, unless the meeting is longer
)

// The forms of times in the fields of a form (HTML, section 2.3.5). Some programs also
// send seconds.
const (
	fieldTime        = "2006-01-02T15:04"
	fieldTimeSeconds = "2006-01-02T15:04:05"
	fieldDate        = time.DateOnly
)

// form is the content of a form: as it is shown at first, or as the reader has filled it
// in.
type form struct {
	page    string
	token   string
	answer  ical.Status
	date    string // the original start of a date in Unix seconds; "" is the whole meeting
	comment string
	start   string
	end     string
}

// form returns the form of a page as it is shown at first.
func (v *visit) form(query url.Values) form {
	f := form{page: v.page(query), answer: v.status}
	chosen := v.about
	if chosen == nil && len(v.dates) > 0 && (!v.whole || f.page == pagePropose) {
		chosen = &v.dates[0]
	}
	if chosen != nil {
		f.date = chosen.id()
	}
	switch {
	case v.about != nil && (f.answer == "" || query.Has(queryDone)):
		f.answer = v.about.status
	case f.answer == "" || query.Has(queryDone):
		f.answer = v.meeting.OccurrenceStatus(v.who.Email, time.Time{})
	case v.about == nil && !v.token.date.IsZero():
		f.answer = "" // it was about a date that cannot be answered any more, and not about the others
	}
	if f.page != pagePropose {
		return f
	}
	e := &v.meeting.Event
	now := v.present()
	if chosen != nil {
		now = ical.Span{Start: chosen.Start, End: chosen.End}
	}
	start, end := now.Start, series.Later(now.Start, now.End)
	if e.AllDay {
		f.start, f.end = start.Format(fieldDate), series.Later(start, end.AddDate(0, 0, -1)).Format(fieldDate)
	} else {
		f.start, f.end = start.In(v.loc).Format(fieldTime), end.In(v.loc).Format(fieldTime)
	}
	return f
}

// present returns the time of a meeting that is no series.
func (v *visit) present() ical.Span {
	e, _ := v.meeting.Event.Normalized() // a time that is no date is shown as it is
	return ical.Span{Start: e.Start, End: series.EndOf(&e)}
}

// id returns the name of a date in forms.
func (d *date) id() string { return strconv.FormatInt(d.RecurrenceID.Unix(), 10) }

// readForm reads the form of a request. The error is a reason of this package.
func readForm(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	// Browsers say so if another site sends the form. A link's secrecy protects in all
	// other programs. Origin is no help: with no-referrer it is "null".
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return nil, errOrigin
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/x-www-form-urlencoded" {
		return nil, errType
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxForm))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, errSize
	case err != nil:
		return nil, errForged
	}
	values, err := url.ParseQuery(string(data))
	if err != nil {
		return nil, errForged
	}
	return values, nil
}

// filled returns the form of a page as the reader has filled it in. Values of forms that
// could not be read are empty.
func (v *visit) filled(values, query url.Values) form {
	if values == nil {
		return v.form(query)
	}
	comment := strings.ToValidUTF8(values.Get("comment"), "\uFFFD")
	comment = strings.ReplaceAll(comment, "\r\n", "\n")
	return form{
		page: v.page(query), token: values.Get("form"), answer: ical.Status(values.Get("answer")), date: values.Get("date"),
		comment: strings.TrimSpace(comment), start: values.Get("start"), end: values.Get("end"),
	}
}

// toAnswer returns the answer that a form gives. The error is a reason of this package.
func (v *visit) toAnswer(f form) (invite.Answer, error) {
	a := invite.Answer{Email: v.who.Email, Status: f.answer, Comment: f.comment, Stamp: v.stamp(), Via: via, MessageID: v.id(f.token)}
	switch f.answer {
	case ical.StatusAccepted, ical.StatusTentative, ical.StatusDeclined:
	default:
		return a, errChoice
	}
	if utf8.RuneCountInString(f.comment) > maxComment {
		return a, errComment
	}
	if f.date == "" && v.whole {
		return a, nil
	}
	d, err := v.chosen(f.date)
	a.RecurrenceID = d.RecurrenceID
	return a, err
}

// mostSkew is the most by which the clock of one machine may be behind the clock of another.
const mostSkew = 5 * time.Minute

// stamp returns the time of an answer or proposal that the reader gives now. It is not
// before the last one by a page, which the form knows, even if another machine has taken
// that in and the clock of this one is behind.
func (v *visit) stamp() time.Time {
	stamp := v.now
	if a := v.lastByLink(); a != nil {
		stamp = series.Later(stamp, a.Stamp)
	}
	for i := range v.meeting.Proposals {
		if p := &v.meeting.Proposals[i]; p.Via == via && address.Same(p.Email, v.who.Email) {
			stamp = series.Later(stamp, p.Stamp)
		}
	}
	if stamp.Sub(v.now) > mostSkew {
		return v.now
	}
	return stamp
}

// chosen returns the date of a form.
func (v *visit) chosen(text string) (date, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return date{}, errDate
	}
	d, ok := v.find(time.Unix(n, 0).UTC())
	if !ok {
		return date{}, errDate
	}
	return d, nil
}

// toProposal returns the proposal that a form makes. The error is a reason of this
// package.
func (v *visit) toProposal(f form) (invite.Proposal, error) {
	p := invite.Proposal{Email: v.who.Email, AllDay: v.meeting.Event.AllDay, Comment: f.comment, Stamp: v.stamp(), Via: via, MessageID: v.id(f.token)}
	if utf8.RuneCountInString(f.comment) > maxComment {
		return p, errComment
	}
	now := v.present()
	if v.meeting.Event.Recurrence != nil {
		d, err := v.chosen(f.date)
		if err != nil {
			return p, err
		}
		p.RecurrenceID, now = d.RecurrenceID, ical.Span{Start: d.Start, End: d.End}
	}
	var errFrom, errTo error
	p.Start, errFrom = v.parse(f.start)
	p.End, errTo = v.parse(f.end)
	if errFrom != nil || errTo != nil {
		return p, errTime
	}
	if p.AllDay {
		p.End = p.End.AddDate(0, 0, 1) // the form has the last day
	}
	switch {
	case v.isOver(p.Start, p.Start) || p.Start.After(v.now.AddDate(maxAhead, 0, 0)):
		return p, errStart
	case !p.End.After(p.Start) || p.End.After(p.Start.AddDate(0, 0, maxProposed)) && p.End.Sub(p.Start) > now.End.Sub(now.Start):
		return p, errEnd
	case p.Start.Equal(now.Start) && p.End.Equal(now.End):
		return p, errSame
	}
	return p, nil
}

// parse reads a time on the reader's clock, or a date if the meeting is all-day. It
// refuses a time that a clock change skips.
func (v *visit) parse(text string) (time.Time, error) {
	text = strings.Replace(strings.TrimSpace(text), " ", "T", 1) // typed into a browser without a picker
	if v.meeting.Event.AllDay {
		return time.Parse(fieldDate, text)
	}
	for _, layout := range []string{fieldTime, fieldTimeSeconds} {
		if t, err := time.ParseInLocation(layout, text, v.loc); err == nil && t.Format(layout) == text {
			return t.UTC(), nil
		}
	}
	return time.Time{}, errTime
}
