package mime

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"strings"
)

// contentDigest returns a hash over the content of a mail. Its boundaries are
// made from this hash. Each value is hashed with its length, so that two
// different drafts never lead to the same octets.
func contentDigest(c *content, calendar []byte) (sum [32]byte, err error) {
	h, err := c.textHash.Clone()
	if err != nil {
		return sum, err
	}
	hashValue(h, calendar)
	h.Write(c.frame.digestTail)
	h.Sum(sum[:0])
	return sum, nil
}

// hashTexts returns the hash over the texts, which precede the calendar object
// in the digest.
func hashTexts(text, html []byte) hash.Cloner {
	h := sha256.New().(hash.Cloner) // all hashes of the standard library are
	hashValue(h, text)
	hashValue(h, html)
	return h
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

// boundary returns the boundary of the multipart of this subtype. "=_" occurs
// neither in quoted-printable nor in base64 (RFC 2045, section 6.7). All leaves
// have one of these encodings, so no line of content can look like the
// boundary. No boundary of a mail is the beginning of another one.
func boundary(digits []byte, subtype string) string { return "=_" + string(digits) + "-" + subtype }
