package riverdesk_test

import (
	"context"
	"database/sql"
	"errors"
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
)

// postgres is the PostgreSQL server of this test process.
type postgres struct {
	dir, port string
}

// server starts a server, once.
var server = sync.OnceValues(startPostgres)

var schemas atomic.Int64

// newDSN returns the address of an empty schema on the server of this test process.
func newDSN(t testing.TB) string {
	t.Helper()
	s, err := server()
	if err != nil {
		t.Skipf("SKIPPED: not tested: %v", err)
	}
	dsn := "postgres://postgres@127.0.0.1:" + s.port + "/postgres?sslmode=disable"
	name := fmt.Sprintf("t%d", schemas.Add(1))
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("CREATE SCHEMA " + name); err != nil {
		t.Fatal(err)
	}
	return dsn + "&search_path=" + name
}

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

// startPostgres makes a cluster in a new folder and starts it on a free port.
func startPostgres() (*postgres, error) {
	initdb, err := program("initdb")
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "riverdesk")
	if err != nil {
		return nil, err
	}
	if os.Getuid() == 0 {
		if out, err := exec.Command("chown", "postgres", dir).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("chown: %w: %s", err, out)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err = errors.Join(err, l.Close()); err != nil {
		return nil, err
	}
	s := &postgres{dir, port}
	if err := s.run(initdb, "-D", dir+"/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"); err != nil {
		return nil, err
	}
	return s, s.start()
}

// start starts the server.
func (s *postgres) start() error {
	ctl, err := program("pg_ctl")
	if err != nil {
		return err
	}
	return s.run(ctl, "-D", s.dir+"/data", "-w", "-l", s.dir+"/log", "-o",
		"-c listen_addresses=127.0.0.1 -c port="+s.port+" -c unix_socket_directories= -c max_connections=300 -c fsync=off", "start")
}

// halt stops the server as a crash does.
func (s *postgres) halt() error {
	ctl, err := program("pg_ctl")
	if err != nil {
		return err
	}
	return s.run(ctl, "-D", s.dir+"/data", "-m", "immediate", "-w", "stop")
}

// crash stops the server as a crash does, and starts it again.
func (s *postgres) crash() error {
	if err := s.halt(); err != nil {
		return err
	}
	return s.start()
}

// stop stops the server and removes its folder.
func (s *postgres) stop() {
	_ = s.halt()
	_ = os.RemoveAll(s.dir)
}

// run runs a program as a user who is not root, because PostgreSQL refuses root.
func (s *postgres) run(name string, args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if os.Getuid() == 0 {
		args = append([]string{"-u", "postgres", "--", name}, args...)
		name = "runuser"
	}
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = s.dir
	// The server keeps the standard output of pg_ctl open, so it gets a file.
	log, err := os.CreateTemp("", "riverdesk")
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

func TestMain(m *testing.M) {
	for env, f := range roles {
		if settings := os.Getenv(env); settings != "" {
			if err := f(settings); err != nil {
				fmt.Fprintln(os.Stderr, env, err)
				os.Exit(1)
			}
			os.Exit(0)
		}
	}
	code := m.Run()
	if s, err := server(); err == nil {
		s.stop()
	}
	os.Exit(code)
}
