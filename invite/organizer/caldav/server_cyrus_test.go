package caldav_test

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// startCyrus starts a Cyrus server that schedules, and whose Sieve script gives answers that come
// by mail to the calendar (processimip). The environment variable CYRUS is the directory in which the
// Debian packages cyrus-imapd, cyrus-caldav and sasl2-bin are unpacked, as .ci/run does.
func startCyrus(t *testing.T) *server {
	t.Helper()
	if _, err := os.Stat(os.Getenv("CYRUS") + "/usr/lib/cyrus/bin/httpd"); os.Getenv("CYRUS") == "" || err != nil {
		t.Skip("SKIPPED: NO CYRUS HERE: caldav is not tested against it; .ci/run unpacks it, and sets CYRUS")
	}
	if os.Getuid() != 0 {
		t.Skip("SKIPPED: NOT ROOT: Cyrus needs it to become another user; caldav is not tested against it")
	}
	dir, sink := folder(t, ""), startSink(t)
	imap, http, lmtp := freePort(t), freePort(t), freePort(t)
	configureCyrus(t, dir, sink.port, imap, http, lmtp)
	for _, name := range []string{"ann", "bob", "cyrus"} {
		cmd := cyrus("/usr/sbin/saslpasswd2", "-f", dir+"/sasldb2", "-u", "cyrus.example.test", "-c", "-p", name)
		cmd.Stdin = strings.NewReader("secret\n")
		mustRun(t, cmd)
	}
	mustRun(t, exec.Command("chown", "-R", "nobody", dir))
	mustRun(t, cyrus("/usr/lib/cyrus/bin/ctl_cyrusdb", "-C", dir+"/imapd.conf", "-r"))
	// cyrmaster passes SIGTERM on to its process group, which may have another test's server.
	run(t, inSession(cyrus("/usr/sbin/cyrmaster", "-C", dir+"/imapd.conf", "-M", dir+"/cyrus.conf", "-p", dir+"/master.pid")), syscall.SIGTERM)
	waitFor(t, imap)
	waitFor(t, http)
	s := &server{
		name: "Cyrus", url: fmt.Sprintf("http://127.0.0.1:%d/", http), auth: true, sink: sink,
		lmtp: fmt.Sprintf("127.0.0.1:%d", lmtp), work: "/dav/calendars/user/ann/Default/", foreign: "/dav/calendars/user/bob/Default/",
	}
	s.provideCyrus(t, dir, imap)
	return s
}

