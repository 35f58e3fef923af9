package jsonapi

import (
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// maxWait is the longest pause that a server can ask for.
const maxWait = 24 * time.Hour

// Error reports a request that failed. Its text has no credentials and no addresses of
// requests.
type Error struct {
	// Service is the name of the package.
	Service string
	// Op is the request: "list", "patch" and so on.
	Op string
	// Status is the HTTP status of the reply, and 0 if there was none.
	Status int
	// Code is the server's name of the error, such as "ErrorItemNotFound".
	Code string
	// Message is the server's text, cut to 300 octets.
	Message string
	// Wait is the pause that the server has asked for, and 0 if it has asked for none.
	Wait time.Duration
	// Err is the error of package organizer that this error stands for, or the cause if
	// there was no reply. It is nil if there is neither.
	Err error
}

// Error returns "service: op: status code: message".
func (e *Error) Error() string {
	parts := []string{e.Service, e.Op}
	if e.Status != 0 {
		parts = append(parts, strings.TrimSpace(strconv.Itoa(e.Status)+" "+e.Code))
	}
	if e.Message != "" {
		parts = append(parts, e.Message)
	}
	if e.Err != nil {
		parts = append(parts, Clean(e.Err.Error()))
	}
	return strings.Join(parts, ": ")
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// RetryAfter returns Wait.
func (e *Error) RetryAfter() time.Duration { return e.Wait }

// Clean returns text of a server for an error: one line of at most 300 octets. A word of
// more than 60 octets is left out, because it may be a token.
func Clean(text string) string {
	words := strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
	for i, w := range words {
		if len(w) > 60 {
			words[i] = "…"
		}
	}
	text = strings.ToValidUTF8(strings.Join(words, " "), "")
	if len(text) > 300 {
		text = strings.ToValidUTF8(text[:300], "") + "…"
	}
	return text
}

// wait reads Retry-After: seconds or a date (RFC 9110, section 10.2.3).
func (c *Client) wait(value string) time.Duration {
	value = strings.TrimSpace(value)
	if n, err := strconv.ParseFloat(value, 64); err == nil {
		return bounded(n)
	}
	if t, err := http.ParseTime(value); err == nil {
		return bounded(t.Sub(c.Now()).Seconds())
	}
	return 0
}

func bounded(seconds float64) time.Duration {
	if !(seconds > 0) {
		return 0
	}
	return time.Duration(min(seconds, maxWait.Seconds()) * float64(time.Second))
}
