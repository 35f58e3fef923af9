package invite_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/steps"
	"github.com/convene-go/convene/invite"
)

// The environment of the child processes of TestCrash.
const (
	crashDir   = "CONVENE_CRASH_DIR"
	crashPoint = "CONVENE_CRASH_POINT" // the step at which to die, as "before 3"
	crashCall  = "CONVENE_CRASH_CALL"  // send, resume or resend
)

// crowd is the number of attendees in TestCrash.
const crowd = 20

// TestMain runs the tests, or the call of a child process of TestCrash.
func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		if err := crashing(dir, os.Getenv(crashPoint)).call(os.Getenv(crashCall)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestCrash kills a process that sends, and resumes in another process. The process
// dies at one of these points:
//
//   - before the first claim, or after the last message is recorded;
//   - before or after a message;
//   - between the claim of a message and the message.
//
// Each attendee then has exactly one message, or the ledger says that the message was
// being sent.
func TestCrash(t *testing.T) {
	var points []string
	for n := range crowd {
		points = append(points, fmt.Sprint("before ", n), fmt.Sprint("after ", n))
		if n%3 == 0 {
			points = append(points, fmt.Sprint("recorded ", n))
		}
	}
	points = append(points, "begun 0", fmt.Sprint("done ", crowd-1))
	for _, point := range points {
		t.Run(point, func(t *testing.T) {
			t.Parallel()
			w := crashing(t.TempDir(), "")
			w.steps = newSteps(t, "the process dies at: "+point)
			w.run(t, "send", point)
			w.run(t, "resume", "")
			leftovers := 0
			for to, ids := range w.received(t) {
				switch state := w.state(t, to); {
				case len(ids) == 1 && state == invite.DeliveryDelivered:
				case len(ids) <= 1 && state == invite.DeliverySending:
					leftovers++
				default:
					t.Errorf("%s has %d messages and the ledger says %q, want one and delivered, or at most one and sending", to, len(ids), state)
				}
			}
			want := 1 // the mail at which the process died
			if strings.HasPrefix(point, "done") || strings.HasPrefix(point, "begun") {
				want = 0
			}
			if leftovers != want {
				t.Errorf("%d mails are in state sending, want %d", leftovers, want)
			}
			w.run(t, "resend", "")
			for to, ids := range w.received(t) {
				if len(ids) == 2 && ids[0] == ids[1] {
					continue // the same message twice, which a receiver recognizes
				}
				if len(ids) != 1 || w.state(t, to) != invite.DeliveryDelivered {
					t.Errorf("after ResendUnknown %s has messages %q and the ledger says %q, want one message and delivered", to, ids, w.state(t, to))
				}
			}
		})
	}
}

// crash is a folder with a stored meeting and the log of the messages that the server
// took.
type crash struct {
	meeting, log, point string
	steps               *steps.Log
}

func crashing(dir, point string) *crash {
	return &crash{meeting: filepath.Join(dir, "meeting.json"), log: filepath.Join(dir, "log"), point: point}
}

// run carries out a call in a process of its own. The process dies at the point, unless
// point is "".
func (c *crash) run(t *testing.T, call, point string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), crashDir+"="+filepath.Dir(c.meeting), crashCall+"="+call, crashPoint+"="+point)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	err := cmd.Run()
	c.steps.Call("%s", call)
	c.steps.Result("the process ends: %v", cmd.ProcessState)
	var exit *exec.ExitError
	switch {
	case point == "" && err != nil, stderr.Len() > 0:
		t.Fatalf("%s: %v\n%s", call, err, stderr.String())
	case point != "" && (!errors.As(err, &exit) || exit.Exited()):
		t.Fatalf("%s was not killed at %q: %v", call, point, err)
	}
	received := c.received(t)
	for _, a := range crowded().Attendees {
		if n, state := len(received[a.Email]), c.state(t, a.Email); n != 1 || state != invite.DeliveryDelivered {
			c.steps.Result("%s has %d messages, and the ledger says %q", a.Email, n, state)
		}
	}
}

// call carries out a call in the child process.
func (c *crash) call(name string) error {
	client := invite.New(invite.SenderFunc(c.send), &invite.Options{Now: pinned, Ledger: invite.WholeMeeting(c.record)})
	m := new(invite.Meeting)
	data, err := os.ReadFile(c.meeting)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		name = "send" // nothing was recorded, so nothing was sent
	case err != nil:
		return err
	default:
		if err := json.Unmarshal(data, m); err != nil {
			return err
		}
	}
	switch name {
	case "send":
		_, err = client.Send(context.Background(), crowded())
	case "resume":
		_, err = client.Resume(context.Background(), m)
	case "resend":
		_, err = client.Resume(context.Background(), m, invite.ResendUnknown())
	}
	return err
}

func crowded() ical.Event {
	e := review()
	e.Attendees = nil
	for n := range crowd {
		e.Attendees = append(e.Attendees, ical.Attendee{Email: fmt.Sprintf("a%02d@example.test", n)})
	}
	return e
}

// record stores the meeting. The new file replaces the old one.
func (c *crash) record(_ context.Context, m *invite.Meeting) error {
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if err := os.WriteFile(c.meeting+".new", data, 0o600); err != nil {
		return err
	}
	if err := os.Rename(c.meeting+".new", c.meeting); err != nil {
		return err
	}
	last := -1
	for i, d := range m.Deliveries {
		switch d.State {
		case invite.DeliverySending:
			c.dieAt("recorded", i)
			return nil
		case invite.DeliveryDelivered:
			last = i
		}
	}
	if last < 0 {
		c.dieAt("begun", 0)
	}
	c.dieAt("done", last)
	return nil
}

// send is the server. A message is delivered if it is in the log.
func (c *crash) send(_ context.Context, m *invite.Message) error {
	n, err := strconv.Atoi(m.To[0][1:3])
	if err != nil {
		return err
	}
	c.dieAt("before", n)
	f, err := os.OpenFile(c.log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(f, m.To[0], m.ID)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		c.dieAt("after", n)
	}
	return err
}

// dieAt kills the process if step and n are its point. As in a power cut, no deferred
// function runs, and no file is flushed or closed.
func (c *crash) dieAt(step string, n int) {
	if c.point == fmt.Sprint(step, " ", n) {
		self, err := os.FindProcess(os.Getpid())
		if err == nil {
			err = self.Kill()
		}
		if err == nil {
			select {}
		}
		panic(err)
	}
}

// received returns the Message-IDs that each attendee got.
func (c *crash) received(t *testing.T) map[string][]string {
	t.Helper()
	out := make(map[string][]string)
	for _, a := range crowded().Attendees {
		out[a.Email] = nil
	}
	data, err := os.ReadFile(c.log)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		to, id, _ := strings.Cut(strings.TrimSpace(line), " ")
		out[to] = append(out[to], id)
	}
	return out
}

// state returns the state of an attendee's message in the ledger.
func (c *crash) state(t *testing.T, email string) invite.DeliveryState {
	t.Helper()
	for _, d := range readMeeting(t, c.meeting).Deliveries {
		if d.To == email {
			return d.State
		}
	}
	return ""
}
