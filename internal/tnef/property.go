package tnef

import (
	"bytes"
	"encoding/binary"
	"time"

	"github.com/convene-go/convene/internal/codepage"
)

// GUID is the set that a named property belongs to, as it is in the file.
type GUID [16]byte

// The sets of the properties that are read (MS-OXPROPS, section 1.3.2).
var (
	SetAppointment = GUID{0x02, 0x20, 0x06, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46}
	SetMeeting     = GUID{0x90, 0xDA, 0xD8, 0x6E, 0x0B, 0x45, 0x1B, 0x10, 0x98, 0xDA, 0x00, 0xAA, 0x00, 0x3F, 0x13, 0x05}
)

// Type is the type of a property's value (MS-OXCDATA, section 2.11.1).
type Type uint16

// The types that the file has. Other types end the list, because their size is not known.
const (
	typeInteger16 Type = 0x0002
	typeInteger32 Type = 0x0003
	typeFloat32   Type = 0x0004
	typeFloat64   Type = 0x0005
	typeCurrency  Type = 0x0006
	typeFloatTime Type = 0x0007
	typeError     Type = 0x000A
	typeBoolean   Type = 0x000B
	typeObject    Type = 0x000D
	typeInteger64 Type = 0x0014
	typeString8   Type = 0x001E
	typeString    Type = 0x001F
	typeTime      Type = 0x0040
	typeGUID      Type = 0x0048
	typeBinary    Type = 0x0102
	multiple      Type = 0x1000
)

// sizes has the sizes of values that always have the same size.
var sizes = map[Type]uint32{
	typeInteger16: 2, typeInteger32: 4, typeFloat32: 4, typeFloat64: 8, typeCurrency: 8, typeFloatTime: 8,
	typeError: 4, typeBoolean: 2, typeInteger64: 8, typeTime: 8, typeGUID: 16,
}

// isCounted reports whether a list of values has its number before it, and each value
// its size (MS-OXTNEF, section 2.1.3.4).
func (t Type) isCounted() bool {
	return t == typeString8 || t == typeString || t == typeBinary || t == typeObject
}

// The named properties whose identifiers begin here (MS-OXPROPS, section 1.3.3).
const firstNamed = 0x8000

// Property is a property of a message, a recipient or a file.
type Property struct {
	Type Type   // without the mark of several values
	ID   uint16 // from 0x8000 on, it means nothing: Set and LID or Name count
	Set  GUID
	LID  uint32
	Name string // of a property that has a name and no LID
	// Value is the value, and of several values the first, in the form of the file.
	Value []byte
	// Count is the number of values if there are several.
	Count uint32
}

// Properties are the properties of one object, each looked up by its identifier.
type Properties []Property

// list reads a list of properties (MS-OXTNEF, section 2.1.3.4). If it breaks off, the
// properties before that count, and c.short is set.
func (d *decoder) list(c *cursor) Properties {
	n := c.uint32()
	out := make(Properties, 0, min(n, uint32(len(c.data)/8), 64))
	for ; n > 0; n-- {
		if d.properties++; d.properties > maxProperties {
			d.properties = maxProperties
			d.problem("more than %d properties: the rest is not read", maxProperties)
			c.data = nil
			return out
		}
		p, ok := d.property(c)
		if !ok {
			c.short = true
			return out
		}
		out = append(out, p)
	}
	return out
}

// property reads one property.
func (d *decoder) property(c *cursor) (p Property, ok bool) {
	t := Type(c.uint16())
	p.Type, p.ID = t&^multiple, c.uint16()
	if p.ID >= firstNamed {
		copy(p.Set[:], c.take(16))
		switch c.uint32() {
		case 0:
			p.LID = c.uint32()
		case 1:
			name := c.padded(c.uint32())
			p.Name = cutString(codepage.UTF16, name)
		default:
			return p, false
		}
	}
	count := uint32(1)
	if t&multiple != 0 || p.Type.isCounted() {
		count = c.uint32()
	}
	size, fixed := sizes[p.Type]
	if !fixed && !p.Type.isCounted() {
		return p, false
	}
	if t&multiple != 0 {
		p.Count = count
	}
	for i := uint32(0); i < count && !c.short; i++ {
		if !fixed {
			size = c.uint32()
		}
		if v := c.padded(size); i == 0 {
			p.Value = v
		}
	}
	return p, !c.short
}

// maxName is the number of octets of a property's name that are read.
const maxName = 512

// cutString decodes a name.
func cutString(page int, data []byte) string {
	data = data[:min(len(data), maxName)]
	return text(page, data)
}

// text decodes a string up to the octet or character zero that ends it.
func text(page int, data []byte) string {
	if page == codepage.UTF16 {
		data = data[:len(data)&^1]
		for i := 0; i < len(data); i += 2 {
			if data[i] == 0 && data[i+1] == 0 {
				data = data[:i]
				break
			}
		}
	} else if end := bytes.IndexByte(data, 0); end >= 0 {
		data = data[:end]
	}
	return codepage.Decode(page, data)
}

// Find returns the first property with an identifier, or nil.
func (l Properties) Find(id uint16) *Property {
	for i := range l {
		if l[i].ID == id {
			return &l[i]
		}
	}
	return nil
}

// Named returns the first property with a number in a set, or nil.
func (l Properties) Named(set GUID, lid uint32) *Property {
	for i := range l {
		if p := &l[i]; p.ID >= firstNamed && p.LID == lid && p.Name == "" && p.Set == set {
			return p
		}
	}
	return nil
}

// Int returns the value of an integer or a Boolean. It is 0 if p is nil or has another
// type.
func (p *Property) Int() int {
	switch {
	case p == nil:
	case p.Type == typeInteger32 && len(p.Value) >= 4:
		return int(int32(binary.LittleEndian.Uint32(p.Value)))
	case (p.Type == typeInteger16 || p.Type == typeBoolean) && len(p.Value) >= 2:
		return int(int16(binary.LittleEndian.Uint16(p.Value)))
	}
	return 0
}

// Binary returns the octets of a binary value, and nil if p is nil or has another type.
func (p *Property) Binary() []byte {
	if p == nil || p.Type != typeBinary {
		return nil
	}
	return p.Value
}

// The start of the time of Windows before that of Unix, in seconds, and its units in a
// second.
const (
	epoch = 11644473600
	ticks = 10_000_000
)

// Time returns the value of a time in UTC, in whole seconds. It is zero if p is nil or
// has another type, or if the year is before 1601 or after 9999.
func (p *Property) Time() time.Time {
	if p == nil || p.Type != typeTime || len(p.Value) < 8 {
		return time.Time{}
	}
	v := binary.LittleEndian.Uint64(p.Value)
	if v == 0 {
		return time.Time{}
	}
	t := time.Unix(int64(v/ticks)-epoch, 0).UTC()
	if t.Year() > 9999 {
		return time.Time{}
	}
	return t
}

// IsUnicode reports whether p is a string that needs no code page.
func (p *Property) IsUnicode() bool { return p != nil && p.Type == typeString }
