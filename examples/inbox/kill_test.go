package main

import (
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

var (
	kills = flag.Int("kills", 15, "the number of kills of TestKilledAtRandom")
	seed  = flag.Uint64("seed", 1, "the seed of TestKilledAtRandom")
)

const (
	couples     = 40 // attendees, half of whom delegate
	strangerEnd = "@elsewhere.example.test"
)

// expected is the result of a list of mails. The mails arrive in their order.
type expected struct {
	mails   []string
	done    map[string]int         // the mails that are moved, by Message-ID
	left    map[string]int         // the mails that stay
	held    map[string]int         // the mails that the desk keeps for a person
	applied map[string]int         // the answers in the meeting
	status  map[string]ical.Status // the answers that count, by attendee
	invited map[string]int         // the most mails that an address gets
	second  int
}

// add adds a mail that arrives times times.
func (x *expected) add(times int, folder map[string]int, from, status, params string) string {
	return x.edit(times, folder, from, status, params, nil)
}

// edit is add with a change of the mail. It returns the Message-ID.
func (x *expected) edit(times int, folder map[string]int, from, status, params string, change func(string) string) string {
	x.second++
	text := reply(from, status, 0, params)
	text = strings.Replace(text, "DTSTAMP:20261122T070000Z", "DTSTAMP:"+time.Date(2026, 11, 1, 0, 0, x.second, 0, time.UTC).Format("20060102T150405Z"), 1)
	id := fmt.Sprintf("<%d@mail.example.test>", x.second)
	text = strings.Replace(text, "Message-ID: <0."+from+">", "Message-ID: "+id, 1)
	if change != nil {
		text = change(text)
	}
	for range times {
		x.mails = append(x.mails, text)
	}
	folder[id] += times
	return id
}

// say adds an answer that counts.
func (x *expected) say(times int, from, status, params string) {
	x.applied[x.add(times, x.done, from, status, params)] = 1
	x.status[from] = ical.Status(strings.ToLower(status))
}

func delegatedTo(to string) string { return `;DELEGATED-TO="mailto:` + to + `"` }

// traffic returns answers, delegations, the same mail twice, and hostile mails.
func traffic(r *rand.Rand) *expected {
	x := &expected{
		done: map[string]int{}, left: map[string]int{}, held: map[string]int{},
		applied: map[string]int{}, status: map[string]ical.Status{}, invited: map[string]int{},
	}
	var later []string // delegates who answer
	for i := range couples {
		who := fmt.Sprintf("guest%d@example.test", i)
		x.say(1+r.IntN(2), who, []string{"ACCEPTED", "DECLINED", "TENTATIVE"}[r.IntN(3)], "")
		if i%2 == 0 {
			to := fmt.Sprintf("delegate%d%s", i, strangerEnd)
			x.say(1+r.IntN(3), who, "DELEGATED", delegatedTo(to))
			x.invited[to] = 1
			later = append(later, to)
		}
		x.hostile(i, who)
		if len(later) > 5 {
			x.say(2, later[0], "ACCEPTED", "")
			later = later[1:]
		}
	}
	return x
}

// hostile adds a mail that must change nothing, or too many delegates.
func (x *expected) hostile(i int, who string) {
	mallory := fmt.Sprintf("mallory%d@example.test", i/8%2)
	stranger := fmt.Sprintf("stranger%d%s", i, strangerEnd)
	forge := func(s string) string {
		return strings.Replace(s, "From: "+who, "From: mallory@example.net", 1)
	}
	switch i % 8 {
	case 0: // the first is let in, and each later one is held
		if x.status[mallory] == "" {
			x.say(2, mallory, "DELEGATED", delegatedTo(stranger))
			x.invited[stranger] = 1
			return
		}
		x.held[x.add(2, x.done, mallory, "DELEGATED", delegatedTo(stranger))] = 2
	case 1:
		x.edit(1, x.left, who, "DELEGATED", delegatedTo(stranger), forge)
	case 2:
		x.edit(1, x.left, who, "DECLINED", "", forge)
	case 3:
		x.edit(1, x.left, who, "DECLINED", "", func(s string) string { return strings.Replace(s, "UID:m-1@", "UID:m-2@", 1) })
	case 4: // somebody who is not invited
		x.add(1, x.left, stranger, "ACCEPTED", "")
	case 5:
		x.edit(1, x.left, who, "DECLINED", "", func(s string) string { return s[:strings.Index(s, "BEGIN:VCALENDAR")] + "BEGIN:\x01" })
	case 6:
		x.held[x.add(1, x.done, mallory+"x", "DELEGATED", delegatedTo("desk@example.com"))] = 1
	case 7:
		x.edit(1, x.done, who, "NEEDS-ACTION", "", func(s string) string { return strings.ReplaceAll(s, "REPLY", "REFRESH") })
		x.invited[who]++
	}
}

// TestKilledAtRandom kills the program at random while answers come in. Afterwards no
// answer is lost, none is there twice, and only delegates whom the policy let in are
// mailed: once at most, and at least once after runs with -resend-after.
func TestKilledAtRandom(t *testing.T) {
	d, smtp := startDovecot(t, ""), startRecorder(t)
	r := rand.New(rand.NewPCG(*seed, 0))
	x := traffic(r)
	db := importCrowd(t)
	args := []string{"-imap", d.url(), "-db", db, "-smtp", smtp.url, "-poll", "50ms"}
	killed, rest, points := 0, x.mails, map[string]int{}
	for i := range *kills {
		n := len(rest) / (*kills - i)
		points[killOnce(t, d, r, args, rest[:n])]++
		rest = rest[n:]
		killed++
		readMeeting(t, db) // the database is whole at any time
	}
	// The server refuses some mails for a while, so several runs are needed.
	for hours := range 3 {
		runLater(t, 2+2*hours, args...)
	}
	m := readMeeting(t, db)
	unknown := x.checkAtMostOnce(t, m, smtp)
	for hours := range 5 {
		runLater(t, 8+2*hours, append(args, "-resend-after", "1h")...)
	}
	x.checkAtLeastOnce(t, smtp, unknown)
	x.checkAnswers(t, d, readMeeting(t, db))
	if diff := cmp.Diff(x.held, held(t, newTestWorker(t, "-db", db))); diff != "" {
		t.Errorf("held (-want +got):\n%s", diff)
	}
	t.Logf("seed %d: %d kills %v; %d mails; %d answers; %d recipients of %d mails; unknown after a kill: %v",
		*seed, killed, points, len(x.mails), len(x.applied), len(smtp.recipients()), len(m.Deliveries), unknown)
}

// runLater runs the program once, as if it was some hours later, so that no mail waits
// for its next try.
func runLater(t *testing.T, hours int, args ...string) {
	t.Helper()
	c, err := parse(append(args[:len(args):len(args)], "-once"), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	c.now = func() time.Time { return time.Now().Add(time.Duration(hours) * time.Hour) }
	w, end, err := newWorker(t.Context(), c, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	defer end()
	if err := w.work(t.Context()); err != nil {
		t.Errorf("%d hours later: %v", hours, err)
	}
}

// killOnce lets the program run while mails come in, and kills it: at a random step of
// its work, or at a random time. It returns the point.
func killOnce(t *testing.T, d *dovecot, r *rand.Rand, args, mails []string) string {
	t.Helper()
	step, after := 0, time.Duration(50+r.IntN(400))*time.Millisecond
	if r.IntN(3) > 0 {
		step, after = 1+r.IntN(100), time.Second
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "INBOX_ARGS="+strings.Join(args, "\n"), "INBOX_KILL="+strconv.Itoa(step))
	var said strings.Builder
	cmd.Stdout = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	deliver(t, d, mails...)
	_ = cmd.Wait()
	timer.Stop()
	status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !ok || !status.Signaled() || status.Signal() != syscall.SIGKILL {
		t.Fatalf("the program ended by itself: %v, %s", cmd.ProcessState, said.String())
	}
	if said.Len() == 0 {
		return "at a random time"
	}
	return strings.TrimPrefix(strings.TrimSpace(said.String()), "killed at: ")
}

// checkAtMostOnce checks that the recipients are the expected ones, and that nobody has
// a mail twice. It returns the recipients whose mail has an unknown fate.
func (x *expected) checkAtMostOnce(t *testing.T, m *invite.Meeting, smtp *recorder) (unknown []string) {
	t.Helper()
	for _, to := range smtp.recipients() {
		if mails, most := smtp.copies(to); mails > x.invited[to] || most > 1 {
			t.Errorf("%s has %d mails and %d copies, want %d mails at most, and one copy", to, mails, most, x.invited[to])
		}
	}
	for _, del := range m.Deliveries[crowd:] {
		switch mails, _ := smtp.copies(del.To); {
		case del.State == invite.DeliveryUnknown:
			unknown = append(unknown, del.To)
		case del.State == invite.DeliveryDelivered && mails == 0:
			t.Errorf("%s is delivered, and nothing arrived", del.To)
		case del.State != invite.DeliveryDelivered && del.State != invite.DeliveryOvertaken && del.State != invite.DeliveryPending:
			t.Errorf("%s is %s", del.To, del.State)
		}
	}
	return unknown
}

// checkAtLeastOnce checks that each expected recipient has a mail, and that only mails
// whose fate was unknown came twice.
func (x *expected) checkAtLeastOnce(t *testing.T, smtp *recorder, unknown []string) {
	t.Helper()
	for to, most := range x.invited {
		mails, copies := smtp.copies(to)
		if mails < 1 || mails > most || copies > 1 && !slices.Contains(unknown, to) || copies > 2 {
			t.Errorf("%s has %d mails and %d copies after -resend-after, want 1 to %d", to, mails, copies, most)
		}
	}
	for _, to := range smtp.recipients() {
		if x.invited[to] == 0 {
			t.Errorf("%s has a mail", to)
		}
	}
}

// checkAnswers checks that each mail is in the right folder, and each answer once in
// the meeting.
func (x *expected) checkAnswers(t *testing.T, d *dovecot, m *invite.Meeting) {
	t.Helper()
	for folder, want := range map[string]map[string]int{"": x.left, ".Answers": x.done} {
		if diff := cmp.Diff(want, d.identifiers(t, folder)); diff != "" {
			t.Errorf("folder %q (-want +got):\n%s", folder, diff)
		}
	}
	got := map[string]int{}
	for _, a := range m.Answers {
		got[a.MessageID]++
	}
	if diff := cmp.Diff(x.applied, got); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
	statuses := map[string]ical.Status{}
	for _, who := range slices.Collect(maps.Keys(x.status)) {
		statuses[who] = m.Status(who)
	}
	if diff := cmp.Diff(x.status, statuses); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
}

// identifiers returns the number of mails in a folder of the desk, by Message-ID.
func (d *dovecot) identifiers(t *testing.T, folder string) map[string]int {
	t.Helper()
	out := map[string]int{}
	for _, sub := range []string{"new", "cur"} {
		paths, _ := filepath.Glob(filepath.Join(d.dir, "mail", "desk", folder, sub, "*"))
		for _, path := range paths {
			f, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			m, err := mail.ReadMessage(f)
			f.Close()
			if err != nil {
				t.Fatal(err)
			}
			out[m.Header.Get("Message-Id")]++
		}
	}
	return out
}

// crowd is the number of attendees of [importCrowd].
const crowd = couples + 10

// importCrowd imports a meeting with many attendees.
func importCrowd(t *testing.T) (db string) {
	t.Helper()
	var attendees []string
	for i := range couples {
		attendees = append(attendees, fmt.Sprintf("guest%d@example.test", i))
	}
	for i := range 5 {
		mallory := fmt.Sprintf("mallory%d@example.test", i)
		attendees = append(attendees, mallory, mallory+"x")
	}
	return importMeeting(t, sendMeeting(t, attendees...))
}
