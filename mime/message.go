package mime

// Message is a finished mail: an envelope and the bytes that go under it.
type Message struct {
	// From is the reverse path (RFC 5321, section 4.5.5): the address that
	// delivery reports return to, without angle brackets. Its domain is ASCII.
	From string
	// To are the forward paths, one for each recipient, without angle brackets.
	To []string
	// ID is the value of the Message-ID field, with its angle brackets.
	ID string
	// Data is the whole mail, header and body, with CRLF line ends, 7-bit, no
	// line longer than 998 octets (RFC 5322, section 2.1.1). It is not
	// dot-stuffed.
	Data []byte
}
