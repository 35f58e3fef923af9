package body

import (
	"io/fs"
)

// Options change what [New] returns. Nil and the zero value are right: the
// built-in texts, without a brand.
type Options struct {
	// Templates holds templates of your own in its top folder. Every *.html
	// file is a html/template: one named body.html takes the place of the whole
	// document, and a {{define}} that of one block of it. body.txt and
	// subject.txt are text/templates. See docs/templates.md. Nil, none.
	Templates fs.FS
	// Brand is the sender's name, colour and logo.
	Brand Brand
}
