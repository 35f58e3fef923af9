package invite_test

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/tnef/tneftest"
	"github.com/convene-go/convene/invite"
)

// tnefMail returns a mail of bob@example.test with a winmail.dat, as Exchange 2003 sends
// it, and more header fields.
func tnefMail(file []byte, fields ...string) string {
	var b strings.Builder
	for _, f := range append(fields, "From: Bob <bob@example.test>", "To: desk@example.test", "Cc: Zoe <zoe@example.test>", "Date: Sat, 20 Feb 2027 10:00:00 +0000",
		"Message-ID: <m1@example.test>", "Content-Type: multipart/mixed; boundary=b", "") {
		b.WriteString(f + "\n")
	}
	b.WriteString("--b\nContent-Type: text/plain\n\nWhen: Tuesday\n--b\nContent-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n")
	for chunk := range slices.Chunk([]byte(base64.StdEncoding.EncodeToString(file)), 76) {
		b.Write(append(chunk, '\n'))
	}
	return b.String() + "--b--\n"
}

func readText(t testing.TB, in string) *invite.Inbound {
	t.Helper()
	return readMail(t, []byte(in))
}

// tnefSeries is the meeting that tneftest.Cases answers: every Tuesday at nine in Berlin.
func tnefSeries(t testing.TB) ical.Event {
	zone, err := ical.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	e := vary(func(e *ical.Event) {
		e.UID = strings.ToUpper(tneftest.UID) // Exchange may change the case
		e.Start, e.End = tneftest.Start.In(zone), tneftest.Start.Add(time.Hour).In(zone)
		e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 12}
	})
	return e
}

// received is the clock of the policy in these tests.
func received() time.Time { return tneftest.Start.AddDate(0, 0, -1) }

// TestTNEFAnswers reads sixty answers and takes them into the meeting.
func TestTNEFAnswers(t *testing.T) {
	meeting := mustSend(t, new(recorder).client(), tnefSeries(t))
	cases := tneftest.Cases()
	if len(cases) != 60 {
		t.Fatalf("%d cases, want 60", len(cases))
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			in := readText(t, tnefMail(c.Meeting.Bytes()))
			want := invite.KindReply
			if !c.Meeting.ProposedStart.IsZero() {
				want = invite.KindCounter
			}
			if in.Kind != want || in.Attendee.Email != "Bob@Example.test" || string(in.Attendee.Status) != c.Status || in.Attendee.Comment != c.Comment {
				t.Fatalf("Read = %s, %+v (%s), want %s, %s, %q", in.Kind, in.Attendee, in.Reason, want, c.Status, c.Comment)
			}
			if in.Event.UID != tneftest.UID || in.Calendar.Skipped != nil || !in.Calendar.Stamp.Equal(c.Meeting.Stamp) {
				t.Errorf("UID %q, skipped %q, stamp %v", in.Event.UID, in.Calendar.Skipped, in.Calendar.Stamp)
			}
			got, o := meeting.Apply(in, &invite.Policy{Now: received})
			if o.Verdict != invite.VerdictApplied || len(got.Answers) != 1 {
				t.Fatalf("Apply = %+v", o)
			}
			a := got.Answers[0]
			if a.Email != "bob@example.test" || string(a.Status) != c.Status || a.Comment != c.Comment || !a.RecurrenceID.Equal(c.Occurrence) || !a.Stamp.Equal(c.Meeting.Stamp) {
				t.Errorf("answer %+v", a)
			}
			if want == invite.KindReply {
				return
			}
			p := got.Proposals
			if len(p) != 1 || !p[0].Start.Equal(c.Meeting.ProposedStart) || !p[0].End.Equal(c.Meeting.ProposedEnd) || !p[0].RecurrenceID.Equal(c.Occurrence) || p[0].Comment != c.Comment {
				t.Errorf("proposals %+v", p)
			}
		})
	}
}

// tnefAnswer is an acceptance of the meeting after change.
func tnefAnswer(change func(m *tneftest.Meeting)) *tneftest.Meeting {
	m := &tneftest.Meeting{Class: tneftest.Accepted, UID: tneftest.UID, Stamp: tneftest.Start.AddDate(0, 0, -10), Start: tneftest.Start, End: tneftest.Start.Add(time.Hour),
		Subject: "Review", Place: "Room 1", From: "bob@example.test"}
	if change != nil {
		change(m)
	}
	return m
}

