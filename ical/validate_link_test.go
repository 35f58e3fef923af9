package ical_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/convene-go/convene/ical"
)

// badLinks run a program or open a file if somebody opens them.
var badLinks = []string{
	"javascript:alert(1)", "JaVaScRiPt:alert(1)", "javascript://example.test/%0aalert(1)",
	"vbscript:msgbox(1)", "file:///etc/passwd", "FILE://host/share/a.exe", "file:c:/windows/calc.exe",
	"smb://host/share", "view-source:javascript:alert(1)", "feed:javascript:alert(1)", "url:javascript:alert(1)",
	"ms-msdt:/id", "ms-officecmd:x", "search-ms:query=a", "ms-word:ofe|u|https://example.test/a.docx", "shell:startup",
	"intent://example.test#Intent;end", "itms-services://?action=download-manifest", "x-apple.systempreferences:a",
	"c:/windows/calc.exe", "ssh://-oProxyCommand=x", "about:blank",
}

// oddLinks are no URIs, but a lenient client may read them as links of badLinks.
var oddLinks = []string{
	" javascript:alert(1)", "\tjavascript:alert(1)", "java\tscript:alert(1)", "javascript :alert(1)", "java\u200bscript:alert(1)", "java\u00adscript:alert(1)",
	"javascript%3Aalert(1)", "%6Aavascript:alert(1)", "%256Aavascript:alert(1)", "java%09script:alert(1)",
	"javascript&colon;alert(1)", "&#106;avascript:alert(1)", "java&Tab;script:alert(1)", "<javascript:alert(1)>", "\"file:///etc/passwd\"",
	`\\host\share\a.exe`, `//host/share/a.exe`, `\/host/share`, `C:\Windows\calc.exe`, "%5C%5Chost%5Cshare",
}

// goodLinks join meetings, name people and lead to pages.
var goodLinks = []string{
	"https://example.test/j/1?u=javascript:alert(1)", "http://intranet/file:1", "HTTPS://example.test/data:x", "tel:+49-30-1", "mailto:ann@example.test",
	"sip:ann@example.test:5060", "sips:ann@example.test;transport=tcp", "xmpp:room@example.test?join", "msteams:/l/meetup-join/1", "zoommtg://zoom.us/join?confno=1",
	"geo:52.5,13.4", "skype:live:ann?call", "webex://example.test/1", "facetime:ann@example.test", "ftp://example.test/a.pdf", "urn:uuid:1-2", "webcal://example.test/a.ics",
}

// linkFields are the places of an event for a link, with the name of the field in an
// error.
var linkFields = map[string]func(e *ical.Event, link string){
	"URL":                     func(e *ical.Event, link string) { e.URL = link },
	"Conference":              func(e *ical.Event, link string) { e.Conference = link },
	"Attachments[0].URL":      func(e *ical.Event, link string) { e.Attachments = []ical.Link{{URL: link}} },
	"Extra[0].Value":          func(e *ical.Event, link string) { e.Extra = []ical.Property{{Name: "IMAGE", Value: link}} },
	"Extra[0].Params.ALTREP":  func(e *ical.Event, link string) { e.Extra = []ical.Property{extra("CONTACT", "ALTREP", link)} },
	"Attendees[0].Params.DIR": func(e *ical.Event, link string) { e.Attendees[0].Params = map[string][]string{"DIR": {link}} },
}

func extra(name, param, link string) ical.Property {
	return ical.Property{Name: name, Params: map[string][]string{param: {link}}, Value: "Ann"}
}

// TestValidateLinks refuses links that run a program or open a file, in each field
// and in each override, also in one that is cancelled.
func TestValidateLinks(t *testing.T) {
	for field, set := range linkFields {
		for _, link := range slices.Concat(badLinks, oddLinks) {
			e := meeting(func(e *ical.Event) { set(e, link) })
			if got := linkErrors(t, e); !slices.Equal(got, []string{field}) {
				t.Errorf("%s %q: errors in %q", field, link, got)
			}
			c := request(e)
			if data, err := ical.Encode(&c); err == nil {
				t.Errorf("%s %q is written:\n%s", field, link, data)
			}
		}
		for _, link := range goodLinks {
			e := meeting(func(e *ical.Event) { set(e, link) })
			if err := e.Validate(); err != nil {
				t.Errorf("%s %q: %v", field, link, err)
			}
		}
	}
	for _, field := range []string{"URL", "Conference", "Attachments[0].URL", "Extra[0].Value"} {
		for _, cancelled := range []bool{false, true} {
			e := meeting(func(e *ical.Event) {
				e.Recurrence = &ical.Recurrence{Freq: ical.FreqDaily, Count: 3}
				o := ical.Event{RecurrenceID: e.Start.AddDate(0, 0, 1), Cancelled: cancelled}
				linkFields[field](&o, "file:///etc/passwd")
				e.Overrides = []ical.Event{o}
			})
			if got := linkErrors(t, e); !slices.Equal(got, []string{"Overrides[0]." + field}) {
				t.Errorf("override, cancelled %v, %s: errors in %q", cancelled, field, got)
			}
		}
	}
}

