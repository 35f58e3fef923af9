package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"modernc.org/sqlite"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/mime"
	"github.com/convene-go/convene/smtpsend"
)

// TestMain runs the program itself if a test asks for it. The program kills itself
// at the step with the number in INBOX_KILL.
func TestMain(m *testing.M) {
	if args := os.Getenv("INBOX_ARGS"); args != "" {
		os.Exit(runUntilKilled(strings.Split(args, "\n"), os.Getenv("INBOX_KILL")))
	}
	os.Exit(m.Run())
}

func runUntilKilled(args []string, at string) int {
	c, err := parse(args, os.Stderr)
	if err != nil {
		return 2
	}
	kill, _ := strconv.ParseInt(at, 10, 64)
	var steps atomic.Int64
	step := func(name string) {
		if steps.Add(1) == kill {
			fmt.Println("killed at: " + name)
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {} // the signal comes in a moment
		}
	}
	stepInDatabase(step)
	w, _, err := newWorker(context.Background(), c, io.Discard)
	if err != nil {
		fmt.Println(err)
		return 2
	}
	w.step = step
	if err := w.work(context.Background()); err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

// stepInDatabase tells step of each row that is about to be written, and of each
// transaction that is about to be committed.
func stepInDatabase(step func(name string)) {
	sqlite.RegisterConnectionHook(func(conn sqlite.ExecQuerierContext, _ string) error {
		hooks := conn.(sqlite.HookRegisterer)
		hooks.RegisterPreUpdateHook(func(d sqlite.SQLitePreUpdateData) { step("row of " + d.TableName) })
		hooks.RegisterCommitHook(func() int32 { step("commit"); return 0 })
		return nil
	})
}

// TestKilledAtEveryStep kills the program once at each step of its work on a
// mailbox full of answers, and lets it run again.
func TestKilledAtEveryStep(t *testing.T) {
	d := startDovecot(t, "")
	kills := map[string]int{}
	for at := 1; ; at++ {
		db := importMeeting(t, newMeeting(t))
		d.empty(t)
		deliver(t, d, answers()...)
		said := runOnce(t, d, db, at)
		if said == "" {
			break
		}
		kills[strings.TrimPrefix(said, "killed at: ")]++
		readMeeting(t, db) // the database is whole at any time
		if said := runOnce(t, d, db, 0, "-resend-after", "1ns"); said != "" {
			t.Fatalf("the second run: %s", said)
		}
		checkAll(t, d, db, said)
	}
	for _, step := range []string{
		"start", "selected", "fetched", "row of convene_meetings", "row of convene_mails", "row of convene_received",
		"commit", "taken in", "moved", "claimed", "handed over",
	} {
		if kills[step] == 0 {
			t.Errorf("was never killed at %q: %v", step, kills)
		}
	}
	t.Logf("%v", kills)
}

// TestKilledOverAndOver kills every run, each a step later than the one before,
// until there is nothing left to do.
func TestKilledOverAndOver(t *testing.T) {
	d := startDovecot(t, "")
	db := importMeeting(t, newMeeting(t))
	deliver(t, d, answers()...)
	const cycle = 14 // no mail takes more steps
	for run := 0; runOnce(t, d, db, run%cycle+1) != ""; run++ {
		if run > 400 {
			t.Fatal("does not come to an end")
		}
	}
	if said := runOnce(t, d, db, 0, "-resend-after", "1ns"); said != "" {
		t.Fatalf("the last run: %s", said)
	}
	checkAll(t, d, db, "over and over")
}

// checkAll checks that nothing is lost, that nothing is there twice, and that mail
// which is not for the program is still in place.
func checkAll(t *testing.T, d *dovecot, db, what string) {
	t.Helper()
	checkMeeting(t, readMeeting(t, db))
	if left, done := d.count(""), d.count("Answers"); left != 3 || done != 5 {
		t.Errorf("%s: %d mails are left and %d done; a letter, a forged answer and one to another meeting stay, five go",
			what, left, done)
	}
	if d.countOf("eve", "") == 0 || d.countOf("bob", "") == 0 {
		t.Errorf("%s: the delegate, or who asked for it, has no invitation", what)
	}
}

// runOnce runs the program until the step. It returns the output of the program if
// it was killed, and "" if it ended by itself.
func runOnce(t *testing.T, d *dovecot, db string, kill int, more ...string) string {
	t.Helper()
	args := append([]string{"-imap", d.url(), "-db", db, "-once", "-smtp", d.lmtpURL()}, more...)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "INBOX_ARGS="+strings.Join(args, "\n"), "INBOX_KILL="+strconv.Itoa(kill))
	said, err := cmd.CombinedOutput()
	if err != nil && !strings.HasPrefix(string(said), "killed at: ") {
		t.Fatalf("%v: %s", err, said)
	}
	return strings.TrimSpace(string(said))
}

