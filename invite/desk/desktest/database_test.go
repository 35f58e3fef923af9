package desktest

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"

	"github.com/convene-go/convene/invite/desk"
)

// database is an empty database for one test.
type database struct {
	driver, dsn string
}

// open opens it once more, as another process would.
func (x database) open(t testing.TB) *sql.DB {
	t.Helper()
	db, err := sql.Open(x.driver, x.dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// schema returns the name of its schema on PostgreSQL.
func (x database) schema() string {
	_, name, _ := strings.Cut(x.dsn, "search_path=")
	return name
}

// eachDatabase runs a test on an empty database of each kind.
func eachDatabase(t *testing.T, f func(t *testing.T, x database)) {
	t.Run("SQLite", func(t *testing.T) { f(t, newSQLite(t)) })
	t.Run("PostgreSQL", func(t *testing.T) { f(t, newPostgres(t)) })
}

// newSQLite returns an empty file.
func newSQLite(t testing.TB) database {
	return database{"sqlite", desk.SQLiteDSN(filepath.Join(t.TempDir(), "desk.db"))}
}

var schemas atomic.Int64

// newPostgres returns an empty schema on the server of this test process.
func newPostgres(t testing.TB) database {
	t.Helper()
	dsn, err := postgresServer()
	if err != nil {
		t.Skipf("SKIPPED: not tested on PostgreSQL: %v", err)
	}
	name := fmt.Sprintf("t%d", schemas.Add(1))
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("CREATE SCHEMA " + name); err != nil {
		t.Fatal(err)
	}
	return database{"pgx", dsn + "&search_path=" + name}
}

// server is the PostgreSQL server of this test process.
type server struct {
	dir, port string
}

// stopServer stops the server if it was started.
var stopServer = func() {}

// crashServer restarts the server as after a crash.
var crashServer func() error

// stopPostgres and startAgain stop and start the server of this test process.
var stopPostgres, startAgain func() error

// crashPostgres lets the server of this test process crash and start again.
func crashPostgres() error { return crashServer() }

// postgresServer starts a server, once, and returns the address of its database. A server
// that is given in DESK_POSTGRES is used in its place.
var postgresServer = sync.OnceValues(func() (string, error) {
	if dsn := os.Getenv("DESK_POSTGRES"); dsn != "" {
		return dsn, nil
	}
	s, err := startPostgres()
	if err != nil {
		return "", err
	}
	stopServer, crashServer, stopPostgres, startAgain = s.stop, s.crash, s.halt, s.start
	return "postgres://postgres@127.0.0.1:" + s.port + "/postgres?sslmode=disable", nil
})

// program finds a program of PostgreSQL, which Debian keeps outside of PATH.
func program(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if len(found) == 0 {
		return "", fmt.Errorf("%s is not installed (Debian: apt-get install postgresql)", name)
	}
	return found[len(found)-1], nil
}

// startPostgres makes a cluster in a new folder and starts it on a free port. PostgreSQL
// does not run as root, so root runs it as the user postgres.
func startPostgres() (*server, error) {
	initdb, err := program("initdb")
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "desktest")
	if err != nil {
		return nil, err
	}
	if os.Getuid() == 0 {
		if out, err := exec.Command("chown", "postgres", dir).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("chown: %w: %s", err, out)
		}
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	s := &server{dir, port}
	if err := s.run(initdb, "-D", dir+"/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"); err != nil {
		return nil, err
	}
	return s, s.start()
}

// start starts the server. Tests crash the server and never the machine, so its writes are
// safe without fsync. Benchmarks measure them with fsync.
func (s *server) start() error {
	ctl, err := program("pg_ctl")
	if err != nil {
		return err
	}
	options := "-c listen_addresses=127.0.0.1 -c port=" + s.port + " -c unix_socket_directories= -c max_connections=200"
	if flag.Lookup("test.bench").Value.String() == "" {
		options += " -c fsync=off"
	}
	return s.run(ctl, "-D", s.dir+"/data", "-w", "-l", s.dir+"/log", "-o", options, "start")
}

// crash kills the server, and starts it again.
func (s *server) crash() error {
	if err := s.halt(); err != nil {
		return err
	}
	return s.start()
}

// halt stops the server as a crash does.
func (s *server) halt() error {
	ctl, err := program("pg_ctl")
	if err != nil {
		return err
	}
	return s.run(ctl, "-D", s.dir+"/data", "-m", "immediate", "-w", "stop")
}

// stop stops the server and removes its folder.
func (s *server) stop() {
	_ = s.halt()
	_ = os.RemoveAll(s.dir)
}

// run runs a program as a user who is not root.
func (s *server) run(name string, args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if os.Getuid() == 0 {
		args = append([]string{"-u", "postgres", "--", name}, args...)
		name = "runuser"
	}
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = s.dir
	// The server keeps the standard output of pg_ctl open, so it gets none.
	log, err := os.CreateTemp("", "desktest")
	if err != nil {
		return err
	}
	defer os.Remove(log.Name())
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Run(); err != nil {
		out, _ := os.ReadFile(log.Name())
		return fmt.Errorf("%s: %w: %s", filepath.Base(name), err, strings.TrimSpace(string(out)))
	}
	return nil
}

// freePort returns a port of the loopback interface that nobody listens on.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}

func TestMain(m *testing.M) {
	if settings := os.Getenv(sinkEnv); settings != "" {
		fmt.Fprintln(os.Stderr, "sink:", runSink(settings))
		os.Exit(1)
	}
	if settings := os.Getenv(childEnv); settings != "" {
		if err := runChild(settings); err != nil {
			fmt.Fprintln(os.Stderr, "child:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	code := m.Run()
	stopServer()
	os.Exit(code)
}
