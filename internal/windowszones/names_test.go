package windowszones_test

import (
	"testing"

	"github.com/convene-go/convene/internal/windowszones"
)

func TestLookupOther(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"display name", "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Berlin"},
		{"without the offset", "Canberra, Melbourne, Sydney", "Australia/Sydney"},
		{"GMT in front, and no offset", "(GMT) Greenwich Mean Time : Dublin, Edinburgh, Lisbon, London", "Europe/London"},
		{"a space in the offset", "(GMT -08:00) Pacific Time (US & Canada)", "America/Los_Angeles"},
		{"and for &, any case", "(gmt-05:00) EASTERN time (US and Canada)", "America/New_York"},
		{"an old name of two zones", "(GMT-08:00) Pacific Time (US & Canada); Tijuana", "America/Los_Angeles"},
		{"old spelling", "(GMT+02:00) Helsinki, Kiev, Riga, Sofia, Tallinn, Vilnius", "Europe/Kiev"},
		{"new and old rules", "(GMT-06:00) Guadalajara, Mexico City, Monterrey - Old", "America/Mexico_City"},
		{"islands in full", "(GMT-01:00) Cape Verde Islands", "Atlantic/Cape_Verde"},
		{"summer time", "W. Europe Daylight Time", "Europe/Berlin"},
		{"a Windows name of the past", "Armenian Standard Time", "Asia/Yerevan"},
		{"the number belongs to the name", "Mexico Standard Time 2", "America/Mazatlan"},
		{"Notes", "W. Europe", "Europe/Berlin"},
		{"Notes, one word", "Eastern", "America/New_York"},
		{"Notes, with a slash", "Western/Central Europe", "Europe/Berlin"},
		{"Windows UTC names", "(UTC-11:00) Coordinated Universal Time-11", "Etc/GMT+11"},
		{"Exchange", "tzone://Microsoft/Utc", "Etc/UTC"},
		{"an offset alone is no name", "(UTC+01:00)", ""},
		{"places that Windows does not have", "(UTC+01:00) Lummerland", ""},
		{"no name", "Customized Time Zone", ""},
		{"a parenthesis alone", "(", ""},
		{"empty", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := windowszones.LookupOther(tt.in)
			if got != tt.want || ok != (tt.want != "") {
				t.Errorf("LookupOther(%q) = %q, %v, want %q", tt.in, got, ok, tt.want)
			}
		})
	}
}
