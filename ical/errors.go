package ical

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/convene-go/convene/internal/fault"
)

// FieldError reports a value that cannot be part of a calendar object or a mail.
// All packages of the library use this one type. Its Field is the path of the value, as in
// "Attendees[2].Email", and its Err is the cause. Its text is "Field: cause".
//
// The functions of this package return one error about all fields, in their
// order, with the text "ical: Field: cause; Field: cause". [FieldErrors] lists
// its field errors. The method Refused returns true, so a caller need not try
// the value again.
type FieldError = fault.FieldError

// FieldErrors returns the field errors in the tree of err, each once and in their
// order, and nil if there are none. They may come from any package of the
// library, and err may be wrapped or joined with others. An HTTP server can list
// them in a 422 answer.
func FieldErrors(err error) []*FieldError { return fault.Fields(err) }

// refuse returns this package's error about some fields, and nil if there are
// no errors.
func refuse(errs ...*FieldError) error { return fault.Join("ical", errs...) }

// SyntaxError reports input that is not an iCalendar object.
type SyntaxError struct {
	// Line is the line of the input, counted from 1; 0 if the error is not in one line.
	Line int
	// Err is the cause.
	Err error
}

// Error returns "ical: line N: cause".
func (e *SyntaxError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("ical: %v", e.Err)
	}
	return fmt.Sprintf("ical: line %d: %v", e.Line, e.Err)
}

// Unwrap returns the cause.
func (e *SyntaxError) Unwrap() error { return e.Err }

// Causes of a [SyntaxError] that a program may want to decide on.
var (
	// ErrNoCalendar: the input holds no BEGIN:VCALENDAR.
	ErrNoCalendar = errors.New("no BEGIN:VCALENDAR")
	// ErrNotClosed: a component has no END, so the input was probably cut off.
	ErrNotClosed = errors.New("component is not closed")
	// ErrLimit: the input exceeds one of the limits in [DecodeOptions].
	ErrLimit = errors.New("over the limit")
)

var (
	errMissing = errors.New("is missing")
	errNotUTF8 = errors.New("is not UTF-8")
)

// errValue is the error for a value that cannot be read.
func errValue(v string) error { return fmt.Errorf("%.60q is not a valid value", v) }

// fieldErrors collects the errors of one value's fields.
type fieldErrors []*FieldError

// add adds an error of a field; a nil err adds nothing.
func (f *fieldErrors) add(field string, err error) {
	if err != nil {
		*f = append(*f, &FieldError{Field: field, Err: err})
	}
}

func (f *fieldErrors) addf(field, format string, args ...any) {
	f.add(field, fmt.Errorf(format, args...))
}

// at adds an error of a value in a list, or of its field. The path is built
// only if there is an error, because most lists have none.
func (f *fieldErrors) at(list string, i int, field string, err error) {
	if err != nil {
		f.add(indexed(list, i, field), err)
	}
}

// addOthers adds the errors of fields that have none yet.
func (f *fieldErrors) addOthers(more fieldErrors) {
	if len(*f) == 0 {
		*f = more
		return
	}
	reported := make(map[string]bool, len(*f))
	for _, e := range *f {
		reported[e.Field] = true
	}
	for _, e := range more {
		if !reported[e.Field] {
			*f = append(*f, e)
		}
	}
}

// inside adds the errors of one element of a list.
func (f *fieldErrors) inside(list string, i int, part fieldErrors) {
	if len(part) > 0 {
		f.under(indexed(list, i, "")+".", part)
	}
}

// under adds the errors of a part. It puts path in front of their field names.
func (f *fieldErrors) under(path string, part fieldErrors) {
	for _, e := range part {
		f.add(path+e.Field, e.Err)
	}
}

// indexed returns the path of a list element, "Attendees[2]", or of its field,
// "Attendees[2].Email".
func indexed(list string, i int, field string) string {
	s := list + "[" + strconv.Itoa(i) + "]"
	if field != "" {
		s += "." + field
	}
	return s
}
