package desk

import (
	"runtime"
	"strings"
)

// SQLiteDSN returns the data source name of a database file for the driver
// modernc.org/sqlite, which registers itself as "sqlite". It has the settings that a desk
// works best with:
//
//   - _txlock=immediate: a transaction begins as a writer. Otherwise a transaction that has
//     read cannot write after somebody else wrote. This matters for [Desk.WithTx], and for
//     transactions of the program.
//   - busy_timeout(10000): writers wait for each other up to ten seconds.
//   - journal_mode(WAL): readers and writers do not wait for each other.
//   - synchronous(FULL): a commit is on the disk before its mails leave. Otherwise, if the
//     power fails, a mail may be sent twice.
//   - foreign_keys(1): references between rows are checked.
//
// file is a path, absolute or relative to the working directory, with any characters
// except NUL. Its folder must exist. Other settings can be appended, such as
// "&_pragma=cache_size(-20000)". A desk does not work in memory, because each connection
// of [database/sql.DB] would have a database of its own. So ":memory:" is a file of that
// name, and "" cannot be opened.
func SQLiteDSN(file string) string {
	return sqliteURI(file, runtime.GOOS == "windows") + "?_txlock=immediate&_pragma=busy_timeout(10000)" +
		"&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)"
}

// uriEscapes are the characters of a path that mean something else in a URI of SQLite
// (https://sqlite.org/uri.html, section 3.1).
var uriEscapes = strings.NewReplacer("%", "%25", "?", "%3F", "#", "%23")

// sqliteURI returns the URI of a file.
func sqliteURI(file string, windows bool) string {
	if windows {
		file = strings.ReplaceAll(file, `\`, "/")
		if len(file) > 1 && file[1] == ':' { // a drive letter
			file = "/" + file
		}
	}
	if file == "" || file == ":memory:" { // SQLite would take them for databases without a file
		file = "./" + file
	}
	file = uriEscapes.Replace(file)
	if strings.HasPrefix(file, "/") {
		return "file://" + file // the name of the host is empty
	}
	return "file:" + file
}
