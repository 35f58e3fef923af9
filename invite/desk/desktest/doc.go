// Package desktest proves the rules of package desk on SQLite and PostgreSQL. It has
// tests alone.
//
// SQLite is modernc.org/sqlite. PostgreSQL is started by initdb and pg_ctl on a free port
// of the loopback interface. If they are not installed, its tests are skipped, and say so.
package desktest
