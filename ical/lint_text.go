package ical

import (
	"regexp"
	"strings"

	xlanguage "golang.org/x/text/language"
)

// textRules are the rules about texts and their languages.
var textRules = []lintRule{
	{"summary-lines", SeverityWarning, "Summary", "the title is sent on one line, because Outlook removes line breaks without a space in their place",
		"MS-OXCICAL, section 2.1.3.1.1.20.24", outlook,
		func(e *lintTarget) []hit { return hitIf(strings.ContainsFunc(e.Summary, isLineEnd), "Summary") }},
	{"location-lines", SeverityWarning, "Location", "the location is sent on one line, because Outlook removes line breaks without a space in their place, and other clients show the first line only",
		"MS-OXCICAL, section 2.1.3.1.1.20.15; several reports", every,
		func(e *lintTarget) []hit { return hitIf(strings.ContainsFunc(e.Location, isLineEnd), "Location") }},
	{"summary-html", SeverityWarning, "Summary", htmlText, htmlSource, every,
		func(e *lintTarget) []hit { return lintHTML(e.Summary, "Summary") }},
	{"location-html", SeverityWarning, "Location", htmlText, htmlSource, every,
		func(e *lintTarget) []hit { return lintHTML(e.Location, "Location") }},
	{"description-html", SeverityWarning, "Description", htmlText, htmlSource, every,
		func(e *lintTarget) []hit { return lintHTML(e.Description, "Description") }},
	{"language-unknown", SeverityWarning, "Language", "no language is registered under this tag, so the mail is written in English and programs ignore the tag",
		"RFC 5646, section 2.2.9; RFC 5545, section 3.2.10", every,
		func(e *lintTarget) []hit { return hitIf(!isRegistered(e.Language), "Language") }},
	{"attendee-language", SeverityWarning, "Attendees[i].Language", "no language is registered under this tag, so the attendee's mail is written in English",
		"RFC 5646, section 2.2.9", every, lintAttendeeLanguages},
}

const (
	htmlText   = "the text has HTML tags or entities, which clients show as they are; write plain text"
	htmlSource = "RFC 5545, section 3.3.11"
)

// lintHTML finds text that was written as HTML. The detail is the first tag or
// entity.
func lintHTML(text, field string) []hit {
	if !strings.ContainsAny(text, "<&") {
		return nil
	}
	found := htmlMarks.FindString(text)
	if found == "" {
		return nil
	}
	if r := []rune(found); len(r) > 40 {
		found = string(r[:40]) + "…"
	}
	return []hit{{field, found}}
}

// htmlMarks matches tags and entities of HTML that plain text hardly has.
//
//   - The tags of the first group are no words, so they count in any form.
//   - The tags of the second group are also words or letters, as in "press <b>".
//     They count as closing tags and with attributes.
//   - An address in angle brackets (<ann@example.test>, <https://example.test>)
//     and a comparison ("a < b") match nothing.
var htmlMarks = regexp.MustCompile(`(?i)` +
	`</?(?:p|br|hr|h[1-6]|ul|ol|li|div|span|html|strong|em|img|font|pre|table|tbody|thead|tr|td|th|blockquote|script|style)(?:\s+[a-z][a-z0-9:-]*\s*=[^<>]*)?\s*/?>` +
	`|</(?:a|b|i|u|s|body|head|title|code|center|small|big|sub|sup|label|section)\s*>` +
	`|<(?:a|b|i|u|s|body|link|meta|code|input|iframe|section)\s+[a-z][a-z0-9:-]*\s*=[^<>]*>` +
	`|<!--|<!doctype\s` +
	`|&(?:amp|lt|gt|quot|apos|nbsp|ndash|mdash|hellip|bull|euro|copy|reg|trade|laquo|raquo|[lr][sd]quo|[aeiouy](?:uml|acute|grave|circ|tilde|ring)|szlig|ccedil|ntilde|#[0-9]{1,7}|#x[0-9a-f]{1,6});`)

// isRegistered reports whether a language tag has only registered subtags. It
// reports true for a tag that is empty, private or not well-formed, because
// [Event.Validate] reports the last.
func isRegistered(tag string) bool {
	if tag == "" || checkLanguage(tag) != nil {
		return true
	}
	_, err := xlanguage.Parse(tag)
	return err == nil
}

// lintAttendeeLanguages looks each tag up once, because many attendees share a
// few languages.
func lintAttendeeLanguages(e *lintTarget) (out []hit) {
	known := map[string]bool{"": true}
	for i := range e.Attendees {
		tag := e.Attendees[i].Language
		registered, ok := known[tag]
		if !ok {
			registered = isRegistered(tag)
			known[tag] = registered
		}
		out = append(out, hitAt(!registered, "Attendees", i, "Language")...)
	}
	return out
}
