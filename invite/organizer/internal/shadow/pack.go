package shadow

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"io"
	"strings"
)

// maxData is the size of unpacked data in octets.
const maxData = 4 << 20

// Form says how far the entry of a copy is.
type Form string

const (
	// FormDone: the entry was written as a whole.
	FormDone Form = "d1:"
	// FormReserved: the entry was only reserved.
	FormReserved Form = "r1:"
	// FormPart: single occurrences were still to be written.
	FormPart Form = "p1:"
)

// Pack returns data as text. It reports false if the text is longer than most octets.
// Equal data gives equal text.
func Pack(data []byte, form Form, most int) (string, bool) {
	var b bytes.Buffer
	z, _ := zlib.NewWriterLevel(&b, zlib.BestCompression)
	_, _ = z.Write(data)
	_ = z.Close()
	text := string(form) + base64.RawURLEncoding.EncodeToString(b.Bytes())
	return text, len(text) <= most
}

// Unpack returns the argument of Pack. It reports false for text that Pack has not made,
// or that was cut.
func Unpack(text string) (data []byte, form Form, ok bool) {
	for _, form = range []Form{FormDone, FormReserved, FormPart} {
		if rest, found := strings.CutPrefix(text, string(form)); found {
			data, ok = unpack(rest)
			return data, form, ok
		}
	}
	return nil, "", false
}

func unpack(text string) ([]byte, bool) {
	packed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, false
	}
	z, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, false
	}
	data, err := io.ReadAll(io.LimitReader(z, maxData+1))
	return data, err == nil && len(data) <= maxData
}
