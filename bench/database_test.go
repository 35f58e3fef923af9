package bench

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"

	"github.com/convene-go/convene/invite/desk"
)

// database is an empty database. Both kinds have the durability that a desk asks for: a
// commit is on the disk before it returns. SQLite has journal_mode=WAL and
// synchronous=FULL. PostgreSQL has its defaults, which are fsync=on and
// synchronous_commit=on.
type database struct {
	kind string
	db   *sql.DB
	// peer is the same database for another program: the path of the file, or a URL.
	peer string
}

// databases returns an empty database of each kind. With -short it is SQLite alone.
// PostgreSQL is left out aloud if it is not installed.
func databases(b *testing.B) []*database {
	b.Helper()
	path := filepath.Join(b.TempDir(), "desk.db")
	list := []*database{{kind: "SQLite", db: openDatabase(b, "sqlite", desk.SQLiteDSN(path)), peer: path}}
	if testing.Short() {
		return list
	}
	dsn, err := postgresServer()
	if err != nil {
		skipped("PostgreSQL", err)
		return list
	}
	name := fmt.Sprintf("b%d", created.Add(1))
	if _, err := openDatabase(b, "pgx", dsn+"postgres").Exec("CREATE DATABASE " + name); err != nil {
		b.Fatal(err)
	}
	return append(list, &database{kind: "PostgreSQL", db: openDatabase(b, "pgx", dsn+name), peer: dsn + name})
}

// created numbers the databases of this process.
var created atomic.Int64

// openDatabase opens a database whose connections stay open, as desk advises.
func openDatabase(b *testing.B, driver, dsn string) *sql.DB {
	b.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		b.Fatal(err)
	}
	db.SetMaxIdleConns(16)
	b.Cleanup(func() { db.Close() })
	return db
}

// skipped says aloud, once, that something is not measured.
func skipped(name string, why error) {
	if _, again := said.LoadOrStore(name, true); !again {
		fmt.Fprintf(os.Stderr, "SKIPPED: %s is not measured: %v\n", name, why)
	}
}

var said sync.Map

// postgresServer starts a server, once, and returns the URL of its databases.
var postgresServer = sync.OnceValues(startPostgres)

// stopPostgres stops the server if it was started.
var stopPostgres = func() {}

// startPostgres starts a server in a new folder. PostgreSQL does not run as root, so root
// runs it as the user postgres.
func startPostgres() (url string, err error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	if path, err := exec.LookPath("initdb"); err == nil {
		found = append(found, filepath.Dir(path))
	}
	if len(found) == 0 {
		return "", fmt.Errorf("it is not installed (Debian: apt-get install postgresql)")
	}
	bin := found[len(found)-1]
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return "", err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	data := filepath.Join(dir, "data")
	run := func(name string, args ...string) error {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		args = append([]string{filepath.Join(bin, name), "-D", data}, args...)
		if os.Getuid() == 0 {
			args = append([]string{"runuser", "-u", "postgres", "--"}, args...)
		}
		cmd := exec.CommandContext(ctx, args[0], args[1:]...)
		cmd.Dir = dir
		return cmd.Run()
	}
	if os.Getuid() == 0 {
		if err := exec.Command("chown", "postgres", dir).Run(); err != nil {
			return "", err
		}
	}
	if err := run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8"); err != nil {
		return "", fmt.Errorf("initdb: %w", err)
	}
	settings := fmt.Sprintf("-c listen_addresses=127.0.0.1 -c port=%d -c unix_socket_directories=", port)
	if err := run("pg_ctl", "-w", "-l", filepath.Join(dir, "log"), "-o", settings, "start"); err != nil {
		return "", fmt.Errorf("pg_ctl: %w", err)
	}
	stopPostgres = func() {
		run("pg_ctl", "-m", "immediate", "-w", "stop")
		os.RemoveAll(dir)
	}
	return fmt.Sprintf("postgres://postgres@127.0.0.1:%d/", port), nil
}

func TestMain(m *testing.M) {
	code := m.Run()
	stopPostgres()
	os.Exit(code)
}
