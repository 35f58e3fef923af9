package tnef

import (
	"bytes"
	"encoding/binary"
	"strings"

	"github.com/convene-go/convene/internal/codepage"
)

// The properties that are read (MS-OXPROPS, section 2).
const (
	PidTagMessageClass                 uint16 = 0x001A
	PidTagSubject                      uint16 = 0x0037
	PidTagClientSubmitTime             uint16 = 0x0039
	PidTagSentRepresentingName         uint16 = 0x0042
	PidTagStartDate                    uint16 = 0x0060
	PidTagEndDate                      uint16 = 0x0061
	PidTagSentRepresentingAddressType  uint16 = 0x0064
	PidTagSentRepresentingEmailAddress uint16 = 0x0065
	PidTagSenderName                   uint16 = 0x0C1A
	PidTagSenderAddressType            uint16 = 0x0C1E
	PidTagSenderEmailAddress           uint16 = 0x0C1F
	PidTagNormalizedSubject            uint16 = 0x0E1D
	PidTagBody                         uint16 = 0x1000
	PidTagRtfCompressed                uint16 = 0x1009
	PidTagHTML                         uint16 = 0x1013
	PidTagDisplayName                  uint16 = 0x3001
	PidTagAttachDataObject             uint16 = 0x3701
	PidTagAttachFilename               uint16 = 0x3704
	PidTagAttachMethod                 uint16 = 0x3705
	PidTagAttachLongFilename           uint16 = 0x3707
	PidTagAttachMimeTag                uint16 = 0x370E
	PidTagInternetCodepage             uint16 = 0x3FDE
	PidTagMessageCodepage              uint16 = 0x3FFD
	PidTagSenderSMTPAddress            uint16 = 0x5D01
	PidTagSentRepresentingSMTPAddress  uint16 = 0x5D02
)

// iidMessage says that an object is a message (MS-OXTNEF, section 2.1.3.4).
var iidMessage = GUID{0x07, 0x03, 0x02, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46}

// finish reads the values that need all attributes: the class, the names of
// files, and messages inside.
func (d *decoder) finish(m *Message, depth int) {
	m.Properties, m.listed = append(m.listed, m.Properties...), nil
	// attOemCodepage comes first. If it is missing, the properties name a page.
	m.page = codepage.First(m.page, m.Properties.Find(PidTagMessageCodepage).Int(), m.Properties.Find(PidTagInternetCodepage).Int())
	if class := m.Text(m.Properties.Find(PidTagMessageClass)); class != "" {
		m.Class = className([]byte(class))
	}
	kept := m.Files[:0]
	for _, f := range m.Files {
		if f.Data == nil && f.title == nil && f.Properties == nil {
			continue
		}
		d.finishFile(m, &f, depth)
		kept = append(kept, f)
	}
	m.Files = kept
}

// finishFile completes a file.
func (d *decoder) finishFile(m *Message, f *File, depth int) {
	f.MediaType = lower(m.Text(f.Properties.Find(PidTagAttachMimeTag)))
	for _, id := range []uint16{PidTagAttachLongFilename, PidTagAttachFilename, PidTagDisplayName} {
		if f.Name == "" {
			f.Name = m.Text(f.Properties.Find(id))
		}
	}
	if f.Name == "" {
		f.Name = text(m.page, f.title)
	}
	object := f.Properties.Find(PidTagAttachDataObject)
	inner := f.Data
	switch {
	case object != nil && object.Type == typeObject && bytes.HasPrefix(object.Value, iidMessage[:]):
		inner = object.Value[len(iidMessage):]
	case f.Properties.Find(PidTagAttachMethod).Int() != attachedMessageData:
		if f.Data == nil {
			f.Data = object.Binary()
		}
		return
	}
	if len(inner) < 4 || binary.LittleEndian.Uint32(inner) != signature {
		return
	}
	if depth >= d.limits.Depth {
		d.problem("messages nested deeper than %d levels are not read", d.limits.Depth)
		return
	}
	message := new(Message)
	if d.message(inner, message, depth+1) == nil {
		f.Message, f.Data = message, nil
	}
}

// Text returns the value of a string. It is "" if p is nil or has another type. It
// belongs to the message, or to a recipient or a file of it.
func (m *Message) Text(p *Property) string {
	switch {
	case p == nil:
	case p.Type == typeString:
		return text(codepage.UTF16, p.Value)
	case p.Type == typeString8:
		return text(m.page, p.Value)
	}
	return ""
}

// HTML returns the HTML of the message, which is in the code page of the Internet form
// (MS-OXCMSG, section 2.2.1.58.9). It is "" if there is none.
func (m *Message) HTML(limit int) string {
	p := m.Properties.Find(PidTagHTML)
	data := p.Binary()
	if data == nil {
		return m.Text(p)
	}
	page := codepage.First(m.Properties.Find(PidTagInternetCodepage).Int(), m.page)
	return codepage.Decode(page, data[:min(len(data), limit)])
}

// IsMeeting reports whether the message is a request, a cancellation or an answer.
func (m *Message) IsMeeting() bool {
	class := lower(m.Class)
	return under(class, "ipm.schedule.meeting.request") || under(class, "ipm.schedule.meeting.canceled") || under(class, "ipm.schedule.meeting.resp")
}

// under reports whether a class is another one or derived from it.
func under(class, of string) bool { return class == of || strings.HasPrefix(class, of+".") }
