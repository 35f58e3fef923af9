package mime

import (
	"net/mail"
	"strings"
)

// addressParser reads addresses in the syntax of RFC 5322.
var addressParser = &mail.AddressParser{WordDecoder: wordDecoder}

// addresses reads an address list. If the list is broken, it returns the
// addresses that can be read, and notes the problem.
func (r *reader) addresses(f Field) []mail.Address {
	if f.Value == "" {
		return nil
	}
	if r.lists += len(f.Value); r.lists > 4*r.MaxFieldSize {
		r.limit("header: address lists of more than %d bytes: the rest is not read", 4*r.MaxFieldSize)
		return nil
	}
	list, err := addressParser.ParseList(f.Value)
	if err != nil {
		r.problem("header: %s is not a valid address list: the readable addresses count", f.Name)
		return looseAddresses(f.Value)
	}
	found := make([]mail.Address, len(list))
	for i, a := range list {
		found[i] = mail.Address{Name: personName(a.Name), Address: a.Address}
	}
	return found
}

// personName cleans a decoded display name.
func personName(s string) string {
	// QUIRK: lettre_email 0.9 (Delta Chat) and other libraries put encoded words
	// into a quoted string, where RFC 2047, section 5, forbids them:
	// testdata/read/quoted-encoded-word.eml.
	return strings.TrimSpace(oneLine(decodeWords(s)))
}

// looseAddresses reads a list with a syntax error. It parses each address
// alone. If that fails, it takes the words that look like an address.
func looseAddresses(s string) []mail.Address {
	var found []mail.Address
	for _, item := range splitList(s) {
		if a, err := addressParser.Parse(item); err == nil {
			found = append(found, mail.Address{Name: personName(a.Name), Address: a.Address})
			continue
		}
		found = append(found, extractAddresses(item)...)
	}
	return found
}

// splitList cuts a list at its commas and semicolons, except in quotes and
// angle brackets. If a quote or bracket is not closed, every comma and
// semicolon counts.
func splitList(s string) []string {
	var items []string
	var quoted, angled bool
	start := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case c == '<' && !quoted:
			angled = true
		case c == '>' && !quoted:
			angled = false
		case (c == ',' || c == ';') && !quoted && !angled:
			items = append(items, s[start:i])
			start = i + 1
		}
	}
	if quoted || angled {
		return strings.FieldsFunc(s, func(c rune) bool { return c == ',' || c == ';' })
	}
	return append(items, s[start:])
}

// extractAddresses returns every address in angle brackets, with the text
// before it as the name. If there is none, it returns every word with an at
// sign.
func extractAddresses(s string) []mail.Address {
	var found []mail.Address
	for rest := s; ; {
		before, after, ok := strings.Cut(rest, "<")
		if !ok {
			break
		}
		inner, after, _ := strings.Cut(after, ">")
		if a := plainAddress(inner); a != "" {
			name := strings.Trim(before, " \t\"'>,;")
			found = append(found, mail.Address{Name: personName(name), Address: a})
		}
		rest = after
	}
	if found != nil {
		return found
	}
	for _, word := range strings.FieldsFunc(s, isAddressEnd) {
		if a := plainAddress(word); a != "" {
			found = append(found, mail.Address{Address: a})
		}
	}
	return found
}

// isAddressEnd tells whether c ends a bare address in running text.
func isAddressEnd(c rune) bool { return strings.ContainsRune(" \t,;<>()\"", c) }

// plainAddress returns s as an address if it has an at sign between two parts,
// and "" otherwise.
func plainAddress(s string) string {
	s = strings.ReplaceAll(strings.Trim(s, " \t\"'"), " ", "")
	if len(s) > 7 && strings.EqualFold(s[:7], "mailto:") {
		s = s[7:]
	}
	at := strings.LastIndexByte(s, '@')
	if at <= 0 || at == len(s)-1 {
		return ""
	}
	return s
}

// bareAddresses returns the addresses of a trace field such as Delivered-To,
// which holds them with or without brackets, type and comments.
func bareAddresses(s string) []string {
	if a := plainAddress(s); a != "" && strings.IndexFunc(s, isAddressEnd) < 0 {
		return []string{a}
	}
	var found []string
	for _, a := range extractAddresses(s) {
		found = append(found, a.Address)
	}
	return found
}