// TestTNEFPeople checks whose answer it is, and that the rules of proof are those of
// calendar objects.
func TestTNEFPeople(t *testing.T) {
	single := tnefSeries(t)
	single.Recurrence = nil
	meeting := mustSend(t, new(recorder).client(), single)
	const pass, fail = "Authentication-Results: mx.example.test; dmarc=pass header.from=example.test", "Authentication-Results: mx.example.test; dmarc=fail header.from=example.test"
	strict := invite.Strict("mx.example.test")
	strict.Now = received
	open := &invite.Policy{Now: received}
	ex := func(m *tneftest.Meeting) { m.From, m.EX = "/o=Example/cn=Recipients/cn=bob", true }
	for _, tt := range []struct {
		name     string
		change   func(m *tneftest.Meeting)
		field    string
		p        *invite.Policy
		attendee string
		sentBy   string
		verdict  invite.Verdict
	}{
		{"an address", nil, "X-A: b", open, "bob@example.test", "", invite.VerdictApplied},
		{"an address of Exchange", ex, "X-A: b", open, "bob@example.test", "", invite.VerdictApplied},
		{"no address", func(m *tneftest.Meeting) { m.From = "" }, "X-A: b", open, "bob@example.test", "", invite.VerdictApplied},
		{"another attendee", func(m *tneftest.Meeting) { m.From = "zoe@example.test" }, "X-A: b", open, "zoe@example.test", "", invite.VerdictUnverified},
		{"an assistant of the same domain", func(m *tneftest.Meeting) { m.From, m.Sender = "zoe@example.test", "bob@example.test" }, "X-A: b", open, "zoe@example.test", "bob@example.test", invite.VerdictApplied},
		{"an assistant whom the meeting does not name", func(m *tneftest.Meeting) { m.From, m.Sender = "zoe@example.test", "bob@example.test" }, pass, strict, "zoe@example.test", "bob@example.test", invite.VerdictHeld},
		{"a stranger", func(m *tneftest.Meeting) { m.From = "eve@example.net" }, "X-A: b", open, "eve@example.net", "", invite.VerdictApplied}, // From is invited
		{"proven", ex, pass, strict, "bob@example.test", "", invite.VerdictApplied},
		{"not proven", ex, "X-A: b", strict, "bob@example.test", "", invite.VerdictUnverified},
		{"disproven", ex, fail, open, "bob@example.test", "", invite.VerdictUnverified},
	} {
		in := readText(t, tnefMail(tnefAnswer(tt.change).Bytes(), tt.field))
		if in.Kind != invite.KindReply || in.Attendee.Email != tt.attendee || in.Attendee.SentBy != tt.sentBy {
			t.Errorf("%s: %s, %+v", tt.name, in.Kind, in.Attendee)
		}
		if _, o := meeting.Apply(in, tt.p); o.Verdict != tt.verdict {
			t.Errorf("%s: %s (%s), want %s", tt.name, o.Verdict, o.Reason, tt.verdict)
		}
	}
}

// TestTNEFToken checks that an answer to a reply address needs no other proof.
func TestTNEFToken(t *testing.T) {
	ra := &invite.ReplyAddress{Mailbox: "desk@example.test", Keys: [][]byte{[]byte(strings.Repeat("k", 32))}}
	single := tnefSeries(t)
	single.Recurrence = nil
	meeting := mustSend(t, new(recorder).client(func(o *invite.Options) { o.ReplyAddress = ra }), single)
	to := meeting.ReplyAddresses["bob@example.test"]
	if to == "" {
		t.Fatalf("reply addresses %v", meeting.ReplyAddresses)
	}
	p := invite.Strict("mx.example.test")
	p.ReplyAddress, p.Now = ra, received
	for addr, want := range map[string]invite.Verdict{to: invite.VerdictApplied, strings.Replace(to, "@", "x@", 1): invite.VerdictUnverified, "desk@example.test": invite.VerdictUnverified} {
		in := readText(t, tnefMail(tnefAnswer(nil).Bytes(), "Delivered-To: "+addr))
		if _, o := meeting.Apply(in, p); o.Verdict != want {
			t.Errorf("to %s: %s (%s), want %s", addr, o.Verdict, o.Reason, want)
		}
	}
}

