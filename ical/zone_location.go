package ical

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // for systems without zone files; the system's own, often newer, are preferred by package time

	"github.com/convene-go/convene/internal/windowszones"
)

// LoadLocation returns the zone that a TZID names. These names are known:
//
//   - a Windows name such as "W. Europe Standard Time", in any case, also
//     with the number that old Outlook adds
//   - an IANA name, also with a vendor's prefix such as
//     "/citadel.org/20250101_1/Europe/Berlin"
//   - a fixed offset, such as "UTC+02:00" (as this package writes it),
//     "GMT+0100", "(GMT +1)" or "+01:00"; east is plus, except in IANA's own
//     "Etc/GMT-1"
//   - a display name of Windows, such as "(UTC+01:00) Amsterdam, Berlin, Bern,
//     Rome, Stockholm, Vienna", also without the offset, and a name of Lotus
//     Notes, such as "Western/Central Europe"
//
// An unknown name is an error, and so is "Local". The system's zone files are
// preferred to the files built into the program. A zone that was found is not
// read again.
func LoadLocation(tzid string) (*time.Location, error) {
	if len(tzid) > maxTZID {
		return nil, fmt.Errorf("ical: unknown time zone %.60q: longer than %d octets", tzid, maxTZID)
	}
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

// maxTZID is the length in octets of the longest TZID that can name a zone. A longer
// one would cost much, because it is compared for each date that has it.
const maxTZID = 255

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
	if offset, ok := parseOffsetForm(name); ok {
		return shareZone(fixedZone(offsetName(offset), offset)), nil
	}
	// QUIRK: some programs write the name that Windows shows to people, and Lotus
	// Notes has names of its own.
	if iana, ok := windowszones.LookupOther(tzid); ok {
		return LoadLocation(iana)
	}
	return nil, fmt.Errorf("ical: unknown time zone %.60q", tzid)
}

// offsetForm matches the ways in which programs write an offset as a zone.
var offsetForm = regexp.MustCompile(`(?i)^(\()?(?:GMT|UTC)? ?([+-]) ?(\d{1,2})(?:[:.]?([0-5]\d))?(\))?$`)

// parseOffsetForm reads a zone that is only an offset of less than 15 hours, in
// seconds east.
//
// QUIRK: programs write "GMT+0100", "(GMT +1)", "UTC+1", "+01:00", "GMT+01.00",
// and "(UTC)", also with the minus sign of typography.
func parseOffsetForm(name string) (offset int, ok bool) {
	name = strings.ReplaceAll(name, "\u2212", "-")
	switch strings.ToUpper(name) {
	case "(UTC)", "(GMT)":
		return 0, true
	}
	m := offsetForm.FindStringSubmatch(name)
	if m == nil || (m[1] == "") != (m[5] == "") {
		return 0, false
	}
	hours, _ := strconv.Atoi(m[3])
	minutes, _ := strconv.Atoi(m[4])
	if offset = hours*3600 + minutes*60; m[2] == "-" {
		offset = -offset
	}
	return offset, hours < 15
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
