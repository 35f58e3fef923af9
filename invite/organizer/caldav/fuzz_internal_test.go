package caldav

import (
	"bytes"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzMultistatus reads any body. Addresses that come out can be requested.
func FuzzMultistatus(f *testing.F) {
	for _, s := range []string{
		`<D:multistatus xmlns:D="DAV:"><D:response><D:href>/a%20b/</D:href><D:propstat><D:prop><D:getetag>"x"</D:getetag></D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response></D:multistatus>`,
		`<multistatus xmlns="DAV:"><response><href>http://ann:p@h/x?y#z</href><status>HTTP/1.1 404 Not Found</status></response></multistatus>`,
		`<multistatus xmlns="DAV:"><response><href>a:b/%zz</href></response></multistatus>`,
		`<!DOCTYPE x [<!ENTITY a "b">]><multistatus xmlns="DAV:">&a;</multistatus>`,
		`<error xmlns="DAV:"><no-uid-conflict xmlns="urn:ietf:params:xml:ns:caldav"><D:href xmlns:D="DAV:">/x</D:href></no-uid-conflict></error>`,
		"", "<", "<a><b></a></b>", strings.Repeat("<a>", 100),
	} {
		f.Add([]byte(s))
	}
	base, _ := url.Parse("https://example.com/dav/")
	f.Fuzz(func(t *testing.T, body []byte) {
		list, err := parseMultistatus(body, base)
		if err != nil && len(list) > 0 {
			t.Error("an error and resources")
		}
		for _, r := range list {
			if r.url.User != nil || r.url.Host == "" || r.url.Scheme != "http" && r.url.Scheme != "https" || r.url.Fragment != "" {
				t.Errorf("address %q", r.url)
			}
			if _, err := url.Parse(r.url.String()); err != nil {
				t.Errorf("address %q: %v", r.url, err)
			}
			_ = readOnly(r.props) || isCalendar(r.props) || holdsEvents(r.props)
			_ = hrefs(r.props, base)
		}
		if root, err := parseXML(body); err == nil {
			new(Error).describe(root)
		}
	})
}

// FuzzChallenges reads any WWW-Authenticate.
func FuzzChallenges(f *testing.F) {
	for _, s := range []string{
		`Basic realm="x, y", Digest realm="a\"b", nonce="n", qop="auth,auth-int", algorithm=SHA-256, stale=TRUE`,
		`Negotiate, NTLM TlRMTVNTUAACAAAADAAMADgAAAAFgomi, Basic realm=x`, `Digest nonce=`, `Digest nonce="`, `,,=,Basic`, `Negotiate oYG2MIGzoAMKAQA=`,
	} {
		f.Add(s)
	}
	u, _ := url.Parse("https://example.com/a?b")
	f.Fuzz(func(t *testing.T, header string) {
		d, ok := strongestDigest(parseChallenges([]string{header}))
		if !ok {
			return
		}
		state := digestState{challenge: d}
		out, err := state.authorize(&Options{Username: "ann", Password: "secret", Random: strings.NewReader(strings.Repeat("r", 16))}, "GET", u)
		if err != nil || strings.ContainsAny(out, "\r\n\x00") || strings.Contains(out, "secret") && !strings.Contains(header, "secret") {
			t.Errorf("Authorization %q, %v", out, err)
		}
	})
}

// FuzzAgent adds SCHEDULE-AGENT=CLIENT to any object: the ORGANIZER has it then, and everything
// else is as it was.
func FuzzAgent(f *testing.F) {
	for _, s := range []string{
		"BEGIN:VEVENT\r\nORGANIZER;CN=\"a:b;c\":mailto:a@b\r\nATTENDEE;SCHEDULE-AGENT=CLIENT:mailto:c@d\r\nEND:VEVENT\r\n",
		"BEGIN:VEVENT\nORGAN\n IZER:mailto:a@b\nATTENDEE:x\nBEGIN:VALARM\nATTENDEE:y\nEND:VALARM\nEND:VEVENT\n", "ORGANIZER", "BEGIN:VEVENT\nORGANIZER:", "\r\r\n \t",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		out := withAgent(data)
		before, after := readAgents(data), readAgents(out)
		if strings.Join(before.served, "\n") != strings.Join(after.served, "\n") || before.organizer != after.organizer {
			t.Errorf("agents %+v, before %+v", after, before)
		}
		if bytes.Equal(out, data) {
			return
		}
		if again := withAgent(out); !bytes.Equal(again, out) && after.silent {
			t.Error("added twice")
		}
		for line := range bytes.SplitSeq(out, []byte("\r\n")) {
			if len(line) > 75 && utf8.Valid(data) {
				t.Errorf("a line of %d octets", len(line))
			}
		}
	})
}