// TestValidateDataLinks accepts data: as a document, and refuses it as a page.
func TestValidateDataLinks(t *testing.T) {
	for field, set := range linkFields {
		e := meeting(func(e *ical.Event) { set(e, "data:text/html,<script>alert(1)</script>") })
		var want []string
		if field != "Attachments[0].URL" && field != "Extra[0].Value" { // a document, and an image
			want = []string{field}
		}
		if got := linkErrors(t, e); !slices.Equal(got, want) {
			t.Errorf("%s: errors in %q, want %q", field, got, want)
		}
	}
}

// TestValidateExtraLinks looks into the properties that clients have for themselves.
func TestValidateExtraLinks(t *testing.T) {
	for _, tt := range []struct {
		p    ical.Property
		want string
	}{
		{ical.Property{Name: "X-GOOGLE-CONFERENCE", Value: "javascript:alert(1)"}, "Value"},
		{ical.Property{Name: "X-MICROSOFT-SKYPETEAMSMEETINGURL", Value: "java\tscript:alert(1)"}, "Value"},
		{ical.Property{Name: "X-LINK", Value: "javascript: alert(1)"}, "Value"},
		{ical.Property{Name: "X-LINK", Value: "data:text/html,x"}, "Value"},
		{ical.Property{Name: "LINK", Params: map[string][]string{"VALUE": {"URI"}}, Value: "file:///a"}, "Value"},
		{ical.Property{Name: "STRUCTURED-DATA", Params: map[string][]string{"VALUE": {"URI"}}, Value: "data:text/html,x"}, "Value"},
		{ical.Property{Name: "ATTACH", Params: map[string][]string{"ENCODING": {"BASE64"}}, Value: "file:///a"}, "Value"},
		{ical.Property{Name: "X-ALT-DESC", Value: `<p onclick="x()">a</p>`}, "Value"},
		{ical.Property{Name: "X-ALT-DESC", Value: `<a href="java&#10;script:alert(1)">a</a>`}, "Value"},
		{ical.Property{Name: "X-ALT-DESC", Value: `<svg><script>alert(1)</script></svg>`}, "Value"},
		{ical.Property{Name: "X-ALT-DESC", Value: `<img src=\\host\share\a.png>`}, "Value"},
		{ical.Property{Name: "X-ALT-DESC", Value: `<meta http-equiv=Refresh content="0;url=https://example.test">`}, "Value"},
		{extra("X-PLACE", "X-URL", "file:///a"), "Params.X-URL"},

		{ical.Property{Name: "X-GOOGLE-CONFERENCE", Value: "https://meet.example.test/a"}, ""},
		{ical.Property{Name: "X-NOTE", Value: "Data: see the file"}, ""},
		{ical.Property{Name: "COMMENT", Value: "javascript:alert(1) is only text"}, ""},
		{ical.Property{Name: "X-ALT-DESC", Value: `<meta charset="utf-8"><a href="https://example.test">a</a><img src="data:image/png;base64,AA==">`}, ""},
		{ical.Property{Name: "ATTACH", Params: map[string][]string{"ENCODING": {"BASE64"}, "VALUE": {"BINARY"}}, Value: "//4AQQ=="}, ""},
		{extra("X-PLACE", "X-TITLE", "File: 12"), ""},
	} {
		e := meeting(func(e *ical.Event) { e.Extra = []ical.Property{tt.p} })
		var want []string
		if tt.want != "" {
			want = []string{"Extra[0]." + tt.want}
		}
		if got := linkErrors(t, e); !slices.Equal(got, want) {
			t.Errorf("%+v: errors in %q, want %q", tt.p, got, want)
		}
	}
}

