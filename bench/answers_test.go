package bench

import (
	"bytes"
	"database/sql"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/inbox"
	"github.com/convene-go/convene/invite/invitetest"
)

// guests is the number of attendees of each stored meeting.
const guests = 5

// BenchmarkAnswers takes answers in by mail, of random attendees of random meetings among
// 100,000 stored ones, with 1 and 8 answers at once. Alone reads and applies the same
// answers without a store.
func BenchmarkAnswers(b *testing.B) {
	n := 100_000
	if testing.Short() {
		n = 200
	}
	for i, x := range databases(b) {
		store, answers := fill(b, x, n)
		if i == 0 {
			b.Run("Alone", func(b *testing.B) { benchmarkAlone(b, answers) })
		}
		for _, at := range []int{1, 8} {
			b.Run(fmt.Sprintf("%s/%d at once", x.kind, at), func(b *testing.B) {
				mails := make([][]byte, b.N)
				for i := range mails {
					mails[i] = answers.next()
				}
				atOnce(b, at, func(_, i int) error {
					r, err := store.Receive(b.Context(), &inbox.Mail{Data: mails[i]})
					if err == nil && r.Outcome.Verdict != invite.VerdictApplied && at == 1 { // at once, two may overtake each other
						err = fmt.Errorf("%s: %s", r.Outcome.Verdict, r.Outcome.Reason)
					}
					return err
				})
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "answers/s")
			})
		}
	}
}

// benchmarkAlone reads answers, and applies them to a meeting in memory.
func benchmarkAlone(b *testing.B, a *answers) {
	mails := make([][]byte, b.N)
	for i := range mails {
		mails[i] = a.of(templateUID, i%guests)
	}
	b.ResetTimer()
	for _, data := range mails {
		in, err := invite.Read(bytes.NewReader(data), nil)
		if err != nil {
			b.Fatal(err)
		}
		if _, o := a.meeting.Apply(in, invite.InsecureAcceptAny()); o.Verdict != invite.VerdictApplied {
			b.Fatal(o)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "answers/s")
}

// templateUID is the UID of the meeting that all others are copies of. Their UIDs are as
// long.
const templateUID = "m00000000@example.test"

// copyUID returns the UID of a copy.
func copyUID(i int) string { return fmt.Sprintf("m%08d@example.test", i) }

// fill stores n meetings whose invitations are delivered.
func fill(b *testing.B, x *database, n int) (*desk.Desk, *answers) {
	b.Helper()
	var mails invitetest.Recorder
	d := openDesk(b, x, &mails, 1, written.AddDate(0, 0, 1))
	e := meeting(b)
	e.UID, e.Attendees = templateUID, attendees(e.Attendees, guests)
	m, err := d.Send(b.Context(), e)
	if err == nil {
		err = d.Deliver(b.Context(), templateUID)
	}
	if err == nil {
		m, err = d.Meeting(b.Context(), templateUID)
	}
	if err == nil {
		err = copyMeetings(x.db, x.kind, n)
	}
	if err != nil {
		b.Fatal(err)
	}
	return d, newAnswers(&mails, m, n)
}

// copyMeetings copies the template n times.
func copyMeetings(db *sql.DB, kind string, n int) error {
	series := fmt.Sprintf(`WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < %d), `, n)
	name := `'m' || printf('%08d', i) || '@example.test'`
	if kind == "PostgreSQL" {
		name = `'m' || lpad(CAST(i AS TEXT), 8, '0') || '@example.test'`
	}
	names := series + `c AS (SELECT i, ` + name + ` AS id FROM s) `
	for _, s := range []string{
		`INSERT INTO convene_meetings (uid, name, version, tag, starts, ends, doc)
			` + names + `SELECT id, id, version, tag, starts, ends, replace(doc, name, id) FROM convene_meetings CROSS JOIN c`,
		`INSERT INTO convene_mails (uid, n, message_id, receipt, state, reply, at, data, call, record, follows, tries, due, since, changed)
			` + names + `SELECT id, n, replace(message_id, '@', '-' || i || '@'), receipt, state, reply, at, data, call, record, follows, tries, due, since, changed FROM convene_mails CROSS JOIN c`,
	} {
		if _, err := db.Exec(s); err != nil {
			return err
		}
	}
	_, err := db.Exec(`ANALYZE`)
	return err
}

// answers makes answers to the stored meetings: mails as an attendee's program writes them,
// with the UID and the time of the answer replaced.
type answers struct {
	meeting   *invite.Meeting
	templates [guests]string
	n, made   int
	random    *rand.Rand
}

// written is the time of the templates.
var written = stamp.Add(time.Hour)

func newAnswers(mails *invitetest.Recorder, m *invite.Meeting, n int) *answers {
	a := &answers{meeting: m, n: n, random: rand.New(rand.NewPCG(1, 2))}
	for i := range a.templates {
		data := mails.Reply(m.Event.Attendees[i].Email, ical.StatusAccepted, invitetest.ClientGmail, func(a *invitetest.Answer) { a.Time = written })
		a.templates[i] = string(data)
	}
	return a
}

// next returns an answer to a random meeting. Each is later than the answers before it.
func (a *answers) next() []byte { return a.of(copyUID(1+a.random.IntN(a.n)), a.random.IntN(guests)) }

// of returns an answer of an attendee to a meeting.
func (a *answers) of(uid string, attendee int) []byte {
	const layout = "20060102T150405Z"
	a.made++
	change := strings.NewReplacer(templateUID, uid, written.Format(layout), written.Add(time.Duration(a.made)*time.Second).Format(layout))
	head, attached, _ := strings.Cut(a.templates[attendee], "filename=\"invite.ics\"\r\nContent-Transfer-Encoding: base64\r\n\r\n")
	encoded, end, ok := strings.Cut(attached, "\r\n--")
	if !ok {
		return []byte(change.Replace(head))
	}
	object, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(encoded, "\r\n", ""))
	if err != nil {
		panic(err) // the template is ours
	}
	attachment := base64.StdEncoding.EncodeToString([]byte(change.Replace(string(object))))
	var b strings.Builder
	b.WriteString(change.Replace(head) + "filename=\"invite.ics\"\r\nContent-Transfer-Encoding: base64\r\n\r\n")
	for len(attachment) > 76 {
		b.WriteString(attachment[:76] + "\r\n")
		attachment = attachment[76:]
	}
	return []byte(b.String() + attachment + "\r\n--" + end)
}
