package body_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/body"
)

func TestSubject(t *testing.T) {
	occurrence := meeting(t)
	occurrence.RecurrenceID = occurrence.Start.AddDate(0, 0, 7)
	for _, tt := range []struct {
		name string
		view body.View
		want string
	}{
		{"invitation", body.View{Event: meeting(t)}, "Invitation: Q3 – R&D"},
		{"updated", body.View{Event: meeting(t), Action: body.ActionUpdate}, "Updated: Q3 – R&D"},
		{"cancelled", body.View{Event: meeting(t), Action: body.ActionCancellation}, "Cancelled: Q3 – R&D"},
		{"cancelled by method", body.View{Event: meeting(t), Method: ical.MethodCancel}, "Cancelled: Q3 – R&D"},
		{"reminder", body.View{Event: meeting(t), Action: body.ActionReminder}, "Reminder: Q3 – R&D"},
		{"proposal", body.View{Event: meeting(t), Method: ical.MethodDeclineCounter}, "Proposal declined: Q3 – R&D"},
		{"accepted", body.View{Event: meeting(t), Method: ical.MethodReply, Status: ical.StatusAccepted}, "Accepted: Q3 – R&D"},
		{"tentative", body.View{Event: meeting(t), Action: body.ActionAnswer, Status: ical.StatusTentative}, "Tentative: Q3 – R&D"},
		{"declined", body.View{Event: meeting(t), Action: body.ActionAnswer, Status: ical.StatusDeclined}, "Declined: Q3 – R&D"},
		{"delegated", body.View{Event: meeting(t), Action: body.ActionAnswer, Status: ical.StatusDelegated}, "Answer: Q3 – R&D"},
		{"counter", body.View{Event: meeting(t), Method: ical.MethodCounter, Status: ical.StatusTentative}, "New time proposed: Q3 – R&D"},
		{"occurrence", body.View{Event: occurrence, Action: body.ActionCancellation}, "Cancelled: Q3 – R&D (Tuesday, March 9, 2027)"},
		{"occurrence in German", body.View{Event: occurrence, Action: body.ActionUpdate, Language: "de"}, "Aktualisiert: Q3 – R&D (Dienstag, 9. März 2027)"},
		{"occurrence in Chinese", body.View{Event: occurrence, Action: body.ActionReminder, Language: "zh-CN"}, "提醒：Q3 – R&D（2027年3月9日星期二）"},
		{"no title", body.View{Event: &ical.Event{Start: occurrence.Start}, Language: "fr"}, "Invitation : Réunion"},
		{"lines", body.View{Event: &ical.Event{Summary: "a\r\nBcc: x@example.com\tb\u2028c", Start: occurrence.Start}}, "Invitation: a Bcc: x@example.com b c"},
		{"direction", body.View{Event: &ical.Event{Summary: "שלום", Start: occurrence.Start}}, "Invitation: \u2068שלום\u2069"},
		{"same direction", body.View{Event: &ical.Event{Summary: "שלום", Start: occurrence.Start}, Language: "he"}, "הזמנה: שלום"},
		{"long", body.View{Event: &ical.Event{Summary: strings.Repeat("ö", 300), Start: occurrence.Start}}, "Invitation: " + strings.Repeat("ö", 254) + "…"},
	} {
		if got := render(t, newRenderer(t, &body.Options{NoTimeInSubject: true}), &tt.view).Subject; got != tt.want {
			t.Errorf("%s: Subject = %q, want %q", tt.name, got, tt.want)
		}
		if timed := render(t, newRenderer(t, nil), &tt.view).Subject; timed == tt.want || strings.Contains(timed, "2027") {
			t.Errorf("%s: Subject = %q, want one with the day in short words and the time", tt.name, timed)
		}
	}
}

