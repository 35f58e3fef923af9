package desktest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
)

// firstService is the page whose programs need the driver of a database. The test of the
// other pages is in the module above.
const firstService = "../../../docs/first-service.md"

// buildDocument builds the program number n of a page, from 0, for a database.
func buildDocument(t *testing.T, page string, n int, x database) (program string) {
	t.Helper()
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(data), "\n```go\n")[1:]
	if len(blocks) != 2 {
		t.Fatalf("%s has %d programs, want 2: add a test for each", page, len(blocks))
	}
	block, _, _ := strings.Cut(blocks[n], "\n```")
	if x.driver == "pgx" { // the lines that the page names
		block = strings.Replace(block, `_ "modernc.org/sqlite"`, `_ "github.com/jackc/pgx/v5/stdlib"`, 1)
		block = strings.Replace(block, `sql.Open("sqlite", desk.SQLiteDSN("meetings.db"))`, fmt.Sprintf("sql.Open(%q, %q)", x.driver, x.dsn), 1)
	}
	tmp := t.TempDir()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	file, name := filepath.Join(tmp, "main.go"), fmt.Sprintf("document%d", n)
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(here, name, "main.go"): file}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(block+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(tmp, "overlay.json"), overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	program = filepath.Join(tmp, "program.exe")
	out, err := exec.Command("go", "build", "-overlay", filepath.Join(tmp, "overlay.json"), "-o", program, "./"+name).CombinedOutput()
	if err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	if out, err := exec.Command("gofmt", "-l", file).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("gofmt -l of program %d: %v %s", n, err, out)
	}
	return program
}

// document is a running program of a page.
type document struct {
	*testing.T
	dir string // its folder, with the folders mails and box
	cmd *exec.Cmd
	log bytes.Buffer
}

// startDocument starts the program number n.
func startDocument(t *testing.T, n int, x database, env ...string) *document {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("SKIPPED: a program cannot be sent a signal")
	}
	p := &document{T: t, dir: t.TempDir()}
	for _, sub := range []string{"box/new", "box/cur", "box/tmp"} {
		if err := os.MkdirAll(filepath.Join(p.dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	p.cmd = exec.Command(buildDocument(t, firstService, n, x))
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = p.dir, &p.log, &p.log
	p.cmd.Env = append(os.Environ(), append(env, "SMTP_URL=file://"+p.dir+"/mails?format=maildir", "MAILDIR="+p.dir+"/box")...)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.cmd.Process.Kill() })
	return p
}

// stop ends the program as a deploy does.
func (p *document) stop() {
	p.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil {
		p.Errorf("the program ended with %v:\n%s", err, p.log.String())
	}
}

// until waits until something is true.
func (p *document) until(what string, f func() bool) {
	p.Helper()
	for end := time.Now().Add(time.Minute); !f(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			_ = p.cmd.Process.Kill()
			_ = p.cmd.Wait()
			p.Fatalf("%s: it never came:\n%s", what, p.log.String())
		}
	}
}

// mails returns the mails that were sent.
func (p *document) mails() (out []string) {
	out, _ = filepath.Glob(filepath.Join(p.dir, "mails/new/*"))
	return out
}

// TestFirstProgram runs the first program of the page: one mail goes out.
func TestFirstProgram(t *testing.T) {
	eachDatabase(t, func(t *testing.T, x database) {
		p := startDocument(t, 0, x)
		p.until("mail", func() bool { return len(p.mails()) == 1 })
		p.stop()
		check(t, "mails", 1, len(p.mails()))
	})
}

// TestWholeService runs the second program of the page: a booking, the answer from the
// Maildir, a move, and a cancellation.
func TestWholeService(t *testing.T) { eachDatabase(t, testWholeService) }

func testWholeService(t *testing.T, x database) {
	port := must(freePort())(t)
	p := startDocument(t, 1, x, "ADDR=127.0.0.1:"+port)
	at := "http://127.0.0.1:" + port
	p.until("HTTP", func() bool { _, status := p.do("GET", at+"/held", nil); return status == http.StatusOK })
	form := url.Values{"email": {"ann@example.test"}, "start": {"2037-03-02T09:00:00Z"}}
	if _, status := p.do("POST", at+"/bookings", url.Values{"email": {"an n@example.test"}, "start": form["start"]}); status != 422 {
		t.Errorf("a wrong address: status %d, want 422", status)
	}
	uid, status := p.do("POST", at+"/bookings", form)
	if status != http.StatusOK {
		t.Fatalf("POST: status %d: %s", status, uid)
	}
	p.until("invitation", func() bool { return len(p.mails()) == 1 })
	p.respond(p.mails()[0])
	at += "/bookings/" + uid
	p.until("answer", func() bool { status, _ := p.do("GET", at, nil); return status == "declined" })
	if text, status := p.do("POST", at+"/move", url.Values{"start": {"2037-03-03T09:00:00Z"}}); status != http.StatusOK {
		t.Errorf("move: status %d: %s", status, text)
	}
	if text, _ := p.do("GET", at, nil); text != string(ical.StatusNeedsAction) {
		t.Errorf("the status after a move is %q, want needs-action: the answer was to another time", text)
	}
	if text, status := p.do("DELETE", at+"?why=closed", nil); status != http.StatusOK {
		t.Errorf("DELETE: status %d: %s", status, text)
	}
	if text, _ := p.do("GET", at, nil); text != "cancelled" {
		t.Errorf("the status after a cancellation is %q, want cancelled", text)
	}
	if _, status := p.do("DELETE", at, nil); status != http.StatusConflict {
		t.Errorf("second DELETE: status %d, want 409", status)
	}
	// The cancellation overtakes the move, which has to settle for a minute.
	p.until("cancellation", func() bool { return len(p.mails()) == 2 })
	if _, status := p.do("DELETE", at+"none", nil); status != http.StatusNotFound {
		t.Errorf("DELETE of no booking: status %d, want 404", status)
	}
	p.stop()
}

// do makes a request. It returns no status while nobody listens.
func (p *document) do(method, at string, form url.Values) (text string, status int) {
	p.Helper()
	r, err := http.NewRequest(method, at, strings.NewReader(form.Encode()))
	if err != nil {
		p.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err.Error(), 0
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		p.Fatal(err)
	}
	return strings.TrimSpace(string(data)), resp.StatusCode
}

// respond lets the attendee decline an invitation. The answer arrives in the Maildir.
func (p *document) respond(path string) {
	p.Helper()
	f, err := os.Open(path)
	if err != nil {
		p.Fatal(err)
	}
	defer f.Close()
	in, err := invite.Read(f, nil)
	if err != nil {
		p.Fatal(err)
	}
	var mails invitetest.Recorder
	if err := invite.New(&mails, nil).Respond(context.Background(), in, invite.Response{As: "ann@example.test", Status: ical.StatusDeclined}); err != nil {
		p.Fatal(err)
	}
	m, err := mails.Wait(p.Context(), 1)
	if err != nil {
		p.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(p.dir, "box/new/1.answer"), m[0].Data, 0o600); err != nil {
		p.Fatal(err)
	}
}
