package body

import (
	"fmt"
	"html/template"
)

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

// PageBrand is a [Brand] in the form that templates need.
type PageBrand struct {
	// Name is shown at the top, or is the text of the logo.
	Name string
	// Colour is that of the brand, OnColour one that is readable on it.
	Colour, OnColour string
	// Logo is the address of the image; "" where there is none.
	Logo template.URL
}

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
