package address

import "strings"

// HasKey reports whether [Key] of addr is key. It is faster than Key if most addresses
// that it is asked for have another key, because it stops at the first difference.
func HasKey(addr, key string) bool {
	same := 0
	for same < min(len(addr), len(key)) && lower(addr[same]) == key[same] {
		same++
	}
	differ := same < len(addr) || same < len(key)
	switch {
	case differ && strings.IndexByte(addr[:same], '@') < 0: // no key changes anything but the case in front of the domain
		return false
	case IsASCII(addr):
		return !differ
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
