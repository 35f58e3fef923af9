package ical

import (
	"testing"
	"time"
)

func TestParseDuration(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want time.Duration
		ok   bool
	}{
		{"PT15M", 15 * time.Minute, true}, {"-P1DT2H", -26 * time.Hour, true}, {"+P1W", 7 * day, true}, {"pt1h30m5s", 5405 * time.Second, true},
		{"P99999D", 36525 * day, false}, {"P1000W", 7000 * day, true}, {"", 0, false}, {"P", 0, false}, {"PT", 0, true}, {"P1Y", 0, false}, {"P-1D", 0, false}, {"1D", 0, false},
		{"P30000DT30000H30000D", 36525 * day, true},
	} {
		got, err := parseDuration(tt.in)
		if (err == nil) != tt.ok || tt.ok && got != tt.want {
			t.Errorf("parseDuration(%q) = %v, %v, want %v", tt.in, got, err, tt.want)
		}
	}
	for in, want := range map[time.Duration]string{0: "PT0S", 15 * time.Minute: "PT15M", day: "P1D", 26*time.Hour + time.Second: "P1DT2H1S"} {
		if got := formatDuration(in); got != want {
			t.Errorf("formatDuration(%v) = %s, want %s", in, got, want)
		}
	}
}
