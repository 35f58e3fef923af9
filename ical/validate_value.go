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

// checkIfFilled accepts the empty value, and what check accepts.
func checkIfFilled(s string, check func(string) error) error {
	if s == "" {
		return nil
	}
	return check(s)
}

// checkWord accepts the value of an enumeration, also one that is not ours.
func checkWord(s string) error {
	if octetsOf(s)&(noToken|upperCase) != 0 {
		return fmt.Errorf("%.40q is not a word in lower case", s)
	}
	return nil
}

func checkEmail(s string) error {
	const scheme = "mailto:"
	start := s[:min(len(s), len(scheme)+1)] // one more: a capital i with a dot has two octets
	if strings.HasPrefix(strings.ToLower(start), scheme) {
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

// mediaTypeMarks are dropped before what is left of a subtype is looked at as a name.
var mediaTypeMarks = strings.NewReplacer(".", "", "+", "", "_", "")

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

// checkAbbreviation refuses a time that package time has made of a zone's
// abbreviation which it does not know: it keeps the letters, with offset 0, so
// that "10:00 PST" is the wrong instant.
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
	return fmt.Errorf("is in a zone %.10q with the offset 0, which is what parsing makes of an unknown abbreviation: the instant is not what was meant", name)
}

// zeroAbbreviations are those whose offset is 0 indeed.
var zeroAbbreviations = []string{"UTC", "UCT", "GMT", "WET", "EGST", "AZOST"}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
