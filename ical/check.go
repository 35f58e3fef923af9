package ical

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/convene-go/convene/internal/address"
)

// checkText accepts any text of several lines.
func checkText(s string) error {
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0x7f {
			return fmt.Errorf("has the control character %U", c)
		}
	}
	if !utf8.ValidString(s) {
		return errNotUTF8
	}
	return nil
}

// checkLine accepts text of one line.
func checkLine(s string) error { return checkValue(s) }

// checkName accepts what can be a name in a calendar object and in the header
// of a mail, where a tab is no part of a text.
func checkName(s string) error {
	if strings.Contains(s, "\t") {
		return errors.New("has a tab")
	}
	return checkLine(s)
}

// checkFilled refuses the empty value.
func checkFilled(s string) error {
	if s == "" {
		return errMissing
	}
	return nil
}

// checkWord accepts the value of an enumeration, also one that is not ours.
func checkWord(s string) error {
	if s != "" && (!isToken(s) || s != strings.ToLower(s)) {
		return fmt.Errorf("%.40q is not a word in lower case", s)
	}
	return nil
}

func checkEmail(s string) error {
	if strings.HasPrefix(strings.ToLower(s), "mailto:") {
		return errors.New("is written without \"mailto:\" in front")
	}
	_, err := address.ASCII(s)
	return err
}

// checkURI accepts an absolute URI, and nothing.
func checkURI(s string) error {
	if s == "" {
		return nil
	}
	if err := checkLine(s); err != nil {
		return err
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" || (u.Host == "" && u.Opaque == "" && u.Path == "") {
		return errors.New("is not an absolute URI such as https://example.com")
	}
	return nil
}

// checkLanguage accepts what has the form of a BCP 47 tag (RFC 5646, section 2.1), and nothing.
func checkLanguage(s string) error {
	if s == "" {
		return nil
	}
	for sub := range strings.SplitSeq(s, "-") {
		if len(sub) > 8 || !isToken(sub) {
			return fmt.Errorf("%.40q is not a language tag such as de-CH", s)
		}
	}
	return nil
}

func checkMediaType(s string) error {
	if s == "" {
		return nil
	}
	main, sub, ok := strings.Cut(s, "/")
	if !ok || !isToken(main) || !isToken(strings.NewReplacer(".", "", "+", "", "_", "").Replace(sub)) {
		return fmt.Errorf("%.60q is not a media type such as application/pdf", s)
	}
	return nil
}

// checkYear accepts the years that the four digits of a date can hold.
func checkYear(t time.Time) error {
	if y := t.UTC().Year(); !t.IsZero() && (y < 1 || y > 9998) {
		return fmt.Errorf("the year %d is not between 1 and 9998", y)
	}
	return nil
}

// checkDate accepts what checkYear accepts, and not the zero time.
func checkDate(t time.Time) error {
	if t.IsZero() {
		return errMissing
	}
	return checkYear(t)
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
