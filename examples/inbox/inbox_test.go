package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
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
	kill, _ := strconv.Atoi(at)
	steps := 0
	w, _, err := newWorker(c, io.Discard)
	if err != nil {
		return 2
	}
	w.step = func(name string) {
		if steps++; steps == kill {
			fmt.Println("killed at: " + name)
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {} // the signal comes in a moment
		}
	}
	if err := w.watch(context.Background()); err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

// TestKilledAtEveryStep kills the program once at each step of its work on a
// mailbox full of answers, and lets it run again.
func TestKilledAtEveryStep(t *testing.T) {
	d := startDovecot(t, "")
	kills := map[string]int{}
	for at := 1; ; at++ {
		meetings := storeMeeting(t)
		d.empty(t)
		deliver(t, d, answers()...)
		said := runOnce(t, d, meetings, at)
		readMeeting(t, meetings) // the file is complete at any time
		if said == "" {
			break
		}
		kills[said]++
		if said := runOnce(t, d, meetings, 0, "-resend"); said != "" {
			t.Fatalf("the second run: %s", said)
		}
		checkAll(t, d, meetings, said)
	}
	for _, step := range []string{"start", "selected", "fetched", "half written", "written", "stored", "moved", "recorded"} {
		if kills["killed at: "+step] == 0 {
			t.Errorf("was never killed at %q: %v", step, kills)
		}
	}
	t.Logf("%v", kills)
}

// TestKilledOverAndOver kills every run, each a step later than the one before,
// until there is nothing left to do.
func TestKilledOverAndOver(t *testing.T) {
	d := startDovecot(t, "")
	meetings := storeMeeting(t)
	deliver(t, d, answers()...)
	const cycle = 11
	for run := 0; runOnce(t, d, meetings, run%cycle+1) != ""; run++ {
		if run > 400 {
			t.Fatal("does not come to an end")
		}
	}
	if said := runOnce(t, d, meetings, 0, "-resend"); said != "" {
		t.Fatalf("the last run: %s", said)
	}
	checkAll(t, d, meetings, "over and over")
}

// checkAll checks that nothing is lost, that nothing is there twice, and that mail
// which is not for the program is still in place.
func checkAll(t *testing.T, d *dovecot, meetings, what string) {
	t.Helper()
	checkMeeting(t, readMeeting(t, meetings))
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
func runOnce(t *testing.T, d *dovecot, meetings string, kill int, more ...string) string {
	t.Helper()
	args := append([]string{"-imap", d.url(), "-meetings", meetings, "-once", "-smtp", d.lmtpURL()}, more...)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "INBOX_ARGS="+strings.Join(args, "\n"), "INBOX_KILL="+strconv.Itoa(kill))
	said, err := cmd.CombinedOutput()
	if err != nil && !strings.HasPrefix(string(said), "killed at: ") {
		t.Fatalf("%v: %s", err, said)
	}
	return strings.TrimSpace(string(said))
}

// TestIdle lets the program run, delivers while it waits, and checks that it notices
// the mail. It does so again with a server without IDLE and MOVE, by polling.
func TestIdle(t *testing.T) {
	for name, extra := range map[string]string{
		"IDLE":    "",
		"polling": "imap_capability = IMAP4rev1 LITERAL+ UIDPLUS",
	} {
		t.Run(name, func(t *testing.T) {
			d := startDovecot(t, extra)
			meetings := storeMeeting(t)
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			waiting := make(chan struct{}, 1)
			w := &worker{
				config: &config{imap: d.url(), done: "Answers", meetings: folder(meetings), poll: 200 * time.Millisecond},
				log:    slog.New(slog.NewTextHandler(io.Discard, nil)), accept: new(invite.Policy),
				step: func(name string) {
					if name == "selected" {
						waiting <- struct{}{}
					}
				},
			}
			go func() { ended <- w.watch(ctx) }()
			<-waiting
			time.Sleep(300 * time.Millisecond) // until the program is in IDLE
			for i, status := range []string{"ACCEPTED", "DECLINED"} {
				deliver(t, d, reply("bob@example.test", status, i, ""))
				for range 200 {
					if d.count("Answers") == i+1 && d.count("") == 0 {
						break
					}
					time.Sleep(20 * time.Millisecond)
				}
				if got := readMeeting(t, meetings).Status("bob@example.test"); string(got) != strings.ToLower(status) {
					t.Errorf("status = %s, want %s", got, status)
				}
			}
			stop()
			if err := <-ended; err == nil {
				t.Error("watch ended without an error")
			}
			if a, b := d.count("Answers"), d.count(""); a != 2 || b != 0 {
				t.Errorf("%d mails are done and %d left, want 2 and 0", a, b)
			}
		})
	}
}

