// Package windowszones knows the names that Windows, Outlook and Exchange give
// to time zones, and the IANA zone that stands for each (Unicode CLDR,
// windowsZones, territory 001). The table is the work of Unicode, Inc. Its
// licence is in the file LICENSE.
package windowszones

import (
	"slices"
	"strings"
)

//go:generate go run ./generate

// Lookup returns the IANA name for a Windows name such as "W. Europe Standard
// Time". Case and surrounding spaces do not matter.
//
// QUIRK: old Outlook adds a number if a file has two zones of one name, as in
// "W. Europe Standard Time 1".
func Lookup(windows string) (iana string, ok bool) {
	name := strings.ToLower(strings.TrimSpace(windows))
	if iana, ok = lookupLower(name); !ok {
		iana, ok = lookupLower(strings.TrimRight(strings.TrimRight(name, "0123456789"), " "))
	}
	return iana, ok
}

// lookupLower returns the IANA name for a Windows name in lower case.
func lookupLower(lower string) (iana string, ok bool) {
	i, ok := slices.BinarySearchFunc(table[:], lower, func(z zone, name string) int {
		return strings.Compare(strings.ToLower(z.windows), name)
	})
	if !ok {
		return "", false
	}
	return table[i].iana, true
}

// Windows returns the Windows name for an IANA name of the table. The spelling
// must be the table's.
func Windows(iana string) (windows string, ok bool) {
	i := slices.IndexFunc(table[:], func(z zone) bool { return z.iana == iana })
	if i < 0 {
		return "", false
	}
	return table[i].windows, true
}

// IANA returns the IANA names of the table in the order of their Windows names.
func IANA() []string {
	out := make([]string, len(table))
	for i, z := range table {
		out[i] = z.iana
	}
	return out
}

// zone is one line of the table.
type zone struct{ windows, iana string }
