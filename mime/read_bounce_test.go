package mime_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/convene-go/convene/mime"
)

// daemonMail returns a letter of a server.
func daemonMail(text string) string { return "Return-Path: <>\nFrom: MAILER-DAEMON@x.test\n\n" + text }

// statuses returns the recipients of a report as address, action and status.
func statuses(r *mime.DeliveryReport) (out []string) {
	if r == nil {
		return []string{"no report"}
	}
	for _, d := range r.Recipients {
		out = append(out, strings.TrimSpace(d.FinalRecipient+" "+d.Action+" "+d.Status))
	}
	if r.Doubt != "" {
		out = append(out, r.Doubt)
	}
	return out
}

// TestReadBounceCodes reads the words of a server.
func TestReadBounceCodes(t *testing.T) {
	const none, unnamed = "no report", "it names no recipient"
	tests := []struct{ name, in, want string }{
		{"reply", "a@x.test: 550 no", "a@x.test failed 5.0.0"},
		{"reply without a text", "a@x.test: 550", "a@x.test failed 5.0.0"},
		{"reply of several lines", "a@x.test: 550-5.1.1 no", "a@x.test failed 5.1.1"},
		{"reply behind a colon", "a@x.test said:550 no", "a@x.test failed 5.0.0"},
		{"enhanced code", "a@x.test (#5.2.2)", "a@x.test failed 5.2.2"},
		{"code of three digits", "a@x.test #5.7.124", "a@x.test failed 5.7.124"},
		{"in the next lines", "a@x.test\n\n  no\n  550 5.1.1 no", "a@x.test failed 5.1.1"},
		{"of two recipients", "a@x.test\n 550 5.1.1 no\n<b@x.test>\n 451 4.7.1 later", "a@x.test failed 5.1.1 b@x.test delayed 4.7.1"},
		{"of a list", "a@x.test\nb@x.test\n550 5.1.1 no", "a@x.test failed 5.1.1 b@x.test failed 5.1.1"},
		{"not of a list that ended", "a@x.test\nand then\nb@x.test\n550 5.1.1 no", "b@x.test failed 5.1.1"},
		{"the first code counts", "a@x.test\n550 5.1.1 no\n554 5.7.1 no", "a@x.test failed 5.1.1"},
		{"temporary", "a@x.test: 451 4.7.1 later", "a@x.test delayed 4.7.1"},
		{"temporary, given up", "a@x.test: 451 4.7.1 later. Giving up.", "a@x.test failed 4.7.1"},
		{"success", "a@x.test: 2.1.5 ok", "a@x.test delivered 2.1.5"},
		{"success in another line", "a@x.test\n2.1.5 ok\nIt was undeliverable.", "a@x.test failed"},
		{"a clock", "a@x.test at 08:550 no", none},
		{"a number of a telephone", "a@x.test, telephone 550 123456", none},
		{"a port", "a@x.test on port 465 no", none},
		{"a size", "a@x.test has 500 MB", none},
		{"a long number", "a@x.test 5501 no", none},
		{"an amount", "a@x.test pays 550, or -550 x", none},
		{"an address of a host", "a@x.test at [5.1.2.3] or 5.1.2.3", none},
		{"a version", "a@x.test by Server 5.1.1", none},
		{"a version of four parts", "a@x.test (5.5.2653.19)", none},
		{"an odd code", "a@x.test #5.9.1 and 5.1 and 5.1.x and 3.1.1", none},
		{"an error", "a@x.test: Fehler 5.1.1", "a@x.test failed 5.1.1"},
		{"a code alone", "550 5.1.1 no", none},
		{"words alone", "It was undeliverable.", "failed " + unnamed},
		{"words over two lines", "It could not be\ndelivered: a@x.test", "a@x.test failed"},
		{"a typographic apostrophe", "Il n’a pas pu être remis: a@x.test", "a@x.test failed"},
		{"words for a delay", "a@x.test. It will be retried, though undelivered.", "a@x.test delayed"},
		{"words for success alone", "It was successfully delivered.", none},
		{"own address", "mailer-daemon@x.test, postmaster@y.test: 550 no. It was undeliverable.", "failed " + unnamed},
		{"odd addresses", "@ a@ @b 'q@x.test' to=r@x.test, x@@y <mailto:s@x.test.>: 550", "q@x.test failed 5.0.0 r@x.test failed 5.0.0 s@x.test failed 5.0.0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := readString(t, daemonMail(tt.in))
			if got := strings.Join(statuses(m.Report), " "); got != tt.want {
				t.Errorf("Read(%q) = %s, want %s", tt.in, got, tt.want)
			}
		})
	}
}

