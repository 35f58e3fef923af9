package main

import (
	"context"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestMain is the program itself if a test starts it so.
func TestMain(m *testing.M) {
	if ahead, err := time.ParseDuration(os.Getenv("MAILING_TEST_AHEAD")); err == nil {
		s := flags()
		s.now = func() time.Time { return time.Now().Add(ahead) }
		if err := run(context.Background(), s); err != nil {
			log.Fatal(err)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// program returns a run of the program with the files in a folder,
// whose clock is so far ahead.
func program(ctx context.Context, dir string, r *relay, ahead time.Duration, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], append([]string{
		"-db", filepath.Join(dir, "mailing.db"), "-event", filepath.Join(dir, "event.json"),
		"-guests", filepath.Join(dir, "guests.txt"), "-smtp", "smtp://" + r.addr + "?tls=insecure-none",
	}, args...)...)
	cmd.Env = append(os.Environ(), "MAILING_TEST_AHEAD="+ahead.String())
	return cmd
}

// files writes the event and n guests.
func files(t *testing.T, n int) (dir string) {
	dir = t.TempDir()
	start := time.Now().AddDate(0, 1, 0).UTC().Truncate(time.Hour)
	write(t, dir, "event.json", fmt.Sprintf(`{"uid": "autumn-fair", "summary": "Autumn fair", "start": %q, "end": %q,
		"timeZone": "Europe/Berlin", "organizer": {"name": "Fair", "email": "fair@example.com"}}`,
		start.Format(time.RFC3339), start.Add(time.Hour).Format(time.RFC3339)))
	var guests strings.Builder
	for i := range n {
		fmt.Fprintf(&guests, "Guest %d <guest%d@example.com>\n", i, i)
	}
	write(t, dir, "guests.txt", guests.String())
	return dir
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// reported returns the lines of the report by address.
func reported(t *testing.T, dir string, r *relay) (first string, lines map[string]string) {
	t.Helper()
	out, err := program(t.Context(), dir, r, 0, "-report").Output()
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Split(strings.TrimSpace(string(out)), "\n")
	lines = make(map[string]string)
	for _, l := range all[1:] {
		lines[strings.Fields(l)[1]] = l
	}
	return all[0], lines
}

// TestKilled kills the program at random moments and starts it again, until all mails are
// handed over. Everybody has one invitation, except guests whose mail is reported as unknown.
// Then a person says which of these have arrived, and everybody has one.
func TestKilled(t *testing.T) {
	guests, perSecond := 2000, 150.0
	if testing.Short() {
		guests = 200
	}
	dir, r := files(t, guests), newRelay(t, perSecond, guests)
	r.flaky = true
	runs, kills, done := 0, 0, false
	for ; !done; runs++ {
		// A little faster than the relay allows. Each run is a minute later.
		cmd := program(t.Context(), dir, r, time.Duration(runs)*time.Minute, "-second", fmt.Sprint(perSecond*1.1))
		if runs >= 6 {
			run1(t, cmd)
		} else if runAndKill(t, cmd, r, 1+rand.IntN(guests/8)) {
			kills++
			continue
		}
		first, _ := reported(t, dir, r)
		done = strings.Contains(first, " 0 mails pending")
	}
	_, unknown := reported(t, dir, r)
	t.Logf("%d guests, %d runs, %d killed, %d mails unknown, %d times 451", guests, runs, kills, len(unknown), r.busy)
	for to, n := range missing(r, guests) {
		if n > 1 || !strings.HasPrefix(unknown[to], "unknown") {
			t.Errorf("%s got %d invitations; report: %q", to, n, unknown[to])
		}
	}
	for to, line := range unknown {
		word := "-missed"
		if r.counts()[to] > 0 {
			word = "-arrived"
		}
		run1(t, program(t.Context(), dir, r, 0, word, strings.Fields(line)[2]))
	}
	for last := runs + 5; runs < last; runs++ { // the relay may still be busy at the first try
		run1(t, program(t.Context(), dir, r, time.Duration(runs)*time.Minute))
	}
	if m := missing(r, guests); len(m) > 0 {
		t.Errorf("in the end these have no mail, or more than one: %v", m)
	}
}

// runAndKill kills a run when the relay has got so many mails of it, or a moment later. It
// reports false if the run ended before that.
func runAndKill(t *testing.T, cmd *exec.Cmd, r *relay, mails int) bool {
	t.Helper()
	r.mu.Lock()
	base := r.total
	r.mu.Unlock()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case err := <-ended:
			if err != nil {
				t.Fatal(err)
			}
			return false
		case <-time.After(time.Millisecond):
		}
		r.mu.Lock()
		n := r.total - base
		r.mu.Unlock()
		if n >= mails {
			time.Sleep(time.Duration(rand.IntN(10)) * time.Millisecond)
			cmd.Process.Kill()
			<-ended
			return true
		}
	}
}

// run1 runs the program to its end.
func run1(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// missing returns the guests who have no mail, or more than one.
func missing(r *relay, guests int) map[string]int {
	took, m := r.counts(), make(map[string]int)
	for i := range guests {
		if to := fmt.Sprintf("guest%d@example.com", i); took[to] != 1 {
			m[to] = took[to]
		}
	}
	return m
}

// TestDailyLimit sends no more mails in 24 hours than the relay takes, and the rest later.
func TestDailyLimit(t *testing.T) {
	dir, r := files(t, 25), newRelay(t, 1000, 10)
	for i, want := range []int{10, 10, 20, 20, 25} {
		if i%2 == 0 {
			r.newDay(10)
		}
		ahead := time.Duration(i/2)*25*time.Hour + time.Duration(i)*time.Minute
		out, err := program(t.Context(), dir, r, ahead, "-second", "500", "-day", "10", "-during", "3s").CombinedOutput()
		if err != nil || len(out) > 0 {
			t.Fatalf("run %d: %v\n%s", i, err, out)
		}
		if got := len(r.counts()); got != want {
			t.Errorf("run %d: %d guests have a mail, want %d", i, got, want)
		}
	}
	if r.busy > 0 {
		t.Errorf("the relay was asked for %d mails too many", r.busy)
	}
}

// TestFilesChange invites a guest who is added to the file, and nobody twice.
func TestFilesChange(t *testing.T) {
	dir, r := files(t, 3), newRelay(t, 1000, 10)
	for range 2 {
		run1(t, program(t.Context(), dir, r, 0, "-second", "500"))
		write(t, dir, "guests.txt", "GUEST0@example.com\nguest0@example.com\nGuest 1 <guest1@example.com>\n\nguest2@example.com\nzoe@example.com\n")
	}
	for to, n := range r.counts() {
		if n != 1 {
			t.Errorf("%s got %d mails, want 1", to, n)
		}
	}
	if n := r.counts()["zoe@example.com"]; n != 1 {
		t.Errorf("the new guest got %d mails, want 1", n)
	}
}
