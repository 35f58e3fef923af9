package address

import "strings"

// HasKey reports whether [Key] of addr is key. It is faster than Key if most addresses
// that it is asked for have another key.
func HasKey(addr, key string) bool {
	if IsASCII(addr) {
		return len(addr) == len(key) && (addr == key || strings.ToLower(addr) == key)
	}
	return Key(addr) == key
}
