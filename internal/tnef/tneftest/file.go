// Package tneftest writes TNEF files for tests: messages with their properties, and
// meetings as Outlook and Exchange write them (MS-OXTNEF, MS-OXOCAL). It is written
// against the specifications, and shares no constants with the reader.
package tneftest

import (
	"encoding/binary"
	"time"
	"unicode/utf16"

	"github.com/convene-go/convene/internal/codepage"
)

// GUID is a set of named properties.
type GUID [16]byte

// The sets of named properties, as they are in a file.
var (
	Appointment = GUID{0x02, 0x20, 0x06, 0x00, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46}
	Meetings    = GUID{0x90, 0xDA, 0xD8, 0x6E, 0x0B, 0x45, 0x1B, 0x10, 0x98, 0xDA, 0x00, 0xAA, 0x00, 0x3F, 0x13, 0x05}
	Common      = GUID{0x08, 0x20, 0x06, 0x00, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46}
)

// Property is a property to write.
type Property struct {
	ID   uint16
	Type uint16
	Set  GUID   // with LID or Name, if ID is 0x8000 or more
	LID  uint32 // if Name is ""
	Name string
	// Values are the values in the form of the file, without padding and counts.
	Values [][]byte
}

// Attribute is an attribute to write.
type Attribute struct {
	Level byte // 1 or 2
	ID    uint32
	Data  []byte
	// BadChecksum writes another sum.
	BadChecksum bool
}

// File returns a TNEF file with some attributes.
func File(list ...Attribute) []byte {
	out := []byte{0x78, 0x9F, 0x3E, 0x22, 0x01, 0x00}
	for _, a := range list {
		out = append(out, a.Level)
		out = binary.LittleEndian.AppendUint32(out, a.ID)
		out = binary.LittleEndian.AppendUint32(out, uint32(len(a.Data)))
		out = append(out, a.Data...)
		sum := 0
		for _, c := range a.Data {
			sum += int(c)
		}
		if a.BadChecksum {
			sum++
		}
		out = binary.LittleEndian.AppendUint16(out, uint16(sum%65536))
	}
	return out
}

// List returns the list of properties of an attribute.
func List(list ...Property) []byte {
	out := binary.LittleEndian.AppendUint32(nil, uint32(len(list)))
	for _, p := range list {
		out = binary.LittleEndian.AppendUint16(out, p.Type)
		out = binary.LittleEndian.AppendUint16(out, p.ID)
		if p.ID >= 0x8000 {
			out = append(out, p.Set[:]...)
			out = appendName(out, p)
		}
		kind := p.Type &^ 0x1000
		counted := kind == 0x1E || kind == 0x1F || kind == 0x102 || kind == 0x0D
		if counted || p.Type != kind {
			out = binary.LittleEndian.AppendUint32(out, uint32(len(p.Values)))
		}
		for _, v := range p.Values {
			if counted {
				out = binary.LittleEndian.AppendUint32(out, uint32(len(v)))
			}
			out = pad(append(out, v...), len(v))
		}
	}
	return out
}

// appendName appends the kind and the number or name of a named property.
func appendName(out []byte, p Property) []byte {
	if p.Name == "" {
		out = binary.LittleEndian.AppendUint32(out, 0)
		return binary.LittleEndian.AppendUint32(out, p.LID)
	}
	name := Wide(p.Name)
	out = binary.LittleEndian.AppendUint32(out, 1)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(name)))
	return pad(append(out, name...), len(name))
}

// pad appends zeros so that n octets become a multiple of four.
func pad(out []byte, n int) []byte {
	for ; n%4 != 0; n++ {
		out = append(out, 0)
	}
	return out
}

// Wide returns a string in UTF-16 with its end.
func Wide(s string) []byte {
	var out []byte
	for _, c := range utf16.Encode([]rune(s + "\x00")) {
		out = binary.LittleEndian.AppendUint16(out, c)
	}
	return out
}

// Narrow returns a string in a code page with its end. Characters that the page does
// not have become question marks or the like.
func Narrow(page int, s string) []byte {
	enc := codepage.Find(page)
	if enc == nil {
		panic("tneftest: unknown code page")
	}
	out, err := enc.NewEncoder().Bytes([]byte(s))
	if err != nil {
		panic("tneftest: " + err.Error())
	}
	return append(out, 0)
}

// Text, String8, Int, Bool, Binary and Time return a property with one value.
func Text(id uint16, s string) Property {
	return Property{ID: id, Type: 0x1F, Values: [][]byte{Wide(s)}}
}

// String8 returns a string in a code page.
func String8(id uint16, page int, s string) Property {
	return Property{ID: id, Type: 0x1E, Values: [][]byte{Narrow(page, s)}}
}

// Int returns a number of 32 bits.
func Int(id uint16, n int) Property {
	return Property{ID: id, Type: 0x03, Values: [][]byte{binary.LittleEndian.AppendUint32(nil, uint32(n))}}
}

// Bool returns a Boolean.
func Bool(id uint16, b bool) Property {
	v := []byte{0, 0}
	if b {
		v[0] = 1
	}
	return Property{ID: id, Type: 0x0B, Values: [][]byte{v}}
}

// Binary returns octets.
func Binary(id uint16, data []byte) Property {
	return Property{ID: id, Type: 0x102, Values: [][]byte{data}}
}

// Time returns a time.
func Time(id uint16, t time.Time) Property {
	v := uint64(t.Unix()+11644473600) * 10_000_000
	return Property{ID: id, Type: 0x40, Values: [][]byte{binary.LittleEndian.AppendUint64(nil, v)}}
}

// Named gives a property a number in a set.
func Named(set GUID, lid uint32, p Property) Property {
	p.ID, p.Set, p.LID = 0x8000+uint16(lid)&0x0FFF, set, lid
	return p
}
