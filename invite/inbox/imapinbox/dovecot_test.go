package imapinbox

import (
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"github.com/convene-go/convene/smtpsend"
)

// mailServer is a server on loopback that the test starts. It has IMAP for reading, LMTP
// for delivering, one user and no TLS.
type mailServer struct {
	dir         string
	imap, lmtp  int
	credentials string // of the user, as a URL has them
	query       string // of the URL, behind the first parameter
	address     string // of the user for LMTP
}

// dovecot is a Dovecot server.
type dovecot struct{ mailServer }

const user = "desk@example.com"

// startDovecot starts a server. It skips the test if Dovecot is not installed.
// Debian has it in dovecot-core, dovecot-imapd and dovecot-lmtpd.
func startDovecot(t *testing.T, extra string) *dovecot {
	t.Helper()
	for _, file := range []string{"/usr/sbin/dovecot", "/usr/lib/dovecot/imap", "/usr/lib/dovecot/lmtp"} {
		if _, err := os.Stat(file); err != nil {
			t.Skipf("SKIPPED: NO DOVECOT HERE (%v): imapinbox is not tested against a real server; "+
				"apt-get install dovecot-core dovecot-imapd dovecot-lmtpd", err)
		}
	}
	if os.Getuid() != 0 {
		t.Skip("SKIPPED: NOT ROOT: Dovecot needs it to run its processes; imapinbox is not tested against a real server")
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
	d := &dovecot{mailServer{dir, freePort(t), freePort(t), "desk%40example.com:secret", "", user}}
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
	d.write(t, "users", fmt.Sprintf("%s:{PLAIN}secret:65534:65534::%s/desk::\n", user, mail))
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
	d.listens(t)
}

// listens waits until the server answers.
func (s *mailServer) listens(t *testing.T) {
	for range 250 {
		conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", s.imap))
		if err == nil {
			conn.Close()
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("the server does not listen")
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

func (s *mailServer) url() string {
	return fmt.Sprintf("imap://%s@127.0.0.1:%d?tls=insecure-none%s", s.credentials, s.imap, s.query)
}

// empty removes all mail.
func (d *dovecot) empty(t *testing.T) {
	if err := os.RemoveAll(filepath.Join(d.dir, "mail", "desk")); err != nil {
		t.Fatal(err)
	}
}

// doveadm runs doveadm with the configuration of the server.
func (d *dovecot) doveadm(t *testing.T, args ...string) {
	t.Helper()
	args = append([]string{"-c", filepath.Join(d.dir, "dovecot.conf")}, args...)
	if out, err := exec.Command("/usr/bin/doveadm", args...).CombinedOutput(); err != nil {
		t.Fatalf("doveadm %q: %v: %s", args, err, out)
	}
}

// deliver delivers mails by LMTP.
func (s *mailServer) deliver(t *testing.T, mails ...string) {
	t.Helper()
	sender, err := smtpsend.Open(fmt.Sprintf("lmtp://127.0.0.1:%d", s.lmtp))
	if err != nil {
		t.Fatal(err)
	}
	defer sender.Close()
	for _, text := range mails {
		m := message(text)
		m.To = []string{s.address}
		if err := sender.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
}

// open opens the mailbox for a test. The log goes to the test.
func (s *mailServer) open(t *testing.T, opts ...func(*Options)) *Mailbox {
	t.Helper()
	return openBox(t, s.url(), append([]func(*Options){allowPlain}, opts...)...)
}

func openBox(t *testing.T, url string, opts ...func(*Options)) *Mailbox {
	t.Helper()
	logger := func(o *Options) { o.Logger = slog.New(slog.NewTextHandler(t.Output(), nil)) }
	m, err := Open(url, append([]func(*Options){logger}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

func allowPlain(o *Options) { o.InsecureAllowPlaintextAuth = true }

// flags returns the flags of the mails in a folder, by the Message-ID. If a mail is there
// twice, its flags are there twice.
func (s *mailServer) flags(t *testing.T, folder string) map[string]string {
	t.Helper()
	m := s.open(t)
	if err := m.enter(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	out := make(map[string]string)
	data, err := m.conn.Select(folder, nil).Wait()
	if err != nil {
		t.Fatal(err)
	}
	if data.NumMessages == 0 {
		return out
	}
	var all imap.SeqSet
	all.AddRange(1, 0)
	mails, err := m.conn.Fetch(all, &imap.FetchOptions{Flags: true, Envelope: true}).Collect()
	if err != nil {
		t.Fatal(err)
	}
	for _, mail := range mails {
		var flags []string
		for _, f := range mail.Flags {
			if f != "\\Recent" {
				flags = append(flags, string(f))
			}
		}
		slices.Sort(flags)
		out[mail.Envelope.MessageID] += "(" + strings.Join(flags, " ") + ")"
	}
	return out
}

// as is a client of a person, who stores flags.
func (s *mailServer) as(t *testing.T, folder string, do func(c *imapclient.Client)) {
	t.Helper()
	m := s.open(t)
	if err := m.enter(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if folder != "" {
		if _, err := m.conn.Select(folder, nil).Wait(); err != nil {
			t.Fatal(err)
		}
	}
	do(m.conn.Client)
}
