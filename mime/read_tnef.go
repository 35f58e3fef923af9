package mime

import (
	"errors"
	"net/mail"
	"strings"

	"github.com/convene-go/convene/internal/rtf"
	"github.com/convene-go/convene/internal/tnef"
)

// maxRTF limits the rich text of one message that is read, in octets after it was
// expanded. A picture in it may be larger than all text.
const maxRTF = 2 << 20

// maxTNEFDepth limits the messages inside one another in one TNEF file.
const maxTNEFDepth = 5

// isTNEF tells whether a part is a TNEF file (MS-OXTNEF), which Outlook sends
// to recipients that it takes for users of Outlook.
func isTNEF(mediaType, name string) bool {
	return mediaType == "application/ms-tnef" || mediaType == "application/vnd.ms-tnef" ||
		strings.EqualFold(name, "winmail.dat")
}

// tnef reads a TNEF file. The first one in the mail itself counts, and otherwise the
// first one in an attached message.
func (r *reader) tnef(e *entity, at place) {
	switch first := r.out.TNEF; {
	case at.returned != nil:
		return
	case first != nil && (at.embedded || !first.Embedded):
		r.partProblem(e, "not read, because the mail has several")
		return
	}
	data, problem := decode(e.body, e.encoding)
	r.partProblem(e, problem)
	out := &TNEF{Embedded: at.embedded}
	r.out.TNEF = out
	m, err := tnef.Decode(data, tnef.Limits{Files: r.MaxParts, Depth: min(maxTNEFDepth, r.MaxDepth-at.depth)})
	if err != nil {
		out.Problems = []string{strings.TrimPrefix(err.Error(), "tnef: ")}
	} else {
		r.tnefMessage(m, out)
		out.Problems = append(m.Problems, out.Problems...)
		r.tnefCalendars(out, at.embedded)
	}
	for _, text := range out.Problems {
		r.partProblem(e, text)
	}
}

// tnefMessage fills out with a message.
func (r *reader) tnefMessage(m *tnef.Message, out *TNEF) {
	p := m.Properties
	out.Class = r.line(m.Class)
	out.Subject = r.line(m.Text(p.Find(tnef.PidTagNormalizedSubject)))
	if out.Subject == "" {
		out.Subject = r.line(m.Text(p.Find(tnef.PidTagSubject)))
	}
	out.From = r.tnefAddress(m, tnef.PidTagSentRepresentingName, tnef.PidTagSentRepresentingAddressType,
		tnef.PidTagSentRepresentingEmailAddress, tnef.PidTagSentRepresentingSMTPAddress)
	out.Sender = r.tnefAddress(m, tnef.PidTagSenderName, tnef.PidTagSenderAddressType,
		tnef.PidTagSenderEmailAddress, tnef.PidTagSenderSMTPAddress)
	r.tnefText(m, out)
	if m.IsMeeting() {
		r.tnefMeeting(m, out)
	}
	for i := range m.Files {
		f := TNEFFile{Name: r.line(m.Files[i].Name), MediaType: r.line(m.Files[i].MediaType), Data: m.Files[i].Data}
		if inner := m.Files[i].Message; inner != nil {
			f.Message = &TNEF{Embedded: true}
			r.tnefMessage(inner, f.Message)
		}
		out.Files = append(out.Files, f)
	}
}

// line returns a short text of a message: one line, within the limit of a header
// field.
func (r *reader) line(s string) string {
	return strings.TrimSpace(oneLine(cutText(s, r.MaxFieldSize)))
}

// tnefAddress returns a person. An address of Exchange, whose type is EX, is no address
// of a mailbox.
func (r *reader) tnefAddress(m *tnef.Message, name, kind, addr, smtp uint16) mail.Address {
	p := m.Properties
	out := mail.Address{Name: r.line(m.Text(p.Find(name))), Address: plainAddress(r.line(m.Text(p.Find(smtp))))}
	if out.Address == "" && strings.EqualFold(m.Text(p.Find(kind)), "SMTP") {
		out.Address = plainAddress(r.line(m.Text(p.Find(addr))))
	}
	return out
}

// tnefText sets the text of a message, from the form that has lost the least: plain text
// in Unicode, rich text, HTML, plain text in a code page.
func (r *reader) tnefText(m *tnef.Message, out *TNEF) {
	p := m.Properties
	body := p.Find(tnef.PidTagBody)
	if body.IsUnicode() {
		out.Text = tidyText(m.Text(body))
	}
	if out.Text == "" {
		out.Text = r.richText(p.Find(tnef.PidTagRtfCompressed).Binary(), out)
	}
	if out.Text == "" {
		out.Text = tidyText(htmlText([]byte(m.HTML(maxHTML))))
	}
	if out.Text == "" {
		out.Text = tidyText(m.Text(body))
	}
	out.Text = r.cutText(out.Text)
}

// richText returns the text of a value of PidTagRtfCompressed.
func (r *reader) richText(data []byte, out *TNEF) string {
	if data == nil {
		return ""
	}
	doc, err := rtf.Decompress(data, maxRTF)
	if err != nil {
		out.Problems = append(out.Problems, err.Error())
		if !errors.Is(err, rtf.ErrCut) {
			return ""
		}
	}
	text := rtf.Read(doc, r.MaxText+1)
	if text.HTML {
		if text.Cut { // its text is shorter than its HTML
			text = rtf.Read(doc, maxHTML)
		}
		return tidyText(htmlText([]byte(text.Content)))
	}
	return tidyText(text.Content)
}

// tnefCalendars adds the attachments that are calendar objects. Those of a message about a
// meeting are files that somebody added to it.
func (r *reader) tnefCalendars(out *TNEF, embedded bool) {
	if out.Meeting != nil {
		return
	}
	for _, f := range out.Files {
		if f.Message != nil {
			r.tnefCalendars(f.Message, true)
			continue
		}
		e := &entity{mediaType: f.MediaType, body: f.Data}
		if e.mediaType == "" {
			e.mediaType = "application/octet-stream"
		}
		if !isCalendar(e, f.Name) {
			continue
		}
		text, problem := toUTF8(f.Data, "")
		r.partProblem(e, problem)
		r.out.Calendars = append(r.out.Calendars, Part{
			MediaType: e.mediaType, Filename: f.Name, Disposition: "attachment", Data: append([]byte(nil), text...), Embedded: embedded,
		})
	}
}