// TestIdle lets the program run, delivers while it waits, and checks that it notices
// the mail, and invites a delegate. It does so again with a server without IDLE and MOVE,
// by polling.
func TestIdle(t *testing.T) {
	for name, extra := range map[string]string{
		"IDLE":    "",
		"polling": "imap_capability = IMAP4rev1 LITERAL+ UIDPLUS",
	} {
		t.Run(name, func(t *testing.T) {
			d := startDovecot(t, extra)
			db := importMeeting(t, newMeeting(t))
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			waiting := make(chan struct{}, 1)
			w := newTestWorker(t, "-imap", d.url(), "-db", db, "-poll", "200ms", "-smtp", d.lmtpURL())
			w.step = func(name string) {
				if name == "selected" {
					waiting <- struct{}{}
				}
			}
			go func() { ended <- w.work(ctx) }()
			<-waiting
			time.Sleep(300 * time.Millisecond) // until the program is in IDLE
			for i, status := range []string{"ACCEPTED", "DECLINED"} {
				deliver(t, d, reply("bob@example.test", status, i, ""))
				for range 500 {
					if d.count("Answers") == i+1 && d.count("") == 0 {
						break
					}
					time.Sleep(20 * time.Millisecond)
				}
				if got := readMeeting(t, db).Status("bob@example.test"); string(got) != strings.ToLower(status) {
					t.Errorf("status = %s, want %s", got, status)
				}
			}
			deliver(t, d, reply("cat@example.test", "DELEGATED", 2, delegatedTo("eve@example.test")))
			for range 500 {
				if d.countOf("eve", "") == 1 && d.count("Answers") == 3 {
					break
				}
				time.Sleep(20 * time.Millisecond)
			}
			stop()
			if err := <-ended; err == nil {
				t.Error("work ended without an error")
			}
			if a, b := d.count("Answers"), d.count(""); a != 3 || b != 0 {
				t.Errorf("%d mails are done and %d left, want 3 and 0", a, b)
			}
			if n := d.countOf("eve", ""); n != 1 {
				t.Errorf("the delegate has %d mails, want 1", n)
			}
		})
	}
}

// answers are the mails of a mailbox: five to take in, three to leave.
func answers() []string {
	forged := strings.Replace(reply("ann@example.test", "ACCEPTED", 9, ""), "From: ann@example.test", "From: mallory@example.net", 1)
	other := strings.Replace(reply("bob@example.test", "ACCEPTED", 8, ""), "UID:m-1@", "UID:m-2@", 1)
	return []string{
		reply("bob@example.test", "ACCEPTED", 1, ""),
		"From: bob@example.test\r\nTo: desk@example.com\r\nSubject: Lunch\r\n\r\nAt noon?\r\n",
		reply("ann@example.test", "DECLINED", 2, ""),
		forged,
		reply("bob@example.test", "TENTATIVE", 3, ""),
		other,
		reply("cat@example.test", "DELEGATED", 4, ";DELEGATED-TO=\"mailto:eve@example.test\""),
		strings.ReplaceAll(reply("bob@example.test", "NEEDS-ACTION", 5, ""), "REPLY", "REFRESH"),
	}
}

func reply(from, status string, second int, params string) string {
	return strings.ReplaceAll(fmt.Sprintf(`From: %[1]s
To: desk@example.com
Subject: Answer
Message-ID: <%[3]d.%[1]s>
MIME-Version: 1.0
Content-Type: text/calendar; method=REPLY

BEGIN:VCALENDAR
METHOD:REPLY
PRODID:-//Example//EN
VERSION:2.0
BEGIN:VEVENT
UID:m-1@example.com
SEQUENCE:0
DTSTAMP:20261122T07000%[3]dZ
DTSTART:20270302T090000Z
ATTENDEE;PARTSTAT=%[2]s%[4]s:mailto:%[1]s
END:VEVENT
END:VCALENDAR
`, from, status, second, params), "\n", "\r\n")
}

// deliver delivers mails to the server by LMTP.
func deliver(t *testing.T, d *dovecot, mails ...string) {
	t.Helper()
	s, err := smtpsend.Open(d.lmtpURL())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, m := range mails {
		err := s.Send(t.Context(), &mime.Message{From: "sender@example.test", To: []string{"desk@example.com"}, Data: []byte(m)})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// checkMeeting checks that no answer is lost, and that none is there twice.
func checkMeeting(t *testing.T, m *invite.Meeting) {
	t.Helper()
	var got []string
	for _, a := range m.Answers {
		got = append(got, a.Email+" "+string(a.Status))
	}
	want := []string{"bob@example.test accepted", "ann@example.test declined", "bob@example.test tentative", "cat@example.test delegated"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
	tally := m.Tally()
	tally.Pending = 0 // the mails are checked by [checkAll]
	if diff := cmp.Diff(invite.Tally{Tentative: 1, Declined: 1, Delegated: 1, Waiting: 1}, tally); diff != "" {
		t.Errorf("tally (-want +got):\n%s", diff)
	}
}
