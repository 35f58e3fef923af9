package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"strings"

	convenemime "github.com/convene-go/convene/mime"
)

// show prints the structure of a mail and its calendar object.
func show(out io.Writer, data []byte) error {
	m, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		return err
	}
	for _, name := range []string{"From", "To", "Subject"} {
		value, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get(name))
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s: %s\n", name, value)
	}
	if err := showPart(out, "", m.Header.Get("Content-Type"), m.Body); err != nil {
		return err
	}
	received, err := convenemime.Read(bytes.NewReader(data), nil)
	if err != nil {
		return err
	}
	if len(received.Calendars) == 0 {
		return errors.New("the mail has no calendar object")
	}
	fmt.Fprintf(out, "\n%s", bytes.ReplaceAll(received.Calendars[0].Data, []byte("\r\n"), []byte("\n")))
	return nil
}

// showPart prints the media type of a part, and of the parts in it.
func showPart(out io.Writer, indent, contentType string, body io.Reader) error {
	mediaType, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s%s", indent, mediaType)
	if method := params["method"]; method != "" {
		fmt.Fprintf(out, "; method=%s", method)
	}
	fmt.Fprintln(out)
	if !strings.HasPrefix(mediaType, "multipart/") {
		return nil
	}
	parts := multipart.NewReader(body, params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := showPart(out, indent+"  ", part.Header.Get("Content-Type"), part); err != nil {
			return err
		}
	}
}
