package mime

import (
	"bytes"
	"strings"
)

// Closed is a form of content that [Read] cannot look into.
type Closed string

// The values of [Closed].
const (
	// ClosedSMIMESigned: the content lies inside an S/MIME signature (RFC 8551,
	// section 3.5.2). A multipart/signed is not closed.
	ClosedSMIMESigned Closed = "smime-signed"
	// ClosedSMIMEEncrypted: the content is encrypted by S/MIME (RFC 8551, section
	// 3.3).
	ClosedSMIMEEncrypted Closed = "smime-encrypted"
	// ClosedSMIME: the content is compressed by S/MIME, or the mail does not show
	// which form it has.
	ClosedSMIME Closed = "smime"
	// ClosedPGP: the content is encrypted by OpenPGP (RFC 3156, section 4), or
	// stands in its armor as a text (RFC 9580, section 6.2).
	ClosedPGP Closed = "pgp-encrypted"
)

// smimeTypes are the forms by the parameter smime-type (RFC 8551, section 3.2.2).
// Certificates alone hide no content.
var smimeTypes = map[string]Closed{
	"signed-data":        ClosedSMIMESigned,
	"signed-receipt":     ClosedSMIMESigned,
	"enveloped-data":     ClosedSMIMEEncrypted,
	"authenveloped-data": ClosedSMIMEEncrypted,
	"certs-only":         "",
}

// smimeContents are the forms by the type of the ContentInfo (RFC 5652, section
// 3), an object identifier in DER. It counts if the parameter is missing.
var smimeContents = []struct {
	oid  string
	form Closed
}{
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", ClosedSMIMESigned},
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03", ClosedSMIMEEncrypted},
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17", ClosedSMIMEEncrypted},
}

// armor is the line with which an encrypted OpenPGP message begins.
var armor = []byte("-----BEGIN PGP MESSAGE-----")

// maxIntroduction is how many octets of a text may stand before the armor.
const maxIntroduction = 4 << 10

// closedForm returns the form in which the content of a part is closed, or "".
func closedForm(e *entity, name string) Closed {
	name = strings.ToLower(name)
	switch e.mediaType {
	case "application/pkcs7-mime", "application/x-pkcs7-mime":
		return smimeForm(e)
	case "application/pgp-encrypted", "application/pgp":
		return ClosedPGP
	case "application/octet-stream":
		if strings.HasSuffix(name, ".p7m") {
			return smimeForm(e)
		}
	case "text/plain", "text/calendar":
	default:
		return ""
	}
	start, _ := decode(e.body[:min(len(e.body), maxIntroduction)], e.encoding)
	if lineIndex(start, armor) >= 0 {
		return ClosedPGP
	}
	return ""
}

// smimeForm returns the form of an S/MIME part.
func smimeForm(e *entity) Closed {
	if form, known := smimeTypes[strings.ToLower(e.params.get("smime-type"))]; known {
		return form
	}
	start, _ := decode(e.body[:min(len(e.body), 128)], e.encoding)
	for _, c := range smimeContents {
		if bytes.Contains(start, []byte(c.oid)) {
			return c.form
		}
	}
	return ClosedSMIME
}

// closed notes a part whose content is closed. The first one counts.
func (r *reader) closed(e *entity, form Closed, at place) {
	r.partProblem(e, "not read")
	if at.returned == nil && r.out.Closed == "" {
		r.out.Closed = form
	}
	if e.mediaType == "text/plain" {
		r.body(e, at)
	}
}