// TestTNEFOrder checks that sequence and time decide which answer counts, also between a
// calendar object and a winmail.dat.
func TestTNEFOrder(t *testing.T) {
	single := tnefSeries(t)
	single.Recurrence = nil
	meeting := mustSend(t, new(recorder).client(), single)
	p := &invite.Policy{Now: received}
	apply := func(m *invite.Meeting, class string, minutes int) (*invite.Meeting, invite.Verdict) {
		in := readText(t, tnefMail(tnefAnswer(func(a *tneftest.Meeting) {
			a.Class, a.Stamp = class, a.Stamp.Add(time.Duration(minutes)*time.Minute)
		}).Bytes()))
		out, o := m.Apply(in, p)
		return out, o.Verdict
	}
	m, v1 := apply(meeting, tneftest.Accepted, 10)
	m, v2 := apply(m, tneftest.Declined, 5)
	m, v3 := apply(m, tneftest.Accepted, 10)
	later := strings.NewReplacer("uid-1", tneftest.UID, "SEQUENCE:1", "SEQUENCE:0", "20270201T090000Z", tnefAnswer(nil).Stamp.Add(20*time.Minute).Format("20060102T150405Z")).Replace(object("REPLY", bobTentative))
	m, o := m.Apply(readText(t, answerMail("text/calendar; method=REPLY", later)), p)
	m, v5 := apply(m, tneftest.Declined, 15)
	m, v6 := apply(m, tneftest.Declined, 25)
	got := []invite.Verdict{v1, v2, v3, o.Verdict, v5, v6}
	want := []invite.Verdict{invite.VerdictApplied, invite.VerdictStale, invite.VerdictDuplicate, invite.VerdictApplied, invite.VerdictStale, invite.VerdictApplied}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("verdicts (-want +got):\n%s%s", diff, o.Reason)
	}
	if n := m.Tally().Declined; n != 1 {
		t.Errorf("%d declined, want 1", n)
	}
}

// TestTNEFRequests reads requests and cancellations.
func TestTNEFRequests(t *testing.T) {
	day := time.Date(2027, 3, 9, 0, 0, 0, 0, time.UTC)
	body := tneftest.Text(0x1000, "When: x\r\n\r\n*~*~*~*~*~*~*~*~*~*\r\n\r\nBring figures")
	for _, tt := range []struct {
		name      string
		change    func(m *tneftest.Meeting)
		kind      invite.Kind
		want      string // start, end, zone, all-day, occurrence
		skipped   string
		cancelled bool
	}{
		{"a request", func(m *tneftest.Meeting) { m.Zone = "W. Europe Standard Time" }, invite.KindRequest, "2027-03-02T09:00:00+01:00 2027-03-02T10:00:00+01:00 Europe/Berlin false -", "", false},
		{"a request without a zone", func(m *tneftest.Meeting) {}, invite.KindRequest, "2027-03-02T08:00:00Z 2027-03-02T09:00:00Z  false -", "", false},
		{"a series", func(m *tneftest.Meeting) { m.Series = true }, invite.KindRequest, "2027-03-02T08:00:00Z 2027-03-02T09:00:00Z  false -", "the rule of the series", false},
		{"an occurrence", func(m *tneftest.Meeting) {
			m.Series, m.Date, m.Replaced = true, day, day.Add(8*time.Hour)
		}, invite.KindRequest, "2027-03-02T08:00:00Z 2027-03-02T09:00:00Z  false 2027-03-09T08:00:00Z", "", false},
		{"whole days", func(m *tneftest.Meeting) {
			m.AllDay, m.Zone, m.Start, m.End = true, "W. Europe Standard Time", day.Add(-time.Hour), day.Add(23*time.Hour)
		}, invite.KindRequest, "2027-03-09T00:00:00+01:00 2027-03-10T00:00:00+01:00 Europe/Berlin true -", "", false},
		{"whole days without a zone", func(m *tneftest.Meeting) { m.AllDay, m.Start, m.End = true, day.Add(-time.Hour), day.Add(23*time.Hour) },
			invite.KindRequest, "2027-03-08T23:00:00Z 2027-03-09T23:00:00Z  false -", "that the times are dates, because their zone is not known", false},
		{"a cancellation", func(m *tneftest.Meeting) { m.Class = tneftest.Cancelled }, invite.KindCancel, "2027-03-02T08:00:00Z 2027-03-02T09:00:00Z  false -", "", true},
		{"a cancelled occurrence", func(m *tneftest.Meeting) { m.Class, m.Date, m.Replaced = tneftest.Cancelled, day, day.Add(8*time.Hour) },
			invite.KindCancel, "2027-03-02T08:00:00Z 2027-03-02T09:00:00Z  false 2027-03-09T08:00:00Z", "", true},
	} {
		in := readText(t, tnefMail(tnefAnswer(func(m *tneftest.Meeting) {
			m.Class, m.Sequence, m.Body = tneftest.Request, 3, body
			tt.change(m)
		}).Bytes(), "Auto-Submitted: auto-generated"))
		if in.Kind != tt.kind {
			t.Errorf("%s: %s (%s)", tt.name, in.Kind, in.Reason)
			continue
		}
		e := in.Event
		occurrence := "-"
		if !e.RecurrenceID.IsZero() {
			occurrence = e.RecurrenceID.Format(time.RFC3339)
		}
		got := fmt.Sprint(e.Start.Format(time.RFC3339), " ", e.End.Format(time.RFC3339), " ", e.TimeZone, " ", e.AllDay, " ", occurrence)
		if got != tt.want || strings.Join(in.Calendar.Skipped, "; ") != tt.skipped || e.Cancelled != tt.cancelled {
			t.Errorf("%s: %s, skipped %q, cancelled %v, want %s", tt.name, got, in.Calendar.Skipped, e.Cancelled, tt.want)
		}
		if e.Organizer.Email != "bob@example.test" || len(e.Attendees) != 2 || e.Attendees[1].Role != ical.RoleOptional || e.Description != "Bring figures" || e.Sequence != 3 || e.Summary != "Review" || e.Location != "Room 1" {
			t.Errorf("%s: %+v", tt.name, e)
		}
	}
}

