// Package desktest proves the rules of package desk on SQLite and PostgreSQL. It has
// tests alone.
//
// SQLite is modernc.org/sqlite. PostgreSQL is started by initdb and pg_ctl on a free port
// of the loopback interface. If they are not installed, its tests are skipped, and say so.
//
// "go test -run 'TestKilled$' -storm ." kills the service in the full size: 60 times while
// it works at 500 meetings.
package desktest
