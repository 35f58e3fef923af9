package invite_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/steps"
	"github.com/convene-go/convene/invite"
)

// TestSequences carries out the steps in testdata/sequences.txt. The head of the file
// describes its format.
func TestSequences(t *testing.T) { runSequences(t, "testdata/sequences.txt", 50) }

// runSequences carries out the steps in a file, which has at least some sequences.
func runSequences(t *testing.T, file string, least int) {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for part := range strings.SplitSeq("\n"+string(data), "\n== ") {
		title, body, _ := strings.Cut(part, "\n")
		if strings.TrimSpace(title) == "" {
			continue
		}
		count++
		t.Run(title, func(t *testing.T) {
			q := newSequence(t, file, title)
			for line := range strings.SplitSeq(body, "\n") {
				if line, _, _ = strings.Cut(line, "#"); strings.TrimSpace(line) != "" {
					q.line(strings.TrimSpace(line))
				}
			}
		})
	}
	if count < least {
		t.Errorf("%s has %d sequences, want at least %d", file, count, least)
	}
}

// sequence is the meeting of one sequence, and its state after the last step.
type sequence struct {
	t      *testing.T
	m      *invite.Meeting
	policy *invite.Policy
	mails  int
	last   invite.Outcome
	steps  *steps.Log
}

var (
	seqNow   = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	seqStart = time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC)
	seqKey   = []byte("an old key of the reply address ")
)

// newSequence sends the meeting. It is a series if the title has the word "series",
// and has signed reply addresses if the title has the word "token".
func newSequence(t *testing.T, file, title string) *sequence {
	e := ical.Event{
		UID: "m-1@example.com", Summary: "Review", Start: seqStart, End: seqStart.Add(time.Hour),
		Organizer: ical.Person{Email: "desk@example.com"},
		Attendees: []ical.Attendee{
			{Email: "bob@example.test"}, {Email: "ann@example.test", SentBy: "pa@example.net"}, {Email: "cat@example.org"},
		},
	}
	if strings.Contains(title, "series") {
		e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 6, Except: []time.Time{seqStart.AddDate(0, 0, 28)}}
	}
	o := &invite.Options{Now: func() time.Time { return seqNow }}
	q := &sequence{t: t, policy: &invite.Policy{Now: func() time.Time { return seqNow.AddDate(0, 0, 1) }}, steps: newSteps(t, file+": "+title)}
	if strings.Contains(title, "token") {
		o.ReplyAddress = &invite.ReplyAddress{Mailbox: "desk@example.com", Keys: [][]byte{seqKey}}
		q.policy.ReplyAddress = o.ReplyAddress
	}
	m, err := invite.New(nowhere, o).Send(context.Background(), e)
	if err != nil {
		t.Fatal(err)
	}
	q.m = m
	return q
}

// line carries out one line of the file.
func (q *sequence) line(s string) {
	q.t.Helper()
	q.steps.Call("%s", s)
	words := strings.Fields(s)
	switch words[0] {
	case "policy":
		q.setPolicy(words[1:])
	case "revise", "touch":
		q.change(words)
	case "revise-day":
		day, _ := time.Parse(time.DateOnly, words[1])
		n, _ := strconv.Atoi(words[2])
		m := *q.m
		m.Event.Sequence = n
		m.Revisions = append(m.Revisions[:len(m.Revisions):len(m.Revisions)], invite.Revision{RecurrenceID: day.Add(9 * time.Hour), Sequence: n})
		q.m = &m
	case "move", "drop":
		q.occurrence(words)
	case "is":
		q.check(words[1:])
	case "invite":
		if got, want := strings.Join(q.last.Invite, " "), strings.Join(words[1:], " "); got != want {
			q.t.Errorf("Outcome.Invite = %q, want %q", got, want)
		}
	case "open":
		if got := len(q.m.OpenProposals()); strconv.Itoa(got) != words[1] {
			q.t.Errorf("OpenProposals has %d proposals, want %s", got, words[1])
		}
	case "call", "set", "update", "uninvite", "reinvite":
		q.hand(words)
	case "rotate":
		keys := append([][]byte{[]byte("a new key of the reply address  ")}, q.policy.ReplyAddress.Keys...)
		if words[1] == "away" {
			keys = keys[:1]
		}
		q.policy.ReplyAddress = &invite.ReplyAddress{Mailbox: "desk@example.com", Keys: keys}
	default:
		said, want, _ := strings.Cut(s, "->")
		q.mail(said, strings.TrimSpace(want))
	}
}

