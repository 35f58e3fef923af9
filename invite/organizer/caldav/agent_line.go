package caldav

import (
	"bytes"
	"iter"
	"strings"
)

// contentLines yields the unfolded lines of an object (RFC 5545, section 3.1).
func contentLines(data []byte) iter.Seq[string] {
	return func(yield func(string) bool) {
		var line []byte
		for raw := range bytes.Lines(bytes.ReplaceAll(data, []byte("\r"), []byte("\n"))) {
			raw = bytes.TrimRight(raw, "\n")
			switch {
			case len(raw) == 0:
			case raw[0] == ' ' || raw[0] == '\t':
				line = append(line, raw[1:]...)
			default:
				if len(line) > 0 && !yield(string(line)) {
					return
				}
				line = append(line[:0], raw...)
			}
		}
		if len(line) > 0 {
			yield(string(line))
		}
	}
}

// splitLine splits a content line. Names are in upper case. If a parameter stands there
// twice with different values, it has none, so that no server can read it in another way.
func splitLine(line string) (name string, params map[string]string, value string) {
	var parts []string
	quoted, from := false, 0
	for i := range len(line) {
		c := line[i]
		if c == '"' {
			quoted = !quoted
		}
		if quoted || c != ';' && c != ':' {
			continue
		}
		parts = append(parts, line[from:i])
		from = i + 1
		if c == ':' {
			value = line[from:]
			break
		}
	}
	if len(parts) == 0 {
		return strings.ToUpper(line), nil, ""
	}
	params = make(map[string]string)
	for _, p := range parts[1:] {
		k, v, _ := strings.Cut(p, "=")
		k = strings.ToUpper(strings.TrimSpace(k))
		v = strings.Trim(strings.TrimSpace(v), `"`)
		if old, twice := params[k]; twice && !strings.EqualFold(old, v) {
			v = ""
		}
		params[k] = v
	}
	return strings.ToUpper(strings.TrimSpace(parts[0])), params, value
}