func TestLanguage(t *testing.T) {
	for _, tt := range []struct {
		attendee, event, fallback string
		want                      string
	}{
		{"", "", "", "en"}, {"de", "fr", "es", "de"}, {"", "fr", "es", "fr"}, {"", "", "es", "es"},
		{"de-CH", "", "", "de"}, {"pt", "", "", "pt-BR"}, {"pt-PT", "", "", "pt-BR"}, {"zh", "", "", "zh-Hans"},
		{"zh-CN", "", "", "zh-Hans"}, {"en-US", "", "", "en"}, {"en-AU", "", "", "en-GB"}, {"en-GB", "", "", "en-GB"},
		{"iw", "", "", "he"}, {"ar-EG", "", "", "ar"}, {"uk-UA", "", "", "uk"}, {"nl_BE", "", "", "nl"},
		{"sw", "", "", "en"}, {"nonsense!", "", "", "en"}, {strings.Repeat("de-", 100), "", "", "en"},
	} {
		e := meeting(t)
		e.Language = tt.event
		b := render(t, newRenderer(t, nil), &body.View{Event: e, Attendee: ical.Attendee{Language: tt.attendee}, Language: tt.fallback})
		got, _, _ := strings.Cut(b.HTML[strings.Index(b.HTML, `lang="`)+6:], `"`)
		if got != tt.want {
			t.Errorf("language of (%q, %q, %q) = %q, want %q", tt.attendee, tt.event, tt.fallback, got, tt.want)
		}
	}
}

// row returns the lines of a text from the given label to the next one.
func row(text, label string) string {
	_, rest, ok := strings.Cut(text, "\n"+label+":")
	if !ok {
		return ""
	}
	var out []string
	for i, line := range strings.Split(rest, "\n") {
		if i > 0 && !strings.HasPrefix(line, "  ") {
			break
		}
		out = append(out, strings.TrimSpace(line))
	}
	return strings.Join(out, " ")
}

func TestWhen(t *testing.T) {
	at := func(day, hour int) time.Time { return time.Date(2027, 3, day, hour, 30, 0, 0, berlin(t)) }
	date := func(m time.Month, day int) time.Time { return time.Date(2027, m, day, 0, 0, 0, 0, time.UTC) }
	for _, tt := range []struct {
		name     string
		event    ical.Event
		zone     string // the reader's
		language string
		when     string
	}{
		{"moment", ical.Event{Start: at(2, 9)}, "", "en", "Tuesday, March 2, 2027, 9:30 AM, Central European Time (Berlin)"},
		{"morning", ical.Event{Start: at(2, 9), End: at(2, 10)}, "", "en", "Tuesday, March 2, 2027, 9:30 – 10:30 AM, Central European Time (Berlin)"},
		{"over noon", ical.Event{Start: at(2, 9), End: at(2, 13)}, "", "en", "Tuesday, March 2, 2027, 9:30 AM – 1:30 PM, Central European Time (Berlin)"},
		{"midnight", ical.Event{Start: at(2, 0), End: at(2, 12)}, "", "en", "Tuesday, March 2, 2027, 12:30 AM – 12:30 PM, Central European Time (Berlin)"},
		{"British", ical.Event{Start: at(2, 13), End: at(2, 14)}, "", "en-GB", "Tuesday, 2 March 2027, 13:30–14:30, Central European Time (Berlin)"},
		{"two days", ical.Event{Start: at(2, 22), End: at(3, 1)}, "", "en-GB", "Tuesday, 2 March 2027, 22:30 – Wednesday, 3 March 2027, 01:30, Central European Time (Berlin)"},
		{"over the change", ical.Event{Start: at(27, 22), End: at(28, 10)}, "", "en-GB", "Saturday, 27 March 2027, 22:30 – Sunday, 28 March 2027, 10:30, Central European Time (Berlin), UTC+01:00/+02:00"},
		{"utc", ical.Event{Start: at(2, 9).UTC()}, "", "en-GB", "Tuesday, 2 March 2027, 08:30, UTC"},
		{"own zone", ical.Event{Start: at(2, 9), End: at(2, 10)}, "Asia/Kolkata", "en-GB", "Tuesday, 2 March 2027, 14:00–15:00, India Time (Kolkata) 09:30–10:30, Central European Time (Berlin)"},
		{"own date", ical.Event{Start: at(2, 1), End: at(2, 2)}, "America/New_York", "en-GB", "Monday, 1 March 2027, 19:30–20:30, Eastern Time (New York) Tuesday, 2 March 2027, 01:30–02:30, Central European Time (Berlin)"},
		{"same clock", ical.Event{Start: at(2, 9)}, "Europe/Paris", "en-GB", "Tuesday, 2 March 2027, 09:30, Central European Time (Berlin)"},
		{"unknown zone", ical.Event{Start: at(2, 9)}, "Mars/Olympus", "en-GB", "Tuesday, 2 March 2027, 09:30, Central European Time (Berlin)"},
		{"one day", ical.Event{AllDay: true, Start: date(3, 2)}, "Asia/Tokyo", "en", "Tuesday, March 2, 2027, all day"},
		{"days", ical.Event{AllDay: true, Start: date(12, 31), End: date(12, 31).AddDate(0, 0, 2)}, "", "en", "Friday, December 31, 2027 – Saturday, January 1, 2028, all day"},
		{"French", ical.Event{Start: at(2, 9)}, "", "fr", ""},
	} {
		v := &body.View{Event: &tt.event, Language: tt.language, Attendee: ical.Attendee{TimeZone: tt.zone}}
		text := render(t, newRenderer(t, nil), v).Text
		if tt.language == "fr" {
			if got, want := row(text, "Quand "), "Mardi 2 mars 2027, 09:30, heure d’Europe centrale (Berlin)"; got != want {
				t.Errorf("%s: when = %q, want %q", tt.name, got, want)
			}
			continue
		}
		if got := row(text, "When"); got != tt.when {
			t.Errorf("%s: when = %q, want %q", tt.name, got, tt.when)
		}
	}
}

