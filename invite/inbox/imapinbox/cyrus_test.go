package imapinbox

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// startCyrus starts a Cyrus server. The environment variable CYRUS is the directory in
// which the Debian packages cyrus-imapd and sasl2-bin are unpacked, as .ci/run does: they
// cannot be installed beside Dovecot. Otherwise the test is skipped.
func startCyrus(t *testing.T) *mailServer {
	t.Helper()
	if os.Getenv("CYRUS") == "" || !isFile(program("/usr/lib/cyrus/bin/imapd")) {
		t.Skip("SKIPPED: NO CYRUS HERE: imapinbox is not tested against it; .ci/run unpacks it, and sets CYRUS")
	}
	if os.Getuid() != 0 {
		t.Skip("SKIPPED: NOT ROOT: Cyrus needs it to become another user; imapinbox is not tested against it")
	}
	dir, err := os.MkdirTemp("/tmp", "cyrus-") // a short path, because the names of sockets in it are limited
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s := &mailServer{dir, freePort(t), freePort(t), "desk:secret", "&auth=login", "desk@cyrus.example.com"}
	s.configureCyrus(t)
	s.runCyrus(t)
	s.makeInbox(t)
	return s
}

// configureCyrus writes the files that the server reads.
func (s *mailServer) configureCyrus(t *testing.T) {
	for _, name := range []string{"db", "user", "socket", "proc", "lock", "log", "msg", "quota", "spool"} {
		if err := os.MkdirAll(filepath.Join(s.dir, "lib", name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	files := map[string]string{
		"imapd.conf": `configdirectory: DIR/lib
defaultpartition: default
partition-default: DIR/lib/spool
admins: cyrus
unixhierarchysep: no
virtdomains: off
servername: cyrus.example.com
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: DIR/sasldb2
sasl_mech_list: PLAIN LOGIN
allowplaintext: yes
duplicatesuppression: no
idlesocket: DIR/lib/socket/idle
imapidlepoll: 1
lmtpsocket: DIR/lib/socket/lmtp
`,
		"cyrus.conf": fmt.Sprintf(`START {
}
SERVICES {
  imap cmd="IMAPD -C DIR/imapd.conf" listen="127.0.0.1:%d" prefork=0
  lmtp cmd="LMTPD -a -C DIR/imapd.conf" listen="127.0.0.1:%d" prefork=0
}
EVENTS {
}
`, s.imap, s.lmtp),
	}
	words := strings.NewReplacer("DIR", s.dir, "IMAPD", program("/usr/lib/cyrus/bin/imapd"), "LMTPD", program("/usr/lib/cyrus/bin/lmtpd"))
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(s.dir, name), []byte(words.Replace(text)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func isFile(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// program returns the path of a program of the packages. A package that the system has
// installed is not unpacked.
func program(name string) string {
	if path := os.Getenv("CYRUS") + name; isFile(path) {
		return path
	}
	return name
}

// cyrus returns a command of the packages. The server becomes the user nobody.
func cyrus(name string, args ...string) *exec.Cmd {
	root := os.Getenv("CYRUS")
	libraries, _ := filepath.Glob(root + "/usr/lib/*-linux-gnu")
	more, _ := filepath.Glob(root + "/lib/*-linux-gnu")
	cmd := exec.Command(program(name), args...)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "CYRUS_USER=nobody", "LANG=C.UTF-8",
		"LD_LIBRARY_PATH=" + strings.Join(append(libraries, more...), ":"),
	}
	return cmd
}

// runCyrus makes the users and starts the server.
func (s *mailServer) runCyrus(t *testing.T) {
	run := func(cmd *exec.Cmd, input string) {
		t.Helper()
		cmd.Stdin = strings.NewReader(input)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v: %s", cmd, err, out)
		}
	}
	for _, name := range []string{"desk", "cyrus"} {
		run(cyrus("/usr/sbin/saslpasswd2", "-f", s.dir+"/sasldb2", "-u", "cyrus.example.com", "-c", "-p", name), "secret\n")
	}
	run(exec.Command("chown", "-R", "nobody", s.dir), "")
	run(cyrus("/usr/lib/cyrus/bin/ctl_cyrusdb", "-C", s.dir+"/imapd.conf", "-r"), "")
	master := cyrus("/usr/sbin/cyrmaster", "-C", s.dir+"/imapd.conf", "-M", s.dir+"/cyrus.conf", "-p", s.dir+"/master.pid")
	// It passes its signals on to its process group, which may have another test's server.
	cmd := exec.Command("setsid", master.Args...)
	cmd.Env = master.Env
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		time.AfterFunc(5*time.Second, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait()
	})
	s.listens(t)
}

// makeInbox makes the mailbox of the user.
func (s *mailServer) makeInbox(t *testing.T) {
	c, err := imapclient.DialInsecure(fmt.Sprintf("127.0.0.1:%d", s.imap), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := errors.Join(c.Login("cyrus", "secret").Wait(), c.Create("user.desk", nil).Wait()); err != nil {
		t.Fatal(err)
	}
}

// TestCyrus takes in mails on Cyrus: one that a person has read, one that a killed reader
// has claimed, and others.
func TestCyrus(t *testing.T) {
	s := startCyrus(t)
	s.deliver(t, letters(3)...)
	s.as(t, "INBOX", func(c *imapclient.Client) {
		seen := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagSeen}}
		if err := c.Store(imap.SeqSetNum(2), seen, nil).Close(); err != nil {
			t.Fatal(err)
		}
	})
	dead := s.open(t)
	if _, err := dead.Next(t.Context()); err != nil {
		t.Fatal(err)
	}
	dead.conn.close()
	if got := read(t, s.open(t, quick), 2, accept); !slices.Equal(got, []string{"m2", "m0"}) && !slices.Equal(got, []string{"m0", "m2"}) {
		t.Errorf("mails: %q, want m0 and m2", got)
	}
	for name, flags := range s.flags(t, "INBOX") {
		if flags != `(\Seen)` {
			t.Errorf("%s has the flags %s", name, flags)
		}
	}
}
