package ical

import (
	"errors"
	"sync"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"

	"github.com/google/go-cmp/cmp"
)

// span is an hour in a zone.
func span(t testing.TB, loc *time.Location, start string) Span {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", start, loc)
	if err != nil {
		t.Fatal(err)
	}
	return Span{at, at.Add(time.Hour)}
}

// zoneLines are the properties of a component, one a line.
func zoneLines(c ics.Component) []string {
	_, base, _ := component(c)
	var out []string
	for _, p := range base.Properties {
		out = append(out, p.IANAToken+":"+p.Value)
	}
	for _, c := range base.Components {
		kind, _, _ := component(c)
		out = append(append(out, string(kind)), zoneLines(c)...)
	}
	return out
}

func TestVTimezone(t *testing.T) {
	for _, tt := range []struct {
		name, zone string
		starts     []string
		form       Form
		want       []string
	}{
		{"yearly rules", "Europe/Berlin", []string{"2027-03-02 10:00"}, FormAnnual, []string{"TZID:Europe/Berlin",
			"STANDARD", "DTSTART:19701025T030000", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100",
			"DAYLIGHT", "DTSTART:19700329T020000", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200"}},
		{"summer over New Year, half an hour", "Australia/Lord_Howe", []string{"2027-01-01 00:30"}, FormAnnual, []string{"TZID:Australia/Lord_Howe",
			"STANDARD", "DTSTART:19700405T020000", "RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=4", "TZOFFSETFROM:+1100", "TZOFFSETTO:+1030",
			"DAYLIGHT", "DTSTART:19701004T020000", "RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=10", "TZOFFSETFROM:+1030", "TZOFFSETTO:+1100"}},
		{"negative summer time", "Europe/Dublin", []string{"2027-07-01 10:00"}, FormAnnual, []string{"TZID:Europe/Dublin",
			"STANDARD", "DTSTART:19701025T020000", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0000",
			"DAYLIGHT", "DTSTART:19700329T010000", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3", "TZOFFSETFROM:+0000", "TZOFFSETTO:+0100"}},
		{"24:00", "Africa/Cairo", []string{"2027-07-01 10:00"}, FormAnnual, []string{"TZID:Africa/Cairo",
			"STANDARD", "DTSTART:19701029T235959", "RRULE:FREQ=YEARLY;BYDAY=-1TH;BYMONTH=10", "TZOFFSETFROM:+0300", "TZOFFSETTO:+0200",
			"DAYLIGHT", "DTSTART:19700424T000000", "RRULE:FREQ=YEARLY;BYDAY=-1FR;BYMONTH=4", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0300"}},
		{"no changes", "Asia/Tokyo", []string{"2027-07-01 10:00"}, FormFixed, []string{"TZID:Asia/Tokyo",
			"STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0900", "TZOFFSETTO:+0900"}},
		{"no changes for three years", "Europe/London", []string{"1971-01-01 00:30"}, FormFixed, nil},
		{"an event of 1970", "America/New_York", []string{"1970-01-05 10:00"}, FormAnnual, []string{"TZID:America/New_York",
			"STANDARD", "DTSTART:19691026T020000", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", "TZOFFSETFROM:-0400", "TZOFFSETTO:-0500",
			"DAYLIGHT", "DTSTART:19690427T020000", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=4", "TZOFFSETFROM:-0500", "TZOFFSETTO:-0400"}},
		{"an event of 1971", "America/New_York", []string{"1971-01-05 10:00"}, FormAnnual, []string{"TZID:America/New_York",
			"STANDARD", "DTSTART:19701025T020000", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", "TZOFFSETFROM:-0400", "TZOFFSETTO:-0500",
			"DAYLIGHT", "DTSTART:19700426T020000", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=4", "TZOFFSETFROM:-0500", "TZOFFSETTO:-0400"}},
		{"an event before 1970", "Asia/Tokyo", []string{"1960-01-05 10:00"}, FormFixed, []string{"TZID:Asia/Tokyo",
			"STANDARD", "DTSTART:19590101T000000", "TZOFFSETFROM:+0900", "TZOFFSETTO:+0900"}},
		{"the rules of today, although others held in 1970", "America/New_York", []string{"2027-03-10 10:00"}, FormAnnual, []string{"TZID:America/New_York",
			"STANDARD", "DTSTART:19701101T020000", "RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11", "TZOFFSETFROM:-0400", "TZOFFSETTO:-0500",
			"DAYLIGHT", "DTSTART:19700308T020000", "RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3", "TZOFFSETFROM:-0500", "TZOFFSETTO:-0400"}},
		{"changes without a rule", "Asia/Jerusalem", []string{"2027-07-01 10:00"}, FormAnnual, nil},
		{"a rule moved to the day before", "Asia/Jerusalem", []string{"2023-03-25 10:00", "2024-03-28 10:00"}, FormAnnual, []string{"TZID:Asia/Jerusalem",
			"STANDARD", "DTSTART:19701025T020000", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", "TZOFFSETFROM:+0300", "TZOFFSETTO:+0200",
			"DAYLIGHT", "DTSTART:19700326T235959", "RRULE:FREQ=YEARLY;BYDAY=4TH;BYMONTH=3", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0300"}},
		{"a rule moved to the day after", "America/Nuuk", []string{"2029-03-28 10:00", "2030-03-27 10:00"}, FormAnnual, []string{"TZID:America/Nuuk",
			"STANDARD", "DTSTART:19701025T000000", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", "TZOFFSETFROM:-0100", "TZOFFSETTO:-0200",
			"DAYLIGHT", "DTSTART:19700329T000000", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3", "TZOFFSETFROM:-0200", "TZOFFSETTO:-0100"}},
		{"an event between a rule and the day to which it would move", "Asia/Jerusalem",
			[]string{"2023-03-31 00:30", "2024-03-28 10:00", "2029-03-23 00:30", "2029-03-24 10:00", "2024-03-29 00:30", "2024-03-30 10:00"}, FormFull, nil},
		{"four changes a year", "Africa/Casablanca", []string{"2017-05-28 10:00"}, FormNeighbours, nil},
		{"law changed between", "Europe/Istanbul", []string{"2015-07-01 10:00", "2017-01-15 10:00"}, FormFixed, nil},
		{"law changed between, both ways", "Europe/Istanbul", []string{"2015-07-01 10:00", "2016-01-15 10:00", "2017-01-15 10:00"}, FormFull, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			loc, err := LoadLocation(tt.zone)
			if err != nil {
				t.Fatal(err)
			}
			var at []Span
			for _, s := range tt.starts {
				at = append(at, span(t, loc, s))
			}
			tz, form, err := VTimezone(loc, at)
			if err != nil || form != tt.form {
				t.Fatalf("VTimezone = %v, %q, %v, want %q", zoneLines(tz), form, err, tt.form)
			}
			if diff := cmp.Diff(tt.want, zoneLines(tz)); tt.want != nil && diff != "" {
				t.Errorf("VTimezone (-want +got):\n%s", diff)
			}
			zones := readZones(&ics.Calendar{Components: []ics.Component{tz}}, newWorkBudget(modelOctets, 1))
			for _, s := range at {
				for _, u := range []int64{s.Start.Unix(), s.End.Unix()} {
					want := offsetAt(loc, u)
					if got, _ := zones.offset(zones.described[tt.zone], time.Unix(u+int64(want), 0).UTC()); got != want {
						t.Errorf("offset %d at %v, want %d", got, time.Unix(u, 0).In(loc), want)
					}
				}
			}
		})
	}
}

func TestVTimezoneNames(t *testing.T) {
	at := []Span{span(t, time.UTC, "2027-03-02 10:00")}
	berlin, _ := time.LoadLocation("Europe/Berlin") // another value than LoadLocation's
	for _, tt := range []struct {
		name string
		loc  *time.Location
		want string // "" for an error
	}{
		{"IANA", berlin, "Europe/Berlin"},
		{"UTC", time.UTC, "UTC"},
		{"offset", time.FixedZone("", -9000), "UTC-02:30"},
		{"offset under a zone's name", time.FixedZone("America/New_York", 3600), "UTC+01:00"},
		{"abbreviation", time.FixedZone("CET", 3600), "UTC+01:00"},
		{"private", privateZone(), "Head Office"},
		{"rules under a zone's name", renamed(t, "America/New_York"), ""},
		{"rules without a name", renamed(t, ""), ""},
		{"rules under a name of two lines", renamed(t, "a\r\nb"), ""},
		{"rules under the machine's name", renamed(t, "Local"), ""},
		{"nil", nil, ""},
	} {
		tz, _, err := VTimezone(tt.loc, at)
		if tt.want == "" {
			var fe *FieldError
			if !errors.As(err, &fe) || fe.Field != "TimeZone" {
				t.Errorf("VTimezone of %s = %v, want a *FieldError on TimeZone", tt.name, err)
			}
			continue
		}
		if err != nil || tz.Properties[0].Value != tt.want {
			t.Errorf("VTimezone of %s = %v, %v, want TZID %s", tt.name, tz, err, tt.want)
		}
	}
	if _, _, err := VTimezone(time.UTC, nil); err == nil {
		t.Error("VTimezone without a span = nil, want an error")
	}
}

// renamed is a zone with summer time under another name.
func renamed(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocationFromTZData(name, tzif(3600, []transition{
		{time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC).Unix(), 7200}, {time.Date(2026, 10, 25, 1, 0, 0, 0, time.UTC).Unix(), 3600}}))
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// TestModelZoneIsTheCallersOwn: what one caller of Model changes, no other sees.
func TestModelZoneIsTheCallersOwn(t *testing.T) {
	for _, zone := range []string{"Europe/Berlin", "Asia/Tokyo", "Asia/Jerusalem"} {
		e := lintEvent()
		lintSeries(zone, "2023-03-25 10:00", Recurrence{Freq: FreqDaily, Count: 400})(&e)
		c := &Calendar{Stamp: e.Start, Events: []Event{e}}
		first, err := Model(c)
		if err != nil {
			t.Fatal(err)
		}
		tz := first.Components[0].(*ics.VTimezone)
		want := zoneLines(tz)
		for _, base := range []*ics.ComponentBase{&tz.ComponentBase, &tz.Components[0].(*ics.Standard).ComponentBase} {
			base.Properties[0].Value, base.Properties[0].ICalParameters["X"] = "X", []string{"X"}
			base.Properties = append(base.Properties, ics.IANAProperty{})
		}
		tz.Components = tz.Components[:1]
		second, _ := Model(c)
		if diff := cmp.Diff(want, zoneLines(second.Components[0])); diff != "" {
			t.Errorf("%s for the second time (-want +got):\n%s", zone, diff)
		}
	}
}

func TestVTimezoneConcurrently(t *testing.T) {
	names := zoneNames(t)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for i, name := range names {
				loc, err := LoadLocation(name)
				if err != nil {
					t.Error(err)
					continue
				}
				s := time.Date(2000+i%50, 5, 5, 5, 5, 0, 0, loc)
				if _, _, err := VTimezone(loc, []Span{{s, s.AddDate(1, 0, 0)}}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}

// TestVTimezoneEveryYear: no zone and no year makes the search for changes run
// for ever, alone or in a series of many years.
func TestVTimezoneEveryYear(t *testing.T) {
	const step = 4 // each zone has every fourth year, neighbours in the list the others
	for i, name := range zoneNames(t) {
		loc, err := LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for year := 1970 + i%step; year <= 2100; year += step {
			s := time.Date(year, time.Month(year%12+1), year%28+1, 12, 0, 0, 0, loc)
			at := Span{s, s.Add(time.Hour)}
			list := candidates(loc, s.UTC().Year(), at.End.UTC().Year())
			if len(list) == 0 {
				t.Fatalf("%s in %d: no form", name, year)
			}
		}
		if full := fullForm(loc, 1970, 2100); len(full) == 0 || len(full) > 40 {
			t.Errorf("%s: %d observances", name, len(full))
		}
	}
}

// TestVTimezoneOutlook: a form that is said to be exact gives Go's offsets, read
// as the pair of rules that Outlook keeps.
func TestVTimezoneOutlook(t *testing.T) {
	for _, name := range zoneNames(t) {
		loc, err := LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for year := 2000; year < 2045; year += 4 {
			at := eachDay(time.Date(year, 2, 1, 9, 30, 0, 0, loc), 500)
			tz, form, err := VTimezone(loc, at)
			if err != nil {
				t.Fatal(err)
			}
			if !form.Exact() {
				continue
			}
			pair := outlookPair(t, tz)
			for _, s := range at {
				if got, want := pair.offset(s.Start.Unix()), offsetAt(loc, s.Start.Unix()); got != want {
					t.Errorf("%s, %s: Outlook has %d at %v, want %d", name, form, got, s.Start, want)
					break
				}
			}
		}
	}
}

// outlook is what Outlook keeps of a zone: the offsets, and when in a year each begins.
type outlookZone struct {
	bias [2]int
	on   [2]nthWeekday
	at   [2]time.Duration
	n    int
}

func outlookPair(t *testing.T, tz *ics.VTimezone) (z outlookZone) {
	t.Helper()
	zone := readZones(&ics.Calendar{Components: []ics.Component{tz}}, newWorkBudget(modelOctets, 1)).described[tz.Properties[0].Value]
	for i, o := range zone {
		if i > 1 || len(o.dates) > 0 {
			t.Fatalf("%v is more than Outlook keeps", zoneLines(tz))
		}
		n := (o.onset.Day()-1)/7 + 1
		z.on[i] = nthWeekday{n, o.onset.Weekday(), o.onset.Month()}
		if n == 5 {
			z.on[i].n = -1
		}
		if o.rule != nil {
			n, weekday, _ := o.rule.ByDay[0].Split()
			z.on[i] = nthWeekday{n, weekday, time.Month(o.rule.ByMonth[0])}
		}
		z.bias[i], z.at[i], z.n = o.to, o.onset.Sub(dateOf(o.onset)), i+1
	}
	return z
}

// offset finds the later of the two onsets before u.
func (z outlookZone) offset(u int64) int {
	if z.n == 1 {
		return z.bias[0]
	}
	best, offset := int64(-1<<62), 0
	year := time.Unix(u, 0).UTC().Year()
	for y := year - 1; y <= year+1; y++ {
		for i := range 2 {
			if at := z.on[i].in(y).Add(z.at[i]).Unix() - int64(z.bias[1-i]); at <= u && at > best {
				best, offset = at, z.bias[i]
			}
		}
	}
	return offset
}

func BenchmarkVTimezone(b *testing.B) {
	for _, name := range []string{"Europe/Berlin", "America/Santiago", "Africa/Cairo", "Africa/Casablanca", "Asia/Jerusalem", "Asia/Tokyo"} {
		loc, err := LoadLocation(name)
		if err != nil {
			b.Fatal(err)
		}
		at := []Span{span(b, loc, "2027-03-02 10:00")}
		b.Run("uncached/"+name, func(b *testing.B) {
			key := zoneYears{loc, 2027, 2027}
			for b.Loop() {
				newZoneForms(key).choose(func(w *zoneForm) bool { return w.exact(at[0]) })
			}
		})
		b.Run("cached/"+name, func(b *testing.B) {
			for b.Loop() {
				if _, _, err := VTimezone(loc, at); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
