package tneftest

import (
	"fmt"
	"time"
)

// Case is an answer, and the values that have to be read in it.
type Case struct {
	Name    string
	Meeting *Meeting
	// Status is the answer in the words of iCalendar, in lower case.
	Status string
	// Comment is the text of the attendee, and "" if there is none.
	Comment string
	// Occurrence is the original start of the occurrence that is answered; zero for the
	// whole meeting.
	Occurrence time.Time
	// ByDate says that the file has the occurrence as a date alone.
	ByDate bool
}

// UID is the identifier of the meeting that the cases answer, and Start its first start:
// 9:00 in Berlin, every Tuesday.
const UID = "5f1c2e0a-6c1e-4a57-9a5d-3a0d8a4e1b11"

// Start is the first start of the meeting, which takes an hour.
var Start = time.Date(2027, 3, 2, 8, 0, 0, 0, time.UTC)

// Texts are comments in the letters of a code page.
var Texts = map[int]string{
	1250: "Přijdu později.\nZačněte beze mě {prosím}",
	1251: "Я приду позже",
	1252: "Ich komme später: 10 € für den Kaffee\nGrüße \\o/",
	932:  "出席します。ソフト",
	1256: "سأحضر لاحقا",
}

// statuses are the answers by their class.
var statuses = []struct{ class, status string }{{Accepted, "accepted"}, {Declined, "declined"}, {Tentative, "tentative"}}

// Cases returns 60 answers: accepted, declined, tentative; on five code pages; and for
// each of these an answer without a comment, one with a comment, one to an occurrence and
// one that proposes another time. The forms of the comment take turns.
func Cases() (out []Case) {
	n := 0
	for _, s := range statuses {
		for _, page := range []int{1250, 1251, 1252, 932, 1256} {
			for variant := range 4 {
				c := Case{Status: s.status, Meeting: &Meeting{
					Class: s.class, CodePage: page, UID: UID, Sequence: 0, Stamp: Start.AddDate(0, 0, -10).Add(time.Duration(n) * time.Minute),
					Start: Start, End: Start.Add(time.Hour), Subject: "Besprechung", Place: "Saal", Series: true, From: "Bob@Example.test",
				}}
				form := "none"
				if variant > 0 {
					c.Comment = Texts[page]
					form, c.Meeting.Body = body(n, page, c.Comment)
				}
				what := "series"
				switch variant {
				case 2:
					what = "occurrence"
					c.occurrence(n)
				case 3:
					what = "counter"
					c.occurrence(n)
					c.Meeting.ProposedStart, c.Meeting.ProposedEnd = c.Occurrence.Add(2*time.Hour), c.Occurrence.Add(3*time.Hour)
				}
				c.Name = fmt.Sprintf("%s/%d/%s/comment %s", s.status, page, what, form)
				out = append(out, c)
				n++
			}
		}
	}
	return out
}

// occurrence makes the answer one to an occurrence, sometimes by its date alone. It is in
// summer time for some.
func (c *Case) occurrence(n int) {
	day := Start.AddDate(0, 0, 7*(1+n%8))
	c.Occurrence = day
	if !day.Before(time.Date(2027, 3, 28, 1, 0, 0, 0, time.UTC)) {
		c.Occurrence = day.Add(-time.Hour)
	}
	m := c.Meeting
	m.Series, m.Date = false, time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, time.UTC)
	m.Start, m.End = c.Occurrence, c.Occurrence.Add(time.Hour)
	if c.ByDate = n%4 == 2 && n%3 == 0; !c.ByDate {
		m.Replaced = c.Occurrence
	}
	if n%5 == 0 {
		m.Zone = "W. Europe Standard Time"
	}
}

// body returns a comment in one of its forms.
func body(n, page int, text string) (string, Property) {
	downlevel := "When: Tuesday\r\nWhere: Saal\r\n\r\n*~*~*~*~*~*~*~*~*~*\r\n\r\n"
	switch n % 7 {
	case 0:
		return "in compressed RTF", Binary(0x1009, Compress(Plain(page, text)))
	case 1:
		return "in stored RTF", Binary(0x1009, Store(Plain(page, text)))
	case 2:
		return "in RTF of Unicode", Binary(0x1009, Compress(Unicode(text)))
	case 3:
		return "in RTF of HTML", Binary(0x1009, Compress(HTML(text)))
	case 4:
		return "in a code page", String8(0x1000, page, text)
	case 5:
		return "in Unicode", Text(0x1000, downlevel+text)
	}
	return "in RTF after the times", Binary(0x1009, Compress(Plain(page, "When: Tuesday\n\n*~*~*~*~*~*~*~*~*~*\n\n"+text)))
}
