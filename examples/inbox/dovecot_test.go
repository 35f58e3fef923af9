package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// dovecot is a Dovecot server on loopback that the test starts. It has IMAP for
// reading, LMTP for delivering, three users and no TLS.
type dovecot struct {
	dir        string
	imap, lmtp int
}

// startDovecot starts a server. It skips the test if Dovecot is not installed.
// Debian has it in dovecot-core, dovecot-imapd and dovecot-lmtpd.
func startDovecot(t *testing.T, extra string) *dovecot {
	t.Helper()
	for _, file := range []string{"/usr/sbin/dovecot", "/usr/lib/dovecot/imap", "/usr/lib/dovecot/lmtp"} {
		if _, err := os.Stat(file); err != nil {
			t.Skipf("SKIPPED: NO DOVECOT HERE (%v): examples/inbox is not tested against a real server; "+
				"apt-get install dovecot-core dovecot-imapd dovecot-lmtpd", err)
		}
	}
	if os.Getuid() != 0 {
		t.Skip("SKIPPED: NOT ROOT: Dovecot needs it to run its processes; examples/inbox is not tested against a real server")
	}
	version, err := exec.Command("/usr/sbin/dovecot", "--version").Output()
	if err != nil || !strings.HasPrefix(string(version), "2.3.") {
		t.Skipf("SKIPPED: DOVECOT %s(%v): its configuration here is for 2.3", version, err)
	}
	dir, err := os.MkdirTemp("/tmp", "inbox-") // a short path, because the names of sockets in it are limited
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	d := &dovecot{dir: dir, imap: freePort(t), lmtp: freePort(t)}
	d.configure(t, extra)
	d.start(t)
	return d
}

func freePort(t *testing.T) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func (d *dovecot) configure(t *testing.T, extra string) {
	mail := filepath.Join(d.dir, "mail")
	err := os.Mkdir(mail, 0o700)
	if err == nil {
		err = os.Chmod(d.dir, 0o755)
	}
	if err == nil {
		err = os.Chown(mail, 65534, 65534)
	}
	if err != nil {
		t.Fatal(err)
	}
	conf := fmt.Sprintf(`base_dir = %[1]s/run
state_dir = %[1]s/run
log_path = %[1]s/log
listen = 127.0.0.1
protocols = imap lmtp
ssl = no
disable_plaintext_auth = no
mail_location = maildir:%[1]s/mail/%%n
first_valid_uid = 1
passdb {
  driver = passwd-file
  args = username_format=%%u %[1]s/users
}
userdb {
  driver = passwd-file
  args = username_format=%%u %[1]s/users
}
service imap-login {
  inet_listener imap {
    address = 127.0.0.1
    port = %[2]d
  }
  inet_listener imaps {
    port = 0
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = %[3]d
  }
}
%[4]s
`, d.dir, d.imap, d.lmtp, extra)
	d.write(t, "dovecot.conf", conf)
	var users strings.Builder
	for _, user := range []string{"desk@example.com", "bob@example.test", "eve@example.test"} {
		name, _, _ := strings.Cut(user, "@")
		fmt.Fprintf(&users, "%s:{PLAIN}secret:65534:65534::%s/%s::\n", user, mail, name)
	}
	d.write(t, "users", users.String())
}

func (d *dovecot) write(t *testing.T, name, text string) {
	if err := os.WriteFile(filepath.Join(d.dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (d *dovecot) start(t *testing.T) {
	// Files and no pipes, because the server would keep pipes open.
	if err := exec.Command("/usr/sbin/dovecot", "-c", filepath.Join(d.dir, "dovecot.conf")).Run(); err != nil {
		log, _ := os.ReadFile(filepath.Join(d.dir, "log"))
		t.Fatalf("dovecot: %v: %s", err, log)
	}
	t.Cleanup(d.stop)
	for range 100 {
		conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", d.imap))
		if err == nil {
			conn.Close()
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("dovecot does not listen")
}

// stop ends the server by the process number that it wrote down.
func (d *dovecot) stop() {
	data, err := os.ReadFile(filepath.Join(d.dir, "run", "master.pid"))
	if err != nil {
		return
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(data)))
	if err != nil {
		return
	}
	p, _ := os.FindProcess(pid)
	_ = p.Signal(os.Interrupt)
	for range 100 {
		if _, err := os.Stat(filepath.Join(d.dir, "run", "master.pid")); err != nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (d *dovecot) url() string {
	return fmt.Sprintf("imap://desk%%40example.com:secret@127.0.0.1:%d?tls=insecure-none", d.imap)
}

// empty removes all mail.
func (d *dovecot) empty(t *testing.T) {
	for _, user := range []string{"desk", "bob", "eve"} {
		if err := os.RemoveAll(filepath.Join(d.dir, "mail", user)); err != nil {
			t.Fatal(err)
		}
	}
}

func (d *dovecot) lmtpURL() string {
	return fmt.Sprintf("lmtp://127.0.0.1:%d?tls=insecure-none", d.lmtp)
}

// count returns the number of mails in a folder of the desk's mailbox; "" is INBOX.
func (d *dovecot) count(folder string) int { return d.countOf("desk", folder) }

func (d *dovecot) countOf(user, folder string) int {
	dir := filepath.Join(d.dir, "mail", user)
	if folder != "" {
		dir = filepath.Join(dir, "."+folder)
	}
	n := 0
	for _, sub := range []string{"new", "cur"} {
		files, _ := os.ReadDir(filepath.Join(dir, sub))
		n += len(files)
	}
	return n
}
