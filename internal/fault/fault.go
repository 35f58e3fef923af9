// Package fault defines the error that names a field, which all packages share,
// and joins such errors under the name of a package.
package fault

import "strings"

// FieldError reports a value that must not be used. The aliases in the packages
// ical and mime document it.
type FieldError struct {
	Field string // the path of the value, as in "Attendees[2].Email"
	Err   error  // the cause
}

// Error returns "Field: cause", without the name of a package.
func (e *FieldError) Error() string {
	if e.Err == nil {
		return e.Field + ": is not valid"
	}
	return e.Field + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *FieldError) Unwrap() error { return e.Err }

// Refused returns true, because the same value never passes.
func (e *FieldError) Refused() bool { return true }

// Join returns one error of package pkg about several fields, in their order,
// and nil if there are none. Its text is "pkg: Field: cause; Field: cause".
func Join(pkg string, errs ...*FieldError) error {
	if len(errs) == 0 {
		return nil
	}
	return &joined{pkg, errs}
}

// joined is the error that Join returns.
type joined struct {
	pkg  string
	errs []*FieldError
}

func (j *joined) Error() string {
	texts := make([]string, len(j.errs))
	for i, e := range j.errs {
		texts[i] = e.Error()
	}
	return j.pkg + ": " + strings.Join(texts, "; ")
}

func (j *joined) Unwrap() []error {
	out := make([]error, len(j.errs))
	for i, e := range j.errs {
		out[i] = e
	}
	return out
}

// Fields returns the field errors in the tree of err, depth first. It omits an
// error with the same field and text as an earlier one.
func Fields(err error) []*FieldError {
	var f finder
	f.walk(err)
	return f.found
}

// finder collects the field errors of a tree.
type finder struct {
	found []*FieldError
	seen  map[string]bool
}

func (f *finder) walk(err error) {
	if e, ok := err.(*FieldError); ok {
		f.add(e)
	}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		if inner := e.Unwrap(); inner != nil {
			f.walk(inner)
		}
	case interface{ Unwrap() []error }:
		for _, part := range e.Unwrap() {
			f.walk(part)
		}
	}
}

func (f *finder) add(e *FieldError) {
	key := e.Error()
	if f.seen[key] {
		return
	}
	if f.seen == nil {
		f.seen = make(map[string]bool)
	}
	f.seen[key] = true
	f.found = append(f.found, e)
}
