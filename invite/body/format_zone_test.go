package body

import (
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
)

// TestZone: a zone has the name by which people call it, and an offset stands once.
func TestZone(t *testing.T) {
	winter := time.Date(2027, 1, 5, 12, 0, 0, 0, time.UTC)
	summer := winter.AddDate(0, 6, 0)
	for _, tt := range []struct {
		language, zone string
		at             time.Time
		want           string
	}{
		{"en", "Europe/Berlin", winter, "Central European Time (Berlin)"},
		{"en", "Europe/Berlin", summer, "Central European Time (Berlin)"},
		{"en", "America/New_York", summer, "Eastern Time (New York)"},
		{"en", "America/Argentina/Buenos_Aires", winter, "Argentina Time (Buenos Aires)"},
		{"en", "Asia/Calcutta", winter, "India Time (Kolkata)"},
		{"en", "Africa/Algiers", winter, "Central European Time (Algiers)"},
		{"en", "America/Havana", winter, "Cuba Time (Havana)"},
		{"en", "Asia/Shanghai", winter, "Shanghai Time"},
		{"en", "Asia/Manila", winter, "Manila Time"},
		{"en", "Asia/Jerusalem", winter, "Jerusalem Time"},
		{"en", "Europe/Dublin", summer, "Dublin Time"},
		{"en", "Europe/London", winter, "London Time"},
		{"en", "America/Sao_Paulo", winter, "São Paulo Time"},
		{"en", "America/St_Johns", winter, "Newfoundland Time (St. John’s)"},
		{"en", "UTC", winter, "UTC"},
		{"en", "Etc/UTC", winter, "UTC"},
		{"en", "Etc/GMT-2", winter, "UTC+02:00"},
		{"en", "UTC+02:00", winter, "UTC+02:00"},
		{"en", "+0530", winter, "UTC+05:30"},
		{"en", "Somewhere", winter, "Somewhere, UTC+05:00"},
		{"de", "Europe/Vienna", winter, "Mitteleuropäische Zeit (Wien)"},
		{"de", "America/Los_Angeles", winter, "Nordamerikanische Westküstenzeit (Los Angeles)"},
		{"de", "Europe/Moscow", winter, "Ortszeit Moskau"},
		{"es", "America/Denver", winter, "hora de las Montañas Rocosas (Denver)"},
		{"he", "America/Denver", winter, "שעון אזור ההרים בארה״ב (דנוור)"},
		{"uk", "Europe/Kiev", winter, "за східноєвропейським часом (Київ)"},
		{"ja", "Asia/Tokyo", winter, "日本時間（東京）"},
	} {
		loc, err := ical.LoadLocation(tt.zone)
		if err != nil {
			loc = time.FixedZone(tt.zone, 5*60*60)
			if tt.zone == "UTC+02:00" {
				loc = time.FixedZone(tt.zone, 2*60*60)
			}
			if tt.zone == "+0530" {
				loc = time.FixedZone(tt.zone, 5*60*60+30*60)
			}
		}
		c := formatter{wordsOf(t, matchLanguage(tt.language)), loc}
		if got := unjoined(c.zone(tt.at.In(loc), tt.at.In(loc))); got != tt.want {
			t.Errorf("%s: zone %s = %q, want %q", tt.language, tt.zone, got, tt.want)
		}
	}
}

// TestZoneNames: every language has a name of its own for every zone that the locale
// library knows, and the name does not speak of standard time.
func TestZoneNames(t *testing.T) {
	for _, l := range languages {
		c, seen := wordsOf(t, l), map[string]string{}
		for _, m := range metazones {
			name := c.zoneNames[m.key]
			if name == "" || name != strings.TrimSpace(name) || strings.ContainsAny(name, `\:`) {
				t.Errorf("%s: the name of %s is %q", l.tag, m.key, name)
			}
			if seen[name] != "" && seen[name] != m.key {
				t.Errorf("%s: %s and %s are both called %q", l.tag, m.key, seen[name], name)
			}
			seen[name] = m.key
			for _, word := range []string{"tandard", "ormal", "تقويم الرسمي", "חורף", "стандарт", "estándar", "Padrão"} {
				if strings.Contains(name, word) {
					t.Errorf("%s: the name of %s is %q, which is the one of half a year", l.tag, m.key, name)
				}
			}
		}
	}
}