func TestUpdate(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(before, after *ical.Event)
		want   []string // parts of the text
		not    []string
	}{
		{"nothing", func(_, _ *ical.Event) {}, []string{"This meeting has been changed."}, []string{"Changed:", "was:"}},
		{"title", func(b, _ *ical.Event) { b.Summary = "Old" }, []string{"Changed: Title\n", "Q3 – R&D\nwas: Old\n"}, nil},
		{"title added", func(b, _ *ical.Event) { b.Summary = "" }, []string{"Changed: Title\n"}, []string{"was:"}},
		{"time", func(b, _ *ical.Event) { b.Start = b.Start.Add(-time.Hour) }, []string{"Changed: When\n", "was: Tuesday, March 2, 2027, 9:00 – 11:30 AM"}, nil},
		{"zone", func(b, _ *ical.Event) { b.TimeZone = "Europe/London" }, []string{"Changed: When\n", "was: Tuesday, March 2, 2027, 9:00 – 10:30 AM, London Time"}, nil},
		{"place added", func(b, _ *ical.Event) { b.Location = "" }, []string{"Changed: Where\n"}, []string{"was:"}},
		{"place removed", func(_, a *ical.Event) { a.Location = "" }, []string{"Changed: Where\n", "was: 4.12\n"}, nil},
		{"guests", func(_, a *ical.Event) { a.Attendees = a.Attendees[1:] }, []string{"Changed: Attendees\n", "no longer: Bob\n"}, []string{"was:"}},
		{"role", func(b, _ *ical.Event) { b.Attendees[1].Role = ical.RoleOptional }, []string{"Changed: Attendees, Optional\n", "no longer: ann@example.com\n"}, nil},
		{"document", func(_, a *ical.Event) { a.Attachments = nil }, []string{"Changed: Attachments\n", "no longer: a.pdf <https://example.com/a.pdf>\n"}, nil},
		{"description", func(b, _ *ical.Event) { b.Description = "" }, []string{"Changed: Description\n"}, []string{"was:"}},
		{"series", func(_, a *ical.Event) { a.Recurrence = &ical.Recurrence{Freq: ical.FreqDaily, Count: 3} }, []string{"Changed: Repeats\n", "Every day, 3 times"}, nil},
		{"series ended", func(b, _ *ical.Event) { b.Recurrence = &ical.Recurrence{Freq: ical.FreqDaily, Count: 3} }, []string{"Changed: Repeats\n", "was: Every day, 3 times"}, nil},
		{"hidden change", func(b, _ *ical.Event) { b.Priority, b.Attendees[0].Status = 1, ical.StatusAccepted }, nil, []string{"Changed:"}},
		{"zone gone", func(b, _ *ical.Event) { b.TimeZone = "Mars/Olympus" }, nil, []string{"Changed:"}},
	} {
		before, after := meeting(t), meeting(t)
		tt.change(before, after)
		v := &body.View{Event: after, Before: before, Action: body.ActionUpdate}
		b := render(t, newRenderer(t, nil), v)
		for _, want := range tt.want {
			if !strings.Contains(b.Text, want) {
				t.Errorf("%s: text lacks %q:\n%s", tt.name, want, b.Text)
			}
		}
		for _, not := range tt.not {
			if strings.Contains(b.Text, not) {
				t.Errorf("%s: text has %q:\n%s", tt.name, not, b.Text)
			}
		}
		if strings.Contains(b.Text, "was: ") != strings.Contains(b.HTML, "<del") && !strings.Contains(b.Text, "no longer: ") {
			t.Errorf("%s: only one of text and HTML shows what was", tt.name)
		}
	}
}