// TestDecodeLinks leaves out the links that Validate refuses, with a line in Skipped.
func TestDecodeLinks(t *testing.T) {
	for _, line := range []string{"URL:", "CONFERENCE;VALUE=URI:", "ATTACH:", "IMAGE;VALUE=URI:", "X-GOOGLE-CONFERENCE:", "SOURCE:", "ATTACH;ENCODING=BASE64:"} {
		for _, link := range slices.Concat(badLinks, oddLinks) {
			c := decodeLines(t, line+link)
			name := line[:strings.IndexAny(line, ";:")]
			e := c.Events[0]
			if e.URL+e.Conference != "" || len(e.Attachments)+len(e.Extra) > 0 {
				t.Errorf("%s%q is read: %+v", line, link, e)
			}
			if len(c.Skipped) != 1 || !strings.HasPrefix(c.Skipped[0], name+" ") {
				t.Errorf("%s%q: skipped %q, want a line about %s", line, link, c.Skipped, name)
			}
		}
		for _, link := range goodLinks {
			if c := decodeLines(t, line+link); len(c.Skipped) > 0 {
				t.Errorf("%s%q: skipped %q", line, link, c.Skipped)
			}
		}
	}
	c := decodeLines(t, "URL:data:text/html,x", "CONFERENCE:data:text/html,x", "ATTACH:data:text/plain,x")
	if e := c.Events[0]; e.URL+e.Conference != "" || len(e.Attachments) != 1 || len(c.Skipped) != 2 {
		t.Errorf("data: is read as %+v, skipped %q; want the attachment alone", e, c.Skipped)
	}
}

// TestDecodeLinkParams leaves out parameters with such links, and keeps the attendee.
func TestDecodeLinkParams(t *testing.T) {
	c := decodeLines(t, `ATTENDEE;DIR="javascript:alert(1)";X-A=b:mailto:bob@example.test`,
		`CONTACT;ALTREP="data:text/html,x":Ann`, `CONTACT;ALTREP="cid:1@example.test":Bob`,
		`SUMMARY;ALTREP="file:///a":Review`, `ORGANIZER;DIR="file:///a":mailto:ann@example.test`)
	e := c.Events[0]
	if a := e.Attendees[0]; a.Email != "bob@example.test" || len(a.Params) != 1 || a.Params["X-A"] == nil {
		t.Errorf("the attendee is %+v, want Bob with X-A alone", a)
	}
	if len(e.Extra) != 2 || len(e.Extra[0].Params) != 0 || e.Extra[1].Params["ALTREP"] == nil {
		t.Errorf("extra properties are %+v, want two, of which the second has ALTREP", e.Extra)
	}
	if len(c.Skipped) != 2 {
		t.Errorf("skipped %q, want DIR and ALTREP", c.Skipped)
	}
	if data, err := ical.Encode(c); err != nil || strings.Contains(string(data), "script") || strings.Contains(string(data), "file:") {
		t.Errorf("Encode = %v\n%s", err, data)
	}
}

// TestDecodeSecondLink takes the second link if the first one is not safe, and never the
// second one if it is not safe.
func TestDecodeSecondLink(t *testing.T) {
	const good, bad = "https://example.test/a", "javascript:alert(1)"
	for _, name := range []string{"URL:", "CONFERENCE:"} {
		for _, lines := range [][]string{{name + bad, name + good}, {name + good, name + bad}} {
			c := decodeLines(t, lines...)
			if e := c.Events[0]; e.URL+e.Conference != good || len(e.Extra) > 0 || len(c.Skipped) != 1 {
				t.Errorf("%q is read as %+v, skipped %q", lines, e, c.Skipped)
			}
		}
	}
}

// decodeLines reads an event with some lines.
func decodeLines(t *testing.T, lines ...string) *ical.Calendar {
	t.Helper()
	in := "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:u\nDTSTAMP:20260101T000000Z\nDTSTART:20260330T023000Z\n" +
		strings.Join(lines, "\n") + "\nEND:VEVENT\nEND:VCALENDAR\n"
	return decode(t, []byte(in))
}

// linkErrors returns the fields that Validate refuses, nil if there are none.
func linkErrors(t *testing.T, e ical.Event) []string {
	t.Helper()
	err := e.Validate()
	if err == nil {
		return nil
	}
	return fieldsOf(t, err)
}