// TestCities: the cities of every catalog are in the tz database.
func TestCities(t *testing.T) {
	for _, l := range languages {
		for name, city := range wordsOf(t, l).Cities {
			found := false
			for area := range areas {
				_, err := time.LoadLocation(area + "/" + name)
				found = found || err == nil
			}
			if !found || strings.TrimSpace(city) == "" {
				t.Errorf("%s: %s is called %q, and no zone has its name", l.tag, name, city)
			}
		}
	}
}

// TestTile: a meeting of more than a day has both of its days on the leaf.
func TestTile(t *testing.T) {
	day := func(m time.Month, d int) time.Time { return time.Date(2027, m, d, 0, 0, 0, 0, time.UTC) }
	for name, tt := range map[string]struct {
		event ical.Event
		want  Tile
	}{
		"an hour":       {ical.Event{Start: day(3, 2).Add(9 * time.Hour), End: day(3, 2).Add(10 * time.Hour)}, Tile{Month: "Mar", Day: "2", Weekday: "Tue"}},
		"over midnight": {ical.Event{Start: day(3, 2).Add(23 * time.Hour), End: day(3, 3).Add(time.Hour)}, Tile{Month: "Mar", Day: "2", Weekday: "Tue"}},
		"two days":      {ical.Event{Start: day(3, 2).Add(9 * time.Hour), End: day(3, 3).Add(17 * time.Hour)}, Tile{Month: "Mar", Day: "2–3", Weekday: "Tue–Wed", Range: true}},
		"one whole day": {ical.Event{AllDay: true, Start: day(3, 2), End: day(3, 3)}, Tile{Month: "Mar", Day: "2", Weekday: "Tue"}},
		"whole days":    {ical.Event{AllDay: true, Start: day(3, 30), End: day(4, 2)}, Tile{Month: "Mar–Apr", Day: "30–1", Weekday: "Tue–Thu", Range: true}},
		"no end":        {ical.Event{Start: day(3, 2)}, Tile{Month: "Mar", Day: "2", Weekday: "Tue"}},
		"end first":     {ical.Event{Start: day(3, 2), End: day(3, 1)}, Tile{Month: "Mar", Day: "2", Weekday: "Tue"}},
	} {
		if got := newTile(&tt.event, formatter{wordsOf(t, languages[0]), time.UTC}); got != tt.want {
			t.Errorf("%s: %+v, want %+v", name, got, tt.want)
		}
	}
}

// TestRangeBreaks: a line does not end inside a date of a range, nor before the dash.
func TestRangeBreaks(t *testing.T) {
	e := &ical.Event{AllDay: true, Start: time.Date(2027, 12, 30, 0, 0, 0, 0, time.UTC), End: time.Date(2028, 1, 2, 0, 0, 0, 0, time.UTC)}
	for language, want := range map[string]string{
		"en":    "Thursday,~December~30,~2027~–|Saturday,~January~1,~2028,|all|day",
		"pt-BR": "*Quinta-feira, 30 de dezembro de 2027 –|Sábado,~1~de~janeiro~de~2028,|o|dia|todo",
		"ja":    "*2027年12月30日木曜日～|*2028年1月1日土曜日|終日",
	} {
		var got []string
		c := formatter{wordsOf(t, matchLanguage(language)), time.UTC}
		for _, s := range segments(c.event(e)) {
			if s.NoBreak {
				got = append(got, "*"+s.Text)
			} else {
				got = append(got, strings.Fields(strings.ReplaceAll(s.Text, nbsp, "~"))...)
			}
		}
		if text := strings.Join(got, "|"); !strings.EqualFold(text, want) {
			t.Errorf("%s: pieces %q, want %q", language, text, want)
		}
	}
}
