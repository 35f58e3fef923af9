package body

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"strings"

	"github.com/convene-go/convene/internal/address"
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

// Brand is how mails show whom they come from.
type Brand struct {
	// Name is shown at the top, or is the text of the Logo; "" is nothing.
	Name string
	// Colour is that of the top edge and of the button, "#rrggbb"; "" is a blue.
	Colour string
	// Logo is a picture, shown 40 pixels high, that goes with each mail. Without
	// Data there is none.
	Logo Image
}

// maxLogo is what a mail to each attendee can bear, in octets.
const maxLogo = 256 << 10

// page returns the brand as templates need it, and the logo as mails do.
func (b *Brand) page() (PageBrand, []Image, error) {
	p := PageBrand{Name: clean(b.Name, maxName), Colour: b.Colour}
	if p.Colour == "" {
		p.Colour = defaultColour
	}
	c, err := parseColour(p.Colour)
	if err != nil {
		return p, nil, fmt.Errorf("brand: %w", err)
	}
	p.OnColour = readableOn(c)
	if len(b.Logo.Data) == 0 {
		return p, nil, nil
	}
	logo, err := b.Logo.complete()
	if err != nil {
		return p, nil, fmt.Errorf("brand: logo: %w", err)
	}
	p.Logo = template.URL("cid:" + logo.ContentID)
	return p, []Image{logo}, nil
}

// pictures are the types that mail clients show, and how their files begin.
var pictures = []struct{ mediaType, extension, magic string }{
	{"image/png", ".png", "\x89PNG\r\n\x1a\n"},
	{"image/jpeg", ".jpg", "\xff\xd8\xff"},
	{"image/gif", ".gif", "GIF8"},
}

// complete returns a checked copy of the image with no field left unset.
func (i Image) complete() (Image, error) {
	if len(i.Data) > maxLogo {
		return i, fmt.Errorf("has %d octets, more than %d", len(i.Data), maxLogo)
	}
	i.Data = bytes.Clone(i.Data)
	for _, p := range pictures {
		if !bytes.HasPrefix(i.Data, []byte(p.magic)) {
			continue
		}
		if i.MediaType != "" && !strings.EqualFold(i.MediaType, p.mediaType) {
			return i, fmt.Errorf("is %s and not %.40q", p.mediaType, i.MediaType)
		}
		i.MediaType = p.mediaType
		if i.Name == "" {
			i.Name = "logo" + p.extension
		}
		if i.ContentID == "" {
			i.ContentID = fmt.Sprintf("%x@logo.invalid", sha256.Sum256(i.Data))[16:]
		}
		i.ContentID = strings.Trim(i.ContentID, "<>")
		if ascii, err := address.ASCII(i.ContentID); err != nil || ascii != i.ContentID {
			return i, fmt.Errorf("content ID %.60q is not of the form left@right", i.ContentID)
		}
		return i, nil
	}
	return i, errors.New("is neither PNG, JPEG nor GIF")
}
