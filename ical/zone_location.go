package ical

import (
	"fmt"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // for systems without zone files; the system's own, often newer, are preferred by package time

	"github.com/convene-go/convene/internal/windowszones"
)

// LoadLocation returns the zone that a TZID names. These names are known:
//
//   - a Windows name such as "W. Europe Standard Time", in any case, also
//     with the number that old Outlook adds
//   - a fixed offset as this package writes it, "UTC+02:00"
//   - an IANA name, also with a vendor's prefix such as
//     "/citadel.org/20250101_1/Europe/Berlin"
//
// An unknown name is an error, and so is "Local". The system's zone files are
// preferred to the files built into the program. A zone that was found is not
// read again.
func LoadLocation(tzid string) (*time.Location, error) {
	if loc, ok := sharedZones.get(tzid); ok {
		return loc, nil
	}
	if loc, ok := zoneAliases.get(tzid); ok {
		return loc, nil
	}
	loc, err := findLocation(tzid)
	if err == nil && loc.String() != tzid && isShared(loc) && len(tzid) <= maxAlias {
		zoneAliases.put(strings.Clone(tzid), loc)
	}
	return loc, err
}

// maxAlias is the length in octets of the longest name that zoneAliases keeps.
const maxAlias = 128

// findLocation reads the name of a zone and loads the zone.
func findLocation(tzid string) (*time.Location, error) {
	name := strings.Trim(tzid, " /")
	if offset, ok := parseOffsetName(name); ok {
		return shareZone(fixedZone(offsetName(offset), offset)), nil
	}
	// QUIRK: Exchange and Outlook name zones as Windows does, often without a VTIMEZONE.
	if iana, ok := windowszones.Lookup(name); ok && name != "UTC" { // the table has "Etc/UTC" for it
		name = iana
	}
	// QUIRK: Evolution and Mozilla put their own path in front of the IANA name.
	parts := strings.Split(name, "/")
	for parts = parts[max(0, len(parts)-maxZoneParts):]; len(parts) > 0; parts = parts[1:] {
		if slices.Contains(notZones, parts[0]) {
			continue
		}
		name := strings.Join(parts, "/")
		if loc, ok := sharedZones.get(name); ok {
			return loc, nil
		}
		if loc, err := time.LoadLocation(name); err == nil && parts[0] != "" { // package time takes "" for UTC
			return shareZone(loc), nil
		}
	}
	return nil, fmt.Errorf("ical: unknown time zone %.60q", tzid)
}

// maxZoneParts is the largest number of parts in an IANA name, as in
// "America/Argentina/Salta".
const maxZoneParts = 3

// notZones are files and folders in the zone directory that depend on the
// machine or count leap seconds.
var notZones = []string{"Local", "localtime", "posixrules", "Factory", "posix", "right"}

// isKnown reports whether [LoadLocation] knows the name of a zone.
func isKnown(loc *time.Location) bool {
	_, err := LoadLocation(loc.String())
	return err == nil
}

// offsetName returns the TZID of a zone that is only an offset: "UTC+02:00", or
// "UTC" for 0. Seconds are added if the offset has any.
func offsetName(offset int) string {
	if offset == 0 {
		return "UTC"
	}
	digits := formatOffset(offset)
	name := "UTC" + digits[:3] + ":" + digits[3:5]
	if len(digits) > 5 {
		name += ":" + digits[5:]
	}
	return name
}

// parseOffsetName reads a name that offsetName returns for an offset other than
// 0.
func parseOffsetName(name string) (offset int, ok bool) {
	digits, ok := strings.CutPrefix(name, "UTC")
	if !ok || (len(digits) != 6 && len(digits) != 9) {
		return 0, false
	}
	offset, err := parseOffset(strings.ReplaceAll(digits, ":", ""))
	return offset, err == nil && offsetName(offset) == name
}

// fixedZone returns a zone without changes, and UTC itself if the offset is 0.
func fixedZone(name string, offset int) *time.Location {
	if offset == 0 {
		return time.UTC
	}
	return time.FixedZone(name, offset)
}
