package invite_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// format1 is the folder of meetings that were stored in format 1.
const format1 = "../testdata/meetings/format1/"

// excused are the lines of the .want files that differ now, each with its reason.
var excused = map[string]string{
	"override-cancelled bob@example.test 2027-03-16T09:00:00Z": "answers to a cancelled occurrence are not forgotten",
}

// TestFormat1 reads the meetings of format 1. Statuses, proposals and the mails of
// Resume are the same as in the .want files, which the version that wrote format 1 made.
func TestFormat1(t *testing.T) {
	paths, err := filepath.Glob(format1 + "*.json")
	if err != nil || len(paths) < 40 {
		t.Fatalf("found %d meetings, %v, want at least 40", len(paths), err)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".json")
		t.Run(name, func(t *testing.T) {
			m := readMeeting(t, path)
			want := readFile(t, strings.TrimSuffix(path, ".json")+".want")
			var said, says []string
			for line := range strings.Lines(string(want)) {
				line = strings.TrimSpace(line)
				key := line[:strings.LastIndexByte(line, ' ')]
				if excused[name+" "+key] == "" && !strings.HasPrefix(line, "delivery ") {
					said, says = append(said, line), append(says, nowOf(m, line))
				}
			}
			if diff := cmp.Diff(said, says); diff != "" {
				t.Errorf("statuses and proposals (-format 1 +now):\n%s", diff)
			}
			if diff := cmp.Diff(linesOf(string(want), "resume "), resumes(t, m)); diff != "" {
				t.Errorf("Resume (-format 1 +now):\n%s", diff)
			}
			if diff := cmp.Diff(linesOf(string(want), "resend "), resumes(t, m, invite.ResendUnknown())); diff != "" {
				t.Errorf("Resume with ResendUnknown (-format 1 +now):\n%s", diff)
			}
			checkIntent(t, m)
		})
	}
}

// nowOf returns the line of a status or of the number of proposals as it is now. Other
// lines stay as they are.
func nowOf(m *invite.Meeting, line string) string {
	f := strings.Fields(line)
	status := func(s any) string {
		if s = fmt.Sprint(s); s == "" {
			return "-"
		}
		return s.(string)
	}
	switch {
	case f[0] == "proposals":
		return fmt.Sprint("proposals ", len(m.OpenProposals()))
	case len(f) == 2:
		return f[0] + " " + status(m.Status(f[0]))
	case len(f) == 3:
		start, err := time.Parse(time.RFC3339, f[1])
		if err != nil {
			return err.Error()
		}
		return f[0] + " " + f[1] + " " + status(m.OccurrenceStatus(f[0], start))
	}
	return line
}

func linesOf(text, prefix string) (out []string) {
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), prefix); ok {
			out = append(out, rest)
		}
	}
	return out
}

// resumes returns the mails that Resume sends, one line for each recipient.
func resumes(t *testing.T, m *invite.Meeting, opts ...invite.ResumeOption) (out []string) {
	t.Helper()
	r := new(recorder)
	o := fixed(func(o *invite.Options) {
		o.Now = func() time.Time { return time.Date(2027, 2, 21, 8, 0, 0, 0, time.UTC) }
	})
	if _, err := invite.New(r, o).Resume(context.Background(), m, opts...); err != nil {
		t.Fatal(err)
	}
	for _, mail := range r.mails {
		in := readMail(t, mail.Data)
		for _, to := range mail.To {
			out = append(out, fmt.Sprintf("%s %s %d %s", to, in.Calendar.Method, in.Event.Sequence, mail.ID))
		}
	}
	return out
}

// checkIntent checks that no answer is left in the event, and that the meeting is the
// same after a round trip in the present format.
func checkIntent(t *testing.T, m *invite.Meeting) {
	t.Helper()
	if diff := cmp.Diff(m, reload(t, m), equateEmpty); diff != "" {
		t.Errorf("round trip (-first +second):\n%s", diff)
	}
	for i, o := range m.Event.Overrides {
		if len(o.Attendees) > 0 && len(o.Attendees) == len(m.Event.Attendees) && slices.EqualFunc(o.Attendees, m.Event.Attendees, sameInvitation) {
			t.Errorf("Overrides[%d] repeats the attendees of the series", i)
		}
	}
	for i, d := range m.Deliveries {
		if d.N != i {
			t.Errorf("Deliveries[%d].N = %d, want %d", i, d.N, i)
		}
	}
}

// TestFormat1Broken reads files that are not a meeting. Each gives an error.
func TestFormat1Broken(t *testing.T) {
	paths, err := filepath.Glob(format1 + "broken/*")
	if err != nil || len(paths) < 10 {
		t.Fatalf("%d files, %v, want at least 10", len(paths), err)
	}
	for _, path := range paths {
		got := invite.Meeting{Revised: 7}
		if err := json.Unmarshal(readFile(t, path), &got); err == nil || got.Revised != 7 {
			t.Errorf("%s: %v, %+v, want an error and the value untouched", filepath.Base(path), err, got)
		}
	}
}

func readMeeting(t *testing.T, path string) *invite.Meeting {
	t.Helper()
	m := new(invite.Meeting)
	decode(t, readFile(t, path), m)
	return m
}

// equateEmpty makes an empty list equal to nil.
var equateEmpty = cmpopts.EquateEmpty()

func sameInvitation(a, b ical.Attendee) bool {
	a.Status, b.Status = "", ""
	return cmp.Equal(a, b, equateEmpty)
}
