package body

// Body is the part of a mail that people read.
type Body struct {
	// Subject is one line in any script.
	Subject string
	// Text is plain text with LF line ends. A line has at most 78 columns, unless
	// one word is longer. A wide East Asian character takes two columns.
	Text string
	// HTML says the same as a complete document. It stays below 40 KB, unless a
	// template of the caller is longer.
	HTML string
	// Inline are the images that HTML refers to as "cid:" and their ContentID.
	// They belong into one multipart/related with HTML.
	Inline []Image
}
