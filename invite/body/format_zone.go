package body

import (
	"strings"
	"sync"
	"time"
)

// zone returns the name by which people call the zone of start, as "Central
// European Time (Berlin)". Its offsets stand behind the name if the clock changes
// before the end. A zone that only has an offset is called by its offset.
func (c formatter) zone(start, end time.Time) string {
	first, last := offset(start), offset(end)
	changes := end.After(start) && first != last
	if changes {
		first += "/" + strings.TrimPrefix(last, "UTC")
	}
	name := c.zoneName(start)
	if name == "" {
		return c.ltr(first)
	}
	if !strings.Contains(name, "-") { // otherwise a long name would not break at all
		name = strings.ReplaceAll(name, " ", nbsp)
	}
	if changes || !hasCity(start.Location().String()) {
		name += c.Messages["list"] + c.ltr(first+joiner)
	}
	return name
}

// zoneName returns the name of the zone of t, or "" if it is only an offset.
func (c formatter) zoneName(t time.Time) string {
	id := t.Location().String()
	if isOffset(id) {
		return ""
	}
	if !hasCity(id) {
		return c.ltr(clean(id, maxName))
	}
	city := c.city(id)
	if name := c.zoneNames[metazone(t)]; name != "" {
		return c.text("noted", "value", name, "note", city)
	}
	return c.text("zone.place", "city", city)
}

// isOffset reports whether the name of a zone says no more than its offset.
func isOffset(id string) bool {
	id = strings.TrimPrefix(id, "Etc/")
	for _, prefix := range []string{"UTC", "GMT", "UCT", "Universal", "Zulu", "Greenwich", "Local"} {
		id = strings.TrimPrefix(id, prefix)
	}
	return strings.Trim(id, "+-:0123456789") == ""
}

// areas are the areas of the tz database. A name in one of them ends with a city.
var areas = map[string]bool{
	"Africa": true, "America": true, "Antarctica": true, "Arctic": true, "Asia": true,
	"Atlantic": true, "Australia": true, "Europe": true, "Indian": true, "Pacific": true,
}

// hasCity reports whether the name of a zone has the form Area/City.
func hasCity(id string) bool {
	area, _, ok := strings.Cut(id, "/")
	return ok && areas[area]
}

// city returns the city of a zone with the form Area/City.
func (c *catalog) city(id string) string {
	name := id[strings.LastIndexByte(id, '/')+1:]
	if today := renamed[name]; today != "" {
		name = today
	}
	if local := c.Cities[name]; local != "" {
		return local
	}
	if s := cities[name]; s != "" {
		name = s
	}
	return c.ltr(strings.ReplaceAll(name, "_", " "))
}

// renamed are the cities that the tz database also has under an earlier name.
var renamed = map[string]string{
	"Calcutta": "Kolkata", "Katmandu": "Kathmandu", "Kiev": "Kyiv", "Rangoon": "Yangon", "Saigon": "Ho_Chi_Minh",
}

// cities are the cities that the tz database writes without their accents, or not
// in full.
var cities = map[string]string{
	"Asuncion": "Asunción", "Bogota": "Bogotá", "Cancun": "Cancún", "Ho_Chi_Minh": "Ho Chi Minh City", "Merida": "Mérida",
	"Noumea": "Nouméa", "Reunion": "Réunion", "Sao_Paulo": "São Paulo", "Sao_Tome": "São Tomé", "St_Johns": "St. John’s",
}

// metazone returns the key by which package cldr has the name of the zone of
// t; "" if it has none.
func metazone(t time.Time) string {
	id := t.Location().String()
	if key := zoneKeys[id]; key != "" {
		return key
	}
	area, _, _ := strings.Cut(id, "/")
	abbreviation, _ := t.Zone()
	return areaKeys()[area+" "+abbreviation]
}

