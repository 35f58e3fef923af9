package desktest

import (
	"bytes"
	"database/sql"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/convene-go/convene/invite/desk"
)

// TestSQLiteDSN opens files with all kinds of names, and looks at the settings. The file
// that is there afterwards is the one that was named.
func TestSQLiteDSN(t *testing.T) {
	t.Chdir(t.TempDir())
	names := []string{
		"plain.db", "a b.db", "100%.db", "%41.db", "a%00b.db", "a#b.db", "a&b=c;d.db", "a+b.db", "ä€.db",
		"~x.db", "a'b.db", "sub/x.db", "./x.db", "sub/../y.db", "@localhost.db",
	}
	if runtime.GOOS != "windows" { // names that Windows does not have
		names = append(names, "what?.db", "?mode=memory", "a?_pragma=synchronous(OFF)", ":memory:", "file:x.db", `a\b.db`, `a"b.db`, "C:x.db", " ", "sub//z.db")
	}
	if err := os.Mkdir("sub", 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		for _, absolute := range []bool{false, true} {
			file := name
			if absolute {
				if err := os.Remove(name); err != nil {
					t.Fatal(err)
				}
				file = must(filepath.Abs(name))(t)
			}
			checkDSN(t, file)
			if _, err := os.Stat(name); err != nil {
				t.Errorf("SQLiteDSN(%q): %v", file, err)
			}
		}
	}
	if runtime.GOOS != "windows" {
		checkDSN(t, "/"+must(filepath.Abs("double.db"))(t)) // begins with two slashes
	}
}

// checkDSN opens a file, and looks at its settings.
func checkDSN(t *testing.T, file string) {
	t.Helper()
	db := must(sql.Open("sqlite", desk.SQLiteDSN(file)))(t)
	defer db.Close()
	var log bytes.Buffer
	open(t, db, &desk.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	check(t, "log of "+file, "", log.String())
	for pragma, want := range map[string]string{"busy_timeout": "10000", "journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"} {
		var got string
		if err := db.QueryRow(`PRAGMA ` + pragma).Scan(&got); err != nil || got != want {
			t.Errorf("SQLiteDSN(%q): %s is %q, %v, want %q", file, pragma, got, err, want)
		}
	}
	// A transaction begins as a writer, so that there can be only one.
	tx := must(db.Begin())(t)
	defer tx.Rollback()
	second := must(sql.Open("sqlite", strings.Replace(desk.SQLiteDSN(file), "10000", "0", 1)))(t)
	defer second.Close()
	if other, err := second.Begin(); err == nil {
		_ = other.Rollback()
		t.Errorf("SQLiteDSN(%q): a transaction does not begin as a writer", file)
	}
}

// TestSQLiteDSNFails checks that a file that cannot be is no other database.
func TestSQLiteDSNFails(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, file := range []string{"", "missing/x.db"} {
		db := must(sql.Open("sqlite", desk.SQLiteDSN(file)))(t)
		if err := db.Ping(); err == nil {
			t.Errorf("SQLiteDSN(%q) can be opened", file)
		}
		_ = db.Close()
	}
	if left := must(os.ReadDir("."))(t); len(left) > 0 {
		t.Errorf("%s was made", left[0].Name())
	}
}

// TestWarnings checks that Open warns of settings of SQLite that do harm.
func TestWarnings(t *testing.T) {
	for missing, want := range map[string]string{
		"&_pragma=journal_mode(WAL)":  "journal_mode is not WAL",
		"_pragma=busy_timeout(10000)": "busy_timeout is 0",
		"&_pragma=synchronous(FULL)":  "", // it is the default
		"&_pragma=foreign_keys(1)":    "", // the desk does not need it
		"FULL":                        "synchronous is below FULL",
		"_txlock=immediate&":          "", // cannot be seen, and InTx does not need it
		"no part of the data source":  "",
	} {
		x := newSQLite(t)
		replacement := ""
		if missing == "FULL" {
			replacement = "NORMAL"
		}
		x.dsn = strings.Replace(x.dsn, missing, replacement, 1)
		var log bytes.Buffer
		open(t, x.open(t), &desk.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
		if got := log.String(); (want == "") != (got == "") || !strings.Contains(got, want) || strings.Count(got, "\n") > 1 {
			t.Errorf("without %s, Open logs %q, want %q", missing, got, want)
		}
	}
}
