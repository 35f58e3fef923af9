package body

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"strings"

	"github.com/convene-go/convene/internal/cldr"
)

// catalogs are the texts, with one file for each language. docs/templates.md
// describes their form.
//
//go:embed catalog/*.json
var catalogs embed.FS

// catalog holds the texts of one language and its locale.
type catalog struct {
	*language
	cldr *cldr.Locale // names, dates and plurals

	// Messages are texts by key, with {names} for the values that are put in.
	Messages map[string]string `json:"messages"`
	// Plurals are texts about a number {n}, by key and by CLDR category.
	Plurals map[string]map[string]string `json:"plurals"`
	// Weekdays are the days from Sunday, in the form that "on.days" needs.
	Weekdays []string `json:"weekdays"`
	// Days are the days in the form after an ordinal: seven weekdays from Sunday,
	// then a working day, a day of the weekend, and any day.
	Days []string `json:"days"`
	// Genders has a letter for each of Days. The letter is a key of Nth.
	Genders string `json:"genders"`
	// Nth are the ordinals from first to fourth, and last.
	Nth map[string][]string `json:"nth"`
	// Months are the names in "on.nth.month" if they differ from CLDR's.
	Months []string `json:"months"`
	// Standard are pairs of texts. The first of a pair is replaced with the second
	// in CLDR's name of a zone's standard time, which gives the zone's own name.
	Standard [][2]string `json:"standard"`
	// Zones are the names of zones that CLDR does not have right, by the keys of
	// package cldr.
	Zones map[string]string `json:"zones"`
	// Cities are the cities of zones that are not called as in the tz database.
	Cities map[string]string `json:"cities"`

	zoneNames map[string]string // by the keys of package cldr
}

// readCatalog reads the catalog of a language, after the one that it changes.
func readCatalog(l *language) (*catalog, error) {
	c := &catalog{language: l, cldr: cldr.Get(l.tag)}
	if l.base != "" {
		if err := c.read(l.base); err != nil {
			return nil, err
		}
	}
	if err := c.read(l.file); err != nil {
		return nil, err
	}
	c.readZoneNames()
	return c, nil
}

// read adds a file to the texts that were read before, which it may replace.
func (c *catalog) read(file string) error {
	name := "catalog/" + file + ".json"
	data, err := catalogs.ReadFile(name)
	if err != nil {
		return err
	}
	base := c.Messages
	c.Messages = nil
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(c); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for key, text := range maps.All(base) {
		if _, ok := c.Messages[key]; !ok {
			c.Messages[key] = text
		}
	}
	return nil
}

// text returns the message of a key with values put in. pairs are names, each before
// its value.
func (c *catalog) text(key string, pairs ...string) string {
	return substitute(c.Messages[key], pairs...)
}

// substitute puts values into a pattern. A value that holds {names} itself stays as
// it is.
func substitute(pattern string, pairs ...string) string {
	if strings.IndexByte(pattern, '{') < 0 {
		return pattern
	}
	size := len(pattern)
	for i := 1; i < len(pairs); i += 2 {
		size += len(pairs[i])
	}
	var b strings.Builder
	b.Grow(size) // most of the time went into growing it
	for {
		before, rest, ok := strings.Cut(pattern, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == name {
				b.WriteString(pairs[i+1])
			}
		}
		pattern = after
	}
}

// count returns the plural text of a key for a number.
func (c *catalog) count(key string, n int) string {
	return substitute(c.Plurals[key][c.cldr.Plural(n)], "n", strconv.Itoa(n))
}

// labelled returns a name with its colon and the space before the value. A wide
// colon needs no space.
func (c *catalog) labelled(name string) string {
	s := c.text("label", "label", name)
	if strings.HasSuffix(s, "：") {
		return s
	}
	return s + " "
}

// join lists texts as a sentence does: "a, b and c".
func (c *catalog) join(list []string) string {
	n := len(list)
	if n < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:n-1], c.Messages["list"]) + c.Messages["list.last"] + list[n-1]
}
