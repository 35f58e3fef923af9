package body

// Body is the part of a mail that people read.
type Body struct {
	// Subject is one line in any script.
	Subject string
	// Text is plain text with LF line ends, lines of at most 78 columns where
	// the words allow it; a character of East Asian width takes two.
	Text string
	// HTML says the same as a complete document, below 40 KB unless a template
	// of the caller is longer.
	HTML string
	// Inline are the images that HTML refers to as "cid:" and their ContentID.
	// They belong into a multipart/related with it.
	Inline []Image
}
