package invite_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

const repliesDir = "../testdata/replies/"

// readReply reads a mail of testdata/replies.
func readReply(t testing.TB, name string) *invite.Inbound {
	t.Helper()
	return readMail(t, readFile(t, repliesDir+name))
}

// invited returns the meeting that the mails in testdata/replies answer: a series
// or a single meeting.
func invited(t testing.TB, series bool) *invite.Meeting {
	t.Helper()
	e := ical.Event{
		UID: "7c9e6679-7425-40de-944b-e07fc1f90ae7", Summary: "Design review", Location: "Room 4",
		Start: time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC), End: time.Date(2027, 3, 2, 10, 0, 0, 0, time.UTC),
		TimeZone: "Europe/Berlin", Organizer: ical.Person{Name: "Room desk", Email: "desk@example.com"},
		Attendees: []ical.Attendee{{Name: "Bob Example", Email: "bob@example.test"}, {Email: "carol@example.test"}},
	}
	if series {
		e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 6, ByDay: []ical.Day{ical.DayTuesday}}
	}
	return must(t)(invite.New(nowhere, fixed()).Send(context.Background(), e))
}

// TestReplies reads the answers of each client, and applies them to the meeting.
func TestReplies(t *testing.T) {
	type said struct {
		Kind       invite.Kind
		Attendee   string
		Status     ical.Status
		Occurrence string
		Comment    string
		Verdict    invite.Verdict
	}
	bob := "bob@example.test"
	tests := map[string]said{
		"outlook.eml":               {invite.KindReply, bob, ical.StatusDeclined, "", "Da bin ich im Urlaub.", invite.VerdictApplied},
		"outlook-occurrence.eml":    {invite.KindReply, bob, ical.StatusTentative, "2027-03-09T09:00:00Z", "", invite.VerdictApplied},
		"outlook-counter.eml":       {invite.KindCounter, bob, ical.StatusTentative, "", "Nachmittags?", invite.VerdictApplied},
		"outlook-counter-same.eml":  {invite.KindCounter, bob, ical.StatusTentative, "", "", invite.VerdictApplied},
		"exchange.eml":              {invite.KindReply, "BOB@EXAMPLE.TEST", ical.StatusAccepted, "", "", invite.VerdictApplied},
		"gmail.eml":                 {invite.KindReply, bob, ical.StatusAccepted, "", "We are three, see you", invite.VerdictApplied},
		"google-counter.eml":        {invite.KindCounter, bob, ical.StatusTentative, "", "Could we meet later?", invite.VerdictApplied},
		"apple-mail.eml":            {invite.KindReply, bob, ical.StatusAccepted, "", "", invite.VerdictApplied},
		"thunderbird-open-date.eml": {invite.KindReply, bob, ical.StatusAccepted, "", "", invite.VerdictApplied},
		"apple-icloud-series.eml":   {invite.KindReply, bob, ical.StatusAccepted, "", "", invite.VerdictApplied},
		"thunderbird.eml":           {invite.KindReply, bob, ical.StatusTentative, "", "", invite.VerdictApplied},
		"evolution.eml":             {invite.KindReply, bob, ical.StatusDeclined, "", "", invite.VerdictApplied},
		"zimbra.eml":                {invite.KindReply, bob, ical.StatusAccepted, "", "", invite.VerdictApplied},
		"zimbra-no-method.eml":      {invite.KindReply, bob, ical.StatusAccepted, "", "", invite.VerdictApplied},
		"kde-delegation.eml":        {invite.KindReply, bob, ical.StatusDelegated, "", "", invite.VerdictApplied},
		"kde-delegate.eml":          {invite.KindReply, "eve@example.test", ical.StatusAccepted, "", "", invite.VerdictHeld},
		"forwarded-answer.eml":      {invite.KindReply, bob, ical.StatusAccepted, "", "", invite.VerdictUnverified},
		"refresh.eml":               {invite.KindRefresh, bob, ical.StatusNeedsAction, "", "", invite.VerdictNotAnAnswer},
		"bounce.eml":                {invite.KindBounce, "", "", "", "", invite.VerdictUndeliverable},
		"auto-reply.eml":            {invite.KindAutoReply, "", "", "", "", invite.VerdictNotAnAnswer},
		"auto-reply-old.eml":        {invite.KindAutoReply, "", "", "", "", invite.VerdictNotAnAnswer},
	}
	files, err := filepath.Glob(repliesDir + "*.eml")
	if err != nil || len(files) != len(tests) {
		t.Errorf("%d mails and %d tests (%v)", len(files), len(tests), err)
	}
	m := invited(t, true)
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			in := readReply(t, name)
			_, o := m.Apply(in, nil)
			got := said{in.Kind, in.Attendee.Email, in.Attendee.Status, "", in.Attendee.Comment, o.Verdict}
			if in.Event != nil && !in.Event.RecurrenceID.IsZero() {
				got.Occurrence = in.Event.RecurrenceID.UTC().Format(time.RFC3339)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s\n%s", diff, o.Reason)
			}
		})
	}
}