// TestTNEFRespond answers a request that came in a winmail.dat.
func TestTNEFRespond(t *testing.T) {
	in := readText(t, tnefMail(tnefAnswer(func(m *tneftest.Meeting) { m.Class = tneftest.Request }).Bytes()))
	var r recorder
	if err := r.client().Respond(t.Context(), in, invite.Response{As: "desk@example.test", Status: ical.StatusAccepted}); err != nil {
		t.Fatal(err)
	}
	back := readText(t, string(r.mails[0].Data))
	if back.Kind != invite.KindReply || back.Event.UID != tneftest.UID || back.Attendee.Email != "desk@example.test" || !back.Event.Start.Equal(tneftest.Start) {
		t.Errorf("%s, %+v", back.Kind, back.Event)
	}
}

// TestTNEFNames checks that everything else is called by its name.
func TestTNEFNames(t *testing.T) {
	for class, want := range map[string]string{
		"IPM.Microsoft Mail.Note":                    "other: has a winmail.dat (TNEF) with a letter (IPM.Note)",
		"IPM.Note":                                   "other: has a winmail.dat (TNEF) with a letter (IPM.Note)",
		"IPM.Microsoft Mail.Read Receipt":            "receipt: has a winmail.dat (TNEF) with a read receipt (Report.IPM.Note.IPNRN)",
		"REPORT.IPM.Schedule.Meeting.Request.IPNRN":  "receipt: has a winmail.dat (TNEF) with a read receipt (REPORT.IPM.Schedule.Meeting.Request.IPNRN)",
		"REPORT.IPM.Note.IPNNRN":                     "receipt: has a winmail.dat (TNEF) with a notice that the mail was not read (REPORT.IPM.Note.IPNNRN)",
		"IPM.Microsoft Mail.Non-Delivery":            "bounce: has a winmail.dat (TNEF) with an undeliverable report (Report.IPM.Note.NDR)",
		"REPORT.IPM.Note.DR":                         "receipt: has a winmail.dat (TNEF) with a delivery receipt (REPORT.IPM.Note.DR)",
		"REPORT.IPM.Note.Relayed.DR":                 "receipt: has a winmail.dat (TNEF) with a delivery receipt (REPORT.IPM.Note.Relayed.DR)",
		"REPORT.IPM.Note.Delayed.DR":                 "bounce: has a winmail.dat (TNEF) with a report that the mail is delayed (REPORT.IPM.Note.Delayed.DR)",
		"IPM.Note.Rules.OofTemplate.Microsoft":       "auto-reply: has a winmail.dat (TNEF) with an out-of-office notice (IPM.Note.Rules.OofTemplate.Microsoft)",
		"IPM.Note.SMIME.MultipartSigned":             "other: has a winmail.dat (TNEF) with a signed or encrypted letter, which was not read (IPM.Note.SMIME.MultipartSigned)",
		"IPM.Task":                                   "other: has a winmail.dat (TNEF) with a task (IPM.Task)",
		"IPM.TaskRequest.Accept":                     "other: has a winmail.dat (TNEF) with a task (IPM.TaskRequest.Accept)",
		"IPM.Contact":                                "other: has a winmail.dat (TNEF) with a contact (IPM.Contact)",
		"IPM.Schedule.Meeting.Notification.Forward":  "other: has a winmail.dat (TNEF) with a notice that the invitation was forwarded (IPM.Schedule.Meeting.Notification.Forward)",
		"IPM.Microsoft Schedule.MtgRespP":            "other: has a winmail.dat (TNEF) with a message that does not name its meeting or occurrence (IPM.Schedule.Meeting.Resp.Pos)",
		"IPM.Appointment":                            "other: has a winmail.dat (TNEF) with a calendar entry (IPM.Appointment)",
		"Custom":                                     "other: has a winmail.dat (TNEF) with a message that is not known here (Custom)",
		"IPMx":                                       "other: has a winmail.dat (TNEF) with a message that is not known here (IPMx)",
		"IPM.Note.Dr":                                "other: has a winmail.dat (TNEF) with a letter (IPM.Note.Dr)",
		"Custom\r\nX: " + strings.Repeat("long", 50): "other: has a winmail.dat (TNEF) with a message that is not known here (Custom  X: " + strings.Repeat("long", 17) + "l)",
		"Report.IPM.Note.Custom":                     "other: has a winmail.dat (TNEF) with a report (Report.IPM.Note.Custom)",
		"":                                           "other: has a winmail.dat (TNEF) that cannot be read",
	} {
		in := readText(t, tnefMail(tneftest.Note(class)))
		if got := fmt.Sprintf("%s: %s", in.Kind, in.Reason); got != want {
			t.Errorf("%q: got %q, want %q", class, got, want)
		}
		if in.Calendar != nil || in.Event != nil || in.Attendee.Email != "" {
			t.Errorf("%q: %+v", class, in)
		}
		single := tnefSeries(t)
		if _, o := (&invite.Meeting{Event: single}).Apply(in, invite.InsecureAcceptAny()); o.Verdict != invite.VerdictNotAnAnswer {
			t.Errorf("%q: verdict %s", class, o.Verdict)
		}
	}
	// a receipt stays one if a program sends it
	in := readText(t, tnefMail(tneftest.Note("IPM.Microsoft Mail.Read Receipt"), "Auto-Submitted: auto-replied"))
	if in.Kind != invite.KindReceipt {
		t.Errorf("an automatic receipt: %s (%s)", in.Kind, in.Reason)
	}
}

