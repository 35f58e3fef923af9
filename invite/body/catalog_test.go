package body

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/bidi"

	"github.com/convene-go/convene/internal/cldr/source"
)

func wordsOf(t *testing.T, l *language) *catalog {
	t.Helper()
	c, err := l.texts()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var slot = regexp.MustCompile(`\{\w*\}`)

// slots returns the {names} in a text, each once.
func slots(s string) []string {
	list := slot.FindAllString(s, -1)
	slices.Sort(list)
	return slices.Compact(list)
}

// free are keys whose names may differ by language: patterns of times, of days
// of the month, and of ordinals.
func free(key string) bool {
	return key == "time" || key == "date.month" || key == "date.short" || key == "noted" || strings.HasPrefix(key, "on.nth")
}

// TestCatalogComplete checks that every file has every text, with the same {names}.
func TestCatalogComplete(t *testing.T) {
	english := wordsOf(t, languages[0])
	for _, l := range languages {
		t.Run(l.tag, func(t *testing.T) {
			c := wordsOf(t, l)
			if diff := cmp.Diff(keysOf(english.Messages), keysOf(c.Messages)); diff != "" {
				t.Errorf("messages differ from English (-en +%s):\n%s", l.tag, diff)
			}
			for key, text := range c.Messages {
				if strings.TrimSpace(text) == "" || strings.Contains(text, "%!") || strings.ContainsAny(text, "<>\n\t") {
					t.Errorf("%s = %q", key, text)
				}
				if diff := cmp.Diff(slots(english.Messages[key]), slots(text)); diff != "" && !free(key) {
					t.Errorf("%s = %q: names differ:\n%s", key, text, diff)
				}
			}
			if diff := cmp.Diff(keysOf(english.Plurals), keysOf(c.Plurals)); diff != "" {
				t.Errorf("plurals differ from English:\n%s", diff)
			}
			checkLists(t, c)
		})
	}
}

func checkLists(t *testing.T, c *catalog) {
	if len(c.Weekdays) != 7 || len(c.Days) != anyDay+1 || len(c.Genders) != len(c.Days) {
		t.Errorf("%d weekdays, %d days, %d genders", len(c.Weekdays), len(c.Days), len(c.Genders))
	}
	for _, g := range c.Genders {
		if len(c.Nth[string(g)]) != 5 {
			t.Errorf("nth[%c] = %q", g, c.Nth[string(g)])
		}
	}
	if n := len(c.Months); n != 0 && n != 12 {
		t.Errorf("%d months", n)
	}
}

// TestCatalogPlurals checks that every plural has the forms of CLDR's categories, and
// no others.
func TestCatalogPlurals(t *testing.T) {
	for _, l := range languages {
		c := wordsOf(t, l)
		var want []string
		for _, rule := range source.Locales[l.tag].PluralsCardinal() {
			want = append(want, strings.ToLower(rule.String()))
		}
		slices.Sort(want)
		for key, forms := range c.Plurals {
			if diff := cmp.Diff(want, keysOf(forms)); diff != "" {
				t.Errorf("%s: %s: categories differ (-CLDR +file):\n%s", l.tag, key, diff)
			}
		}
		for n := range 120 {
			for key := range c.Plurals {
				if got := c.count(key, n); got == "" || strings.Contains(got, "{") {
					t.Errorf("%s: count(%s, %d) = %q", l.tag, key, n, got)
				}
			}
		}
	}
}

// same are words of a language that are equal in English.
var same = map[string][]string{
	"de":    {"label.optional"},
	"fr":    {"action.invitation", "label.description", "label.comment"},
	"nl":    {"was"},
	"es":    {"answer.no"},
	"it":    {"answer.no"},
	"pt-BR": {},
}

// TestCatalogTranslated checks that no text is left in English, except for words that
// both languages have and patterns without words.
func TestCatalogTranslated(t *testing.T) {
	english := wordsOf(t, languages[0])
	letters := regexp.MustCompile(`\p{L}`)
	for _, l := range languages {
		if strings.HasPrefix(l.tag, "en") {
			continue
		}
		c := wordsOf(t, l)
		for key, text := range c.Messages {
			words := letters.MatchString(slot.ReplaceAllString(text, "")) && key != "am" && key != "pm"
			if words && text == english.Messages[key] && !slices.Contains(same[l.tag], key) {
				t.Errorf("%s: %s = %q is English", l.tag, key, text)
			}
		}
	}
}

// TestCatalogDirection checks which languages are written from right to left.
func TestCatalogDirection(t *testing.T) {
	for _, l := range languages {
		p, _ := bidi.LookupRune([]rune(wordsOf(t, l).Messages["lead.update"])[0])
		if got := p.Class() == bidi.R || p.Class() == bidi.AL; got != l.rtl {
			t.Errorf("%s: rtl = %v, its texts say %v", l.tag, l.rtl, got)
		}
	}
}

// TestTimeIsCLDR checks that hours, minutes and AM or PM stand in CLDR's order. Only
// the words for AM and PM are our own, in locales whose words people do not write.
func TestTimeIsCLDR(t *testing.T) {
	own := map[string]string{"am": "AM", "pm": "PM", "PM": "오후", "AM": "오전"}
	for _, l := range languages {
		c := formatter{wordsOf(t, l), time.UTC}
		for hour := range 24 {
			at := time.Date(2027, 3, 2, hour, 5, 0, 0, time.UTC)
			want := source.Locales[l.tag].FmtTimeShort(at)
			for from, to := range own {
				if l.tag == "ko" && len(from) == 2 && from[0] < 'a' || l.tag == "en" && from[0] >= 'a' {
					want = strings.ReplaceAll(want, from, to)
				}
			}
			if got := c.time(at); got != want {
				t.Errorf("%s: time(%02d:05) = %q, want %q", l.tag, hour, got, want)
			}
		}
	}
}

func TestCatalogFilesAreUsed(t *testing.T) {
	files, err := catalogs.ReadDir("catalog")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(f.Name(), ".json")
		if !slices.ContainsFunc(languages, func(l *language) bool { return l.file == name }) {
			t.Errorf("%s belongs to no language", f.Name())
		}
		data, err := catalogs.ReadFile("catalog/" + f.Name())
		if err != nil || !json.Valid(data) {
			t.Errorf("%s is not JSON: %v", f.Name(), err)
		}
	}
}

func TestReadCatalogErrors(t *testing.T) {
	for _, l := range []*language{{file: "none"}, {file: "en", base: "none"}} {
		if _, err := l.texts(); err == nil {
			t.Errorf("words(%s over %s) = nil error", l.file, l.base)
		}
	}
}

func keysOf[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
