package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/inbox"
	"github.com/convene-go/convene/mime"
)

// newMeeting sends a meeting to a sender that discards it.
func newMeeting(t *testing.T) *invite.Meeting {
	t.Helper()
	return sendMeeting(t, "bob@example.test", "ann@example.test", "cat@example.test")
}

func sendMeeting(t *testing.T, attendees ...string) *invite.Meeting {
	t.Helper()
	nowhere := invite.SenderFunc(func(context.Context, *mime.Message) error { return nil })
	start := time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC)
	e := ical.Event{
		UID: "m-1@example.com", Summary: "Review", Start: start, End: start.Add(time.Hour), Organizer: ical.Person{Email: "desk@example.com"},
	}
	for _, email := range attendees {
		e.Attendees = append(e.Attendees, ical.Attendee{Email: email})
	}
	m, err := invite.New(nowhere, nil).Send(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// importMeeting imports a meeting into a new database, and returns its path.
func importMeeting(t *testing.T, m *invite.Meeting) (db string) {
	t.Helper()
	db = filepath.Join(t.TempDir(), "a name with %20, ? and #.db")
	newTestWorker(t, "-db", db, "-import", writeMeeting(t, m))
	return db
}

// writeMeeting writes a meeting into a folder of its own, as invitectl does.
func writeMeeting(t *testing.T, m *invite.Meeting) (dir string) {
	t.Helper()
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "review.json"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// newTestWorker returns the worker of a command line, which is closed after the test.
func newTestWorker(t *testing.T, args ...string) *worker {
	t.Helper()
	w, err := openTestWorker(t, args...)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func openTestWorker(t *testing.T, args ...string) (*worker, error) {
	t.Helper()
	c, err := parse(append([]string{"-imap", "imap://mail.example.test"}, args...), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	w, end, err := newWorker(t.Context(), c, io.Discard)
	if err == nil {
		t.Cleanup(end)
	}
	return w, err
}

// readMeeting reads the meeting, and checks that the database is whole.
func readMeeting(t *testing.T, path string) *invite.Meeting {
	t.Helper()
	db, err := openDatabase(path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var said string
	if err := db.QueryRow(`PRAGMA integrity_check`).Scan(&said); err != nil || said != "ok" {
		t.Fatalf("integrity_check: %v %s", err, said)
	}
	m, err := newTestWorker(t, "-db", path).desk.Meeting(t.Context(), "m-1@example.com")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// take gives mails to the desk, and returns for each whether the desk has it.
func take(t *testing.T, w *worker, mails ...string) (stored []bool) {
	t.Helper()
	for _, mail := range mails {
		ok, err := w.take(t.Context(), &inbox.Mail{Data: []byte(mail)})
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, ok)
	}
	return stored
}

// held returns the number of held mails by Message-ID.
func held(t *testing.T, w *worker) map[string]int {
	t.Helper()
	out := map[string]int{}
	for h, err := range w.desk.Held(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		m, err := mail.ReadMessage(bytes.NewReader(h.Mail.Data))
		if err != nil {
			t.Fatal(err)
		}
		out[m.Header.Get("Message-Id")]++
	}
	return out
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

// TestTake takes the answers in without a mailbox, twice.
func TestTake(t *testing.T) {
	db := importMeeting(t, newMeeting(t))
	w := newTestWorker(t, "-db", db)
	for range 2 {
		want := []bool{true, false, true, false, true, false, true, true} // see [answers]
		if diff := cmp.Diff(want, take(t, w, answers()...)); diff != "" {
			t.Errorf("stored (-want +got):\n%s", diff)
		}
	}
	m := readMeeting(t, db)
	checkMeeting(t, m)
	if diff := cmp.Diff([]string{"eve@example.test", "bob@example.test"}, pending(m)); diff != "" {
		t.Errorf("pending (-want +got):\n%s", diff)
	}
}

// TestInvitesAsAllowed checks that only delegates whom the policy let in are mailed, and
// that the others are held. An attendee whom the organizer calls a delegate, and who was
// never mailed, is not mailed.
func TestInvitesAsAllowed(t *testing.T) {
	const bob = "bob@elsewhere.example.test"
	to := []string{"eve@example.test", "dan@example.test"}
	for _, x := range []struct {
		delegates string
		invited   []string
		held      int
	}{
		{"", to[:1], 1},
		{"hold", nil, 2},
		{"domain", nil, 2},
		{"allow", to, 0},
	} {
		m := newMeeting(t)
		m.Event.Attendees[0].Email = bob
		m.Event.Attendees = append(m.Event.Attendees, ical.Attendee{Email: "fay@example.test", DelegatedFrom: "ann@example.test"})
		db := importMeeting(t, m)
		w := newTestWorker(t, "-db", db, "-delegates", x.delegates)
		for i, delegate := range to {
			mail := reply(bob, "DELEGATED", i, delegatedTo(delegate))
			if diff := cmp.Diff([]bool{true, true}, take(t, w, mail, mail)); diff != "" {
				t.Errorf("%q: %s (-want +got):\n%s", x.delegates, delegate, diff)
			}
		}
		if diff := cmp.Diff(x.invited, pending(readMeeting(t, db))); diff != "" {
			t.Errorf("%q (-want +got):\n%s", x.delegates, diff)
		}
		got := held(t, w)
		if len(got) != x.held || got["<0."+bob+">"] > 1 || got["<1."+bob+">"] > 1 {
			t.Errorf("%q: held %v, want %d, each once", x.delegates, got, x.held)
		}
	}
	if _, err := openTestWorker(t, "-db", filepath.Join(t.TempDir(), "db"), "-delegates", "all"); err == nil {
		t.Error("-delegates all is no error")
	}
}

// TestDecide applies one held mail and dismisses another.
func TestDecide(t *testing.T) {
	db := importMeeting(t, newMeeting(t))
	w := newTestWorker(t, "-db", db, "-delegates", "hold")
	mails := []string{
		reply("bob@example.test", "DELEGATED", 1, delegatedTo("eve@example.test")),
		reply("ann@example.test", "DELEGATED", 2, delegatedTo("dan@example.test")),
	}
	take(t, w, mails...)
	ids := map[string]string{}
	for h, err := range w.desk.Held(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		who, _, _ := strings.Cut(h.Reason, "@")
		ids[who] = h.ID
	}
	newTestWorker(t, "-db", db, "-apply", ids["bob"], "-dismiss", ids["ann"])
	if got := held(t, w); len(got) > 0 {
		t.Errorf("held %v, want none", got)
	}
	m := readMeeting(t, db)
	if diff := cmp.Diff([]string{"eve@example.test"}, pending(m)); diff != "" || m.Status("ann@example.test") != ical.StatusNeedsAction {
		t.Errorf("ann is %s; pending (-want +got):\n%s", m.Status("ann@example.test"), diff)
	}
	if diff := cmp.Diff([]bool{true, true}, take(t, w, mails...)); diff != "" || len(held(t, w)) > 0 {
		t.Errorf("again: held %v; (-want +got):\n%s", held(t, w), diff)
	}
	for _, flag := range []string{"-apply", "-dismiss"} {
		if _, err := openTestWorker(t, "-db", db, flag, ids["bob"]); err == nil || !strings.HasPrefix(err.Error(), flag+": ") {
			t.Errorf("%s of a mail that is not held: %v", flag, err)
		}
	}
}

// TestNoRoom checks that a held mail for which the desk has no room stays in the mailbox.
func TestNoRoom(t *testing.T) {
	w := newTestWorker(t, "-db", importMeeting(t, newMeeting(t)), "-delegates", "hold")
	delegates := reply("bob@example.test", "DELEGATED", 1, delegatedTo("eve@example.test"))
	for i := range 101 {
		if got := take(t, w, delegates+strings.Repeat("\r\n", i)); got[0] != (i < 100) {
			t.Errorf("mail %d: stored %v", i, got[0])
		}
	}
}

// TestPartlyHeld checks that a mail of which a part is held is kept, and that the other
// part counts.
func TestPartlyHeld(t *testing.T) {
	db := importMeeting(t, newMeeting(t))
	w := newTestWorker(t, "-db", db, "-delegates", "hold")
	delegates := reply("bob@example.test", "DELEGATED", 2, delegatedTo("eve@example.test"))
	begin, end := strings.Index(delegates, "BEGIN:VEVENT"), strings.Index(delegates, "END:VCALENDAR")
	mixed := strings.Replace(reply("bob@example.test", "ACCEPTED", 1, ""), "END:VCALENDAR", delegates[begin:end]+"END:VCALENDAR", 1)
	stored, kept, status := take(t, w, mixed), held(t, w), readMeeting(t, db).Status("bob@example.test")
	if !stored[0] || len(kept) != 1 || status != ical.StatusAccepted {
		t.Errorf("stored %v; held %v; bob is %s", stored[0], kept, status)
	}
}

// TestUnsendable checks that a REFRESH to which no request can be sent is left for a
// person, and is no reason to lose the connection.
func TestUnsendable(t *testing.T) {
	m := newMeeting(t)
	m.Event.Cancelled = true
	w := newTestWorker(t, "-db", importMeeting(t, m), "-smtp", "smtp://127.0.0.1:9?tls=insecure-none")
	refresh := strings.ReplaceAll(reply("bob@example.test", "NEEDS-ACTION", 5, ""), "REPLY", "REFRESH")
	if got := take(t, w, refresh); got[0] {
		t.Error("a REFRESH for a cancelled meeting is done")
	}
}

// TestImport checks that an import can be repeated, that it changes nothing that is
// stored, and that it names the file that it cannot read.
func TestImport(t *testing.T) {
	dir := writeMeeting(t, newMeeting(t))
	db := filepath.Join(t.TempDir(), "meetings.db")
	take(t, newTestWorker(t, "-db", db, "-import", dir), answers()...)
	newTestWorker(t, "-db", db, "-import", dir)
	checkMeeting(t, readMeeting(t, db))

	for name, text := range map[string]string{"broken.json": "{", "other.json": "{}"} {
		dir := t.TempDir()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := openTestWorker(t, "-db", db, "-import", dir); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := openTestWorker(t, "-db", db, "-import", filepath.Join(dir, "missing")); err == nil {
		t.Error("a missing folder is no error")
	}
}

// TestPrivate checks that the files of the database are for their owner alone.
func TestPrivate(t *testing.T) {
	db := importMeeting(t, newMeeting(t)) // its worker is open, so the WAL is there
	files, err := os.ReadDir(filepath.Dir(db))
	if err != nil || len(files) != 3 {
		t.Fatalf("files %v, %v", files, err)
	}
	for _, file := range files {
		info, err := file.Info()
		if err != nil || !strings.HasPrefix(file.Name(), filepath.Base(db)) || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", file.Name(), info.Mode(), err)
		}
	}
}
