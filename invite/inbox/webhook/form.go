package webhook

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/url"
	"slices"
)

// mostFields limits the fields of a form. Mailgun repeats each header field of a mail.
const mostFields = 1000

// form has the values of the fields of a form that a service needs.
type form map[string][]string

// readForm reads the named fields of a form. Others are skipped.
func readForm(r *request, names ...string) (form, error) {
	switch r.mediaType {
	case "multipart/form-data":
		return readMultipart(r, names)
	case "application/x-www-form-urlencoded":
		return readURLEncoded(r, names)
	}
	return nil, errType
}

// readMultipart reads a form of parts (RFC 7578).
func readMultipart(r *request, names []string) (form, error) {
	if r.boundary == "" {
		return nil, malformed("the form has no boundary")
	}
	out, parts := form{}, multipart.NewReader(bytes.NewReader(r.body), r.boundary)
	for range mostFields {
		p, err := parts.NextRawPart()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, malformed("the form cannot be read")
		}
		name := p.FormName()
		if !slices.Contains(names, name) {
			continue
		}
		value, err := io.ReadAll(p) // no more than the body, which is limited
		if err != nil {
			return nil, malformed("the form cannot be read")
		}
		out[name] = append(out[name], string(value))
	}
	return nil, malformed("the form has too many fields")
}

// readURLEncoded reads a form in the syntax of a URL's query.
func readURLEncoded(r *request, names []string) (form, error) {
	if bytes.Count(r.body, []byte("&")) >= mostFields {
		return nil, malformed("the form has too many fields")
	}
	all, err := url.ParseQuery(string(r.body))
	if err != nil {
		return nil, malformed("the form cannot be read")
	}
	out := form{}
	for _, name := range names {
		if v, ok := all[name]; ok {
			out[name] = v
		}
	}
	return out, nil
}

// one returns the value of a field that must not be repeated, and "" if the field is
// missing.
func (f form) one(name string) (string, error) {
	switch v := f[name]; len(v) {
	case 0:
		return "", nil
	case 1:
		return v[0], nil
	}
	return "", malformed("a field of the form is repeated")
}