// TestReadBounceAuthors reads the same letter from different authors.
func TestReadBounceAuthors(t *testing.T) {
	const sure, maybe, none = "a@x.test failed 5.1.1", "a@x.test failed 5.1.1 its header does not show that a server wrote it", "no report"
	tests := []struct{ header, want string }{
		{"Return-Path: <>\nFrom: MAILER-DAEMON@x.test", sure},
		{"Return-Path: <>\nFrom: Postmaster <postmaster@x.test>", sure},
		{"Return-Path: <>\nFrom: MAILER-DAEMON (Mail Delivery System)", sure},
		{"Return-Path: <>\nFrom: <>", sure},
		{"Return-Path: <>\nFrom: \"Courier\" <@>", sure},
		{"From: postmaster@x.test\nAuto-Submitted: auto-generated (failure)", sure},
		{"From: postmaster@x.test\nReturn-Path: <p@x.test>\nAuto-Submitted: auto-replied", sure},
		{"From: postmaster@x.test", maybe},
		{"From: postmaster@x.test\nAuto-Submitted: no", maybe},
		{"From: postmaster@x.test\nReturn-Path: <postmaster@x.test>", maybe},
		{"From: ann@x.test\nReturn-Path: <>", maybe},
		{"From: a@x.test\nReturn-Path: <>", none}, // nobody reports that their own mailbox failed
		{"From: ann@x.test\nReturn-Path: <>\nAuto-Submitted: auto-replied", none},
		{"From: ann@x.test", none},
		{"From: ann@x.test\nAuto-Submitted: auto-generated", none},
		{"From: postmaster@x.test, ann@x.test", none},
		{"Return-Path: <>\nFrom: MAILER-DAEMON@x.test\nPrecedence: List", none},
		{"Return-Path: <>\nFrom: MAILER-DAEMON@x.test\nList-Post: x", none},
		{"From: ann@x.test\nContent-Type: multipart/report; report-type=delivery-status; boundary=b", maybe},
	}
	for _, tt := range tests {
		body := "a@x.test: 550 5.1.1 no\n\nMessage-ID: <1@y.test>\n"
		if strings.Contains(tt.header, "boundary=b") {
			body = "--b\n\n" + body + "--b--\n"
		}
		m := readString(t, tt.header+"\n\n"+body)
		got := strings.Join(statuses(m.Report), " ")
		if got != tt.want || (m.Returned != nil) != (tt.want != none) || m.Returned != nil && m.Returned.MessageID != "<1@y.test>" {
			t.Errorf("Read(%q) = %s, %+v, want %s", tt.header, got, m.Returned, tt.want)
		}
		if m = readString(t, tt.header+"\n\n"+strings.ReplaceAll(body, "Message-ID: <1@y.test>", "")); tt.want == maybe && m.Report != nil {
			t.Errorf("Read(%q without a copy) = %v, want no report", tt.header, statuses(m.Report))
		}
	}
	// An opening counts if nothing is against it.
	for path, want := range map[string]string{"": sure, "Return-Path: <MAILER-DAEMON@x.test>\n": sure, "Return-Path: <eve@x.test>\n": maybe} {
		m := readString(t, path+"From: postmaster@x.test\n\nThis is the mail system at host x.\n\na@x.test: 550 5.1.1 no\n\nMessage-ID: <1@y.test>\n")
		if got := strings.Join(statuses(m.Report), " "); got != want {
			t.Errorf("with %q: %s, want %s", path, got, want)
		}
	}
}

// TestReadBounceCopy finds the mail that a server gives back in its text.
func TestReadBounceCopy(t *testing.T) {
	const said = "a@x.test: 550 5.1.1 no\n\n"
	object := "BEGIN:VCALENDAR\nEND:VCALENDAR"
	tests := []struct{ name, in, want string }{
		{"header", "Received: by y\nMessage-ID:\n <1@y.test>\nSubject: A\n b\nX-Own: c\n", "<1@y.test> A b 4 fields 0 objects false"},
		{"whole mail", "MIME-Version: 1.0\nMessage-ID: <1@y.test>\nSubject: A\nContent-Type: text/calendar\n\n" + object + "\n", "<1@y.test> A 4 fields 1 objects true"},
		{"indented", "  Received: by y\n  Message-ID:\n    <1@y.test>\n  Subject: A\n\n  b@x.test: 550 no\n", "<1@y.test> A 3 fields 0 objects true"},
		{"quoted", "> Received: by y\n> Message-ID: <1@y.test>\n> Subject: A\n>\n> b@x.test: 550 no\n", "<1@y.test> A 3 fields 0 objects true"},
		{"some fields", "To: b@x.test\nMessage-ID: <1@y.test>\nSubject: A\n", "<1@y.test> A 3 fields 0 objects false"},
		{"in running text", "The message id <1@y.test> was not taken.\n", "<1@y.test>  0 fields 0 objects false"},
		{"no identifier", "The Message-ID: 1, <x>, <a b@c>.\n", "nothing"},
		{"fields without an identifier", "To: b@x.test\nSubject: A\nSent: today\n", "nothing"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := readString(t, daemonMail(said+tt.in))
			got := "nothing"
			if r := m.Returned; r != nil {
				got = fmt.Sprintf("%s %s %d fields %d objects %t", r.MessageID, r.Subject, len(r.Header), len(r.Calendars), r.Complete)
			}
			if got != tt.want || strings.Join(statuses(m.Report), " ") != "a@x.test failed 5.1.1" {
				t.Errorf("Read(%q) = %s, %v, want %s", tt.in, got, statuses(m.Report), tt.want)
			}
		})
	}
	attached := "Return-Path: <>\nFrom: MAILER-DAEMON@x.test\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n" + said +
		"--b\nContent-Type: message/rfc822\n\nMessage-ID: <1@y.test>\nContent-Type: text/calendar\n\n" + object + "\n--b--\n"
	if m := readString(t, attached); m.Returned == nil || !m.Returned.Complete || len(m.Returned.Calendars) != 1 || len(m.Calendars) != 0 {
		t.Errorf("Read(attached) = %+v, %d objects", m.Returned, len(m.Calendars))
	}
	if m := readString(t, strings.Replace(attached, "MAILER-DAEMON", "ann", 1)); m.Report == nil || m.Report.Doubt == "" {
		t.Errorf("Read(attached by ann) = %v, want a doubt", statuses(m.Report))
	}
	if m := readString(t, strings.Replace(attached, "Return-Path: <>\nFrom: MAILER-DAEMON", "From: ann", 1)); m.Report != nil || m.Returned != nil || len(m.Calendars) != 1 {
		t.Errorf("Read(forwarded) = %v, %+v, %d objects", statuses(m.Report), m.Returned, len(m.Calendars))
	}
}
