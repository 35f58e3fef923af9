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

// The forms of a packed copy.
const (
	formPut      = "p1:"
	formReserved = "r1:"
)

// Pack returns data as text. reserved marks an entry that was only reserved. It reports
// false if the text is longer than most octets. Equal data gives equal text.
func Pack(data []byte, reserved bool, most int) (string, bool) {
	var b bytes.Buffer
	z, _ := zlib.NewWriterLevel(&b, zlib.BestCompression)
	_, _ = z.Write(data)
	_ = z.Close()
	form := formPut
	if reserved {
		form = formReserved
	}
	text := form + base64.RawURLEncoding.EncodeToString(b.Bytes())
	return text, len(text) <= most
}

// Unpack returns what Pack was given. It reports false for text that Pack has not made,
// or that was cut.
func Unpack(text string) (data []byte, reserved, ok bool) {
	form, rest := formPut, ""
	switch {
	case strings.HasPrefix(text, formPut):
		rest = text[len(formPut):]
	case strings.HasPrefix(text, formReserved):
		form, rest = formReserved, text[len(formReserved):]
	default:
		return nil, false, false
	}
	packed, err := base64.RawURLEncoding.DecodeString(rest)
	if err != nil {
		return nil, false, false
	}
	z, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, false, false
	}
	data, err = io.ReadAll(io.LimitReader(z, maxData+1))
	if err != nil || len(data) > maxData {
		return nil, false, false
	}
	return data, form == formReserved, true
}
