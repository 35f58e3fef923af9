package body

import (
	"fmt"
	"html/template"
)

// Brand shows in a mail which sender it comes from.
type Brand struct {
	// Name is shown at the top, or is the alternative text of Logo. If it is "",
	// no name is shown.
	Name string
	// Colour is the colour of the top edge and of the button, as "#rrggbb". If it
	// is "", a blue is used.
	Colour string
	// Logo is a picture that goes with each mail and is shown 40 pixels high. If
	// its Data is empty, mails have no logo.
	Logo Image
}

// PageBrand is a [Brand] in the form that templates need.
type PageBrand struct {
	// Name is shown at the top, or is the alternative text of the logo.
	Name string
	// Colour is the brand's colour, and OnColour is a colour for text on it.
	Colour, OnColour string
	// Logo is the address of the image; "" if the brand has none.
	Logo template.URL
}

// page returns the brand in the form that templates need, and the logo in the form
// that mails need.
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

// cancelled is the colour of a mail that says that a meeting does not take place.
const cancelled = "#9b1c1c"

// paint gives the page its colours.
func (p *Page) paint(b PageBrand) {
	p.Brand, p.Colour, p.OnColour = b, b.Colour, b.OnColour
	if p.Action == ActionCancellation {
		p.Colour, p.OnColour = cancelled, "#ffffff"
	}
}
