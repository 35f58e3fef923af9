package caldav_test

import (
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// startSOGo starts a SOGo server (Debian: sogo, postgresql, memcached) that schedules and
// mails, with its own PostgreSQL and memcached. All run as the user sogo.
func startSOGo(t *testing.T) *server {
	t.Helper()
	postgres, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	_, err := os.Stat("/usr/sbin/sogod")
	memcached, err2 := exec.LookPath("memcached")
	if _, err3 := user.Lookup("sogo"); err != nil || err2 != nil || err3 != nil || len(postgres) == 0 {
		t.Skip("SKIPPED: NO SOGO HERE: caldav is not tested against it (Debian: sogo, postgresql, memcached)")
	}
	if os.Getuid() != 0 {
		t.Skip("SKIPPED: NOT ROOT: SOGo needs it to become another user; caldav is not tested against it")
	}
	dir, sink := folder(t, "sogo"), startSink(t)
	db := startDatabase(t, dir, postgres[len(postgres)-1])
	cache, port := freePort(t), freePort(t)
	run(t, asUser("sogo", memcached, "-l", "127.0.0.1", "-p", fmt.Sprint(cache), "-U", "0", "-m", "16"), syscall.SIGTERM)

	cmd := asUser("sogo", "/usr/sbin/sogod", "-WOPort", fmt.Sprintf("127.0.0.1:%d", port), "-WOUseWatchDog", "NO", "-WONoDetach", "YES",
		"-WOLogFile", "-", "-WOPidFile", dir+"/pid", "-SxVMemLimit", "2000",
		"-SOGoProfileURL", db+"/sogo_user_profile", "-OCSFolderInfoURL", db+"/sogo_folder_info",
		"-OCSSessionsFolderURL", db+"/sogo_sessions_folder", "-OCSEMailAlarmsFolderURL", db+"/sogo_alarms_folder",
		"-SOGoMemcachedHost", fmt.Sprintf("127.0.0.1:%d", cache), "-SOGoTimeZone", "UTC",
		"-SOGoAppointmentSendEMailNotifications", "YES", "-SOGoMailingMechanism", "smtp",
		"-SOGoSMTPServer", fmt.Sprintf("smtp://127.0.0.1:%d", sink.port),
		"-SOGoUserSources", `({type=sql;id=directory;viewURL="`+db+`/users";canAuthenticate=YES;isAddressBook=NO;userPasswordAlgorithm=plain;})`)
	cmd.Env = append(cmd.Environ(), "HOME="+dir)
	run(t, cmd, syscall.SIGTERM)
	waitFor(t, port)
	s := &server{
		name: "SOGo", url: fmt.Sprintf("http://127.0.0.1:%d/SOGo/dav/ann/", port), auth: true, sink: sink,
		work: "/SOGo/dav/ann/Calendar/personal/",
	}
	s.ready(t)
	return s
}

// startDatabase starts PostgreSQL with a table of users and returns the URL of the database.
func startDatabase(t *testing.T, dir, bin string) string {
	t.Helper()
	port := freePort(t)
	mustRun(t, asUser("sogo", bin+"/initdb", "-D", dir+"/db", "-U", "sogo", "-A", "trust", "-E", "UTF8", "--no-sync"))
	mustRun(t, asUser("sogo", bin+"/pg_ctl", "-D", dir+"/db", "-l", dir+"/log", "-w", "-o",
		fmt.Sprintf("-c listen_addresses=127.0.0.1 -c port=%d -c unix_socket_directories= -c fsync=off -c shared_buffers=16MB", port), "start"))
	t.Cleanup(func() {
		mustRun(t, asUser("sogo", bin+"/pg_ctl", "-D", dir+"/db", "-m", "immediate", "-w", "stop"))
	})
	sql := func(database, text string) {
		t.Helper()
		cmd := asUser("sogo", bin+"/psql", "-q", "-h", "127.0.0.1", "-p", fmt.Sprint(port), "-U", "sogo", database)
		cmd.Stdin = strings.NewReader(text)
		mustRun(t, cmd)
	}
	sql("postgres", "CREATE DATABASE sogo;")
	sql("sogo", `CREATE TABLE users (c_uid varchar(64) PRIMARY KEY, c_name varchar(64), c_password varchar(64), c_cn varchar(64), mail varchar(64));
INSERT INTO users VALUES ('ann','ann','secret','Ann','ann@example.test'),('bob','bob','secret','Bob','bob@example.test');`)
	return fmt.Sprintf("postgresql://sogo:x@127.0.0.1:%d/sogo", port)
}

// basic returns the Authorization of a user.
func basic(user string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":secret"))
}
