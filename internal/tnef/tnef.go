// Package tnef reads TNEF (MS-OXTNEF), the file winmail.dat in which Outlook and
// Exchange send a message as its MAPI properties. It knows the container, and the
// meanings of a few properties. It never panics, takes time linear in the size of the
// file, and trusts nothing that the file says.
package tnef

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// ErrSignature reports data that is no TNEF.
var ErrSignature = errors.New("tnef: no TNEF signature")

// signature begins every TNEF file (MS-OXTNEF, section 2.1.3.1).
const signature = 0x223E9F78

// The limits of one file, with all messages inside it.
const (
	maxAttributes = 20_000
	maxProperties = 20_000
	maxProblems   = 20
)

// Limits limit the reading of one file.
type Limits struct {
	Files int // files and messages inside, at all depths together
	Depth int // messages inside one another
}

// Message is a message as its file has it.
type Message struct {
	// Class is PidTagMessageClass, such as "IPM.Schedule.Meeting.Resp.Pos". Names of
	// Microsoft Mail are replaced.
	Class string
	// Properties are the properties of the message. Those that an attribute of its
	// own gives are at the end, and of several lists the first comes first.
	Properties Properties
	// Files are the attachments.
	Files []File
	// Problems names in words the parts that were damaged or over a limit.
	Problems []string

	page   int        // the code page of 8-bit strings
	full   bool       // a file was over the limit
	listed Properties // those of attMsgProps, until the message is finished
}

// File is an attachment.
type File struct {
	// Properties are the properties of the attachment.
	Properties Properties
	// Name is its name, which is not safe to use as a path.
	Name string
	// MediaType is its type as the file says it, and "" if it says none.
	MediaType string
	// Data is the content, a part of the data that was decoded. Nil in a Message.
	Data []byte
	// Message is the content if the attachment is a message.
	Message *Message

	title []byte // attAttachTitle
}

// Decode reads a file. The error is ErrSignature. Other damage is named in
// [Message.Problems], and what it hits is left out.
func Decode(data []byte, l Limits) (*Message, error) {
	d := &decoder{limits: l, root: new(Message)}
	if err := d.message(data, d.root, 0); err != nil {
		return nil, err
	}
	return d.root, nil
}

// decoder is the state of one [Decode].
type decoder struct {
	limits                        Limits
	root                          *Message
	attributes, properties, files int
}

// problem notes damage, each text once.
func (d *decoder) problem(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if list := d.root.Problems; len(list) < maxProblems && !slices.Contains(list, text) {
		d.root.Problems = append(list, text)
	}
}

// The levels of an attribute (MS-OXTNEF, section 2.1.3.2).
const (
	levelMessage    = 1
	levelAttachment = 2
)

// message reads the attributes of a message into m.
func (d *decoder) message(data []byte, m *Message, depth int) error {
	c := cursor{data: data}
	if c.uint32() != signature || c.short {
		return ErrSignature
	}
	c.uint16() // the key, by which old programs numbered attachments
	for len(c.data) > 0 {
		if d.attributes++; d.attributes > maxAttributes {
			d.problem("more than %d attributes: the rest is not read", maxAttributes)
			break
		}
		a, ok := d.attribute(&c)
		if !ok {
			break
		}
		if a.level == levelAttachment {
			d.attachment(m, a)
		} else {
			d.messageAttribute(m, a)
		}
	}
	d.finish(m, depth)
	return nil
}

// attribute is one attribute of a file.
type attribute struct {
	level byte
	id    uint32
	data  []byte
}

// attribute reads the next attribute. ok is false at the end of what can be read. An
// attribute with a wrong checksum is read without its data.
func (d *decoder) attribute(c *cursor) (a attribute, ok bool) {
	a.level = c.byte()
	a.id = c.uint32()
	size := c.uint32()
	a.data = c.take(size)
	sum := c.uint16()
	switch {
	case c.short:
		d.problem("attribute 0x%08X: it breaks off", a.id)
		return a, false
	case a.level != levelMessage && a.level != levelAttachment:
		d.problem("attribute 0x%08X: unknown level %d: the rest is not read", a.id, a.level)
		return a, false
	}
	// MS-OXTNEF, section 2.3.3.4: some writers give the class a wrong checksum.
	if a.id != attMessageClass && a.id != attOriginalClass && checksum(a.data) != sum {
		d.problem("attribute 0x%08X: wrong checksum: not read", a.id)
		a.id = 0
	}
	return a, true
}

// checksum returns the sum of the octets (MS-OXTNEF, section 2.1.3.2).
func checksum(data []byte) (sum uint16) {
	for _, c := range data {
		sum += uint16(c)
	}
	return sum
}

// cursor reads data from its start. After the first read beyond the end, short is set,
// and all values are zero.
type cursor struct {
	data  []byte
	short bool
}

// take returns the next n octets, and nil if there are not as many.
func (c *cursor) take(n uint32) []byte {
	if c.short || uint64(n) > uint64(len(c.data)) {
		c.short, c.data = true, nil
		return nil
	}
	out := c.data[:n:n]
	c.data = c.data[n:]
	return out
}

// padded returns the next n octets, and passes over the padding to a multiple of four.
// At the end of the data the padding may be missing.
func (c *cursor) padded(n uint32) []byte {
	out := c.take(n)
	if !c.short && n%4 != 0 {
		c.take(min(4-n%4, uint32(min(len(c.data), 4))))
	}
	return out
}

func (c *cursor) byte() byte {
	if b := c.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (c *cursor) uint16() uint16 {
	if b := c.take(2); b != nil {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

func (c *cursor) uint32() uint32 {
	if b := c.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}