// metazones are the zones that people call alike (CLDR, metaZones), by the areas and
// the abbreviations that their places have in the tz database. key is package
// cldr's. It has no names for the zones that are not listed, such as London,
// Moscow and Shanghai. Those are called by their city.
var metazones = []struct{ areas, abbreviations, key string }{
	{"Africa Arctic Asia Atlantic Europe", "CET CEST", "MEZ"},
	{"Africa Asia Europe", "EET EEST", "OEZ"},
	{"Africa Atlantic Europe", "WET WEST", "WEZ"},
	{"Africa America Atlantic", "GMT", "GMT"},
	{"Africa", "CAT", "CAT"},
	{"Africa Indian", "EAT", "EAT"},
	{"Africa", "WAT WAST", "WAT"},
	{"Africa", "SAST", "SAST"},
	{"America", "EST EDT", "EST"},
	{"America", "CST CDT", "CST"},
	{"America", "MST MDT", "MST"},
	{"America", "PST PDT", "PST"},
	{"America", "AKST AKDT", "AKST"},
	{"America Atlantic", "AST ADT", "AST"},
	{"America", "NST NDT", "HNT"},
	{"America Pacific", "HST HDT", "HAST"},
	{"Asia", "JST", "JST"},
	{"Asia", "HKT", "HKT"},
	{"Asia", "WIB", "WIB"},
	{"Asia", "WITA", "WITA"},
	{"Asia", "WIT", "WIT"},
	{"Australia", "AEST AEDT", "AEST"},
	{"Australia", "ACST ACDT", "ACST"},
	{"Australia", "AWST", "AWST"},
	{"Antarctica Pacific", "NZST NZDT", "NZST"},
	{"Pacific", "ChST", "ChST"},
}

// areaKeys returns the keys of metazones, by an area and an abbreviation.
var areaKeys = sync.OnceValue(func() map[string]string {
	out := make(map[string]string)
	for _, m := range metazones {
		for area := range strings.FieldsSeq(m.areas) {
			for abbreviation := range strings.FieldsSeq(m.abbreviations) {
				out[area+" "+abbreviation] = m.key
			}
		}
	}
	return out
})

// zoneKeys are the keys of zones whose abbreviation in the tz database is only a
// number, or means another zone in the same area.
var zoneKeys = map[string]string{
	"America/Argentina/Buenos_Aires": "ART", "America/Argentina/Cordoba": "ART", "America/Buenos_Aires": "ART",
	"America/Bogota": "COT", "America/Caracas": "VET", "America/Cayenne": "GFT", "America/Guayaquil": "ECT",
	"America/Guyana": "GYT", "America/Havana": "HNCU", "America/La_Paz": "BOT", "America/Miquelon": "HNPM",
	"America/Montevideo": "UYT", "America/Paramaribo": "SRT", "America/Santiago": "CLT",
	"Asia/Ashgabat": "TMT", "Asia/Calcutta": "IST", "Asia/Dubai": "GST", "Asia/Kolkata": "IST", "Asia/Kuala_Lumpur": "MYT",
	"Asia/Muscat": "GST", "Asia/Singapore": "SGT", "Asia/Thimphu": "BT",
	"Australia/Eucla": "ACWST", "Australia/Lord_Howe": "LHST", "Pacific/Chatham": "CHAST",
}

// readZoneNames reads the names of all zones. People call a zone by one name the whole
// year, so the word for standard time is left out.
func (c *catalog) readZoneNames() {
	keys := make(map[string]bool)
	for _, m := range metazones {
		keys[m.key] = true
	}
	for _, key := range zoneKeys {
		keys[key] = true
	}
	c.zoneNames = make(map[string]string, len(keys))
	for key := range keys {
		name := c.cldr.Zone(key)
		for _, s := range c.Standard {
			name = strings.Replace(name, s[0], s[1], 1)
		}
		if own := c.Zones[key]; own != "" {
			name = own
		}
		if name != "" {
			c.zoneNames[key] = name
		}
	}
}
