package body

import (
	"fmt"
	"math"
	"strconv"
)

// defaultColour is the colour of the top edge and the button if the brand has none.
const defaultColour = "#1a56db"

// colour is a colour in sRGB: its red, green and blue.
type colour [3]uint8

// parseColour reads "#rrggbb".
func parseColour(s string) (colour, error) {
	n, err := strconv.ParseUint(s[min(1, len(s)):], 16, 32)
	if len(s) != 7 || s[0] != '#' || err != nil {
		return colour{}, fmt.Errorf("colour %.20q is not of the form #rrggbb", s)
	}
	return colour{uint8(n >> 16), uint8(n >> 8), uint8(n)}, nil
}

// luminance returns the relative luminance, from 0 for black to 1 for white (WCAG
// 2.2, "relative luminance").
func (c colour) luminance() float64 {
	var l [3]float64
	for i, v := range c {
		s := float64(v) / 255
		if s <= 0.04045 {
			l[i] = s / 12.92
		} else {
			l[i] = math.Pow((s+0.055)/1.055, 2.4)
		}
	}
	return 0.2126*l[0] + 0.7152*l[1] + 0.0722*l[2]
}

// contrast returns the contrast ratio of two colours, from 1 to 21 (WCAG 2.2,
// section 1.4.3).
func contrast(a, b colour) float64 {
	x, y := a.luminance(), b.luminance()
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// readableOn returns black or white, whichever has the higher contrast with c. For
// every colour this contrast is 4.5 or more.
func readableOn(c colour) string {
	if contrast(c, colour{255, 255, 255}) >= contrast(c, colour{}) {
		return "#ffffff"
	}
	return "#000000"
}
