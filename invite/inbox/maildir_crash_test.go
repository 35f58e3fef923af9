package inbox_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/convene-go/convene/invite/inbox"
)

// The environment of a child process: the Maildir that it reads, the file for what it
// takes in, and the call of receive at which it kills itself, before or after its work.
const envDir, envTaken, envKill = "CONVENE_INBOX_DIR", "CONVENE_INBOX_TAKEN", "CONVENE_INBOX_KILL"

// TestMain runs a reader that kills itself if a test asks for it.
func TestMain(m *testing.M) {
	if dir := os.Getenv(envDir); dir != "" {
		fmt.Println(readUntilKilled(dir, os.Getenv(envTaken), os.Getenv(envKill)))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func readUntilKilled(dir, taken, kill string) error {
	when, number, _ := strings.Cut(kill, " ")
	at, err := strconv.Atoi(number)
	if err != nil {
		return err
	}
	calls := 0
	die := func(now string) {
		if now == when && calls == at {
			p, err := os.FindProcess(os.Getpid())
			if err == nil {
				err = p.Kill()
			}
			fmt.Println("kill:", err)
			select {} // the signal comes in a moment
		}
	}
	ctx, stop := context.WithTimeout(context.Background(), 5*time.Minute)
	defer stop()
	return inbox.Run(ctx, inbox.Maildir(dir), func(_ context.Context, m *inbox.Mail) error {
		calls++
		die("before")
		f, err := os.OpenFile(taken, os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o600)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(f, "%s\n", m.ID)
		err = errors.Join(err, f.Close())
		die("after")
		return err
	})
}

// maildir makes a Maildir with n mails in new.
func maildir(t *testing.T, n int) string {
	t.Helper()
	dir := t.TempDir()
	for _, sub := range []string{"new", "cur", "tmp"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for i := range n {
		name := filepath.Join(dir, "new", fmt.Sprintf("%d.M%dP1.host", 1803981600+i/7, i))
		if err := os.WriteFile(name, fmt.Appendf(nil, "Subject: %d\n\n", i), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// unmarked returns the mails that are not marked as taken in.
func unmarked(t *testing.T, dir string) (names []string) {
	t.Helper()
	for _, sub := range []string{"new", "cur"} {
		list, err := os.ReadDir(filepath.Join(dir, sub))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range list {
			if !strings.HasSuffix(f.Name(), ":2,S") && !strings.HasSuffix(f.Name(), ";2,S") {
				names = append(names, f.Name())
			}
		}
	}
	return names
}

// TestKilled kills the reader once at each of its mails, before receive has done its
// work, or between the work and Done. Each mail is taken in, and comes twice only if it
// was not marked when the reader was killed.
func TestKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: starts many processes")
	}
	const n = 12
	for _, when := range []string{"before", "after"} {
		dir := maildir(t, n)
		taken := filepath.Join(t.TempDir(), "taken")
		kills := 0
		for at := 1; len(unmarked(t, dir)) > 0; at = at%3 + 1 {
			// A reader that is killed at its first mail each time comes no further.
			if kills++; kills > 10*n {
				t.Fatal("comes to no end")
			}
			if left := len(unmarked(t, dir)); at > left {
				at = left + 1 // and never: the rest is marked by this process
				finish(t, dir, taken, left)
				continue
			}
			cmd := exec.CommandContext(t.Context(), os.Args[0])
			cmd.Env = append(os.Environ(), envDir+"="+dir, envTaken+"="+taken, envKill+"="+when+" "+strconv.Itoa(at))
			if out, err := cmd.CombinedOutput(); cmd.ProcessState.ExitCode() > 0 || err == nil {
				t.Fatalf("the reader was not killed: %v: %s", err, out)
			}
		}
		ids, lines := read(t, taken)
		if len(ids) != n {
			t.Errorf("killed %s receive: %d different mails were taken in, want %d", when, len(ids), n)
		}
		if lines > n+kills || when == "before" && lines != n {
			t.Errorf("killed %d times %s receive: %d mails were taken in, want %d", kills, when, lines, n)
		}
		t.Logf("killed %d times %s receive: %d mails were taken in twice", kills, when, lines-n)
	}
}

// finish takes in the last mails.
func finish(t *testing.T, dir, taken string, left int) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	f, err := os.OpenFile(taken, os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	err = inbox.Run(ctx, inbox.Maildir(dir), func(_ context.Context, m *inbox.Mail) error {
		if left--; left == 0 {
			stop()
		}
		_, err := fmt.Fprintf(f, "%s\n", m.ID)
		return err
	})
	if err != nil || !errors.Is(ctx.Err(), context.Canceled) {
		t.Fatalf("Run = %v; %d mails are missing", err, left)
	}
}

// read returns the lines of a file, and their number.
func read(t *testing.T, path string) (ids map[string]bool, lines int) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	ids = make(map[string]bool)
	for s := bufio.NewScanner(f); s.Scan(); lines++ {
		ids[s.Text()] = true
	}
	return ids, lines
}

// TestTwoReaders has several readers of one Maildir. Each mail is given at least once,
// and twice only if one reader has it while another looks at cur.
func TestTwoReaders(t *testing.T) {
	const n, readers = 1000, 3
	dir := maildir(t, n)
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	var mu sync.Mutex
	var wg sync.WaitGroup
	ids, total := make(map[string]int), 0
	for range readers {
		wg.Go(func() {
			source := inbox.Maildir(dir, func(o *inbox.MaildirOptions) { o.Poll = time.Millisecond })
			err := inbox.Run(ctx, source, func(_ context.Context, m *inbox.Mail) error {
				mu.Lock()
				defer mu.Unlock()
				ids[m.ID]++
				total++
				if len(ids) == n {
					stop()
				}
				return nil
			})
			if err != nil || !errors.Is(ctx.Err(), context.Canceled) {
				t.Errorf("Run = %v; %v", err, ctx.Err())
			}
		})
	}
	wg.Wait()
	if len(ids) != n {
		t.Errorf("%d mails were given, want %d", len(ids), n)
	}
	// Each reader looks at cur once a minute, and this takes less than three.
	if most := n + 3*readers*readers; total > most {
		t.Errorf("%d mails were given, want at most %d", total, most)
	}
	// The other readers may have held a mail at the end, which they give back.
	if left := unmarked(t, dir); len(left) > readers {
		t.Errorf("%q are not marked", left)
	}
}

// TestSlogDefault checks that failures are logged if there is no Logger.
func TestSlogDefault(t *testing.T) {
	var out strings.Builder
	old := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&out, nil)))
	defer slog.SetDefault(old)
	ctx, stop := context.WithCancel(t.Context())
	err := inbox.Run(ctx, inbox.Maildir(maildir(t, 1)), func(context.Context, *inbox.Mail) error {
		stop()
		return errors.New("a fault")
	})
	if err != nil || !strings.Contains(out.String(), "a fault") {
		t.Errorf("Run = %v; log: %s", err, &out)
	}
}
