package windowszones

import (
	"slices"
	"strings"
	"sync"
)

// LookupOther returns the IANA name for other names of Windows zones that
// programs write as TZID:
//
//   - a display name, with or without its offset in front, such as
//     "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna". The offset
//     is not read, because the places say more.
//   - a name of summer time, such as "W. Europe Daylight Time"
//   - a name of a Windows version before 2010, such as "Armenian Standard Time"
//   - a name of Lotus Notes, such as "W. Europe" or "Western/Central Europe"
//
// Case and spaces do not matter. Try the names of IANA first, because some names of
// Notes are also names of IANA, such as "Israel".
func LookupOther(name string) (iana string, ok bool) {
	key := simplify(withoutOffset(name))
	if i, found := slices.BinarySearchFunc(displayNames(), key, func(z zone, key string) int {
		return strings.Compare(z.windows, key)
	}); found {
		return displayNames()[i].iana, true
	}
	if place, summer := strings.CutSuffix(key, " daylight time"); summer {
		return Lookup(place + " standard time")
	}
	// QUIRK: Lotus Notes writes the Windows name without its last two words.
	return lookupLower(key + " standard time")
}

// withoutOffset cuts the offset off a display name: "(UTC+01:00)", "(GMT)",
// "(GMT -05:00)".
func withoutOffset(name string) string {
	name = strings.TrimSpace(name)
	inside, places, ok := strings.Cut(name, ")")
	if !ok || len(inside) < 4 || !slices.Contains([]string{"(utc", "(gmt"}, strings.ToLower(inside[:4])) {
		return name
	}
	return places
}

// spellings are words that Windows versions spell in several ways.
var spellings = strings.NewReplacer(" and ", " & ", " islands", " is.", ";", ",", " :", ":", "kiev,", "kyiv,",
	"hong kong sar", "hong kong", "ulaan bataar", "ulaanbaatar", "tblisi", "tbilisi", "nukualofa", "nuku'alofa", "ekaterinburg", "yekaterinburg",
	" - new", "", " - old", "")

// simplify returns the form in which display names are compared.
func simplify(name string) string {
	return strings.TrimSpace(spellings.Replace(strings.ToLower(strings.Join(strings.Fields(name), " "))))
}

// displayNames returns the names of the table displays, simplified and sorted,
// with their IANA zones.
var displayNames = sync.OnceValue(func() []zone {
	var out []zone
	for _, d := range displays {
		iana, ok := lookupLower(strings.ToLower(d.windows))
		if !ok {
			iana = d.windows
		}
		for _, name := range d.names {
			out = append(out, zone{simplify(name), iana})
		}
	}
	slices.SortFunc(out, func(a, b zone) int { return strings.Compare(a.windows, b.windows) })
	return out
})
