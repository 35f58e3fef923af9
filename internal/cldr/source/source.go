// Package source lists the locales of go-playground/locales that package cldr holds a
// part of. Only the generator and tests import it: each locale of the library brings
// the names of all currencies and all its methods into a program.
package source

import (
	"strings"
	"time"

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
)

// Locales are the locales, by their BCP 47 tags.
var Locales = map[string]locales.Translator{
	"ar": ar.New(), "de": de.New(), "en": en.New(), "en-GB": en_GB.New(), "es": es.New(), "fr": fr.New(), "he": he.New(),
	"it": it.New(), "ja": ja.New(), "ko": ko.New(), "nl": nl.New(), "pl": pl.New(), "pt-BR": pt_BR.New(), "ru": ru.New(),
	"tr": tr.New(), "uk": uk.New(), "zh-Hans": zh.New(),
}

// ZoneName returns the name that the library writes behind a time of day; "" if it has
// none.
func ZoneName(l locales.Translator, key string) string {
	midnight := func(zone string) string {
		return l.FmtTimeFull(time.Date(2000, 1, 1, 0, 0, 0, 0, time.FixedZone(zone, 0)))
	}
	const unknown = "-"
	before, after, _ := strings.Cut(midnight(unknown), unknown)
	name := strings.TrimSuffix(strings.TrimPrefix(midnight(key), before), after)
	if name == key {
		return ""
	}
	return name
}

// ZoneKeys are the keys of zones under which the library has names of standard time.
var ZoneKeys = strings.Fields(`ACST ACWST AEST AKST ART AST AWST BOT BT CAT CHAST CLT COT CST ChST EAT ECT EST GFT GMT GST GYT
	HAST HKT HNCU HNPM HNT IST JST LHST MEZ MST MYT NZST OEZ PST SAST SGT SRT TMT UYT VET WAT WEZ WIB WIT WITA`)
