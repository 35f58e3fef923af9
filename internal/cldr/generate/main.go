// Generate writes the table of package cldr from go-playground/locales:
//
//	go generate ./internal/cldr
package main

import (
	"bytes"
	"fmt"
	"go/format"
	"log"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-playground/locales"

	"github.com/convene-go/convene/internal/cldr/source"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("generate: ")
	if err := write("table.go"); err != nil {
		log.Fatal(err)
	}
}

// write writes the table to a file.
func write(path string) error {
	table, err := render()
	if err != nil {
		return err
	}
	return os.WriteFile(path, table, 0o644)
}

// render returns the source of the table.
func render() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("// Code generated from github.com/go-playground/locales. DO NOT EDIT.\n\npackage cldr\n\nvar table = [...]Locale{\n")
	for _, tag := range slices.Sorted(maps.Keys(source.Locales)) {
		l := source.Locales[tag]
		fmt.Fprintf(&b, "{\ntag: %q,\nfull: %q,\nlong: %q,\n", tag, dateForm(l, l.FmtDateFull), dateForm(l, l.FmtDateLong))
		fmt.Fprintf(&b, "months: [12]string{%s},\n", names(12, func(i int) string { return l.MonthWide(time.Month(i + 1)) }))
		fmt.Fprintf(&b, "monthsShort: [12]string{%s},\n", names(12, func(i int) string { return l.MonthAbbreviated(time.Month(i + 1)) }))
		fmt.Fprintf(&b, "weekdays: [7]string{%s},\n", names(7, func(i int) string { return l.WeekdayWide(time.Weekday(i)) }))
		fmt.Fprintf(&b, "weekdaysShort: [7]string{%s},\n", names(7, func(i int) string { return l.WeekdayAbbreviated(time.Weekday(i)) }))
		b.WriteString("zones: \"\" +\n")
		b.WriteString(strings.Join(zones(l), " +\n"))
		b.WriteString(",\n},\n")
	}
	b.WriteString("}\n")
	return format.Source(b.Bytes())
}

// dateForm finds the form of dates by what stands in the place of one date's parts.
func dateForm(l locales.Translator, write func(time.Time) string) string {
	at := time.Date(2345, 8, 27, 0, 0, 0, 0, time.UTC)
	return strings.NewReplacer(l.WeekdayWide(at.Weekday()), "{W}", l.MonthWide(at.Month()), "{M}", "27", "{D}", "2345", "{Y}", "8", "{N}").Replace(write(at))
}

// names returns n names as Go strings.
func names(n int, name func(int) string) string {
	out := make([]string, n)
	for i := range out {
		out[i] = strconv.Quote(name(i))
	}
	return strings.Join(out, ", ")
}

// zones returns the lines of zone names, eight in one Go string.
func zones(l locales.Translator) (out []string) {
	for some := range slices.Chunk(source.ZoneKeys, 8) {
		var b strings.Builder
		for _, key := range some {
			if name := source.ZoneName(l, key); name != "" {
				fmt.Fprintf(&b, "%s %s\n", key, name)
			}
		}
		out = append(out, strconv.Quote(b.String()))
	}
	return out
}
