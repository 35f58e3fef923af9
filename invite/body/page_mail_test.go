package body_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/body"
)

// TestSubjectTime: a subject has the day and the time on the reader's clock, in the
// order of the reader's language.
func TestSubjectTime(t *testing.T) {
	want := map[string]string{
		"en": "Invitation: R, Tue Mar 2, 4:00 AM", "en-GB": "Invitation: R, Tue 2 Mar, 04:00", "de": "Einladung: R, Di., 2. März, 04:00 Uhr",
		"fr": "Invitation : R, mar. 2 mars, 04:00", "es": "Invitación: R, mar. 2 mar., 4:00", "it": "Invito: R, mar 2 mar, 04:00",
		"pt-BR": "Convite: R, ter., 2 de mar., 04:00", "nl": "Uitnodiging: R, di 2 mrt., 04:00 uur", "pl": "Zaproszenie: R, wt., 2 mar, 04:00",
		"tr": "Davet: R, 2 Mar Sal, 04:00", "ru": "Приглашение: R, вт, 2 мар., 04:00", "uk": "Запрошення: R, вт, 2 бер., 04:00",
		"ja": "招待: R（3月2日(火) 4:00）", "zh-Hans": "邀请：R（3月2日周二 上午4:00）", "ko": "초대: R, 3월 2일(화) 오전 4:00",
		"ar": "دعوة: \u2068R\u2069، الثلاثاء، 2 مارس، 4:00 ص", "he": "הזמנה: \u2068R\u2069, יום ג׳, 2 במרץ, \u20664:00\u2069",
	}
	got := map[string]string{}
	for _, language := range append(body.Languages(), "en-GB") {
		e := meeting(t)
		e.Summary = "R"
		got[language] = render(t, newRenderer(t, nil), &body.View{Event: e, Attendee: ical.Attendee{Language: language, TimeZone: "America/New_York"}}).Subject
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("subjects (-want +got):\n%s", diff)
	}
}

// TestSubjectDay: the day is the day that the mail is about. The first day of a
// series that has begun says nothing.
func TestSubjectDay(t *testing.T) {
	allDay := meeting(t)
	allDay.AllDay, allDay.Start, allDay.End = true, date(12, 30), date(12, 31)
	floating := meeting(t)
	floating.Floating, floating.TimeZone = true, ""
	proposed := ical.Span{Start: meeting(t).Start.Add(25 * time.Hour)}
	for _, tt := range []struct {
		name, want string
		view       body.View
	}{
		{"all-day", "Reminder: Q3 – R&D, Thu Dec 30", body.View{Event: allDay, Action: body.ActionReminder}},
		{"no zone", "Invitation: Q3 – R&D", body.View{Event: floating}},
		{"new series", "Invitation: Q3 – R&D, Tue Mar 2, 10:00 AM", body.View{Event: series(t)}},
		{"changed series", "Updated: Q3 – R&D", body.View{Event: series(t), Action: body.ActionUpdate}},
		{"cancelled series", "Cancelled: Q3 – R&D", body.View{Event: series(t), Action: body.ActionCancellation}},
		{"proposal", "New time proposed: Q3 – R&D, Wed Mar 3, 11:00 AM", body.View{Event: meeting(t), Method: ical.MethodCounter, Proposed: proposed}},
	} {
		if got := render(t, newRenderer(t, nil), &tt.view).Subject; got != tt.want {
			t.Errorf("%s: Subject = %q, want %q", tt.name, got, tt.want)
		}
	}
}

// firstText returns the first piece of text in a document's body.
func firstText(document string) string {
	_, shown, _ := strings.Cut(document, "<body")
	return strings.TrimSpace(strings.SplitN(strings.ReplaceAll(visible("<body"+shown), "\u034F ", ""), "\n\n", 2)[0])
}