// TestRepliesRecord compares everything that a Meeting keeps of an answer.
func TestRepliesRecord(t *testing.T) {
	m, o := invited(t, false).Apply(readReply(t, "gmail.eml"), invite.Strict("mx.example.com"))
	want := []invite.Answer{{
		Email: "bob@example.test", Status: ical.StatusAccepted, Comment: "We are three, see you", Guests: 2,
		Stamp: time.Date(2026, 11, 22, 7, 0, 0, 0, time.UTC), MessageID: "<calendar-1@calendar.example.test>",
	}}
	if diff := cmp.Diff(want, m.Answers); diff != "" {
		t.Errorf("answers (-want +got):\n%s\n%s", diff, o.Reason)
	}
	if got, want := m.Tally().String(), "1 accepted, 2 guests of theirs, 1 without an answer"; got != want {
		t.Errorf("tally = %q, want %q", got, want)
	}
	m, o = invited(t, false).Apply(readReply(t, "zimbra.eml"), nil)
	if len(m.Answers) != 1 || m.Answers[0].SentBy != "assistant@example.test" {
		t.Errorf("zimbra: %+v, %s", m.Answers, o.Reason)
	}
	// Exchange Online writes its authentication results without the name of a
	// server. Gmail writes them with one.
	for file, id := range map[string]string{"outlook.eml": invite.NoAuthServID, "gmail.eml": "MX.example.com"} {
		if _, o := invited(t, false).Apply(readReply(t, file), invite.Strict(id)); o.Verdict != invite.VerdictApplied {
			t.Errorf("%s, strict: %+v", file, o)
		}
	}
}

// TestRepliesSeries applies one calendar object that answers for a series and for
// two of its occurrences.
func TestRepliesSeries(t *testing.T) {
	m, o := invited(t, true).Apply(readReply(t, "apple-icloud-series.eml"), nil)
	if o.Verdict != invite.VerdictApplied || len(m.Answers) != 3 {
		t.Fatalf("%+v, %d answers", o, len(m.Answers))
	}
	for day, want := range map[int]ical.Status{2: ical.StatusAccepted, 9: ical.StatusAccepted, 16: ical.StatusDeclined, 23: ical.StatusTentative} {
		id := time.Date(2027, 3, day, 9, 0, 0, 0, time.UTC)
		if got := m.OccurrenceStatus("BOB@example.test", id); got != want {
			t.Errorf("on %d March: %s, want %s", day, got, want)
		}
	}
	if s, ok := m.OccurrenceTally(time.Date(2027, 3, 16, 9, 0, 0, 0, time.UTC)); !ok || s.Declined != 1 || s.Accepted != 0 {
		t.Errorf("tally of 16 March = %+v, %v", s, ok)
	}
	again, o := m.Apply(readReply(t, "apple-icloud-series.eml"), nil)
	if o.Verdict != invite.VerdictDuplicate || again != m {
		t.Errorf("again: %+v", o)
	}
	if diff := cmp.Diff(invited(t, true).Event, m.Event); diff != "" {
		t.Errorf("the answers changed the event (-before +after):\n%s", diff)
	}
	back := reload(t, m).Event
	if err := back.Validate(); err != nil {
		t.Error(err)
	}
}

// TestRepliesOpenDate applies an answer for a series which says that one occurrence
// still waits for an answer. The occurrence goes on waiting, whatever the answer for
// the series is.
func TestRepliesOpenDate(t *testing.T) {
	m, o := invited(t, true).Apply(readReply(t, "thunderbird-open-date.eml"), nil)
	bob := "bob@example.test"
	day := func(n int) time.Time { return time.Date(2027, 3, n, 9, 0, 0, 0, time.UTC) }
	want := map[int]ical.Status{2: ical.StatusAccepted, 16: ical.StatusDeclined, 23: ical.StatusNeedsAction}
	for n, status := range want {
		if got := m.OccurrenceStatus(bob, day(n)); got != status {
			t.Errorf("on %d March: %s, want %s (%+v)", n, got, status, o)
		}
	}
	if again, o := m.Apply(readReply(t, "thunderbird-open-date.eml"), nil); o.Verdict != invite.VerdictDuplicate || again != m {
		t.Errorf("again: %+v", o)
	}
	// If the date has an answer of its own, it keeps that answer.
	m, _ = m.Answer(invite.Answer{Email: bob, Status: ical.StatusTentative, RecurrenceID: day(23), Via: "phone", Stamp: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)})
	in := readReply(t, "thunderbird-open-date.eml")
	in.Calendar.Stamp, in.Mail.MessageID = time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC), "<later@example.test>"
	if m, _ = m.Apply(in, nil); m.OccurrenceStatus(bob, day(23)) != ical.StatusTentative {
		t.Errorf("a date with an answer: %s", m.OccurrenceStatus(bob, day(23)))
	}
}

// TestRepliesCaptured applies answers that Thunderbird, Evolution and Cyrus have sent.
func TestRepliesCaptured(t *testing.T) {
	files, err := filepath.Glob("../mime/testdata/read/*-reply-*.eml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	statuses := map[string]ical.Status{"accept": ical.StatusAccepted, "tentative": ical.StatusTentative, "decline": ical.StatusDeclined,
		"rrule": ical.StatusAccepted, "to": ical.StatusAccepted}
	for _, file := range files {
		in := readMail(t, readFile(t, file))
		m := invited(t, false)
		m.Event.UID, m.Event.Sequence = in.Event.UID, 1
		_, word, _ := strings.Cut(filepath.Base(file), "-reply-")
		word = strings.FieldsFunc(word, func(c rune) bool { return c == '.' || c == '-' })[0]
		want := statuses[strings.TrimSuffix(strings.TrimSuffix(word, "ed"), "d")]
		if word == "accepted" {
			want = ical.StatusAccepted
		}
		if word == "declined" {
			want = ical.StatusDeclined
		}
		after, o := m.Apply(in, nil)
		if got := after.Status("bob@example.test"); o.Verdict != invite.VerdictApplied || got != want {
			t.Errorf("%s: %s %q (%s), want %q", file, o.Verdict, got, o.Reason, want)
		}
	}
}
