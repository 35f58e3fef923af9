package mime

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"strings"
)

// digest is a hash over the content of a mail, or not made yet. The Message-ID of
// a draft that has none is made from it.
type digest struct {
	sum  [32]byte
	made bool
}

// contentDigest returns the digest of the mail of cd, whose layout is that of f.
// Each value is hashed with its length, so that two different drafts never lead to
// the same octets.
func contentDigest(cd *checkedDraft, f *frame) (d digest) {
	h := sha256.New()
	hashValue(h, []byte(cd.Text))
	hashValue(h, []byte(cd.HTML))
	hashValue(h, cd.Calendar)
	h.Write(f.digestTail)
	h.Sum(d.sum[:0])
	d.made = true
	return d
}

func hashValue(h hash.Hash, value []byte) {
	var size [8]byte
	binary.BigEndian.PutUint64(size[:], uint64(len(value)))
	h.Write(size[:])
	h.Write(value)
}

// appendDigestTail appends the values that follow the calendar object in the
// digest. The data of a file counts by its own hash. Otherwise it would be
// hashed again for each calendar object.
func appendDigestTail(b []byte, cd *checkedDraft) []byte {
	b = appendValue(b, cd.attachedName())
	for _, list := range [][]File{cd.Inline, cd.Attachments} {
		b = binary.BigEndian.AppendUint64(b, uint64(len(list)))
		for _, f := range list {
			data := sha256.Sum256(f.Data)
			b = appendValue(appendValue(appendValue(b, f.Name), f.MediaType), f.ContentID)
			b = append(b, data[:]...)
		}
	}
	return b
}

func appendValue(b []byte, value string) []byte {
	return append(binary.BigEndian.AppendUint64(b, uint64(len(value))), value...)
}

// deriveID returns the Message-ID of a mail with this header and content (RFC
// 5322, section 3.6.4). It ends with the domain of addr, so that it differs
// from all Message-IDs of other domains.
func deriveID(date, rest []byte, content [32]byte, addr string) string {
	h := sha256.New()
	h.Write(date)
	h.Write(content[:])
	h.Write(rest)
	return "<" + hex.EncodeToString(h.Sum(nil)[:16]) + addr[strings.LastIndexByte(addr, '@'):] + ">"
}

// boundaryDigits returns the part of the boundaries that differs from mail to mail,
// in hexadecimal. It is a hash of the Message-ID, which no other mail has.
func boundaryDigits(id string) (digits [24]byte) {
	sum := sha256.Sum256([]byte(id))
	hex.Encode(digits[:], sum[:12])
	return digits
}

// boundary returns the boundary of the multipart of this subtype. No line of
// content can look like it, whatever the digits are: "=_" occurs neither in
// quoted-printable nor in base64 (RFC 2045, section 6.7), and no line of a text in
// 7bit begins with "--". No boundary of a mail is the beginning of another one.
func boundary(digits []byte, subtype string) string { return "=_" + string(digits) + "-" + subtype }
