package rsvp

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/convene-go/convene/invite/body"
)

// catalogs are the texts of the pages, with one file for each language of package body.
// Texts that mails have too come from there.
//
//go:embed catalog/*.json
var catalogs embed.FS

// words are the texts of a language by key, with {names} for the values that are put in.
type words map[string]string

// allWords returns the texts of all languages, which are read once.
var allWords = sync.OnceValues(func() (map[string]words, error) {
	out := make(map[string]words)
	for _, tag := range body.Languages() {
		data, err := catalogs.ReadFile("catalog/" + tag + ".json")
		if err != nil {
			return nil, err
		}
		var w words
		if err := json.Unmarshal(data, &w); err != nil {
			return nil, fmt.Errorf("catalog/%s.json: %w", tag, err)
		}
		out[tag] = w
	}
	return out, nil
})

// wordsOf returns the texts for the language of a page. A regional variant has the
// texts of its language, and a language without texts has the English ones.
func wordsOf(tag string) (words, error) {
	all, err := allWords()
	if err != nil {
		return nil, err
	}
	for tag != "" {
		if w := all[tag]; w != nil {
			return w, nil
		}
		tag = tag[:max(strings.LastIndexByte(tag, '-'), 0)]
	}
	return all["en"], nil
}

// text returns the text of a key with values put in. pairs are names in braces, each
// before its value.
func (w words) text(key string, pairs ...string) string {
	return strings.NewReplacer(pairs...).Replace(w[key])
}