// TestTNEFChoice checks which of a calendar object and a winmail.dat gives the mail its
// kind.
func TestTNEFChoice(t *testing.T) {
	with := func(file []byte, part string) string {
		return strings.Replace(tnefMail(file), "--b\nContent-Type: text/plain\n\nWhen: Tuesday\n", "--b\n"+part+"\n", 1)
	}
	accepted := tnefAnswer(nil).Bytes()
	outer := func(class string) []byte {
		return tneftest.File(append([]tneftest.Attribute{{Level: 1, ID: 0x00078008, Data: []byte(class + "\x00")}}, tneftest.Embedded("answer", accepted)...)...)
	}
	quoted := "Content-Type: message/rfc822\n\nFrom: bob@example.test\nContent-Type: text/calendar; method=REPLY\n\n" + object("REPLY", bobTentative)
	ics := tneftest.File(append([]tneftest.Attribute{{Level: 1, ID: 0x00078008, Data: []byte("IPM.Note\x00")}}, tneftest.Attachment("answer.ics", []byte(object("REPLY", bobTentative)))...)...)
	for _, tt := range []struct {
		name, in string
		kind     invite.Kind
		status   ical.Status
		quoted   bool
	}{
		{"both", with(accepted, "Content-Type: text/calendar; method=REPLY\n\n"+object("REPLY", bobTentative)), invite.KindReply, ical.StatusTentative, false},
		{"a file without METHOD", with(accepted, "Content-Type: text/calendar\n\n"+object("", bobTentative)), invite.KindReply, ical.StatusAccepted, false},
		{"a broken object", with(accepted, "Content-Type: text/calendar\n\nBEGIN:VCALENDAR"), invite.KindReply, ical.StatusAccepted, false},
		{"a quoted object", with(accepted, quoted), invite.KindReply, ical.StatusAccepted, false},
		{"an answer in a letter", tnefMail(outer("IPM.Note")), invite.KindReply, ical.StatusAccepted, true},
		{"an answer in a letter, and a quoted object", with(outer("IPM.Note"), quoted), invite.KindReply, ical.StatusTentative, true},
		{"a calendar object in a winmail.dat", tnefMail(ics), invite.KindReply, ical.StatusTentative, false},
	} {
		in := readText(t, tt.in)
		if in.Kind != tt.kind || in.Attendee.Status != tt.status || in.Quoted != tt.quoted {
			t.Errorf("%s: %s, %s, quoted %v (%s)", tt.name, in.Kind, in.Attendee.Status, in.Quoted, in.Reason)
		}
	}
	// what stands in another message is held
	single := tnefSeries(t)
	single.Recurrence = nil
	if _, o := mustSend(t, new(recorder).client(), single).Apply(readText(t, tnefMail(outer("IPM.Note"))), &invite.Policy{Now: received}); o.Verdict != invite.VerdictHeld {
		t.Errorf("an answer in a letter: %+v, want held", o)
	}
}

