package body

import (
	"slices"
	"sync"

	xlanguage "golang.org/x/text/language"
)

// language is a language that mails can be written in.
type language struct {
	tag  string // the value of the lang attribute
	file string // the name of the catalog, without its folder and extension
	base string // the catalog that file only changes; "" if file is a whole one
	rtl  bool

	once    sync.Once
	catalog *catalog
	err     error
}

// languages are all languages. The first is for readers of a language that is not
// among them.
var languages = []*language{
	{tag: "en", file: "en"},
	{tag: "en-GB", file: "en-GB", base: "en"},
	{tag: "de", file: "de"},
	{tag: "fr", file: "fr"},
	{tag: "es", file: "es"},
	{tag: "it", file: "it"},
	{tag: "pt-BR", file: "pt-BR"},
	{tag: "nl", file: "nl"},
	{tag: "pl", file: "pl"},
	{tag: "tr", file: "tr"},
	{tag: "ru", file: "ru"},
	{tag: "uk", file: "uk"},
	{tag: "ja", file: "ja"},
	{tag: "zh-Hans", file: "zh"},
	{tag: "ko", file: "ko"},
	{tag: "ar", file: "ar", rtl: true},
	{tag: "he", file: "he", rtl: true},
}

// Languages returns the BCP 47 tags of the languages that mails can be written in. A
// [View] may also have a regional variant of one of them.
func Languages() []string {
	var out []string
	for _, l := range languages {
		if l.base == "" {
			out = append(out, l.tag)
		}
	}
	return out
}

// matcher finds the nearest language. It is made at its first use.
var matcher = sync.OnceValue(func() xlanguage.Matcher {
	tags := make([]xlanguage.Tag, len(languages))
	for i, l := range languages {
		tags[i] = xlanguage.MustParse(l.tag)
	}
	return xlanguage.NewMatcher(tags)
})

// matchLanguage returns the language for a BCP 47 tag. It returns English if the tag
// is empty, is not valid, or is of a language that has no catalog.
func matchLanguage(tag string) *language {
	if tag == "" || len(tag) > maxTag {
		return languages[0]
	}
	if i := slices.IndexFunc(languages, func(l *language) bool { return l.tag == tag }); i >= 0 {
		return languages[i]
	}
	t, err := xlanguage.Parse(tag)
	if err != nil {
		return languages[0]
	}
	_, i, confidence := matcher().Match(t)
	if confidence == xlanguage.No {
		return languages[0]
	}
	return languages[i]
}

// maxTag is longer than any tag in use (RFC 5646, section 4.4.1).
const maxTag = 64

// texts returns the catalog of the language, which is read once.
func (l *language) texts() (*catalog, error) {
	l.once.Do(func() { l.catalog, l.err = readCatalog(l) })
	return l.catalog, l.err
}
