package desk

import "testing"

// TestSQLiteURI checks the paths of Windows. Package desktest opens files of this system.
func TestSQLiteURI(t *testing.T) {
	for _, tt := range []struct {
		file          string
		windows, unix string
	}{
		{`C:\My data\100%.db`, "file:///C:/My data/100%25.db", `file:C:\My data\100%25.db`},
		{"c:/a#b.db", "file:///c:/a%23b.db", "file:c:/a%23b.db"},
		{`data\x.db`, "file:data/x.db", `file:data\x.db`},
		{`\data\x.db`, "file:///data/x.db", `file:\data\x.db`},
		{`\\server\share\x.db`, "file:////server/share/x.db", `file:\\server\share\x.db`},
		{"/data/x?.db", "file:///data/x%3F.db", "file:///data/x%3F.db"},
		{"x", "file:x", "file:x"},
		{"", "file:./", "file:./"},
		{":memory:", "file:./:memory:", "file:./:memory:"},
	} {
		if got := sqliteURI(tt.file, true); got != tt.windows {
			t.Errorf("sqliteURI(%q) on Windows = %q, want %q", tt.file, got, tt.windows)
		}
		if got := sqliteURI(tt.file, false); got != tt.unix {
			t.Errorf("sqliteURI(%q) = %q, want %q", tt.file, got, tt.unix)
		}
	}
}