// storeMeeting sends a meeting to a sender that discards it, and stores the meeting
// in a folder of its own.
func storeMeeting(t *testing.T) string {
	t.Helper()
	nowhere := invite.SenderFunc(func(context.Context, *mime.Message) error { return nil })
	start := time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC)
	m, err := invite.New(nowhere, nil).Send(t.Context(), ical.Event{
		UID: "m-1@example.com", Summary: "Review", Start: start, End: start.Add(time.Hour),
		Organizer: ical.Person{Email: "desk@example.com"},
		Attendees: []ical.Attendee{{Email: "bob@example.test"}, {Email: "ann@example.test"}, {Email: "cat@example.test"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	s := stored{path: filepath.Join(dir, "review.json")}
	if err := s.write(m, func(string) {}); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestApply takes the answers in without a mailbox.
func TestApply(t *testing.T) {
	dir := storeMeeting(t)
	for _, mail := range answers() {
		in, err := invite.Read(strings.NewReader(mail), nil)
		if err != nil {
			t.Fatal(err)
		}
		meetings, err := folder(dir).read()
		if err != nil {
			t.Fatal(err)
		}
		s, after, o := apply(meetings, in, new(invite.Policy))
		if s == nil {
			continue
		}
		if o.Verdict == invite.VerdictApplied != (after != s.meeting) {
			t.Errorf("%s: the meeting changed: %v", o.Verdict, after != s.meeting)
		}
		if after, err = queue(t.Context(), after, o); err != nil {
			t.Fatal(err)
		}
		if err := s.write(after, func(string) {}); err != nil {
			t.Fatal(err)
		}
	}
	m := readMeeting(t, dir)
	checkMeeting(t, m)
	if diff := cmp.Diff([]string{"eve@example.test", "bob@example.test"}, pending(m)); diff != "" {
		t.Errorf("pending (-want +got):\n%s", diff)
	}
}

// pending returns the recipients of the mails that are still to be sent.
func pending(m *invite.Meeting) (out []string) {
	for _, d := range m.Deliveries {
		if d.State == invite.DeliveryPending {
			out = append(out, d.To)
		}
	}
	return out
}

// TestInvitesAsAllowed checks that only delegates whom the policy lets in are mailed. An
// attendee whom the organizer calls a delegate, and who was never mailed, is not.
func TestInvitesAsAllowed(t *testing.T) {
	for _, x := range []struct {
		delegates string
		want      []string
	}{
		{"", []string{"eve@example.test"}},
		{"hold", nil},
		{"domain", nil},
		{"allow", []string{"eve@example.test", "dan@example.test"}},
	} {
		c, err := parse([]string{"-imap", "imap://x", "-meetings", storeMeeting(t), "-delegates", x.delegates}, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		w, _, err := newWorker(c, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		w.left = make(map[imap.UID]bool)
		m := readMeeting(t, string(c.meetings))
		m.Event.Attendees[0].Email = "bob@elsewhere.example.test"
		m.Event.Attendees = append(m.Event.Attendees, ical.Attendee{Email: "fay@example.test", DelegatedFrom: "ann@example.test"})
		s := stored{path: filepath.Join(string(c.meetings), "review.json")}
		if err := s.write(m, w.step); err != nil {
			t.Fatal(err)
		}
		for i, to := range []string{"eve@example.test", "dan@example.test"} {
			mail := reply("bob@elsewhere.example.test", "DELEGATED", i, `;DELEGATED-TO="mailto:`+to+`"`)
			for range 2 { // the second is a duplicate
				if _, err := w.take(t.Context(), imap.UID(i), []byte(mail)); err != nil {
					t.Fatal(err)
				}
			}
		}
		if diff := cmp.Diff(x.want, pending(readMeeting(t, string(c.meetings)))); diff != "" {
			t.Errorf("%q (-want +got):\n%s", x.delegates, diff)
		}
	}
	if _, _, err := newWorker(&config{delegates: "all"}, io.Discard); err == nil {
		t.Error("-delegates all is no error")
	}
}

// TestUnsendable checks that a request that cannot be made is left for a person, and
// is no reason to lose the connection.
func TestUnsendable(t *testing.T) {
	dir := storeMeeting(t)
	w, _, err := newWorker(&config{meetings: folder(dir), smtp: "smtp://127.0.0.1:9?tls=insecure-none"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	w.left = make(map[imap.UID]bool)
	m := readMeeting(t, dir)
	m.Event.Cancelled = true
	s := stored{path: filepath.Join(dir, "review.json")}
	if err := s.write(m, w.step); err != nil {
		t.Fatal(err)
	}
	refresh := strings.ReplaceAll(reply("bob@example.test", "NEEDS-ACTION", 5, ""), "REPLY", "REFRESH")
	done, err := w.take(t.Context(), 1, []byte(refresh))
	if _, left := w.left[1]; done || err != nil || !left {
		t.Errorf("a REFRESH for a cancelled meeting: done %v, left %v, %v", done, left, err)
	}
}

func readMeeting(t *testing.T, dir string) *invite.Meeting {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "review.json"))
	if err != nil {
		t.Fatal(err)
	}
	m := new(invite.Meeting)
	if err := json.Unmarshal(data, m); err != nil {
		t.Fatal(err)
	}
	return m
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
