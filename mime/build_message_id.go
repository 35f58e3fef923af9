package mime

import (
	"errors"
	"strings"

	"github.com/convene-go/convene/internal/address"
)

// angled returns id in angle brackets. id may have them already.
func angled(id string) string {
	if strings.HasPrefix(id, "<") {
		return id
	}
	return "<" + id + ">"
}

// newID returns the msg-id of a mail or part that is built here, and therefore
// must have the strict form: dot-atoms only (RFC 5322, section 3.6.4).
func newID(s string) (string, error) {
	id, err := earlierID(s)
	if err != nil {
		return "", err
	}
	left, right, _ := strings.Cut(id[1:len(id)-1], "@")
	if !address.IsDotAtom(left) || !address.IsDotAtom(right) {
		return "", errors.New("is not left@right with nothing but letters, digits, single dots and !#$%&'*+-/=?^_`{|}~")
	}
	return id, nil
}

// earlierID returns the msg-id of a mail that another program may have written.
// It has to be repeated as it was. So each form passes, unless a reader could
// take it for two identifiers, or for the end of one.
func earlierID(s string) (string, error) {
	id := angled(s)
	if len(id) > maxWord {
		return "", errors.New("is too long for a header line")
	}
	if !strings.HasSuffix(id, ">") {
		return "", errors.New("has one angle bracket only")
	}
	inner := id[1 : len(id)-1]
	for i := range len(inner) {
		if c := inner[i]; c <= ' ' || c > '~' || c == '<' || c == '>' {
			return "", errors.New("holds a character that no message identifier can hold")
		}
	}
	if at := strings.IndexByte(inner, '@'); at <= 0 || at == len(inner)-1 {
		return "", errors.New(`is not left@right`)
	}
	return id, nil
}
