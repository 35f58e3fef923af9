//go:build unix

package inbox_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/convene-go/convene/invite/inbox"
)

// dovecot is a Maildir that Dovecot's programs write, without a server.
type dovecot struct {
	t    *testing.T
	home string
	as   *syscall.Credential
	name string
}

// newDovecot skips the test if the programs are not installed. Debian has them in
// dovecot-core.
func newDovecot(t *testing.T) *dovecot {
	t.Helper()
	for _, program := range []string{lda, doveadm} {
		if _, err := os.Stat(program); err != nil {
			t.Skipf("SKIPPED: NO DOVECOT HERE (%v): inbox is not tested with a Maildir of a mail server; apt-get install dovecot-core", err)
		}
	}
	version, err := exec.Command("/usr/sbin/dovecot", "--version").Output()
	if err != nil || !strings.HasPrefix(string(version), "2.3.") {
		t.Skipf("SKIPPED: DOVECOT %s(%v): the configuration of this test is for 2.3", version, err)
	}
	home, err := os.MkdirTemp("/tmp", "inbox-") // a short path, because the names of sockets in it are limited
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	d := &dovecot{t: t, home: home}
	me, err := user.Current()
	if err == nil && os.Getuid() == 0 { // it delivers nothing to root
		if me, err = user.Lookup("nobody"); err == nil {
			uid, _ := strconv.ParseUint(me.Uid, 10, 32)
			gid, _ := strconv.ParseUint(me.Gid, 10, 32)
			d.as = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
			err = os.Chown(home, int(uid), int(gid))
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	d.name = me.Username
	conf := fmt.Sprintf("mail_location = maildir:%[1]s/box\nlog_path = %[1]s/log\nbase_dir = %[1]s/run\nfirst_valid_uid = 0\nssl = no\nprotocols =\n", home)
	if err := os.WriteFile(d.path("conf"), []byte(conf), 0o644); err != nil {
		t.Fatal(err)
	}
	return d
}

const lda, doveadm = "/usr/lib/dovecot/dovecot-lda", "/usr/bin/doveadm"

func (d *dovecot) path(name string) string { return filepath.Join(d.home, name) }

// run runs a program of Dovecot.
func (d *dovecot) run(stdin, program string, args ...string) {
	d.t.Helper()
	cmd := exec.CommandContext(d.t.Context(), program, append([]string{"-c", d.path("conf")}, args...)...)
	cmd.Stdin = strings.NewReader(stdin)
	cmd.Env = []string{"HOME=" + d.home, "USER=" + d.name, "PATH=/usr/bin:/bin"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: d.as}
	if out, err := cmd.CombinedOutput(); err != nil {
		log, _ := os.ReadFile(d.path("log"))
		d.t.Fatalf("%s %q: %v: %s%s", program, args, err, out, log)
	}
}

// TestDovecot reads mails that Dovecot delivers, while its programs move and flag them
// as a person does with a mail client.
func TestDovecot(t *testing.T) {
	d := newDovecot(t)
	deliver := func(subject string) {
		d.run("From: ann@example.test\r\nSubject: "+subject+"\r\n\r\nText\r\n", lda, "-e")
	}
	for _, subject := range []string{"one", "bad", "two", "read"} {
		deliver(subject)
	}
	d.run("", doveadm, "flags", "add", `\Seen`, "mailbox", "INBOX", "subject", "read") // by a person
	d.run("", doveadm, "fetch", "hdr", "mailbox", "INBOX", "all")
	source := inbox.Maildir(d.path("box"), func(o *inbox.MaildirOptions) { o.Tries = 1; o.Poll = time.Millisecond })
	if got := d.take(source, "three", func(subject string) error {
		switch subject {
		case "bad":
			return errors.New("does not work")
		case "two":
			d.run("", doveadm, "flags", "add", `\Flagged`, "mailbox", "INBOX", "subject", "two") // while the mail is taken in
			deliver("three")
		}
		return nil
	}); got != "one bad two three" {
		t.Errorf("mails %s, want those that nobody has read", got)
	}
	// Dovecot sees the flags, and a person takes the star away.
	d.run("", doveadm, "flags", "remove", `\Flagged \Seen`, "mailbox", "INBOX", "subject", "bad")
	source = inbox.Maildir(d.path("box"))
	if got := d.take(source, "bad", func(string) error { return nil }); got != "bad" {
		t.Errorf("mails %s, want the one without a star", got)
	}
	log, err := os.ReadFile(d.path("log"))
	if err != nil || strings.Contains(string(log), "Error") || strings.Contains(string(log), "Warning") {
		t.Errorf("the log of Dovecot: %v: %s", err, log)
	}
}

// TestDovecotCompressed has mails that Dovecot compresses. A person finds them.
func TestDovecotCompressed(t *testing.T) {
	d := newDovecot(t)
	for _, form := range []string{"gz", "bz2", "zstd", "lz4"} {
		d.run("Subject: x\r\n\r\n"+strings.Repeat("Text\r\n", 1000), lda, "-e",
			"-o", "mail_plugins=zlib", "-o", "plugin/zlib_save="+form)
	}
	d.run("Subject: plain\r\n\r\nText\r\n", lda, "-e")
	if got := d.take(inbox.Maildir(d.path("box")), "plain", func(string) error { return nil }); got != "plain" {
		t.Errorf("mails %q, want the plain one", got)
	}
	for pattern, want := range map[string]int{"*:2,F": 4, "*:2,S": 1} {
		if list, _ := filepath.Glob(filepath.Join(d.path("box"), "cur", pattern)); len(list) != want {
			t.Errorf("files %s: %q, want %d", pattern, list, want)
		}
	}
}

// take takes mails in until one with the subject last came, and returns the subjects.
func (d *dovecot) take(source inbox.Source, last string, receive func(subject string) error) string {
	d.t.Helper()
	ctx, stop := context.WithTimeout(d.t.Context(), time.Minute)
	defer stop()
	var got []string
	err := inbox.Run(ctx, source, func(_ context.Context, m *inbox.Mail) error {
		_, subject, _ := strings.Cut(string(m.Data), "Subject: ")
		subject, _, _ = strings.Cut(subject, "\n")
		subject = strings.TrimSpace(subject)
		got = append(got, subject)
		if subject == last {
			stop()
		}
		return receive(subject)
	})
	if err != nil || !errors.Is(ctx.Err(), context.Canceled) {
		d.t.Fatalf("Run = %v; %v", err, ctx.Err())
	}
	return strings.Join(got, " ")
}
