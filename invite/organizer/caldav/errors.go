package caldav

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/convene-go/convene/invite/organizer"
)

// Error is a request that the server did not carry out, or an answer that is of no use.
// It unwraps to an error of package organizer if the program should decide by it.
type Error struct {
	// Op is the HTTP method of the request.
	Op string
	// URL is the address of the request, without user, password and query.
	URL string
	// Status is the HTTP status of the answer. It is 0 if there was none.
	Status int
	// Condition is the precondition that failed, such as "no-uid-conflict" (RFC 4791,
	// section 5.3.2.1; RFC 6638, section 3.2.4; RFC 4918, section 16). It is empty if
	// the server names none.
	Condition string
	// Href is the entry that the condition is about, if the server names one.
	Href string
	// Text is the server's explanation, at most 200 characters.
	Text string
	// Pause is the time that the server asks to wait (Retry-After). See [Error.RetryAfter].
	Pause time.Duration
	// Err is the cause. It may be nil.
	Err error
}

// Error returns the error as text.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "caldav: %s %s", e.Op, e.URL)
	if e.Status != 0 {
		fmt.Fprintf(&b, ": %d %s", e.Status, http.StatusText(e.Status))
	}
	for _, s := range []string{e.Condition, e.Href, e.Text} {
		if s != "" {
			b.WriteString(": " + s)
		}
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// RetryAfter returns the time that the server asks to wait before the next request, and
// 0 if it asks for none. It is for [organizer.RetryAfter].
func (e *Error) RetryAfter() time.Duration { return e.Pause }

// The reasons of a refusal with status 401.
var (
	errRefused = errors.New("the server does not accept these credentials")
	errNobody  = errors.New("the server asks for a user and password")
)

// explained returns the error of a connection with the way to mend it, if that is clear.
func explained(err error) error {
	var unknown x509.UnknownAuthorityError
	var noTLS tls.RecordHeaderError
	switch {
	case errors.As(err, &unknown):
		return fmt.Errorf("%w (ca=FILE in the URL trusts a certificate of your own)", err)
	case errors.As(err, &noTLS):
		return fmt.Errorf("%w (the port may speak http)", err)
	}
	return err
}

// failure returns the error for an answer that is not a success. absent is the error for
// an address that does not exist.
func (c *Calendar) failure(method string, r *reply, absent error) *Error {
	e := &Error{
		Op: method, URL: bare(r.url), Status: r.status,
		Pause: retryAfter(r.header),
	}
	if root, err := parseXML(r.body); err == nil && (root.Name == davName("error") || r.status == http.StatusMultiStatus) {
		e.describe(root)
	} else if strings.HasPrefix(r.header.Get("Content-Type"), "text/plain") {
		e.Text = string(r.body)
	}
	e.Text = c.brief(e.Text)
	e.Href = c.brief(e.Href)
	if e.Err = e.cause(absent); e.Status == http.StatusUnauthorized && c.o.Username == "" && c.o.Token == nil {
		e.Err = fmt.Errorf("%w: %w", organizer.ErrDenied, errNobody)
	}
	return e
}

// describe takes the condition and the text of an error body, or of the first failed
// response in a multistatus.
func (e *Error) describe(root *element) {
	if root.Name == davName("multistatus") {
		root = failed(root)
		if n := responseStatus(root); n != 0 {
			e.Status = n
		}
	}
	if text := root.find(davName("responsedescription")); text != nil {
		e.Text = text.Text
	}
	body := root
	if root.Name != davName("error") {
		body = root.find(davName("error"))
	}
	if body == nil || len(body.Children) == 0 {
		return
	}
	condition := body.Children[0]
	// sabre names the exception before the condition.
	for _, child := range body.Children {
		if child.Name.Space == nsDAV || child.Name.Space == nsCalDAV {
			condition = child
			break
		}
	}
	e.Condition = condition.Name.Local
	if href := condition.find(davName("href")); href != nil {
		e.Href = strings.TrimSpace(href.Text)
	}
	if message := body.find(sabreMessage); e.Text == "" && message != nil {
		e.Text = message.Text
	}
}

// failed returns the first response of a multistatus that is not a success, and the
// multistatus itself if there is none.
func failed(multistatus *element) *element {
	for _, r := range multistatus.Children {
		if r.Name == davName("response") && responseStatus(r) >= http.StatusMultipleChoices {
			return r
		}
	}
	return multistatus
}

// cause returns the error of package organizer that the answer means, nil if none.
func (e *Error) cause(absent error) error {
	switch e.Condition {
	case "no-uid-conflict", "unique-scheduling-object-resource":
		return organizer.ErrChanged
	case "need-privileges":
		return organizer.ErrDenied
	}
	switch e.Status {
	case http.StatusUnauthorized:
		return fmt.Errorf("%w: %w", organizer.ErrDenied, errRefused)
	case http.StatusForbidden:
		// A refusal with a condition is about the entry, and a refusal with a pause is
		// about the number of requests (Google).
		if e.Condition == "" && e.Pause == 0 {
			return organizer.ErrDenied
		}
	case http.StatusNotFound, http.StatusGone:
		return absent
	case http.StatusPreconditionFailed:
		return organizer.ErrChanged
	}
	return nil
}

// retryAfter returns the pause that the header asks for (RFC 9110, section 10.2.3). A
// date counts from the Date of the answer, so that no clock of ours matters. A day is
// the longest pause.
func retryAfter(h http.Header) time.Duration {
	const longest = 24 * time.Hour
	value := strings.TrimSpace(h.Get("Retry-After"))
	if n, err := strconv.ParseUint(value, 10, 31); err == nil {
		return min(time.Duration(n)*time.Second, longest)
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return 0
	}
	return min(max(at.Sub(now), 0), longest)
}

// brief returns a text of the server for an error: one line of at most 200 characters
// without the credentials.
func (c *Calendar) brief(s string) string {
	for _, secret := range []string{c.o.Password, url.QueryEscape(c.o.Password), url.PathEscape(c.o.Password), c.auth.basic()} {
		if secret != "" && strings.Contains(s, secret) {
			return "" // a server that repeats a password says nothing that helps
		}
	}
	if c.o.Token != nil && strings.Contains(strings.ToLower(s), "bearer ") {
		return ""
	}
	s = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "?"), func(r rune) bool { return r <= ' ' || r == 0x7f }), " ")
	if r := []rune(s); len(r) > 200 {
		return string(r[:200]) + "…"
	}
	return s
}

// bare returns u as text, without user, password and query.
func bare(u *url.URL) string {
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}).String()
}
