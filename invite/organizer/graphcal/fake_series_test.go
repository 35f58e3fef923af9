package graphcal_test

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
)

// days returns the days of a series, in order. It reads the pattern as the documentation
// describes it.
func (e *item) days() []string {
	r := e.fields["recurrence"].(map[string]any)
	p, b := r["pattern"].(map[string]any), r["range"].(map[string]any)
	first, _ := time.Parse(time.DateOnly, b["startDate"].(string))
	last := first.AddDate(8, 0, 0)
	if s, ok := b["endDate"].(string); ok {
		last, _ = time.Parse(time.DateOnly, s)
	}
	most := 1 << 20
	if n, ok := b["numberOfOccurrences"].(float64); ok {
		most = int(n)
	}
	var out []string
	for d := first; !d.After(last) && len(out) < most; d = d.AddDate(0, 0, 1) {
		if matches(p, first, d) {
			out = append(out, d.Format(time.DateOnly))
		}
	}
	return out
}

func number(v any) int { n, _ := v.(float64); return int(n) }

// matches reports whether a pattern has a day.
func matches(p map[string]any, first, d time.Time) bool {
	interval := number(p["interval"])
	months := (d.Year()-first.Year())*12 + int(d.Month()) - int(first.Month())
	isDay := func(d time.Time) bool {
		list, _ := p["daysOfWeek"].([]any)
		return slices.ContainsFunc(list, func(v any) bool { return strings.EqualFold(v.(string), d.Weekday().String()) })
	}
	kind := p["type"].(string)
	switch kind {
	case "daily":
		return int(d.Sub(first).Hours()/24)%interval == 0
	case "weekly":
		start := slices.IndexFunc(weekdays, func(w string) bool { return w == p["firstDayOfWeek"] })
		week := func(t time.Time) time.Time { return t.AddDate(0, 0, -((int(t.Weekday()) - start + 7) % 7)) }
		return isDay(d) && int(week(d).Sub(week(first)).Hours()/24/7)%interval == 0
	}
	if strings.HasSuffix(kind, "Yearly") {
		if int(d.Month()) != number(p["month"]) || (d.Year()-first.Year())%interval != 0 {
			return false
		}
	} else if months%interval != 0 {
		return false
	}
	if strings.HasPrefix(kind, "absolute") {
		return d.Day() == number(p["dayOfMonth"])
	}
	var list []time.Time
	for t := time.Date(d.Year(), d.Month(), 1, 0, 0, 0, 0, time.UTC); t.Month() == d.Month(); t = t.AddDate(0, 0, 1) {
		if isDay(t) {
			list = append(list, t)
		}
	}
	at := slices.Index([]string{"first", "second", "third", "fourth"}, fmt.Sprint(p["index"]))
	if p["index"] == "last" {
		at = len(list) - 1
	}
	return at >= 0 && at < len(list) && list[at].Equal(d)
}

var weekdays = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

// occurrence returns the occurrence of a day, or nil.
func (e *item) occurrence(day string) map[string]any {
	if e.fields["recurrence"] == nil || !slices.Contains(e.days(), day) {
		return nil
	}
	return e.on(day)
}

// on returns the occurrence of a day of the series, or nil if it was deleted.
func (e *item) on(day string) map[string]any {
	if e.deleted[day] {
		return nil
	}
	fields := maps.Clone(e.fields)
	delete(fields, "recurrence")
	delete(fields, "singleValueExtendedProperties")
	start, _ := timeOf(fields["start"])
	end, _ := timeOf(fields["end"])
	d, _ := time.ParseInLocation(time.DateOnly, day, start.Location())
	at := time.Date(d.Year(), d.Month(), d.Day(), start.Hour(), start.Minute(), start.Second(), 0, start.Location())
	shift := int(d.Sub(time.Date(start.Year(), start.Month(), start.Day(), 0, 0, 0, 0, start.Location())).Hours()+12) / 24
	zone := fields["start"].(map[string]any)["timeZone"]
	fields["start"] = map[string]any{"dateTime": at.Format("2006-01-02T15:04:05"), "timeZone": zone}
	fields["end"] = map[string]any{"dateTime": end.AddDate(0, 0, shift).Format("2006-01-02T15:04:05"), "timeZone": zone}
	kind, etag := "occurrence", e.etag
	if x := e.exceptions[day]; x != nil {
		maps.Copy(fields, x)
		kind, etag = "exception", e.etags[day]
	}
	out := shown(fields)
	out["originalStart"] = at.UTC().Format("2006-01-02T15:04:05Z")
	if fields["isAllDay"] == true {
		out["originalStart"] = day + "T00:00:00Z"
	}
	out["id"], out["type"], out["@odata.etag"], out["seriesMasterId"] = e.id+"."+day, kind, etag, e.id
	out["iCalUId"] = fmt.Sprint(e.fields["iCalUId"]) + day // It is different for each occurrence.
	return out
}

func (f *fake) instances(id string, q url.Values) ([]map[string]any, *failure) {
	e, ok := f.events[id]
	if !ok {
		return nil, notFound
	}
	from, err := time.Parse("2006-01-02T15:04:05", q.Get("startDateTime"))
	to, err2 := time.Parse("2006-01-02T15:04:05", q.Get("endDateTime"))
	if err != nil || err2 != nil {
		return nil, bad("startDateTime and endDateTime are required")
	}
	if e.fields["recurrence"] == nil {
		return nil, &failure{status: 400, code: "ErrorInvalidRequest", message: "not a series"}
	}
	var out []map[string]any
	first, last := from.AddDate(0, 0, -40).Format(time.DateOnly), to.AddDate(0, 0, 40).Format(time.DateOnly)
	for _, day := range e.days() {
		if day < first || day > last {
			continue
		}
		x := e.on(day)
		if x == nil {
			continue
		}
		start, _ := time.Parse("2006-01-02T15:04:05.0000000", x["start"].(map[string]any)["dateTime"].(string))
		if !start.Before(from) && start.Before(to) {
			out = append(out, x)
		}
	}
	return out, nil
}

func (f *fake) patchInstance(e *item, day string, body map[string]any) (int, any, *failure) {
	if body["recurrence"] != nil || body["singleValueExtendedProperties"] != nil {
		return 0, nil, invalid("not for an occurrence")
	}
	if body["start"] != nil {
		start, err := timeOf(body["start"])
		if err != nil {
			return 0, nil, &failure{status: 400, code: "TimeZoneNotSupportedException"}
		}
		days := e.days()
		at, on := slices.Index(days, day), start.Format(time.DateOnly)
		if at > 0 && on <= days[at-1] || at+1 < len(days) && on >= days[at+1] {
			return 0, nil, &failure{
				status: 400, code: "ErrorOccurrenceCrossingBoundary",
				message: "Modified occurrence is crossing or overlapping adjacent occurrence.",
			}
		}
	}
	next := maps.Clone(e.exceptions[day])
	if next == nil {
		next = map[string]any{}
	}
	maps.Copy(next, body)
	all := maps.Clone(e.fields)
	delete(all, "recurrence")
	maps.Copy(all, next)
	if x := check(all); x != nil {
		return 0, nil, x
	}
	f.number++
	e.exceptions[day], e.etags[day] = next, fmt.Sprintf(`W/"%d"`, f.number)
	return 200, e.occurrence(day), nil
}
