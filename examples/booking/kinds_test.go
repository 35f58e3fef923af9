package main

import (
	"database/sql"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
)

// eachKind runs a test with the parts that the flags put in place.
func eachKind(t *testing.T, f func(t *testing.T, c config)) {
	t.Run("demonstration", func(t *testing.T) { f(t, config{}) })
	t.Run("file and Maildir", func(t *testing.T) {
		dir := t.TempDir()
		f(t, config{db: filepath.Join(dir, "rooms 100%?.db"), maildir: filepath.Join(dir, "Maildir"), authServID: "mx.example.com"})
	})
	t.Run("PostgreSQL", func(t *testing.T) { f(t, config{postgres: newPostgres(t)}) })
}

var schemas atomic.Int64

// newPostgres returns an empty schema of a PostgreSQL server.
func newPostgres(t *testing.T) string {
	t.Helper()
	server, err := postgres()
	if err != nil {
		t.Skipf("SKIPPED: not tested on PostgreSQL: %v (Debian: apt-get install postgresql)", err)
	}
	db, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	name := fmt.Sprintf("test%d", schemas.Add(1))
	if _, err := db.Exec("CREATE SCHEMA " + name); err != nil {
		t.Fatal(err)
	}
	return server + "&search_path=" + name
}

// stopPostgres stops the server if it was started.
var stopPostgres = func() {}

func TestMain(m *testing.M) {
	code := m.Run()
	stopPostgres()
	os.Exit(code)
}

// postgres starts a server in a new folder, once, and returns its URL. PostgreSQL does not
// run as root, so root runs it as the user postgres.
var postgres = sync.OnceValues(func() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin") // Debian keeps the programs outside of PATH
	if len(found) == 0 {
		return "", fmt.Errorf("initdb is not installed")
	}
	bin := found[len(found)-1]
	dir, err := os.MkdirTemp("", "booking-postgres")
	if err != nil {
		return "", err
	}
	do := func(name string, args ...string) error {
		if os.Getuid() == 0 {
			name, args = "runuser", append([]string{"-u", "postgres", "--", name}, args...)
		}
		cmd := exec.Command(name, args...)
		cmd.Dir = dir
		return cmd.Run()
	}
	if os.Getuid() == 0 {
		if err := exec.Command("chown", "postgres", dir).Run(); err != nil {
			return "", err
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	listener.Close()
	if err := do(bin+"/initdb", "-D", dir+"/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"); err != nil {
		return "", fmt.Errorf("initdb: %w", err)
	}
	stopPostgres = func() {
		_ = do(bin+"/pg_ctl", "-D", dir+"/data", "-m", "immediate", "-w", "stop")
		_ = os.RemoveAll(dir)
	}
	err = do(bin+"/pg_ctl", "-D", dir+"/data", "-w", "-l", dir+"/log", "-o",
		"-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c port="+port, "start")
	return "postgres://postgres@127.0.0.1:" + port + "/postgres?sslmode=disable", err
})
