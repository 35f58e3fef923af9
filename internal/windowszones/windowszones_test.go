package windowszones_test

import (
	"slices"
	"testing"
	"time"

	"github.com/convene-go/convene/internal/windowszones"
)

func TestLookup(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"as written", "W. Europe Standard Time", "Europe/Berlin"},
		{"case", "w. europe STANDARD time", "Europe/Berlin"},
		{"spaces around", " Pacific Standard Time ", "America/Los_Angeles"},
		{"number of old Outlook", "W. Europe Standard Time 1", "Europe/Berlin"},
		{"number that belongs to the name", "UTC+12", "Etc/GMT-12"},
		{"first of the table", "Afghanistan Standard Time", "Asia/Kabul"},
		{"last of the table", "Yukon Standard Time", "America/Whitehorse"},
		{"no name", "Customized Time Zone", ""},
		{"empty", "", ""},
		{"digits alone", "17", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := windowszones.Lookup(tt.in)
			if got != tt.want || ok != (tt.want != "") {
				t.Errorf("Lookup(%q) = %q, %v, want %q", tt.in, got, ok, tt.want)
			}
		})
	}
}

func TestIANA(t *testing.T) {
	names := windowszones.IANA()
	if len(names) < 130 || !slices.Contains(names, "Asia/Kathmandu") && !slices.Contains(names, "Asia/Katmandu") {
		t.Errorf("IANA() has %d names, want the whole table", len(names))
	}
	for _, name := range names {
		if _, err := time.LoadLocation(name); err != nil {
			t.Error(err)
		}
	}
}

func TestWindows(t *testing.T) {
	for _, iana := range windowszones.IANA() {
		windows, ok := windowszones.Windows(iana)
		if back, _ := windowszones.Lookup(windows); !ok || back != iana {
			t.Errorf("Windows(%q) = %q, %v, which is %q", iana, windows, ok, back)
		}
	}
	if got, ok := windowszones.Windows("Nowhere/None"); ok {
		t.Errorf("Windows of no zone = %q, want none", got)
	}
}
