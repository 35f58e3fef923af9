package body

import (
	"slices"
	"sync"

	"github.com/go-playground/locales"
	"github.com/go-playground/locales/ar"
	"github.com/go-playground/locales/de"
	"github.com/go-playground/locales/en"
	"github.com/go-playground/locales/en_GB"
	"github.com/go-playground/locales/es"
	"github.com/go-playground/locales/fr"
	"github.com/go-playground/locales/he"
	"github.com/go-playground/locales/it"
	"github.com/go-playground/locales/ja"
	"github.com/go-playground/locales/ko"
	"github.com/go-playground/locales/nl"
	"github.com/go-playground/locales/pl"
	"github.com/go-playground/locales/pt_BR"
	"github.com/go-playground/locales/ru"
	"github.com/go-playground/locales/tr"
	"github.com/go-playground/locales/uk"
	"github.com/go-playground/locales/zh"
	xlanguage "golang.org/x/text/language"
)

// language is a language that mails can be written in.
type language struct {
	tag    string // the value of the lang attribute
	file   string // the name of the catalog, without its folder and extension
	base   string // the catalog that file only changes; "" if file is a whole one
	rtl    bool
	locale func() locales.Translator // names, dates and plurals by CLDR

	once    sync.Once
	catalog *catalog
	err     error
}

// languages are all languages. The first is for readers of a language that is not
// among them.
var languages = []*language{
	{tag: "en", file: "en", locale: en.New},
	{tag: "en-GB", file: "en-GB", base: "en", locale: en_GB.New},
	{tag: "de", file: "de", locale: de.New},
	{tag: "fr", file: "fr", locale: fr.New},
	{tag: "es", file: "es", locale: es.New},
	{tag: "it", file: "it", locale: it.New},
	{tag: "pt-BR", file: "pt-BR", locale: pt_BR.New},
	{tag: "nl", file: "nl", locale: nl.New},
	{tag: "pl", file: "pl", locale: pl.New},
	{tag: "tr", file: "tr", locale: tr.New},
	{tag: "ru", file: "ru", locale: ru.New},
	{tag: "uk", file: "uk", locale: uk.New},
	{tag: "ja", file: "ja", locale: ja.New},
	{tag: "zh-Hans", file: "zh", locale: zh.New},
	{tag: "ko", file: "ko", locale: ko.New},
	{tag: "ar", file: "ar", rtl: true, locale: ar.New},
	{tag: "he", file: "he", rtl: true, locale: he.New},
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