// TestTNEFDamage checks that damage is named, and that no damaged value counts.
func TestTNEFDamage(t *testing.T) {
	good := tnefAnswer(nil).Bytes()
	for n := range len(good) {
		in := readText(t, tnefMail(good[:n]))
		if in.Kind == invite.KindReply {
			t.Fatalf("the first %d of %d octets are an answer", n, len(good))
		}
	}
	for i := range good {
		data := slices.Clone(good)
		data[i] ^= 0x10
		in := readText(t, tnefMail(data))
		if in.Kind != invite.KindReply {
			continue
		}
		if in.Event.UID != tneftest.UID || in.Attendee.Email != "bob@example.test" || !in.Calendar.Stamp.Equal(tnefAnswer(nil).Stamp) {
			t.Errorf("octet %d changed: %+v", i, in.Event)
		}
	}
	// a proposal without its time is a plain answer
	m := tnefAnswer(func(m *tneftest.Meeting) { m.ProposedStart = tneftest.Start; m.ProposedEnd = tneftest.Start })
	m.ProposedStart = time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC)
	if in := readText(t, tnefMail(m.Bytes())); in.Kind != invite.KindReply || !strings.Contains(in.Reason, "passed over: it proposes another time, and does not say which") {
		t.Errorf("a proposal without a time: %s (%s)", in.Kind, in.Reason)
	}
}

// TestTNEFDate checks that a date names the occurrence on that day in the zone of the
// series, also if the day in UTC has another.
func TestTNEFDate(t *testing.T) {
	daily := tnefSeries(t)
	daily.Start = time.Date(2027, 3, 2, 0, 30, 0, 0, daily.Start.Location())
	daily.End = daily.Start.Add(time.Hour)
	daily.Recurrence = &ical.Recurrence{Freq: ical.FreqDaily, Count: 12}
	meeting := mustSend(t, new(recorder).client(), daily)
	for _, zone := range []string{"", "W. Europe Standard Time", "(Some Zone)"} {
		in := readText(t, tnefMail(tnefAnswer(func(m *tneftest.Meeting) {
			m.Date, m.Zone, m.Start = time.Date(2027, 3, 4, 0, 0, 0, 0, time.UTC), zone, daily.Start.AddDate(0, 0, 2)
		}).Bytes()))
		m, o := meeting.Apply(in, &invite.Policy{Now: received})
		if o.Verdict != invite.VerdictApplied || !m.Answers[0].RecurrenceID.Equal(daily.Start.AddDate(0, 0, 2)) {
			t.Errorf("zone %q: %s (%s)", zone, o.Verdict, o.Reason)
		}
	}
}

// TestTNEFDerivedClass checks that a form of somebody's own is an answer too.
func TestTNEFDerivedClass(t *testing.T) {
	for class, want := range map[string]ical.Status{"IPM.Schedule.Meeting.Resp.Neg.Custom": ical.StatusDeclined, "ipm.schedule.meeting.resp.tent": ical.StatusTentative, "IPM.Schedule.Meeting.Resp.Positive": ""} {
		in := readText(t, tnefMail(tnefAnswer(func(m *tneftest.Meeting) { m.Class = class }).Bytes()))
		if in.Attendee.Status != want || (in.Kind == invite.KindReply) != (want != "") {
			t.Errorf("%s: %s, %s", class, in.Kind, in.Attendee.Status)
		}
	}
}

