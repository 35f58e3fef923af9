// Package cldr has the names of months, weekdays and time zones, the forms of dates
// and the plural rules of the languages that mails are written in, by the Unicode
// Common Locale Data Repository (CLDR).
//
// The table is generated from go-playground/locales. The library itself would add
// 640 kB to every program, most of it names of currencies and methods for numbers
// (docs/decisions.md).
package cldr

import (
	"strconv"
	"strings"
	"time"
)

//go:generate go run ./generate

// Locale has the names and forms of one language.
type Locale struct {
	tag           string
	full, long    string // dates with {W}eekday, {M}onth, its {N}umber, {D}ay and {Y}ear
	months        [12]string
	monthsShort   [12]string
	weekdays      [7]string // from Sunday
	weekdaysShort [7]string
	zones         string // a line "KEY name" for each zone
}

// Get returns the locale of a BCP 47 tag of the table; nil if there is none.
func Get(tag string) *Locale {
	for i := range table {
		if table[i].tag == tag {
			return &table[i]
		}
	}
	return nil
}

// DateFull writes a date with its weekday, as "Friday, March 5, 2027".
func (l *Locale) DateFull(t time.Time) string { return l.date(l.full, t) }

// DateLong writes a date without its weekday, as "March 5, 2027".
func (l *Locale) DateLong(t time.Time) string { return l.date(l.long, t) }

// Month returns the name of a month, as it stands in a date.
func (l *Locale) Month(m time.Month) string { return l.months[m-1] }

// MonthShort returns the short name of a month, as it stands in a date.
func (l *Locale) MonthShort(m time.Month) string { return l.monthsShort[m-1] }

// WeekdayShort returns the short name of a weekday.
func (l *Locale) WeekdayShort(d time.Weekday) string { return l.weekdaysShort[d] }

// Zone returns the name of a time zone in winter, by a key such as "MEZ". It returns
// "" if the locale has no name for the zone.
func (l *Locale) Zone(key string) string {
	for line := range strings.SplitSeq(l.zones, "\n") {
		if k, name, _ := strings.Cut(line, " "); k == key {
			return name
		}
	}
	return ""
}

// date fills the form of a date.
func (l *Locale) date(form string, t time.Time) string {
	year, month, day := t.Date()
	b := make([]byte, 0, 64)
	for {
		before, rest, ok := strings.Cut(form, "{")
		b = append(b, before...)
		if !ok {
			return string(b)
		}
		switch rest[0] {
		case 'W':
			b = append(b, l.weekdays[t.Weekday()]...)
		case 'M':
			b = append(b, l.months[month-1]...)
		case 'N':
			b = strconv.AppendInt(b, int64(month), 10)
		case 'D':
			b = strconv.AppendInt(b, int64(day), 10)
		case 'Y':
			b = strconv.AppendInt(b, int64(max(year, -year)), 10)
		}
		form = rest[len("W}"):]
	}
}
