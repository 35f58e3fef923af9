package tneftest

import (
	"encoding/binary"
	"time"
)

// Classes of messages about meetings, as attributes have them.
const (
	Accepted  = "IPM.Microsoft Schedule.MtgRespP"
	Declined  = "IPM.Microsoft Schedule.MtgRespN"
	Tentative = "IPM.Microsoft Schedule.MtgRespA"
	Request   = "IPM.Microsoft Schedule.MtgReq"
	Cancelled = "IPM.Microsoft Schedule.MtgCncl"
)

// Meeting is a message about a meeting.
type Meeting struct {
	Class    string
	CodePage int // of 8-bit strings; 0 is 1252
	UID      string
	Native   []byte // the data of an identifier of Outlook, in place of UID
	Sequence int
	Stamp    time.Time
	Start    time.Time
	End      time.Time
	AllDay   bool
	Zone     string // a name of Windows
	Place    string
	Series   bool

	Date     time.Time // the date of the occurrence in the identifier
	Replaced time.Time // PidLidExceptionReplaceTime

	ProposedStart, ProposedEnd time.Time

	Subject string
	From    string // the address of the person; with EX it is one of Exchange
	EX      bool
	Sender  string // the person who sent it, if it is another one
	Body    Property
	Files   []Attribute
}

// ObjectID returns a GlobalObjectId (MS-OXOCAL, section 2.2.1.27).
func ObjectID(data []byte, date time.Time) []byte {
	out := []byte{0x04, 0, 0, 0, 0x82, 0, 0xE0, 0, 0x74, 0xC5, 0xB7, 0x10, 0x1A, 0x82, 0xE0, 0x08}
	if date.IsZero() {
		out = append(out, 0, 0, 0, 0)
	} else {
		out = append(out, byte(date.Year()>>8), byte(date.Year()), byte(date.Month()), byte(date.Day()))
	}
	out = append(out, make([]byte, 16)...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(data)))
	return append(out, data...)
}

// Wrapped returns the data of an identifier that wraps a UID.
func Wrapped(uid string) []byte {
	return append([]byte("vCal-Uid\x01\x00\x00\x00"+uid), 0)
}

// Bytes returns the file.
func (m *Meeting) Bytes() []byte {
	page := m.CodePage
	if page == 0 {
		page = 1252
	}
	codes := binary.LittleEndian.AppendUint32(nil, uint32(page))
	return File(append([]Attribute{
		{Level: 1, ID: 0x00089006, Data: []byte{0, 0, 1, 0}},
		{Level: 1, ID: 0x00069007, Data: append(codes, 0, 0, 0, 0)},
		{Level: 1, ID: 0x00078008, Data: append([]byte(m.Class), 0)},
		{Level: 1, ID: 0x00018004, Data: Narrow(page, m.Subject)},
		{Level: 1, ID: 0x00069003, Data: List(m.properties(page)...)},
	}, m.Files...)...)
}

// properties returns the properties of the message.
func (m *Meeting) properties(page int) []Property {
	id := m.Native
	if id == nil {
		id = Wrapped(m.UID)
	}
	change := uint32(0x01)
	if m.Class == Request || m.Class == Cancelled {
		change = 0x1A
	}
	out := []Property{
		String8(0x0E1D, page, m.Subject),
		Named(Meetings, 0x03, Binary(0, ObjectID(id, m.Date))),
		Named(Meetings, 0x23, Binary(0, ObjectID(id, time.Time{}))),
		Named(Meetings, change, Time(0, m.Stamp)),
		Named(Meetings, 0x0A, Bool(0, !m.Date.IsZero())),
		Named(Appointment, 0x8201, Int(0, m.Sequence)),
		Named(Appointment, 0x820D, Time(0, m.Start)),
		Named(Appointment, 0x820E, Time(0, m.End)),
		Named(Appointment, 0x8215, Bool(0, m.AllDay)),
		Named(Appointment, 0x8223, Bool(0, m.Series)),
		Named(Appointment, 0x8208, String8(0, page, m.Place)),
		Named(Common, 0x8503, Bool(0, false)),
		{ID: 0x8100, Type: 0x101E, Set: Common, Name: "Keywords", Values: [][]byte{[]byte("a\x00"), []byte("bcd\x00")}},
	}
	if !m.Replaced.IsZero() {
		out = append(out, Named(Appointment, 0x8228, Time(0, m.Replaced)))
	}
	if m.Zone != "" {
		out = append(out, Named(Appointment, 0x825E, Binary(0, ZoneDefinition(m.Zone))))
	}
	if !m.ProposedStart.IsZero() {
		out = append(out, Named(Appointment, 0x8257, Bool(0, true)),
			Named(Appointment, 0x8250, Time(0, m.ProposedStart)), Named(Appointment, 0x8251, Time(0, m.ProposedEnd)))
	}
	out = append(out, m.people(page)...)
	if m.Body.Type != 0 {
		out = append(out, m.Body)
	}
	return out
}

// people returns the properties of the person and the sender.
func (m *Meeting) people(page int) (out []Property) {
	if m.From == "" {
		return nil
	}
	kind := "SMTP"
	if m.EX {
		kind = "EX"
	}
	out = append(out, String8(0x0042, page, "Bob"), String8(0x0064, page, kind), String8(0x0065, page, m.From))
	if m.Sender != "" {
		out = append(out, String8(0x0C1A, page, "Assistant"), String8(0x0C1E, page, "SMTP"), String8(0x0C1F, page, m.Sender))
	}
	return out
}

// ZoneDefinition returns a time zone definition without rules (MS-OXOCAL, section
// 2.2.1.41).
func ZoneDefinition(name string) []byte {
	wide := Wide(name)
	wide = wide[:len(wide)-2]
	out := []byte{2, 1, byte(len(wide) + 6), 0, 2, 0, byte(len(wide) / 2), 0}
	return append(append(out, wide...), 0, 0)
}

// Attachment returns the attributes of a file.
func Attachment(name string, data []byte, more ...Property) []Attribute {
	return []Attribute{
		{Level: 2, ID: 0x00069002, Data: make([]byte, 14)},
		{Level: 2, ID: 0x00018010, Data: append([]byte(name), 0)},
		{Level: 2, ID: 0x0006800F, Data: data},
		{Level: 2, ID: 0x00069005, Data: List(append(more, Text(0x3707, name))...)},
	}
}

// Embedded returns the attributes of an attached message, whose file is given.
func Embedded(name string, file []byte) []Attribute {
	object := append([]byte{0x07, 0x03, 0x02, 0x00, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46}, file...)
	return []Attribute{
		{Level: 2, ID: 0x00069002, Data: make([]byte, 14)},
		{Level: 2, ID: 0x00069005, Data: List(Int(0x3705, 5), Text(0x3001, name), Property{ID: 0x3701, Type: 0x0D, Values: [][]byte{object}})},
	}
}

// Note returns a message that is about no meeting.
func Note(class string, list ...Property) []byte {
	return File(
		Attribute{Level: 1, ID: 0x00089006, Data: []byte{0, 0, 1, 0}},
		Attribute{Level: 1, ID: 0x00069007, Data: []byte{0xE4, 0x04, 0, 0, 0, 0, 0, 0}},
		Attribute{Level: 1, ID: 0x00078008, Data: append([]byte(class), 0)},
		Attribute{Level: 1, ID: 0x00069003, Data: List(list...)},
	)
}
