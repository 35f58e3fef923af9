package invite

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/fault"
	"github.com/convene-go/convene/mime"
)

// autoSubmitted is in the mails of a service: out-of-office programs do not answer it
// (RFC 3834, section 2).
var autoSubmitted = mime.Field{Name: "Auto-Submitted", Value: "auto-generated"}

// HeaderMessageID is the name of a header field that repeats the Message-ID of a mail about
// a meeting. Some providers replace the Message-ID, for example Amazon SES, but leave other
// fields alone. So a report that returns the header of the mail still names the mail.
const HeaderMessageID = "X-Meeting-Message-ID"

// fields returns the further header fields of a mail about a meeting.
func (o *Options) fields(messageID string) []mime.Field {
	return append([]mime.Field{autoSubmitted, {Name: HeaderMessageID, Value: messageID}}, o.Header...)
}

// The limits of Options.Header.
const (
	mostFields     = 50
	mostFieldBytes = 16 << 10
)

// reservedFields are fields, in lower case, that this library or its Sender writes, or
// that servers on the way write. Package mime refuses more.
var reservedFields = []string{"auto-submitted", "x-meeting-message-id", "dkim-signature", "authentication-results", "received-spf", "delivered-to"}

// checkHeader refuses header fields that mails cannot have.
func (o *Options) checkHeader() error {
	if len(o.Header) == 0 {
		return nil
	}
	var errs []*ical.FieldError
	size := 0
	for i := range o.Header {
		f := &o.Header[i]
		size += len(f.Name) + len(f.Value)
		for _, e := range ical.FieldErrors(checkField(f)) {
			errs = append(errs, &ical.FieldError{Field: fmt.Sprintf("Options.Header[%d].%s", i, e.Field), Err: e.Err})
		}
	}
	if len(o.Header) > mostFields || size > mostFieldBytes {
		text := fmt.Errorf("has %d fields with %d octets, more than %d fields or %d octets", len(o.Header), size, mostFields, mostFieldBytes)
		errs = append(errs, &ical.FieldError{Field: "Options.Header", Err: text})
	}
	if len(errs) == 0 {
		errs = o.checkListFields()
	}
	return fault.Join("invite", errs...)
}

// checkField refuses a field that no mail can have.
func checkField(f *mime.Field) error {
	if err := f.Validate(); err != nil {
		return err
	}
	if name := strings.ToLower(f.Name); slices.Contains(reservedFields, name) || strings.HasPrefix(name, "arc-") {
		return &ical.FieldError{Field: "Name", Err: fmt.Errorf("%s cannot be set here", f.Name)}
	}
	return nil
}

// checkListFields checks the fields of RFC 2369 and RFC 8058, because mail providers
// ignore wrong ones without a word. Each may occur once (RFC 2369, section 3).
func (o *Options) checkListFields() (errs []*ical.FieldError) {
	seen := make(map[string]int)
	note := func(i int, part, text string) {
		errs = append(errs, &ical.FieldError{Field: fmt.Sprintf("Options.Header[%d].%s", i, part), Err: errors.New(text)})
	}
	for i, f := range o.Header {
		name := strings.ToLower(f.Name)
		if !strings.HasPrefix(name, "list-") {
			continue
		}
		if _, twice := seen[name]; twice {
			note(i, "Name", f.Name+" occurs twice")
		}
		seen[name] = i
	}
	if i, ok := seen["list-unsubscribe"]; ok {
		if text := unsubscribeFault(o.Header[i].Value); text != "" {
			note(i, "Value", text)
		}
	}
	if i, ok := seen["list-unsubscribe-post"]; ok {
		link, linked := seen["list-unsubscribe"]
		switch {
		case o.Header[i].Value != "List-Unsubscribe=One-Click":
			note(i, "Value", "is not List-Unsubscribe=One-Click (RFC 8058, section 3.1)")
		case !linked || !strings.Contains(strings.ToLower(o.Header[link].Value), "<https:"):
			note(i, "Name", "List-Unsubscribe-Post needs a List-Unsubscribe with an https link (RFC 8058, section 3.1)")
		}
	}
	return errs
}

// unsubscribeFault says why a value is no list of links in angle brackets (RFC 2369,
// section 2). It returns "" if it is one.
func unsubscribeFault(value string) string {
	for item := range strings.SplitSeq(value, ",") {
		item = strings.TrimSpace(item)
		link, opened := strings.CutPrefix(item, "<")
		link, closed := strings.CutSuffix(link, ">")
		if !opened || !closed || strings.ContainsAny(link, "<> ") {
			return fmt.Sprintf("%.60q is not a link in angle brackets (RFC 2369, section 2)", item)
		}
		u, err := url.Parse(link)
		if err != nil || !slices.Contains([]string{"https", "http", "mailto"}, strings.ToLower(u.Scheme)) || u.Host+u.Opaque == "" {
			return fmt.Sprintf("%.60q is neither a mailto: nor an https: link", link)
		}
	}
	return ""
}
