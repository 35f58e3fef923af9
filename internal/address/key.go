package address

// HasKey reports whether [Key] of addr is key. It is faster than Key, because it makes
// no copy of an address that is ASCII.
func HasKey(addr, key string) bool {
	same := 0
	for same < min(len(addr), len(key)) && lower(addr[same]) == key[same] {
		same++
	}
	if same == len(addr) && same == len(key) && IsASCII(addr) {
		return true
	}
	return !IsASCII(addr) && Key(addr) == key
}

// lower converts an ASCII letter to lower case.
func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