// configureCyrus writes the files that the server reads.
func configureCyrus(t *testing.T, dir string, smtp, imap, http, lmtp int) {
	for _, name := range []string{"db", "user", "socket", "proc", "lock", "log", "msg", "quota", "spool"} {
		if err := os.MkdirAll(filepath.Join(dir, "lib", name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	bin := os.Getenv("CYRUS") + "/usr/lib/cyrus/bin"
	write(t, dir+"/imapd.conf", strings.ReplaceAll(fmt.Sprintf(`configdirectory: DIR/lib
defaultpartition: default
partition-default: DIR/lib/spool
admins: cyrus
altnamespace: no
unixhierarchysep: no
virtdomains: off
servername: cyrus.example.test
calendar_user_address_set: example.test
httpmodules: caldav
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: DIR/sasldb2
sasl_mech_list: PLAIN LOGIN
allowplaintext: yes
sievedir: DIR/sieve
sieveusehomedir: no
duplicatesuppression: no
smtp_backend: host
smtp_host: 127.0.0.1:%d/noauth
idlesocket: DIR/lib/socket/idle
lmtpsocket: DIR/lib/socket/lmtp
`, smtp), "DIR", dir))
	write(t, dir+"/cyrus.conf", strings.NewReplacer("DIR", dir, "BIN", bin).Replace(fmt.Sprintf(`START {
}
SERVICES {
  imap cmd="BIN/imapd -C DIR/imapd.conf" listen="127.0.0.1:%d" prefork=0
  http cmd="BIN/httpd -C DIR/imapd.conf" listen="127.0.0.1:%d" prefork=0
  lmtp cmd="BIN/lmtpd -a -C DIR/imapd.conf" listen="127.0.0.1:%d" prefork=0
}
EVENTS {
}
`, imap, http, lmtp)))
}

// cyrus returns a command of the packages. The server becomes the user nobody.
func cyrus(name string, args ...string) *exec.Cmd {
	root := os.Getenv("CYRUS")
	libraries, _ := filepath.Glob(root + "/usr/lib/*-linux-gnu")
	more, _ := filepath.Glob(root + "/lib/*-linux-gnu")
	cmd := exec.Command(root+name, args...)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "CYRUS_USER=nobody", "LANG=C.UTF-8",
		"LD_LIBRARY_PATH=" + strings.Join(append(libraries, more...), ":"),
	}
	return cmd
}

// inSession returns a command that runs another one in a session of its own.
func inSession(cmd *exec.Cmd) *exec.Cmd {
	out := exec.Command("setsid", cmd.Args...)
	out.Env = cmd.Env
	return out
}

// provideCyrus makes the mailboxes, tells the server which addresses are whose, and installs ann's
// Sieve script, which this server looks for under the identifier of the mailbox.
func (s *server) provideCyrus(t *testing.T, dir string, imap int) {
	t.Helper()
	imapDo(t, imap, "cyrus", "CREATE user.ann", "CREATE user.bob")
	for _, user := range []string{"ann", "bob"} {
		home := "/dav/calendars/user/" + user + "/"
		as := &server{url: s.url, auth: true}
		as.doAs(t, user, "PROPFIND", home, "", "Depth", "1")
		status, body := as.doAs(t, user, "PROPPATCH", home, `<D:propertyupdate xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop>`+
			`<C:calendar-user-address-set><D:href>mailto:`+user+`@example.test</D:href></C:calendar-user-address-set></D:prop></D:set></D:propertyupdate>`,
			"Content-Type", "application/xml")
		if !strings.Contains(body, "200 OK") {
			t.Fatalf("PROPPATCH: %d %s", status, body)
		}
	}
	write(t, dir+"/s.sieve", "require [\"vnd.cyrus.imip\"];\nprocessimip;\nkeep;\n")
	answer := imapDo(t, imap, "ann", "STATUS INBOX (MAILBOXID)")
	id := regexp.MustCompile(`MAILBOXID \(([^)]+)\)`).FindStringSubmatch(answer)
	if id == nil {
		t.Fatalf("no MAILBOXID: %s", answer)
	}
	script := fmt.Sprintf("%s/sieve/uuid/%c/%c/%s", dir, id[1][0], id[1][1], id[1])
	if err := os.MkdirAll(script, 0o755); err != nil {
		t.Fatal(err)
	}
	mustRun(t, cyrus("/usr/lib/cyrus/bin/sievec", "-C", dir+"/imapd.conf", dir+"/s.sieve", script+"/default.bc"))
	if err := os.Symlink("default.bc", script+"/defaultbc"); err != nil {
		t.Fatal(err)
	}
	mustRun(t, exec.Command("chown", "-R", "nobody", dir+"/sieve"))
}

// doAs is do with another user.
func (s *server) doAs(t *testing.T, user, method, path, body string, header ...string) (int, string) {
	t.Helper()
	anonymous := &server{url: s.url}
	status, text, _ := anonymous.do(t, method, path, body, append(header, "Authorization", basic(user))...)
	return status, text
}

// imapDo sends commands by IMAP and returns the answers. It is enough for setting up a server.
func imapDo(t *testing.T, port int, user string, commands ...string) string {
	t.Helper()
	c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var out strings.Builder
	r := bufio.NewReader(c)
	for i, command := range append([]string{"LOGIN " + user + " secret"}, commands...) {
		tag := fmt.Sprintf("a%d ", i)
		fmt.Fprintf(c, "%s%s\r\n", tag, command)
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			out.WriteString(line)
			if strings.HasPrefix(line, tag) {
				if !strings.HasPrefix(line, tag+"OK") {
					t.Fatalf("%s: %s", command, line)
				}
				break
			}
		}
	}
	return out.String()
}
