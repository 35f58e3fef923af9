package mime

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/jhillyerd/enmime/v2"
)

// qp makes enmime's encoder write text in quoted-printable. The encoder is used
// with four precautions:
//
//   - Encode writes into the Part, so each mail has parts of its own.
//   - For text, Encode chooses a transfer encoding by counting octets. qp
//     forces quoted-printable, and a ContentReader forces base64. Without either,
//     it leaves text that fits7bit accepts as it is.
//   - Encode drops all parameters if one of them is not valid. So it never gets
//     an unchecked parameter.
//   - Encode makes an encoded-word of a file name that is not ASCII. So it gets
//     the finished Content-Disposition.
var qp = enmime.NewEncoder(enmime.ForceQuotedPrintableCte(true))

// partTree returns the parts of the mail in the shape that the package
// documentation shows. The values in of may be placeholders.
func partTree(cd *checkedDraft, of *gapValues) *enmime.Part {
	root := related(cd, of)
	var files []*enmime.Part
	if len(cd.Calendar) > 0 && !cd.NoAttachment {
		files = append(files, filePart(File{Name: cd.attachedName(), MediaType: "application/ics", Data: of[gapCalendar]}, "attachment"))
	}
	for _, f := range cd.Attachments {
		files = append(files, filePart(f, "attachment"))
	}
	if len(files) == 0 {
		return root
	}
	return multipart("mixed", boundary(of[gapBoundary], "mixed"), append([]*enmime.Part{root}, files...)...)
}

// related returns the text in all its forms, together with the images that its HTML
// shows (MS-OXCMAIL, section 2.1.3.3.8.3).
//
// QUIRK: Thunderbird 153 shows no text at all if the HTML and its images are a
// multipart/related inside of the multipart/alternative with the calendar object.
func related(cd *checkedDraft, of *gapValues) *enmime.Part {
	root := alternative(cd, of)
	if cd.HTML == "" || len(cd.Inline) == 0 {
		return root
	}
	parts := []*enmime.Part{root}
	for _, f := range cd.Inline {
		p := filePart(f, "inline")
		setField(p, "Content-ID", angled(f.ContentID))
		parts = append(parts, p)
	}
	p := multipart("related", boundary(of[gapBoundary], "related"), parts...)
	p.ContentTypeParams["type"] = root.ContentType // RFC 2387, section 3.1
	return p
}

// alternative returns the text in all its forms, the richest last (RFC 2046,
// section 5.1.4), and the calendar object after all of them.
func alternative(cd *checkedDraft, of *gapValues) *enmime.Part {
	parts := []*enmime.Part{textPart("text/plain", of[gapText], of[gapTextField] != nil)}
	if cd.HTML != "" {
		parts = append(parts, textPart("text/html", of[gapHTML], of[gapHTMLField] != nil))
	}
	if len(cd.Calendar) > 0 {
		parts = append(parts, calendarPart(of[gapCalendar], cd.Method))
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return multipart("alternative", boundary(of[gapBoundary], "alternative"), parts...)
}

// multipart returns a container of children, which must not have siblings yet.
func multipart(subtype, boundary string, children ...*enmime.Part) *enmime.Part {
	p := enmime.NewPart("multipart/" + subtype)
	p.Boundary = boundary
	for _, c := range children {
		p.AddChild(c)
	}
	return p
}

// textPart returns a part in UTF-8, either in quoted-printable or in 7bit. The
// content for 7bit has CRLF line ends.
func textPart(mediaType string, content []byte, quoted bool) *enmime.Part {
	p := enmime.NewPart(mediaType)
	if quoted {
		p.WithEncoder(qp)
	}
	p.Charset = "utf-8"
	p.Content = content
	return p
}

// calendarPart returns the part that makes the mail an invitation or an answer
// (RFC 6047, section 2.4).
func calendarPart(calendar []byte, method string) *enmime.Part {
	p := enmime.NewPart("text/calendar")
	p.ContentTypeParams["method"] = method
	p.Charset = "utf-8"
	p.ContentReader = bytes.NewReader(calendar)
	return p
}

// filePart returns f as a part in base64, which is right for all types.
func filePart(f File, disposition string) *enmime.Part {
	mediaType := strings.ToLower(f.MediaType)
	if mediaType == "" {
		mediaType = "application/octet-stream"
	}
	p := enmime.NewPart(mediaType)
	if p.TextContent() {
		p.ContentReader = bytes.NewReader(f.Data)
		if utf8.Valid(f.Data) {
			p.Charset = "utf-8"
		}
	} else {
		p.Content = f.Data
	}
	if f.Name != "" {
		p.ContentTypeParams["name"] = nameParam(f.Name)
		disposition += filenameParam(f.Name)
	}
	setField(p, "Content-Disposition", disposition)
	return p
}

// setField sets a field in the spelling of the RFCs. Header.Set would change
// Content-ID to "Content-Id".
func setField(p *enmime.Part, name, value string) { p.Header[name] = []string{value} }
