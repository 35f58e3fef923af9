package ical

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/internal/address"
)

// checkName accepts text that can be a name in a calendar object and in the
// header of a mail. A tab is not allowed in the latter.
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

// checkIfFilled accepts the empty value, and every value that check accepts.
func checkIfFilled(s string, check func(string) error) error {
	if s == "" {
		return nil
	}
	return check(s)
}

// checkWord accepts the value of an enumeration, including values that this
// package does not know.
func checkWord(s string) error {
	if octetsOf(s)&(noToken|upperCase) != 0 {
		return fmt.Errorf("%.40q is not a word in lower case", s)
	}
	return nil
}

// checkEmail accepts a bare address.
func checkEmail(s string) error {
	const scheme = "mailto:"
	start := s[:min(len(s), len(scheme)+1)] // one more: a capital i with a dot has two octets
	if strings.HasPrefix(strings.ToLower(start), scheme) {
		return errors.New("is written without \"mailto:\" in front")
	}
	_, err := address.ASCII(s)
	return err
}

// checkURI accepts an absolute URI and the empty value.
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

// checkLanguage accepts text in the form of a BCP 47 tag (RFC 5646, section
// 2.1) and the empty value.
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

// mediaTypeMarks removes the marks that a subtype may have and a name may not.
var mediaTypeMarks = strings.NewReplacer(".", "", "+", "", "_", "")

// checkMediaType accepts a media type and the empty value.
func checkMediaType(s string) error {
	if s == "" {
		return nil
	}
	main, sub, ok := strings.Cut(s, "/")
	if !ok || !isToken(main) || !isToken(mediaTypeMarks.Replace(sub)) {
		return fmt.Errorf("%.60q is not a media type such as application/pdf", s)
	}
	return nil
}

// checkYear accepts the zero time and the years that the four digits of a date
// can hold.
func checkYear(t time.Time) error {
	if y := t.UTC().Year(); !t.IsZero() && (y < 1 || y > 9998) {
		return fmt.Errorf("the year %d is not between 1 and 9998", y)
	}
	return nil
}

// checkDate accepts the same years as checkYear, but not the zero time.
func checkDate(t time.Time) error {
	if t.IsZero() {
		return errMissing
	}
	return checkYear(t)
}

// checkAbbreviation refuses a time that package time has parsed with an unknown
// zone abbreviation. Package time keeps the letters with offset 0, so that
// "10:00 PST" is the wrong instant.
func checkAbbreviation(t time.Time) error {
	name := t.Location().String()
	if _, offset := t.Zone(); offset != 0 || len(name) < 3 || slices.Contains(zeroAbbreviations, name) {
		return nil
	}
	for _, c := range name {
		if c < 'A' || c > 'Z' {
			return nil
		}
	}
	return fmt.Errorf("is in a zone %.10q with the offset 0, because parsing did not know the abbreviation: the instant is wrong", name)
}

// zeroAbbreviations are the abbreviations whose offset really is 0.
var zeroAbbreviations = []string{"UTC", "UCT", "GMT", "WET", "EGST", "AZOST"}

// firstError returns the first error that is not nil.
func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