// TestPreheader: the line that an inbox shows says when, where and why.
func TestPreheader(t *testing.T) {
	changed := meeting(t)
	changed.Location = "3.07"
	nobody := meeting(t)
	nobody.Organizer, nobody.Location = ical.Person{}, ""
	days := meeting(t)
	days.AllDay, days.Start, days.End = true, date(12, 30), date(12, 33)
	for _, tt := range []struct {
		name, want string
		view       body.View
	}{
		{"invitation", "Tue Mar 2, 10:00 – 11:30 AM · 4.12 · Zoë Ørsted invites you", body.View{Event: meeting(t)}},
		{"German", "Di., 2. März, 10:00–11:30 Uhr · 4.12 · Zoë Ørsted lädt Sie ein", body.View{Event: meeting(t), Language: "de"}},
		{"update", "Tue Mar 2, 10:00 – 11:30 AM · 4.12 · Changed: Where", body.View{Event: meeting(t), Before: changed, Action: body.ActionUpdate}},
		{"reminder of days", "Thu Dec 30 – Sat Jan 1 · 4.12 · This is a reminder of an upcoming meeting.", body.View{Event: days, Action: body.ActionReminder}},
		{"cancellation", "This meeting has been cancelled and does not take place. Ill", body.View{Event: meeting(t), Action: body.ActionCancellation, Comment: "Ill"}},
		{"nobody", "Tue Mar 2, 10:00 – 11:30 AM", body.View{Event: nobody}},
	} {
		b := render(t, newRenderer(t, nil), &tt.view)
		if got := firstText(b.HTML); !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s: the HTML begins with %.100q, want %q", tt.name, got, tt.want)
		}
		if got, _, _ := strings.Cut(b.Text, "\n"); tt.view.Action == "" && tt.name != "nobody" && got != tt.want {
			t.Errorf("%s: the text begins with %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestHowToAnswer: a mail that asks for an answer has links, or a sentence that says
// how to answer.
func TestHowToAnswer(t *testing.T) {
	const how = "To answer, use the buttons"
	for _, tt := range []struct {
		name string
		view body.View
		want bool
	}{
		{"invitation", body.View{}, true},
		{"update", body.View{Action: body.ActionUpdate}, true},
		{"reminder", body.View{Action: body.ActionReminder}, true},
		{"with links", body.View{Answers: answers("a")}, false},
		{"no answer wanted", body.View{Attendee: ical.Attendee{NoReply: true}}, false},
		{"cancellation", body.View{Action: body.ActionCancellation}, false},
		{"answer", body.View{Action: body.ActionAnswer}, false},
	} {
		tt.view.Event = meeting(t)
		b := render(t, newRenderer(t, nil), &tt.view)
		if got := [2]bool{strings.Contains(b.Text, how), strings.Contains(b.HTML, how)}; got != [2]bool{tt.want, tt.want} {
			t.Errorf("%s: text and HTML say how to answer: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestPrimaryButton: one button is filled with the colour of the brand. It is Yes if
// there are answers, and the button to join otherwise.
func TestPrimaryButton(t *testing.T) {
	r := newRenderer(t, &body.Options{Brand: body.Brand{Colour: "#0f766e"}})
	for label, links := range map[string][]body.AnswerLink{"Yes": answers("a"), "Join the meeting": nil} {
		doc := render(t, r, &body.View{Event: meeting(t), Answers: links}).HTML
		_, button, _ := strings.Cut(doc, `<td align="center" style="background-color:#0f766e`)
		if text, _, _ := strings.Cut(button, "</a>"); !strings.HasSuffix(text, ">"+label) || strings.Contains(button, `<td align="center" style="background-color:#0f766e`) {
			t.Errorf("the filled button is not %s alone: %.300s", label, button)
		}
	}
}

// TestAttendeesApart: it is clear where the name of an attendee ends, although names
// have commas.
func TestAttendeesApart(t *testing.T) {
	e := meeting(t)
	e.Attendees = []ical.Attendee{{Name: "Ørsted, Zoë"}, {Name: "Berg, Max"}}
	if text := render(t, newRenderer(t, nil), &body.View{Event: e}).Text; !strings.Contains(text, "Ørsted, Zoë\n              Berg, Max\n") {
		t.Errorf("two attendees:\n%s", text)
	}
	for i := range 20 {
		e.Attendees = append(e.Attendees, ical.Attendee{Name: fmt.Sprintf("Name %d, First", i)})
	}
	if got := row(render(t, newRenderer(t, nil), &body.View{Event: e}).Text, "Attendees"); !strings.Contains(got, "Zoë; Berg, Max; Name 0, First; Name 1, First") {
		t.Errorf("22 attendees: %q", got)
	}
}

// TestShowAnswers: the option adds the answers of the attendees who are shown, in
// updates and reminders.
func TestShowAnswers(t *testing.T) {
	e := meeting(t)
	e.Attendees[0].Status, e.Attendees[1].Status, e.Attendees[2].Status = ical.StatusAccepted, "", ical.StatusDeclined
	before := *e
	before.Attendees = append(e.Attendees[:3:3], ical.Attendee{Name: "Max"})
	r := newRenderer(t, &body.Options{ShowAnswers: true})
	for _, a := range []body.Action{body.ActionUpdate, body.ActionReminder} {
		text := render(t, r, &body.View{Event: e, Before: &before, Action: a, Language: "de"}).Text
		for _, want := range []string{"Bob (zugesagt)\n", "ann@example.com (noch keine Antwort)\n", "Łucja (abgelehnt)\n"} {
			if !strings.Contains(text, want) || strings.Contains(text, "Max (") {
				t.Errorf("%s: the text lacks %q, or has an answer of somebody who is not invited:\n%s", a, want, text)
			}
		}
	}
	for name, b := range map[string]*body.Body{
		"invitation": render(t, r, &body.View{Event: e}),
		"hidden":     render(t, r, &body.View{Event: e, HideGuests: true, Action: body.ActionReminder}),
		"default":    render(t, newRenderer(t, nil), &body.View{Event: e, Action: body.ActionReminder}),
	} {
		if strings.Contains(b.Text, "(accepted)") || strings.Contains(b.HTML, "(accepted)") {
			t.Errorf("%s: the mail has answers:\n%s", name, b.Text)
		}
	}
}

// TestRoomOnce: a room that the location names is not shown again.
func TestRoomOnce(t *testing.T) {
	room := func(location string, rooms ...string) *ical.Event {
		e := meeting(t)
		e.Location, e.Attendees = location, nil
		for _, name := range rooms {
			e.Attendees = append(e.Attendees, ical.Attendee{Name: name, Kind: ical.KindRoom})
		}
		return e
	}
	for _, tt := range []struct {
		name          string
		event, before *ical.Event
		rooms         string
		changed       string
	}{
		{"same", room("Room 4", "Room 4"), nil, "", ""},
		{"other case, and more words", room("room 4, 2nd floor", "Room 4"), nil, "", ""},
		{"a longer number", room("Room 42", "Room 4"), nil, "Room 4", ""},
		{"one of two", room("Room 4", "Room 4", "Room 5"), nil, "Room 5", ""},
		{"no location", room("", "Room 4"), nil, "Room 4", ""},
		{"both changed", room("Room 4", "Room 4"), room("Room 5", "Room 5"), "", "Where"},
		{"location changed", room("Room 4", "Room 4"), room("Hall", "Room 4"), "", "Where"},
	} {
		v := &body.View{Event: tt.event, Before: tt.before}
		if tt.before != nil {
			v.Action = body.ActionUpdate
		}
		text := render(t, newRenderer(t, nil), v).Text
		_, changed, _ := strings.Cut(text, "Changed: ")
		changed, _, _ = strings.Cut(changed, "\n")
		if got := row(text, "Rooms"); got != tt.rooms || changed != tt.changed {
			t.Errorf("%s: rooms = %q, want %q; changed: %q, want %q", tt.name, got, tt.rooms, changed, tt.changed)
		}
	}
}

// TestMapURL: a location is a link to a map only if the option asks for it.
func TestMapURL(t *testing.T) {
	maps := func(location string) string { return "https://maps.example.com/?q=" + url.QueryEscape(location) }
	bad := func(string) string { return "javascript:alert(1)" }
	online := meeting(t)
	online.Location = "https://meet.example.com/1"
	for name, tt := range map[string]struct {
		option func(string) string
		event  *ical.Event
		want   bool
	}{
		"default": {nil, meeting(t), false}, "map": {maps, meeting(t), true}, "not a link": {bad, meeting(t), false}, "online": {maps, online, false},
	} {
		doc := render(t, newRenderer(t, &body.Options{MapURL: tt.option}), &body.View{Event: tt.event}).HTML
		if got := strings.Contains(doc, `href="https://maps.example.com/?q=4.12"`); got != tt.want || strings.Contains(doc, "javascript") {
			t.Errorf("%s: a link to a map: %v, want %v", name, got, tt.want)
		}
	}
}

// TestCancelledLooks: a cancellation has its own colour and a struck date, and says
// what is cancelled.
func TestCancelledLooks(t *testing.T) {
	r := newRenderer(t, &body.Options{Brand: body.Brand{Colour: "#0f766e"}})
	occurrence := meeting(t)
	occurrence.RecurrenceID = occurrence.Start
	for lead, e := range map[string]*ical.Event{
		"This meeting has been cancelled":        meeting(t),
		"This series has been cancelled":         series(t),
		"One meeting of this series has been ca": occurrence,
	} {
		doc := render(t, r, &body.View{Event: e, Action: body.ActionCancellation, Attendee: ical.Attendee{TimeZone: "Asia/Tokyo"}}).HTML
		for _, want := range []string{lead, `<del class="old" style="color:#5b6472">Tuesday`, "background-color:#9b1c1c", "text-decoration:line-through"} {
			if !strings.Contains(doc, want) {
				t.Errorf("%s: the page lacks %q", lead, want)
			}
		}
		if strings.Contains(doc, "#0f766e") {
			t.Errorf("%s: the page has the colour of the brand", lead)
		}
	}
	if doc := render(t, r, &body.View{Event: meeting(t)}).HTML; strings.Contains(doc, "<del") || !strings.Contains(doc, "#0f766e") || strings.Contains(doc, "line-through") {
		t.Error("an invitation looks cancelled")
	}
}

// TestCancelToOne: the object of a CANCEL or a DECLINECOUNTER has only its recipient. The
// mail does not say that nobody else was invited.
func TestCancelToOne(t *testing.T) {
	e := meeting(t)
	e.Attendees = e.Attendees[:1]
	v := &body.View{Event: e, Method: ical.MethodCancel, Attendee: ical.Attendee{Email: "BOB@example.test"}}
	if text := render(t, newRenderer(t, nil), v).Text; strings.Contains(text, "Attendees") {
		t.Errorf("the cancellation lists its reader alone:\n%s", text)
	}
	for _, v.Action = range []body.Action{body.ActionProposalDeclined, body.ActionRefusal} {
		if text := render(t, newRenderer(t, nil), v).Text; strings.Contains(text, "Attendees") {
			t.Errorf("the mail %s lists its reader alone:\n%s", v.Action, text)
		}
	}
	v.Method, v.Action = ical.MethodRequest, ""
	if text := render(t, newRenderer(t, nil), v).Text; !strings.Contains(text, "Attendees:    Bob\n") {
		t.Errorf("a request to one attendee does not list them:\n%s", text)
	}
}

// TestRemoval: an attendee who is no longer invited is not told that the meeting does
// not take place.
func TestRemoval(t *testing.T) {
	e := meeting(t)
	e.Attendees = e.Attendees[:1]
	v := &body.View{Event: e, Method: ical.MethodCancel, Action: body.ActionRemoval, Attendee: e.Attendees[0]}
	b := render(t, newRenderer(t, nil), v)
	if b.Subject != "No longer invited: Q3 – R&D, Tue Mar 2, 4:00 AM" || !strings.HasPrefix(b.Text, "You are no longer invited to this meeting.\n") {
		t.Errorf("Subject = %q, Text:\n%s", b.Subject, b.Text)
	}
	for _, bad := range []string{"cancelled", "<del", "Attendees", "Join"} {
		if strings.Contains(b.Text+b.HTML, bad) {
			t.Errorf("the mail has %q:\n%s", bad, b.Text)
		}
	}
	e.RecurrenceID = e.Start
	if text := render(t, newRenderer(t, nil), v).Text; !strings.HasPrefix(text, "You are no longer invited to one meeting of this series.\n") {
		t.Errorf("one occurrence:\n%s", text)
	}
}

// TestMoved: a changed date of a series is shown with its old time and its new one.
func TestMoved(t *testing.T) {
	at := func(day, hour int) time.Time { return time.Date(2027, 3, day, hour, 0, 0, 0, berlin(t)) }
	days := meeting(t)
	days.AllDay, days.Start, days.End = true, date(3, 2), date(3, 3)
	days.Overrides = []ical.Event{{RecurrenceID: date(3, 9), Start: date(3, 11), End: date(3, 12)}}
	timed := func(o ical.Event) *ical.Event {
		e := meeting(t)
		o.RecurrenceID = at(9, 10)
		e.Overrides = []ical.Event{o}
		return e
	}
	for name, tt := range map[string]struct {
		event    *ical.Event
		language string
		want     string
	}{
		"hour":     {timed(ical.Event{Start: at(9, 14), End: at(9, 15)}), "en-GB", "9 March 2027: 10:00–11:30 → 14:00–15:00"},
		"German":   {timed(ical.Event{Start: at(9, 14), End: at(9, 15)}), "de", "9. März 2027: 10:00–11:30 → 14:00–15:00 Uhr"},
		"day":      {timed(ical.Event{Start: at(10, 10)}), "en-GB", "9 March 2027 → Wednesday, 10 March 2027, 10:00–11:30"},
		"all-day":  {days, "en-GB", "9 March 2027 → Thursday, 11 March 2027, all day"},
		"location": {timed(ical.Event{Location: "5.01"}), "en-GB", "9 March 2027: 5.01"},
		"Hebrew":   {timed(ical.Event{Start: at(10, 10)}), "he", "9 במרץ 2027 ← יום רביעי, 10 במרץ 2027, \u206610:00–11:30\u2069"},
	} {
		tt.event.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 4}
		label := map[string]string{"de": "Abweichend", "he": "שונה"}[tt.language]
		if label == "" {
			label = "Different"
		}
		if got := row(render(t, newRenderer(t, nil), &body.View{Event: tt.event, Language: tt.language}).Text, label); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

// TestSeriesOnTwoClocks: if the reader's day is another, the rule and the dates of
// the series are on the meeting's clock, and say so.
func TestSeriesOnTwoClocks(t *testing.T) {
	e := series(t)
	for zone, want := range map[string][2]string{
		"America/New_York": {"Every 2 weeks on Tuesday and Thursday, until 29 June 2027", "13 April 2027 → Wednesday, 14 April 2027, 04:00–05:30; 5.01"},
		"Pacific/Honolulu": {"Every 2 weeks on Tuesday and Thursday, until 29 June 2027, Central European Time (Berlin)", "13 April 2027 → Wednesday, 14 April 2027, 10:00–11:30; 5.01"},
	} {
		e.Start, e.End = meeting(t).Start, meeting(t).End
		text := render(t, newRenderer(t, nil), &body.View{Event: e, Language: "en-GB", Attendee: ical.Attendee{TimeZone: zone}}).Text
		if got := [2]string{row(text, "Repeats"), row(text, "Different")}; got != want {
			t.Errorf("%s: %q, want %q", zone, got, want)
		}
	}
}

// TestMailSize: the HTML of a mail has at most 10 KB in every language, also with links
// to answer and to calendars, unless the meeting itself holds long texts.
func TestMailSize(t *testing.T) {
	mails := make(map[string]*body.View)
	for name, v := range cases {
		if name != "long-text" {
			mails[name] = v
		}
	}
	for action, v := range views(t) {
		v.Action = action
		mails[string(action)] = v
	}
	mails["invitation to one meeting"] = &body.View{Event: meeting(t), Attendee: meeting(t).Attendees[0]}
	r := newRenderer(t, &body.Options{Brand: body.Brand{Name: "Harbour rooms", Colour: "#0f766e"}})
	for _, language := range append(body.Languages(), "en-GB") {
		for name, v := range mails {
			full := *v
			full.Attendee.Language, full.Answers = language, answers(strings.Repeat("a", 69))
			event := *v.Event
			event.Description = "" // as in mails of package invite if the links are long
			full.Calendars = ical.Links(event)
			if n := len(render(t, r, &full).HTML); n > 10<<10 {
				t.Errorf("%s, %s: the HTML has %d octets", language, name, n)
			}
		}
	}
}
