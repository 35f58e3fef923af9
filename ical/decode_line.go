package ical

import (
	"errors"
	"fmt"
	"iter"
	"strings"

	ics "github.com/arran4/golang-ical"
)

// The causes of a [SyntaxError] in a line.
var (
	errNoName = errors.New("no property name")
	errNoEnd  = errors.New("no colon after the name and parameters")
)

// isLimit reports whether err is a limit that was exceeded, which ends decoding.
func isLimit(err error) bool { return errors.Is(err, ErrLimit) }

// parseLine reads an unfolded content line (RFC 5545, section 3.1). It returns
// names in upper case, parameter values decoded (RFC 6868), and TEXT values
// unescaped.
func parseLine(s string, maxParams int) (p ics.BaseProperty, err error) {
	name, rest := cutName(s)
	if name == "" {
		return p, errNoName
	}
	p = ics.BaseProperty{IANAToken: strings.ToUpper(name), ICalParameters: make(map[string][]string)}
	count := 0
	for strings.HasPrefix(rest, ";") {
		if rest, err = parseParam(&p, rest[1:], &count, maxParams); err != nil {
			return p, err
		}
	}
	value, ok := strings.CutPrefix(strings.TrimLeft(rest, " \t"), ":")
	if !ok {
		return p, errNoEnd
	}
	if p.Value = value; valueKind(p.IANAToken, p.ICalParameters["VALUE"]) == kindText {
		p.Value = unescapeText(value)
	}
	return p, nil
}

// cutName cuts a name off s.
//
// QUIRK: some products write names with an underscore, and a space after them.
func cutName(s string) (name, rest string) {
	i := 0
	for i < len(s) && (isToken(s[i:i+1]) || s[i] == '_') {
		i++
	}
	return s[:i], strings.TrimLeft(s[i:], " ")
}

// parseParam reads one parameter with its list of values. A name without "="
// has one empty value.
func parseParam(p *ics.BaseProperty, s string, count *int, most int) (rest string, err error) {
	name, rest := cutName(s)
	if name == "" {
		return rest, nil // QUIRK: a semicolon with nothing after it
	}
	name = strings.ToUpper(name)
	// The first value follows "=", and further values follow ",".
	for sep := byte('='); ; sep = ',' {
		valued := rest != "" && rest[0] == sep
		if !valued && sep == ',' {
			return rest, nil
		}
		if *count++; *count > most {
			return "", fmt.Errorf("%w: more than %d parameters", ErrLimit, most)
		}
		if !valued {
			p.ICalParameters[name] = append(p.ICalParameters[name], "")
			return rest, nil
		}
		var v string
		if v, rest, err = cutParamValue(rest[1:]); err != nil {
			return "", err
		}
		p.ICalParameters[name] = append(p.ICalParameters[name], decodeParam(v))
	}
}

// cutParamValue cuts a value, quoted or not, off s.
func cutParamValue(s string) (value, rest string, err error) {
	if quoted, ok := strings.CutPrefix(s, `"`); ok {
		value, rest, ok = strings.Cut(quoted, `"`)
		if !ok {
			return "", "", errors.New("quotation mark is not closed")
		}
		return value, strings.TrimLeft(rest, " "), nil
	}
	end := strings.IndexAny(s, ",;:")
	if end < 0 {
		return "", "", errNoEnd
	}
	return s[:end], s[end:], nil
}

// paramEscapes undoes the escapes of a parameter value (RFC 6868).
var paramEscapes = strings.NewReplacer("^n", "\n", "^^", "^", "^'", `"`)

// decodeParam decodes the escapes of RFC 6868. A line end becomes a space,
// because names and addresses have no line ends and no parameter can be written
// with one.
func decodeParam(v string) string {
	if !strings.Contains(v, "^") {
		return v
	}
	return strings.ReplaceAll(paramEscapes.Replace(v), "\n", " ")
}

// textUnescapes undoes the escapes of a TEXT value (RFC 5545, section 3.3.11).
var textUnescapes = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\N`, "\n", `\;`, ";", `\,`, ",")

// unescapeText reads a TEXT value (RFC 5545, section 3.3.11).
func unescapeText(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	return textUnescapes.Replace(s)
}

// splitList yields the values of a list of TEXT values. A comma that is not escaped
// ends a value.
func splitList(s string) iter.Seq[string] {
	return func(yield func(string) bool) {
		start := 0
		for i := 0; i < len(s); i++ {
			switch s[i] {
			case '\\':
				i++
			case ',':
				if !yield(s[start:i]) {
					return
				}
				start = i + 1
			}
		}
		yield(s[start:])
	}
}
