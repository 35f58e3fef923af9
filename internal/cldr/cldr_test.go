package cldr_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/internal/cldr"
	"github.com/convene-go/convene/internal/cldr/source"
)

// TestLikeLibrary compares every date of two years, and the names, with the library's.
func TestLikeLibrary(t *testing.T) {
	for tag, want := range source.Locales {
		got := cldr.Get(tag)
		for at := time.Date(2027, 1, 1, 23, 0, 0, 0, time.UTC); at.Year() < 2029; at = at.AddDate(0, 0, 1) {
			for _, s := range [][2]string{
				{got.DateFull(at), want.FmtDateFull(at)}, {got.DateLong(at), want.FmtDateLong(at)},
				{got.Month(at.Month()), want.MonthWide(at.Month())}, {got.MonthShort(at.Month()), want.MonthAbbreviated(at.Month())},
				{got.WeekdayShort(at.Weekday()), want.WeekdayAbbreviated(at.Weekday())},
			} {
				if s[0] != s[1] {
					t.Fatalf("%s: %s gives %q, want %q", tag, at.Format(time.DateOnly), s[0], s[1])
				}
			}
		}
		for _, key := range append(source.ZoneKeys, "none") {
			if got, want := got.Zone(key), source.ZoneName(want, key); got != want {
				t.Errorf("%s: Zone(%s) = %q, want %q", tag, key, got, want)
			}
		}
	}
}

// TestYears checks years that a date does not often have.
func TestYears(t *testing.T) {
	for tag, want := range source.Locales {
		for _, year := range []int{-3, 0, 1, 987, 12345} {
			at := time.Date(year, 10, 9, 0, 0, 0, 0, time.UTC)
			if got, want := cldr.Get(tag).DateFull(at), want.FmtDateFull(at); got != want {
				t.Errorf("%s: DateFull(year %d) = %q, want %q", tag, year, got, want)
			}
		}
	}
}

// TestPlural compares the plural rules with the library's.
func TestPlural(t *testing.T) {
	numbers := []int{1000, 100_000, 1_000_000, 1_000_002, 1<<31 - 1, -1, -2, -3, -10, -11, -21, -22, -100, -103}
	for n := range 1300 {
		numbers = append(numbers, n)
	}
	for tag, l := range source.Locales {
		cldr.Get(tag).Plural(math.MinInt) // does not panic
		for _, n := range numbers {
			if got, want := cldr.Get(tag).Plural(n), strings.ToLower(l.CardinalPluralRule(float64(n), 0).String()); got != want {
				t.Errorf("%s: Plural(%d) = %q, want %q", tag, n, got, want)
			}
		}
	}
}

func TestGetUnknown(t *testing.T) {
	if l := cldr.Get("xx"); l != nil {
		t.Errorf("Get(xx) = %v, want nil", l)
	}
}