// TestUpdateOccurrence compares one occurrence with the same occurrence of the series.
func TestUpdateOccurrence(t *testing.T) {
	before := series(t)
	after := meeting(t)
	after.RecurrenceID = after.Start.AddDate(0, 0, 7)
	after.Start, after.End = after.RecurrenceID.Add(time.Hour), after.RecurrenceID.Add(2*time.Hour)
	text := render(t, newRenderer(t, nil), &body.View{Event: after, Before: before, Action: body.ActionUpdate, Language: "en-GB"}).Text
	want := "Tuesday, 9 March 2027, 11:00–12:00, Central European Time (Berlin) One meeting of a series, originally on Tuesday, 9 March 2027 was: Tuesday, 9 March 2027, 10:00–11:30"
	if got := row(text, "When"); got != want {
		t.Errorf("when = %q, want %q", got, want)
	}
	before.Overrides = append(before.Overrides, ical.Event{RecurrenceID: after.RecurrenceID, Start: after.Start, End: after.End, Location: "9.99"})
	text = render(t, newRenderer(t, nil), &body.View{Event: after, Before: before, Action: body.ActionUpdate}).Text
	if !strings.Contains(text, "Changed: Where\n") || !strings.Contains(text, "was: 9.99\n") {
		t.Errorf("an occurrence that was moved before:\n%s", text)
	}
}

func TestGuests(t *testing.T) {
	e := meeting(t)
	e.Attendees = nil
	for range 62 {
		e.Attendees = append(e.Attendees, ical.Attendee{Name: "N", Email: "n@example.com"})
	}
	text := render(t, newRenderer(t, nil), &body.View{Event: e}).Text
	if got, want := row(text, "Attendees"), strings.Repeat("N; ", 50)+"and 12 more"; got != want {
		t.Errorf("attendees = %q, want %q", got, want)
	}
	hidden := meeting(t)
	hidden.Location = "elsewhere"
	b := render(t, newRenderer(t, nil), &body.View{Event: hidden, HideGuests: true})
	if strings.Contains(b.Text, "Bob") || strings.Contains(b.HTML, "ann@") || strings.Contains(b.Text, "Łucja") || !strings.Contains(b.Text, "Rooms: ") {
		t.Errorf("hidden guests:\n%s", b.Text)
	}
}

func TestSeries(t *testing.T) {
	e := series(t)
	for i := range 20 {
		e.Recurrence.Except = append(e.Recurrence.Except, e.Start.AddDate(0, 0, 14*i))
	}
	e.Recurrence.Until = e.Start.AddDate(1, 0, 0)
	e.Recurrence.Include = []time.Time{e.Start.AddDate(0, 0, 1)}
	e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: e.Start.AddDate(0, 0, 70), Summary: "T", Conference: "https://example.com/c"},
		ical.Event{RecurrenceID: e.Start.AddDate(0, 0, 71), Priority: 1})
	text := render(t, newRenderer(t, nil), &body.View{Event: e, Language: "en-GB"}).Text
	got := []string{row(text, "Repeats"), row(text, "Not on"), row(text, "Also on"), row(text, "Different")}
	want := []string{
		"Every 2 weeks on Tuesday and Thursday, until 2 March 2028",
		"2 March 2027; 16 March 2027; 30 March 2027; 13 April 2027; 27 April 2027; 11 May 2027; 25 May 2027; 8 June 2027; 22 June 2027; 6 July 2027; 20 July 2027; 3 August 2027; and 8 more",
		"3 March 2027",
		"13 April 2027 → Wednesday, 14 April 2027, 10:00–11:30; 5.01 11 May 2027: T; https://example.com/c",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("series (-want +got):\n%s", diff)
	}
}

