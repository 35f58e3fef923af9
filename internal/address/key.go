package address

import "strings"

// HasKey reports whether [Key] of addr is key. It is faster than Key if most addresses
// that it is asked for have another key, because it stops at the first difference.
func HasKey(addr, key string) bool {
	same := 0
	for same < min(len(addr), len(key)) && lower(addr[same]) == key[same] {
		same++
	}
	switch {
	case IsASCII(addr):
		return same == len(addr) && same == len(key)
	case same <= strings.LastIndexByte(addr, '@'): // no key changes anything else in front of the domain
		return false
	}
	return Key(addr) == key
}

// lower converts an ASCII letter to lower case.
func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