// TestTNEFKeys checks by which identifiers the meeting is looked up.
func TestTNEFKeys(t *testing.T) {
	native := tnefAnswer(func(m *tneftest.Meeting) { m.Native = []byte{0xAB, 0xCD} })
	want := "040000008200e00074c5b7101a82e008" + strings.Repeat("0", 40) + "02000000" + "abcd"
	if k := readText(t, tnefMail(native.Bytes())).Keys(); !slices.Equal(k.UIDs, []string{want}) {
		t.Errorf("UIDs %q, want %q", k.UIDs, want)
	}
	if k := readText(t, tnefMail(tnefAnswer(nil).Bytes())).Keys(); !slices.Equal(k.UIDs, []string{tneftest.UID}) || !slices.Contains(k.ReplyAddresses, "desk@example.test") {
		t.Errorf("keys %+v", k)
	}
}

// TestTNEFFileOfAnswer has an answer with a calendar object of something else as a file. The
// message itself counts.
func TestTNEFFileOfAnswer(t *testing.T) {
	for _, method := range []string{"REPLY", "REQUEST", "CANCEL", "PUBLISH"} {
		file := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:" + method + "\r\nBEGIN:VEVENT\r\nUID:" + tneftest.UID +
			"\r\nDTSTAMP:20270220T100000Z\r\nDTSTART:20270302T080000Z\r\nORGANIZER:mailto:desk@example.com\r\n" +
			"ATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.test\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
		m := tnefAnswer(func(m *tneftest.Meeting) { m.Files = tneftest.Attachment("other.ics", []byte(file)) })
		in := readText(t, tnefMail(m.Bytes()))
		if in.Kind != invite.KindReply || in.Attendee.Status != ical.StatusAccepted || in.Quoted {
			t.Errorf("%s: %s, %s (%s), want accepted", method, in.Kind, in.Attendee.Status, in.Reason)
		}
		if n := len(in.Mail.TNEF.Files); n != 1 {
			t.Errorf("%s: %d files, want 1", method, n)
		}
	}
}

// TestTNEFDayWithoutMidnight has requests for whole days that begin at one o'clock, because
// the clock is set forward at midnight, and for times that do not begin a day.
func TestTNEFDayWithoutMidnight(t *testing.T) {
	for _, x := range []struct {
		zone       string
		start, end time.Time
		want       bool
	}{
		{"Egypt Standard Time", time.Date(2027, 4, 29, 22, 0, 0, 0, time.UTC), time.Date(2027, 4, 30, 21, 0, 0, 0, time.UTC), true},
		{"Egypt Standard Time", time.Date(2027, 4, 28, 22, 0, 0, 0, time.UTC), time.Date(2027, 4, 29, 22, 0, 0, 0, time.UTC), true},
		{"Middle East Standard Time", time.Date(2027, 3, 27, 22, 0, 0, 0, time.UTC), time.Date(2027, 3, 28, 21, 0, 0, 0, time.UTC), true},
		{"W. Europe Standard Time", time.Date(2027, 3, 27, 23, 0, 0, 0, time.UTC), time.Date(2027, 3, 28, 22, 0, 0, 0, time.UTC), true},
		{"W. Europe Standard Time", time.Date(2027, 3, 28, 1, 0, 0, 0, time.UTC), time.Date(2027, 3, 28, 22, 0, 0, 0, time.UTC), false},
	} {
		in := readText(t, tnefMail(tnefAnswer(func(m *tneftest.Meeting) {
			m.Class, m.AllDay, m.Zone, m.Start, m.End = tneftest.Request, true, x.zone, x.start, x.end
		}).Bytes()))
		if in.Event.AllDay != x.want || in.Calendar.Skipped != nil == x.want {
			t.Errorf("%s, %v: all-day %t, skipped %q", x.zone, in.Event.Start, in.Event.AllDay, in.Calendar.Skipped)
		}
		r := new(recorder)
		if err := r.client().Respond(t.Context(), in, invite.Response{As: "desk@example.test", Status: ical.StatusAccepted, Uninvited: true}); err != nil {
			t.Errorf("%s, %v: Respond = %v", x.zone, in.Event.Start, err)
		}
	}
}