// TestSeriesExceptions checks that a text names only exceptions that exclude something.
func TestSeriesExceptions(t *testing.T) {
	tests := []struct {
		name   string
		change func(e *ical.Event)
		want   string
	}{
		{"an exception and a cancelled occurrence", func(*ical.Event) {}, "16 March 2027; 30 March 2027; 27 April 2027"},
		{"another hour", func(e *ical.Event) { e.Recurrence.Except[0] = e.Recurrence.Except[0].Add(time.Hour) }, "16 March 2027; 27 April 2027"},
		{"another weekday", func(e *ical.Event) { e.Recurrence.Except[1] = e.Recurrence.Except[1].AddDate(0, 0, 1) }, "30 March 2027; 27 April 2027"},
		{"after the end", func(e *ical.Event) { e.Recurrence.Until = e.Start.AddDate(0, 0, 20) }, "16 March 2027"},
		{"an added date can be excepted", func(e *ical.Event) {
			e.Recurrence.Include = []time.Time{e.Start.AddDate(0, 0, 1)}
			e.Recurrence.Except = e.Recurrence.Include
		}, "3 March 2027; 27 April 2027"},
		{"all-day: the date counts", func(e *ical.Event) {
			e.AllDay, e.Overrides = true, nil
			e.Start, e.End = e.Start.Truncate(24*time.Hour), e.Start.Truncate(24*time.Hour).AddDate(0, 0, 1)
			e.Recurrence.Except = []time.Time{time.Date(2027, 3, 16, 0, 0, 0, 0, time.FixedZone("", 3600)), e.Start.AddDate(0, 0, 3)}
		}, "16 March 2027"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := series(t)
			tt.change(e)
			text := render(t, newRenderer(t, nil), &body.View{Event: e, Language: "en-GB"}).Text
			if got := row(text, "Not on"); got != tt.want {
				t.Errorf("Not on %q, want %q", got, tt.want)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	r := newRenderer(t, nil)
	for _, v := range []*body.View{nil, {}, {Event: &ical.Event{TimeZone: "Mars/Olympus"}}} {
		if b, err := r.Render(v); err == nil || b != nil || !strings.HasPrefix(err.Error(), "body: ") {
			t.Errorf("Render(%+v) = %v, %v", v, b, err)
		}
	}
}

func TestCommentAndCut(t *testing.T) {
	e := meeting(t)
	e.Description = strings.Repeat("<&> word ", 9000)
	b := render(t, newRenderer(t, nil), &body.View{Event: e, Action: body.ActionReminder, Comment: strings.Repeat("long ", 3000)})
	if len(b.HTML) >= 40<<10 || !strings.Contains(b.HTML, "The text goes on in the calendar entry.") {
		t.Errorf("HTML of a long description: %d octets", len(b.HTML))
	}
	if strings.Count(b.Text, "<&>") != 9000 || strings.Contains(b.Text, "goes on") {
		t.Error("the text has not all of the description")
	}
}

// TestCommentLength counts characters, not octets: a comment is cut if it is too
// long, and only then ends in an ellipsis.
func TestCommentLength(t *testing.T) {
	for _, tt := range []struct {
		name string
		in   string
		want string // "" if the whole comment is shown
	}{
		{"Latin", strings.Repeat("word ", 799) + "word.", ""},
		{"Cyrillic", strings.Repeat("слово ", 399) + "слово", ""},
		{"Cyrillic, longest", strings.Repeat("ы", 4000), ""},
		{"Chinese, longest", strings.Repeat("漢", 4000), ""},
		{"Emoji, longest", strings.Repeat("🎉", 4000), ""},
		{"Cyrillic, one too many", strings.Repeat("ы", 4001), strings.Repeat("ы", 3999) + "…"},
		{"Latin, one too many", strings.Repeat("y", 4001), strings.Repeat("y", 3999) + "…"},
		{"cut at a space", strings.Repeat("y", 3998) + " yy", strings.Repeat("y", 3998) + "…"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := meeting(t)
			want := tt.want
			if want == "" {
				want = tt.in
			}
			b := render(t, newRenderer(t, nil), &body.View{Event: e, Action: body.ActionReminder, Comment: tt.in})
			text := strings.Join(strings.Fields(b.Text), "")
			if want = strings.Join(strings.Fields(want), ""); !strings.Contains(text, want) {
				t.Errorf("Render: text has no comment of %d characters", utf8.RuneCountInString(want))
			}
			if got := strings.Contains(b.Text, "…"); got != (tt.want != "") {
				t.Errorf("Render: text has an ellipsis: %t, want %t", got, tt.want != "")
			}
		})
	}
}

// TestDescriptionAtWord has the HTML end its description with a whole word, also
// if the word has many octets.
func TestDescriptionAtWord(t *testing.T) {
	word := strings.Repeat("ы", 80) // 129 octets of the last are in front of the limit
	e := meeting(t)
	e.Description = strings.Repeat(word+" ", 400)
	html := render(t, newRenderer(t, nil), &body.View{Event: e}).HTML
	kept, _, cut := strings.Cut(html, " …")
	if !cut || !strings.HasSuffix(kept, " "+word) {
		t.Errorf("HTML is cut: %t, after %q, want a whole word", cut, kept[max(0, len(kept)-130):])
	}
}
