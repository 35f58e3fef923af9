package tnef

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/convene-go/convene/internal/codepage"
)

// The named properties of a meeting (MS-OXOCAL, sections 2.2.1 to 2.2.10).
const (
	// in SetMeeting
	LidAttendeeCriticalChange uint32 = 0x0001
	LidGlobalObjectID         uint32 = 0x0003
	LidIsException            uint32 = 0x000A
	LidOwnerCriticalChange    uint32 = 0x001A
	LidCleanGlobalObjectID    uint32 = 0x0023
	// in SetAppointment
	LidSequence             uint32 = 0x8201
	LidBusyStatus           uint32 = 0x8205
	LidLocation             uint32 = 0x8208
	LidStart                uint32 = 0x820D
	LidEnd                  uint32 = 0x820E
	LidAllDay               uint32 = 0x8215 // PidLidAppointmentSubType
	LidRecurring            uint32 = 0x8223
	LidExceptionReplaceTime uint32 = 0x8228
	LidZoneDescription      uint32 = 0x8234
	LidProposedStart        uint32 = 0x8250
	LidProposedEnd          uint32 = 0x8251
	LidCounterProposal      uint32 = 0x8257
	LidZoneStart            uint32 = 0x825E // PidLidAppointmentTimeZoneDefinitionStartDisplay
	LidZoneRecur            uint32 = 0x8260 // PidLidAppointmentTimeZoneDefinitionRecur
)

// ObjectID is the content of a PidLidGlobalObjectId (MS-OXOCAL, section 2.2.1.27).
type ObjectID struct {
	// UID is the identifier of the meeting. A UID that did not come from Outlook is
	// unwrapped. Other identifiers are in capital hexadecimal digits without the date,
	// as Outlook writes them in calendar objects (MS-OXCICAL, section 2.1.3.1.1.20.26).
	UID string
	// Date is the original date of the occurrence, at midnight in UTC. It is zero for
	// a whole meeting. The zone in which it is the date is the organizer's.
	Date time.Time
}

// objectClass begins every GlobalObjectId.
var objectClass = []byte("\x04\x00\x00\x00\x82\x00\xE0\x00\x74\xC5\xB7\x10\x1A\x82\xE0\x08")

// wrapper begins the data of an identifier that wraps a UID.
var wrapper = []byte("vCal-Uid\x01\x00\x00\x00")

// The places in a GlobalObjectId, and the length of the longest one that is read.
const (
	objectDate  = 16
	objectSize  = 36
	objectData  = 40
	maxObjectID = 4096
)

// ParseObjectID reads a GlobalObjectId. It reports false if the data is none.
func ParseObjectID(data []byte) (ObjectID, bool) {
	if len(data) < objectData || len(data) > maxObjectID || !bytes.HasPrefix(data, objectClass) {
		return ObjectID{}, false
	}
	inner := data[objectData:]
	if size := binary.LittleEndian.Uint32(data[objectSize:]); uint64(size) <= uint64(len(inner)) {
		inner = inner[:size]
	}
	id := ObjectID{Date: objectDay(data[objectDate:])}
	if uid, ok := bytes.CutPrefix(inner, wrapper); ok {
		uid, _, _ = bytes.Cut(uid, []byte{0})
		id.UID = string(uid)
		if !utf8.Valid(uid) {
			id.UID = codepage.Decode(codepage.Latin, uid)
		}
		return id, id.UID != ""
	}
	whole := bytes.Clone(data)
	clear(whole[objectDate : objectDate+4])
	id.UID = strings.ToUpper(hex.EncodeToString(whole))
	return id, true
}

// objectDay returns the date in a GlobalObjectId, which has the year in big-endian form.
// It is zero if there is none.
func objectDay(b []byte) time.Time {
	year, month, day := int(binary.BigEndian.Uint16(b)), time.Month(b[2]), int(b[3])
	t := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	if year < 1601 || year > 9999 || t.Month() != month || t.Day() != day {
		return time.Time{}
	}
	return t
}

// maxZone is the length of the longest name of a zone, in characters of UTF-16.
const maxZone = 260

// ZoneName returns the name of Windows in a time zone definition (MS-OXOCAL, section
// 2.2.1.41). It is "" if there is none.
func ZoneName(data []byte) string {
	c := cursor{data: data}
	c.take(2) // version
	c.take(4) // size and a reserved field
	n := c.uint16()
	if n > maxZone {
		return ""
	}
	return text(codepage.UTF16, c.take(2*uint32(n)))
}
