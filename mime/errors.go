package mime

import "fmt"

// FieldError reports the field of a [Draft] that cannot become part of a mail,
// and why. Several of them come joined, in the order of the fields.
type FieldError struct {
	// Field is the path of the value, as in "To[2].Address" or "Header[0].Name".
	Field string
	// Err says what is wrong with it. It never repeats the value of a secret.
	Err error
}

// Error returns "mime: Field: cause".
func (e *FieldError) Error() string { return fmt.Sprintf("mime: %s: %v", e.Field, e.Err) }

// Unwrap returns the cause.
func (e *FieldError) Unwrap() error { return e.Err }
