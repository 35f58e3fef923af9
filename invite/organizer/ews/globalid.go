package ews

import (
	"encoding/binary"
	"encoding/hex"
	"strings"
)

// The parts of a GlobalObjectId (MS-OXOCAL, section 2.2.1.27): 16 octets of signature,
// 4 of the date of an occurrence, 8 of the time at which it was made, 8 zeros, 4 of
// length, and as many octets of data.
const (
	globalIDClass  = "\x04\x00\x00\x00\x82\x00\xE0\x00\x74\xC5\xB7\x10\x1A\x82\xE0\x08"
	globalIDHeader = 40
	globalIDDate   = 16 // the offset of the date
	vCalUID        = "vCal-Uid\x01\x00\x00\x00"
)

// globalID returns the GlobalObjectId of a UID. A UID that Exchange has made is the
// GlobalObjectId in hexadecimal already. Any other UID is wrapped (MS-OXCICAL, property
// UID).
func globalID(uid string) []byte {
	if id, err := hex.DecodeString(uid); err == nil && len(id) >= globalIDHeader && strings.HasPrefix(string(id), globalIDClass) {
		clear(id[globalIDDate : globalIDDate+4])
		return id
	}
	data := vCalUID + uid + "\x00"
	id := append([]byte(globalIDClass), make([]byte, 20)...)
	id = binary.LittleEndian.AppendUint32(id, uint32(len(data)))
	return append(id, data...)
}
