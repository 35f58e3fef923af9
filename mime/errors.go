package mime

import (
	"fmt"

	"github.com/convene-go/convene/internal/fault"
)

// FieldError reports a field of a [Draft] or a [Message] that cannot be sent.
// It is one type in the whole library, and ical.FieldErrors lists the field
// errors in an error. Its Field is the path of the value, as in "To[2].Address"
// or "Header[0].Name". Its Err is the cause, which never repeats a secret. Its
// text is "Field: cause".
//
// The functions of this package return one error about all fields, in their
// order, with the text "mime: Field: cause; Field: cause". The method Refused
// returns true, because the same value never passes.
type FieldError = fault.FieldError

// refuse returns the error of this package about some fields, and nil if there
// are none.
func refuse(errs ...*FieldError) error { return fault.Join("mime", errs...) }

// checker collects the errors of a Draft or a Message.
type checker struct{ errs []*FieldError }

// note records err for a field. It does nothing if err is nil.
func (c *checker) note(field string, err error) {
	if err != nil {
		c.errs = append(c.errs, &FieldError{Field: field, Err: err})
	}
}

// noteItem does the same for an element of a list, or for a field of the
// element.
func (c *checker) noteItem(list string, i int, field string, err error) {
	if err != nil {
		c.note(fmt.Sprintf("%s[%d]%s", list, i, field), err)
	}
}
