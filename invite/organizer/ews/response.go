package ews

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// response is the answer of the server to each part of a request, in its order.
type response struct {
	messages []message
}

// envelopeXML is a response on the wire.
type envelopeXML struct {
	XMLName xml.Name `xml:"http://schemas.xmlsoap.org/soap/envelope/ Envelope"`
	Body    struct {
		Fault     *faultXML `xml:"http://schemas.xmlsoap.org/soap/envelope/ Fault"`
		Responses []bodyXML `xml:",any"`
	} `xml:"http://schemas.xmlsoap.org/soap/envelope/ Body"`
}

// bodyXML is the element of a response in the body, such as CreateItemResponse.
type bodyXML struct {
	XMLName  xml.Name
	Messages struct {
		List []message `xml:",any"`
	} `xml:"http://schemas.microsoft.com/exchange/services/2006/messages ResponseMessages"`
}

// message is a ResponseMessage (MS-OXWSCDATA, ResponseMessageType).
type message struct {
	XMLName xml.Name
	Class   string     `xml:"ResponseClass,attr"`
	Text    string     `xml:"MessageText"`
	Code    string     `xml:"ResponseCode"`
	Details detailsXML `xml:"MessageXml"`
	Items   struct {
		List []item `xml:",any"`
	} `xml:"Items"`
	Root struct {
		Last  string `xml:"IncludesLastItemInRange,attr"`
		Items struct {
			List []item `xml:",any"`
		} `xml:"Items"`
		Folders struct {
			List []folderXML `xml:",any"`
		} `xml:"Folders"`
	} `xml:"RootFolder"`
}

// detailsXML is MessageXml: named values.
type detailsXML struct {
	Values []struct {
		Name string `xml:"Name,attr"`
		Text string `xml:",chardata"`
	} `xml:"Value"`
}

// faultXML is a SOAP 1.1 fault with the detail that Exchange adds. The code is in
// ResponseCode, and in FaultCode for old versions.
type faultXML struct {
	Code   string `xml:"faultcode"`
	Text   string `xml:"faultstring"`
	Detail struct {
		Code    string     `xml:"ResponseCode"`
		Text    string     `xml:"Message"`
		Details detailsXML `xml:"MessageXml"`
	} `xml:"detail"`
}

// idXML is the identifier of an item or a folder.
type idXML struct {
	ID  string `xml:"Id,attr"`
	Key string `xml:"ChangeKey,attr"`
}

// folderXML is a folder of a response.
type folderXML struct {
	XMLName xml.Name
	ID      idXML  `xml:"FolderId"`
	Name    string `xml:"DisplayName"`
	Class   string `xml:"FolderClass"`
}

// pause returns the time for which the server asks to be left alone: BackOffMilliseconds,
// at most a day.
func (d detailsXML) pause() time.Duration {
	for _, v := range d.Values {
		if v.Name != "BackOffMilliseconds" {
			continue
		}
		if n, err := strconv.ParseUint(strings.TrimSpace(v.Text), 10, 32); err == nil {
			return min(time.Duration(n)*time.Millisecond, 24*time.Hour)
		}
	}
	return 0
}

// parse reads the response to an operation. Its error is an [Error] if the server has
// refused the request as a whole.
func parse(op string, r *reply) (*response, error) {
	e, err := decodeEnvelope(r.body)
	if err == nil && e.Body.Fault != nil {
		return nil, e.Body.Fault.err(op, r)
	}
	if r.status != http.StatusOK {
		return nil, statusError(op, r.status, statusText(r), r.retryAfter())
	}
	if err != nil {
		return nil, surprise(op, "the response is not SOAP: %w", err)
	}
	for _, b := range e.Body.Responses {
		if b.XMLName.Local == op+"Response" && b.XMLName.Space == messagesSpace {
			return &response{messages: b.Messages.List}, nil
		}
	}
	return nil, surprise(op, "the response has no %sResponse", op)
}

// statusText describes a response that is not SOAP. The text of a page is left out.
func statusText(r *reply) string {
	if r.status >= 300 && r.status < 400 {
		return "the server redirects to another address, and a redirect is not followed"
	}
	return http.StatusText(r.status)
}

// err returns the error of a fault.
func (f *faultXML) err(op string, r *reply) *Error {
	code, text := f.Detail.Code, f.Detail.Text
	if code == "" {
		// QUIRK: a fault without detail has the code in faultcode, as in
		// "a:ErrorSchemaValidation".
		_, code, _ = strings.Cut(f.Code, ":")
		if !strings.HasPrefix(code, "Error") {
			code = ""
		}
	}
	if text == "" {
		text = f.Text
	}
	pause := max(f.Detail.Details.pause(), r.retryAfter())
	if code == "" {
		return statusError(op, r.status, text, pause)
	}
	e := codeError(op, code, text, pause)
	e.Status = r.status
	return e
}

// only returns the message of a response to a request with one part.
func (r *response) only(op string) (*message, error) {
	if len(r.messages) != 1 {
		return nil, surprise(op, "the response has %d messages, want one", len(r.messages))
	}
	m := &r.messages[0]
	return m, m.err(op)
}

// err returns the error of a message, and nil if it reports success.
func (m *message) err(op string) error {
	switch {
	case m.Class == "Success" && (m.Code == "NoError" || m.Code == ""):
		return nil
	case m.Code == "" || m.Code == "NoError":
		return surprise(op, "the response is of class %q without a code", oneLine(m.Class))
	}
	return codeError(op, m.Code, m.Text, m.Details.pause())
}

// decodeEnvelope reads the XML of a response.
func decodeEnvelope(body []byte) (*envelopeXML, error) {
	body = bytes.TrimPrefix(body, []byte("\xEF\xBB\xBF"))
	d := xml.NewDecoder(bytes.NewReader(cleanReferences(body)))
	d.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, errors.New("the charset is not UTF-8") }
	e := new(envelopeXML)
	if err := d.Decode(e); err != nil {
		return nil, err
	}
	return e, nil
}

// cleanReferences replaces references to characters that XML 1.0 does not have.
//
// QUIRK: Exchange writes such references, as in "&#x1F;", for control characters in a
// subject or a body.
func cleanReferences(body []byte) []byte {
	if !bytes.Contains(body, []byte("&#")) {
		return body
	}
	out := make([]byte, 0, len(body))
	for {
		i := bytes.Index(body, []byte("&#"))
		if i < 0 {
			return append(out, body...)
		}
		out, body = append(out, body[:i]...), body[i:]
		const longest = len("&#x10FFFF;")
		end := bytes.IndexByte(body[:min(len(body), longest+8)], ';')
		if end < 0 {
			out, body = append(out, body[:2]...), body[2:]
			continue
		}
		if isCharacter(string(body[2:end])) {
			out = append(out, body[:end+1]...)
		} else {
			out = append(out, "\uFFFD"...)
		}
		body = body[end+1:]
	}
}

// isCharacter reports whether a reference such as x41 or 65 is to a character that XML
// has (XML 1.0, section 2.2). It is true for a text that is no number, which the decoder
// refuses.
func isCharacter(ref string) bool {
	base := 10
	if hex, ok := strings.CutPrefix(ref, "x"); ok {
		ref, base = hex, 16
	}
	n, err := strconv.ParseUint(ref, base, 32)
	if err != nil {
		return true
	}
	return n == '\t' || n == '\n' || n == '\r' || n >= 0x20 && n <= 0xD7FF || n >= 0xE000 && n <= 0xFFFD || n >= 0x10000 && n <= 0x10FFFF
}
