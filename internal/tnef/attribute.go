package tnef

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"
	"time"
)

// The attributes that are read (MS-OXTNEF, section 2.1.3.3).
const (
	attSentFor          = 0x00060001
	attFrom             = 0x00008000
	attSubject          = 0x00018004
	attDateSent         = 0x00038005
	attDateStart        = 0x00030006
	attDateEnd          = 0x00030007
	attMessageClass     = 0x00078008
	attOriginalClass    = 0x00070006
	attBody             = 0x0002800C
	attOemCodepage      = 0x00069007
	attMsgProps         = 0x00069003
	attAttachRenddata   = 0x00069002
	attAttachTitle      = 0x00018010
	attAttachData       = 0x0006800F
	attAttachment       = 0x00069005
	attachedMessageData = 5 // PidTagAttachMethod of an embedded message
)

// messageAttribute takes an attribute of the message.
func (d *decoder) messageAttribute(m *Message, a attribute) {
	switch a.id {
	case attOemCodepage:
		if c := (cursor{data: a.data}); m.page == 0 {
			m.page = int(min(c.uint32(), math.MaxUint16))
		}
	case attMessageClass:
		m.Class = className(a.data)
	case attSubject:
		m.legacy(PidTagSubject, typeString8, a.data)
	case attBody:
		m.legacy(PidTagBody, typeString8, a.data)
	case attDateSent:
		m.legacyTime(PidTagClientSubmitTime, a.data)
	case attDateStart:
		m.legacyTime(PidTagStartDate, a.data)
	case attDateEnd:
		m.legacyTime(PidTagEndDate, a.data)
	case attFrom:
		c := cursor{data: a.data}
		c.take(4)
		n, size := c.uint16(), c.uint16()
		m.person(c.take(uint32(n)), c.take(uint32(size)), PidTagSenderName)
	case attSentFor:
		c := cursor{data: a.data}
		name := c.take(uint32(c.uint16()))
		m.person(name, c.take(uint32(c.uint16())), PidTagSentRepresentingName)
	case attMsgProps:
		c := cursor{data: a.data}
		m.listed = append(m.listed, d.list(&c)...)
		if c.short {
			d.problem("the list of properties breaks off")
		}
	}
}

// legacy adds a property that an attribute gives.
func (m *Message) legacy(id uint16, kind Type, value []byte) {
	m.Properties = append(m.Properties, Property{Type: kind, ID: id, Value: value})
}

// legacyTime adds a time, of which the attribute has the fields (MS-OXTNEF, section
// 2.1.3.3.3: year, month, day, hour, minute, second, day of the week).
func (m *Message) legacyTime(id uint16, data []byte) {
	if len(data) < 12 {
		return
	}
	var f [6]int
	for i := range f {
		f[i] = int(binary.LittleEndian.Uint16(data[2*i:]))
	}
	if f[0] < 1601 || f[0] > 9999 {
		return
	}
	t := time.Date(f[0], time.Month(f[1]), f[2], f[3], f[4], f[5], 0, time.UTC)
	m.legacy(id, typeTime, binary.LittleEndian.AppendUint64(nil, uint64(t.Unix()+epoch)*ticks))
}

// person adds the name, the type and the address of a person. The attribute has the
// address as "SMTP:bob@example.test". The identifier of the name says which person it is.
func (m *Message) person(name, addr []byte, id uint16) {
	kind, rest, ok := bytes.Cut(bytes.TrimRight(addr, "\x00"), []byte(":"))
	if !ok {
		return
	}
	m.legacy(id, typeString8, name)
	typeID, addressID := PidTagSenderAddressType, PidTagSenderEmailAddress
	if id == PidTagSentRepresentingName {
		typeID, addressID = PidTagSentRepresentingAddressType, PidTagSentRepresentingEmailAddress
	}
	m.legacy(typeID, typeString8, kind)
	m.legacy(addressID, typeString8, rest)
}

// attachment takes an attribute of an attachment.
func (d *decoder) attachment(m *Message, a attribute) {
	if a.id == attAttachRenddata || len(m.Files) == 0 {
		if d.files++; d.files > d.limits.Files {
			d.problem("more than %d files: the rest is not read", d.limits.Files)
			d.files, m.full = d.limits.Files, true
		}
		if !m.full {
			m.Files = append(m.Files, File{})
		}
	}
	if m.full {
		return
	}
	f := &m.Files[len(m.Files)-1]
	switch a.id {
	case attAttachTitle:
		f.title = a.data
	case attAttachData:
		f.Data = a.data
	case attAttachment:
		c := cursor{data: a.data}
		f.Properties = append(f.Properties, d.list(&c)...)
		if c.short {
			d.problem("the properties of a file break off")
		}
	}
}

// classNames has the classes of Microsoft Mail, and the names that they have today
// (MS-OXTNEF, section 2.3.3.4).
var classNames = map[string]string{
	"ipm.microsoft mail.note":         "IPM.Note",
	"ipm.microsoft mail.read receipt": "Report.IPM.Note.IPNRN",
	"ipm.microsoft mail.non-delivery": "Report.IPM.Note.NDR",
	"ipm.microsoft schedule.mtgrespp": "IPM.Schedule.Meeting.Resp.Pos",
	"ipm.microsoft schedule.mtgrespn": "IPM.Schedule.Meeting.Resp.Neg",
	"ipm.microsoft schedule.mtgrespa": "IPM.Schedule.Meeting.Resp.Tent",
	"ipm.microsoft schedule.mtgreq":   "IPM.Schedule.Meeting.Request",
	"ipm.microsoft schedule.mtgcncl":  "IPM.Schedule.Meeting.Canceled",
}

// maxClass is the length of the longest message class (MS-OXCMSG, section 2.2.1.3).
const maxClass = 255

// className returns the class that an attribute has.
func className(data []byte) string {
	name, _, _ := bytes.Cut(data, []byte{0})
	s := strings.TrimPrefix(string(name[:min(len(name), maxClass)]), "Microsoft Mail v3.0 ")
	if now := classNames[lower(s)]; now != "" {
		return now
	}
	return s
}

// lower converts the ASCII letters of s.
func lower(s string) string {
	return strings.Map(func(c rune) rune {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		return c
	}, s)
}
