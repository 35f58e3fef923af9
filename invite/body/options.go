package body

import (
	"io/fs"
)

// Options configure a [Renderer]. Nil and the zero value are safe: they give the
// built-in texts without a brand.
type Options struct {
	// Templates holds your own templates in its top folder. Every *.html file is
	// a html/template. The file body.html replaces the whole document, and a
	// {{define}} in any file replaces one block of it. body.txt and subject.txt
	// are text/templates. See docs/templates.md. If Templates is nil, all texts
	// are the built-in ones.
	Templates fs.FS
	// Brand is the sender's name, colour and logo.
	Brand Brand
	// NoTimeInSubject leaves day and time out of the subjects. A subject about one
	// occurrence of a series still has its date.
	NoTimeInSubject bool
	// ShowAnswers adds to each attendee their answer, in updates and reminders that
	// show the attendees.
	ShowAnswers bool
	// MapURL returns the address of a map that shows a location. The location is
	// then a link to it. If MapURL is nil, or returns "", the location is no link.
	// It must be safe for concurrent use.
	MapURL func(location string) string
}