func (q *sequence) setPolicy(words []string) {
	p := *q.policy
	for _, w := range words {
		switch w {
		case "strict":
			p.AuthServID, p.RequireAuth, p.ListedSentBy = "mx.example.com", true, true
		case "strict-unnamed":
			p.RequireAuth = true
		case "open":
			p.InsecureAnyFrom = true
		case "hold", "add":
			p.Uninvited = invite.Uninvited(w)
		case "later":
			p.Now = func() time.Time { return seqNow.AddDate(4, 0, 0) }
		default:
			q.t.Fatalf("unknown policy %q", w)
		}
	}
	q.policy = &p
}

// change changes the meeting as an update does. "revise" asks everybody for a new
// answer, and "touch" does not.
func (q *sequence) change(words []string) {
	n, _ := strconv.Atoi(words[1])
	m := *q.m
	m.Event.Sequence = n
	if words[0] == "revise" {
		m.Revised = n
		m.Event.Attendees = append([]ical.Attendee(nil), m.Event.Attendees...)
		for i := range m.Event.Attendees {
			m.Event.Attendees[i].Status = ical.StatusNeedsAction
		}
	}
	q.m = &m
}

// occurrence moves or cancels one occurrence of the series.
func (q *sequence) occurrence(words []string) {
	id, _ := time.Parse(time.DateOnly, words[1])
	id = id.Add(9 * time.Hour)
	o := ical.Event{RecurrenceID: id, Start: id.Add(5 * time.Hour), End: id.Add(6 * time.Hour)}
	if words[0] == "drop" {
		o = ical.Event{RecurrenceID: id, Cancelled: true}
	}
	m := *q.m
	m.Event.Overrides = append(m.Event.Overrides[:len(m.Event.Overrides):len(m.Event.Overrides)], o)
	q.m = &m
}

// check compares the status of an attendee, of the whole meeting ("bob accepted") or
// of one occurrence ("bob 2027-03-09 accepted").
func (q *sequence) check(words []string) {
	q.t.Helper()
	var id time.Time
	if len(words) == 3 {
		day, err := time.Parse(time.DateOnly, words[1])
		if err != nil {
			q.t.Fatal(err)
		}
		id = day.Add(9 * time.Hour)
	}
	want := strings.TrimPrefix(words[len(words)-1], "nobody")
	if got := string(q.m.OccurrenceStatus(someone(words[0]), id)); got != want {
		q.t.Errorf("status %v = %q, want %q", words[:len(words)-1], got, want)
	}
}

// someone returns the address of an attendee with a short name.
func someone(name string) string {
	switch {
	case strings.Contains(name, "@"):
		return name
	case name == "cat":
		return "cat@example.org"
	}
	return name + "@example.test"
}

// mail applies one mail. It checks the verdict, and that the Meeting given to Apply is
// not changed.
func (q *sequence) mail(said, want string) {
	q.t.Helper()
	in, err := invite.Read(strings.NewReader(q.write(said)), nil)
	if err != nil {
		q.t.Fatal(err)
	}
	before := fmt.Sprintf("%+v", *q.m)
	after, o := q.m.Apply(in, q.policy)
	q.steps.Result("%s: %s", o.Verdict, o.Reason)
	if got := fmt.Sprintf("%+v", *q.m); got != before {
		q.t.Errorf("%s: Apply changed the Meeting that it was given:\n%s\n%s", said, before, got)
	}
	if changed := after != q.m; changed != (o.Verdict == invite.VerdictApplied || o.Verdict == invite.VerdictUndeliverable) {
		q.t.Errorf("%s: another Meeting came back = %t with verdict %s", said, changed, o.Verdict)
	}
	if string(o.Verdict) != want || o.Reason == "" {
		q.t.Errorf("%s: %s (%s), want %s", said, o.Verdict, o.Reason, want)
	}
	q.m, q.last = after, o
}

