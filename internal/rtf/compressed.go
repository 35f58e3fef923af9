// Package rtf reads the text of RTF as Outlook and Exchange send it: compressed
// (MS-OXRTFCP), and with HTML or plain text inside (MS-OXRTFEX). It is no general
// reader of RTF: fields, tables and pictures are not kept.
package rtf

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
)

// The errors of [Decompress].
var (
	ErrHeader   = errors.New("compressed RTF: no valid header")
	ErrChecksum = errors.New("compressed RTF: wrong checksum")
	ErrCut      = errors.New("compressed RTF: cut at the limit")
	ErrShort    = errors.New("compressed RTF: it breaks off")
)

// The values of COMPTYPE, and the size of the header (MS-OXRTFCP, section 2.1.3.1.1).
const (
	compressed   = 0x75465A4C // "LZFu"
	uncompressed = 0x414C454D // "MELA"
	headerSize   = 16
)

// Decompress returns the RTF in a value of PidTagRtfCompressed. It takes time linear in
// the sizes of the value and of the result. If the RTF is longer than limit, it is cut,
// and the error is ErrCut. With any other error there is no RTF.
func Decompress(data []byte, limit int) ([]byte, error) {
	if len(data) < headerSize {
		return nil, ErrHeader
	}
	size := int64(binary.LittleEndian.Uint32(data)) + 4 // COMPSIZE does not count itself
	raw := int64(binary.LittleEndian.Uint32(data[4:]))
	kind := binary.LittleEndian.Uint32(data[8:])
	switch {
	case size < headerSize || kind != compressed && kind != uncompressed:
		return nil, ErrHeader
	case size > int64(len(data)):
		return nil, ErrShort
	}
	body := data[headerSize:size]
	most := int(min(raw, int64(limit)))
	var out []byte
	var err error
	if kind == uncompressed {
		if raw > int64(len(body)) {
			return nil, ErrShort
		}
		out = body[:most:most]
	} else {
		if checksum(body) != binary.LittleEndian.Uint32(data[12:]) {
			return nil, ErrChecksum
		}
		out, err = expand(body, most)
	}
	if err == nil && raw > int64(limit) {
		err = ErrCut
	}
	return out, err
}

// checksum returns the CRC of MS-OXRTFCP, section 2.1.3.2: the polynomial of IEEE
// 802.3, which begins with zeros and is not complemented.
func checksum(body []byte) uint32 { return ^crc32.Update(^uint32(0), crc32.IEEETable, body) }

// initial is the content of the dictionary at the start (MS-OXRTFCP, section 2.1.2.1).
const initial = `{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor ` +
	`MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0` + "\r\n" + `\par \pard\plain\f0\fs20\b\i\u\tab\tx`

// window is the size of the dictionary.
const window = 4096

// expand undoes the compression (MS-OXRTFCP, section 2.2.2), up to a size of most.
func expand(body []byte, most int) ([]byte, error) {
	var dict [window]byte
	at := copy(dict[:], initial)
	out := make([]byte, 0, min(most, 4*len(body)))
	for pos := 0; pos < len(body); {
		control := body[pos]
		pos++
		for bit := 0; bit < 8; bit++ {
			if len(out) >= most {
				return out, nil
			}
			if control>>bit&1 == 0 {
				if pos >= len(body) {
					return nil, ErrShort
				}
				dict[at] = body[pos]
				out = append(out, body[pos])
				pos, at = pos+1, (at+1)%window
				continue
			}
			if pos+1 >= len(body) {
				return nil, ErrShort
			}
			reference := binary.BigEndian.Uint16(body[pos:])
			pos += 2
			from := int(reference >> 4)
			if from == at { // the end
				return out, nil
			}
			for n := min(int(reference&15)+2, most-len(out)); n > 0; n-- {
				c := dict[from]
				dict[at] = c
				out = append(out, c)
				from, at = (from+1)%window, (at+1)%window
			}
		}
	}
	if len(out) >= most {
		return out, nil
	}
	return nil, ErrShort
}
