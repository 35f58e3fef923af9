package ical

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Reminder is an alarm before the start of a meeting. Its JSON is a string:
// "15m", "1h30m", "2d".
type Reminder struct {
	// Before is the time from the alarm to the start, in whole seconds, 0 to 10
	// years. Outlook counts whole minutes.
	Before time.Duration
}

// MarshalText writes the length in days, hours, minutes and seconds, without zero parts.
func (r Reminder) MarshalText() ([]byte, error) {
	d := r.Before
	if d < 0 || d%time.Second != 0 {
		return nil, fmt.Errorf("ical: reminder: %v is not a whole number of seconds before the start", d)
	}
	if d == 0 {
		return []byte("0m"), nil
	}
	return []byte(spell(d, "d", "h", "m", "s")), nil
}

// spell writes d in the given units, the largest first, without zero parts.
func spell(d time.Duration, units ...string) string {
	var b strings.Builder
	for i, size := range []time.Duration{day, time.Hour, time.Minute, time.Second} {
		if n := d / size; n > 0 {
			b.WriteString(strconv.FormatInt(int64(n), 10) + units[i])
		}
		d %= size
	}
	return b.String()
}

// UnmarshalText reads the output of MarshalText. It also reads the syntax of
// [time.ParseDuration], with "d" for 24 hours and "w" for seven days in front.
func (r *Reminder) UnmarshalText(text []byte) error {
	s, total := string(text), time.Duration(0)
	if s == "" {
		return errors.New("ical: reminder: an empty text is not a length of time such as 15m")
	}
	for _, u := range []struct {
		unit string
		size time.Duration
	}{{"w", 7 * day}, {"d", day}} {
		head, tail, ok := strings.Cut(s, u.unit)
		if !ok {
			continue
		}
		n, err := strconv.ParseUint(head, 10, 12)
		if err != nil {
			return fmt.Errorf("ical: reminder: %q is not a length of time such as 15m", text)
		}
		total, s = total+time.Duration(n)*u.size, tail
	}
	if s != "" {
		d, err := time.ParseDuration(s)
		if err != nil || d < 0 {
			return fmt.Errorf("ical: reminder: %q is not a length of time such as 15m", text)
		}
		total += d
	}
	r.Before = total
	return nil
}

// formatDuration writes d as a DURATION (RFC 5545, section 3.3.6), without its sign.
func formatDuration(d time.Duration) string {
	if d == 0 {
		return "PT0S"
	}
	if d%day == 0 {
		return "P" + strconv.FormatInt(int64(d/day), 10) + "D"
	}
	days, rest := d/day, d%day
	s := "P"
	if days > 0 {
		s += strconv.FormatInt(int64(days), 10) + "D"
	}
	return s + "T" + spell(rest, "D", "H", "M", "S")
}

// parseDuration reads a DURATION of at most 100 years.
func parseDuration(s string) (time.Duration, error) {
	const most = 36525 * day
	sign, rest := time.Duration(1), strings.ToUpper(strings.TrimSpace(s))
	if strings.HasPrefix(rest, "-") {
		sign = -1
	}
	rest, ok := strings.CutPrefix(strings.TrimLeft(rest, "+-"), "P")
	if !ok || rest == "" {
		return 0, errValue(s)
	}
	var total time.Duration
	for rest = strings.ReplaceAll(rest, "T", ""); rest != ""; {
		i := max(strings.IndexAny(rest, "WDHMS"), 0)
		n, err := strconv.ParseUint(rest[:i], 10, 32)
		unit := durationUnits[rest[i]]
		if err != nil || time.Duration(n) > most/unit {
			return 0, errValue(s)
		}
		total = min(total+time.Duration(n)*unit, most)
		rest = rest[i+1:]
	}
	return sign * total, nil
}

// durationUnits are the units of a DURATION (RFC 5545, section 3.3.6).
var durationUnits = map[byte]time.Duration{
	'W': 7 * day, 'D': day, 'H': time.Hour, 'M': time.Minute, 'S': time.Second,
}