// write returns the mail that a line describes: the attendee, the answer, and settings
// as "at=10:05".
func (q *sequence) write(said string) string {
	words := strings.Fields(said)
	q.mails++
	v := map[string]string{
		"from": someone(words[0]), "as": someone(words[0]), "method": "REPLY", "at": "10:00", "seq": "0", "uid": "m-1@example.com",
		"to": "desk@example.com", "id": fmt.Sprintf("mail-%d@example.test", q.mails), "part": strings.ToUpper(words[1]),
	}
	for _, w := range words[2:] {
		name, value, _ := strings.Cut(w, "=")
		v[name] = value
	}
	switch words[1] {
	case "counter", "refresh", "request", "cancel":
		v["method"], v["part"] = strings.ToUpper(words[1]), "TENTATIVE"
	case "bounces":
		return bounceMail(q.m, v)
	}
	return mailHead(v, q) + objectOf(v)
}

func mailHead(v map[string]string, q *sequence) string {
	var b strings.Builder
	for _, r := range strings.FieldsFunc(v["auth"], func(c rune) bool { return c == '|' }) {
		b.WriteString("Authentication-Results: " + strings.NewReplacer("_", " ", "~", "=").Replace(r) + "\n")
	}
	to := v["to"]
	switch v["token"] {
	case "":
	case "forged":
		addr := q.m.ReplyAddresses["bob@example.test"]
		last := "a"
		if addr[32] == 'a' {
			last = "b"
		}
		to = addr[:32] + last + addr[33:]
	case "garbled":
		to = "desk+newsletter@example.com"
	default:
		to = q.m.ReplyAddresses[someone(v["token"])]
	}
	fmt.Fprintf(&b, "From: %s\nTo: %s\nDate: Sun, 22 Nov 2026 %s:00 +0000\nMessage-ID: <%s>\n",
		v["from"], to, v["at"], v["id"])
	return b.String() + "Content-Type: text/calendar; charset=utf-8\n\n"
}

func objectOf(v map[string]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nMETHOD:%s\nBEGIN:VEVENT\nUID:%s\nSEQUENCE:%s\n", v["method"], v["uid"], v["seq"])
	if v["at"] != "" && v["stamp"] != "none" {
		fmt.Fprintf(&b, "DTSTAMP:20261122T%s00Z\n", strings.ReplaceAll(v["at"], ":", ""))
	}
	if day := v["occ"]; day != "" {
		fmt.Fprintf(&b, "RECURRENCE-ID:%sT090000Z\n", strings.ReplaceAll(day, "-", ""))
	}
	start := strings.ReplaceAll(either(v["start"], "09:00"), ":", "")
	fmt.Fprintf(&b, "DTSTART:%[1]sT%[2]s00Z\nDURATION:PT1H\n", strings.ReplaceAll(either(v["occ"], "2027-03-02"), "-", ""), start)
	for _, p := range [][2]string{{"comment", "COMMENT:"}, {"place", "LOCATION:"}} {
		if v[p[0]] != "" {
			b.WriteString(p[1] + v[p[0]] + "\n")
		}
	}
	for who := range strings.SplitSeq(v["as"], ",") {
		if who == "none" {
			continue
		}
		b.WriteString("ATTENDEE;PARTSTAT=" + v["part"])
		for _, p := range [][2]string{{"sentby", "SENT-BY"}, {"dto", "DELEGATED-TO"}, {"dfrom", "DELEGATED-FROM"}} {
			if v[p[0]] != "" {
				fmt.Fprintf(&b, ";%s=\"mailto:%s\"", p[1], someone(v[p[0]]))
			}
		}
		b.WriteString(":mailto:" + someone(who) + "\n")
	}
	return b.String() + "END:VEVENT\nEND:VCALENDAR\n"
}

// bounceMail returns a report that the last mail to an attendee did not arrive.
func bounceMail(m *invite.Meeting, v map[string]string) string {
	id := "<unknown@example.com>"
	for _, d := range m.Deliveries {
		if d.To == v["as"] && v["lost"] == "" {
			id = d.MessageID
		}
	}
	return fmt.Sprintf(`From: MAILER-DAEMON@example.com
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; example.com

Final-Recipient: rfc822; %s
Action: %s
Status: 5.1.1

--b
Content-Type: message/rfc822

Message-ID: %s
To: %s
Content-Type: text/calendar; method=REQUEST

BEGIN:VCALENDAR
METHOD:REQUEST
VERSION:2.0
BEGIN:VEVENT
UID:%s
SEQUENCE:%s
DTSTART:20270302T090000Z
END:VEVENT
END:VCALENDAR

--b--
`, either(v["final"], v["as"]), either(v["action"], "failed"), id, v["as"], v["uid"], v["seq"])
}
