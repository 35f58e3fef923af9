package smtpsend_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"text/template"
	"time"
)

// postfix is a Postfix of its own with a Dovecot that checks passwords and
// takes LMTP. It knows ann@example.test, password secret, and by Postfix alone
// bob@example.test.
type postfix struct {
	Dir                            string
	Daemons                        string // where Postfix has its daemons
	MX, Submission, Implicit, LMTP int    // ports
	client                         *tls.Config
	postfixCommand, dovecotCommand string
}

// newPostfix starts both on free ports until the test is over. It needs root,
// Linux, and Debian's packages postfix, dovecot-core and dovecot-lmtpd, which
// .ci/run installs. If one is missing, the test is skipped.
func newPostfix(t *testing.T) *postfix {
	t.Helper()
	p := &postfix{Dir: t.TempDir()}
	if reason := p.find(); reason != "" {
		t.Skipf("SKIPPED, NOT TESTED: Postfix and Dovecot do not run here: %s", reason)
	}
	for _, port := range []*int{&p.MX, &p.Submission, &p.Implicit, &p.LMTP} {
		*port = freePort(t)
	}
	p.layOut(t)
	p.start(t)
	return p
}

// find looks for the programs and returns a reason if the test cannot run.
func (p *postfix) find() (missing string) {
	var err error
	if os.Getuid() != 0 {
		return "not root"
	}
	if p.postfixCommand, err = exec.LookPath("/usr/sbin/postfix"); err != nil {
		return "postfix is not installed"
	}
	if p.dovecotCommand, err = exec.LookPath("/usr/sbin/dovecot"); err != nil {
		return "dovecot is not installed"
	}
	if _, err = os.Stat("/usr/lib/dovecot/lmtp"); err != nil {
		return "dovecot-lmtpd is not installed"
	}
	version, err := exec.Command(p.dovecotCommand, "--version").Output()
	if err != nil || !bytes.HasPrefix(version, []byte("2.3.")) {
		return fmt.Sprintf("the configuration is for Dovecot 2.3, not %.20q", version)
	}
	daemons, err := exec.Command("/usr/sbin/postconf", "-dh", "daemon_directory").Output()
	if err != nil {
		return "postconf does not run"
	}
	p.Daemons = strings.TrimSpace(string(daemons))
	return ""
}

// freePort returns a port on which nobody listens.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// layOut writes the configuration and makes the folders.
func (p *postfix) layOut(t *testing.T) {
	t.Helper()
	id := newIdentity(t)
	p.client = id.client
	// The servers give up root and must still find their way in.
	errs := []error{os.Chmod(filepath.Dir(p.Dir), 0o755), os.Chmod(p.Dir, 0o755)}
	for _, dir := range []string{"etc", "spool/private", "data", "mail", "lmtp", "run", "keys/default/HS256"} {
		errs = append(errs, os.MkdirAll(filepath.Join(p.Dir, dir), 0o755))
	}
	daemon, err := user.Lookup("postfix")
	if err != nil {
		t.Fatal(err)
	}
	uid, err := strconv.Atoi(daemon.Uid)
	errs = append(errs, err,
		os.Chown(filepath.Join(p.Dir, "data"), uid, -1),
		os.Chown(filepath.Join(p.Dir, "spool/private"), uid, -1),
		os.Chmod(filepath.Join(p.Dir, "spool/private"), 0o700),
		os.Chown(filepath.Join(p.Dir, "mail"), 65534, 65534),
		os.Chown(filepath.Join(p.Dir, "lmtp"), 65534, 65534),
		os.WriteFile(filepath.Join(p.Dir, "etc/pair.pem"), id.pair, 0o600),
		os.WriteFile(filepath.Join(p.Dir, "keys/default/HS256/default"), []byte(base64.StdEncoding.EncodeToString([]byte(tokenKey))), 0o644))
	for _, name := range []string{"main.cf", "master.cf", "dovecot.conf", "oauth2.conf", "users"} {
		errs = append(errs, p.fill(name))
	}
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// fill writes one file of the configuration.
func (p *postfix) fill(name string) error {
	tmpl, err := template.ParseFiles("testdata/postfix/" + name)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := tmpl.Execute(&out, p); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(p.Dir, "etc", name), out.Bytes(), 0o644)
}

// start starts both servers and stops them after the test.
func (p *postfix) start(t *testing.T) {
	t.Helper()
	etc := filepath.Join(p.Dir, "etc")
	t.Cleanup(func() {
		p.run(t, p.postfixCommand, "-c", etc, "abort")
		p.run(t, p.dovecotCommand, "-c", etc+"/dovecot.conf", "stop")
	})
	p.run(t, p.dovecotCommand, "-c", etc+"/dovecot.conf")
	p.run(t, p.postfixCommand, "-c", etc, "start")
	for _, port := range []int{p.MX, p.Submission, p.Implicit, p.LMTP} {
		p.await(t, port)
	}
}

// run runs a command that returns soon.
func (p *postfix) run(t *testing.T, name string, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.WaitDelay = time.Second // the daemons may hold the output open
	out, err := cmd.CombinedOutput()
	if err != nil && !errors.Is(err, exec.ErrWaitDelay) {
		t.Errorf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

// await waits until a server listens on a port.
func (p *postfix) await(t *testing.T, port int) {
	t.Helper()
	for range 100 {
		nc, err := net.Dial("tcp", fmt.Sprint("127.0.0.1:", port))
		if err == nil {
			nc.Close()
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("nobody listens on port %d\n%s", port, p.logs())
}

// logs returns the logs of both servers.
func (p *postfix) logs() string {
	one, _ := os.ReadFile(filepath.Join(p.Dir, "postfix.log"))
	two, _ := os.ReadFile(filepath.Join(p.Dir, "dovecot.log"))
	return string(one) + string(two)
}

// arrived waits for n mails in a mailbox and returns them, with line ends as
// they were sent.
func (p *postfix) arrived(t *testing.T, mailbox string, n int) [][]byte {
	t.Helper()
	var names []string
	for range 200 {
		names, _ = filepath.Glob(filepath.Join(p.Dir, mailbox, "new/*"))
		if len(names) >= n {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if len(names) != n {
		t.Fatalf("%d mails in %s, want %d\n%s", len(names), mailbox, n, p.logs())
	}
	mails := make([][]byte, n)
	for i, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		mails[i] = bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n"))
	}
	return mails
}

// tokenKey signs the access tokens that Dovecot accepts.
const tokenKey = "the key of the tokens"

// token returns an access token (RFC 7519) for ann that is valid until a time,
// made longer by n octets.
func token(until time.Time, n int) string {
	part := base64.RawURLEncoding.EncodeToString
	head := part([]byte(`{"alg":"HS256","typ":"JWT"}`))
	body := part(fmt.Appendf(nil, `{"sub":"ann@example.test","iat":1000000000,"exp":%d,"x":%q}`, until.Unix(), strings.Repeat("x", n)))
	h := hmac.New(sha256.New, []byte(tokenKey))
	h.Write([]byte(head + "." + body))
	return head + "." + body + "." + part(h.Sum(nil))
}
