package invite_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/mime"
)

// authMail returns an answer of Bob below some header fields.
func authMail(from string, results ...string) string {
	var b strings.Builder
	for _, r := range results {
		b.WriteString("Authentication-Results: " + r + "\r\n")
	}
	b.WriteString("From: " + from + `
To: desk@example.test
Subject: Answer
Message-ID: <1@client.example.test>
MIME-Version: 1.0
Content-Type: text/calendar; method=REPLY; charset=utf-8

BEGIN:VCALENDAR
METHOD:REPLY
VERSION:2.0
BEGIN:VEVENT
UID:uid-1
DTSTAMP:20270202T090000Z
SEQUENCE:0
ATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@example.test
END:VEVENT
END:VCALENDAR
`)
	return b.String()
}

// TestAuthenticationResults judges answers of bob@example.test by the fields on top.
func TestAuthenticationResults(t *testing.T) {
	const (
		no, yes = invite.VerdictUnverified, invite.VerdictApplied
		mx      = "mx.example.test; "
		pass    = "dmarc=pass header.from=example.test"
		fail    = "dmarc=fail header.from=example.test"
		iprev   = mx + "iprev=pass"
	)
	fields := func(list ...string) []string { return list }
	for _, tt := range []struct {
		name         string
		fields       []string
		none, strict invite.Verdict // of the nil policy, and of Strict(mx)
	}{
		{"no field", nil, yes, no},
		{"two-results.eml: a failure below iprev", fields(iprev, mx+fail), no, no},
		{"a failure in the third field", fields(iprev, mx+"auth=none", mx+fail), no, no},
		{"a DKIM failure below iprev", fields(iprev, mx+"dkim=fail header.d=example.test"), no, no},
		{"an SPF failure below a field without results", fields(mx+"none", mx+"spf=fail smtp.mailfrom=bob@example.test"), no, no},
		{"an honest pass in the second field", fields(iprev, mx+pass), yes, yes},
		{"an honest pass below the field of a filter for SPF", fields(mx+"spf=pass smtp.mailfrom=bob@example.test", mx+pass), yes, yes},
		{"an SPF pass alone", fields(mx + "spf=pass smtp.mailfrom=bob@example.test"), yes, no},
		{"a filter for DMARC that did not see DKIM", fields(mx+"dkim=pass header.d=example.test", mx+fail, mx+"spf=pass smtp.mailfrom=x@list.test"), yes, yes},
		{"an honest pass of DKIM in the third field", fields(iprev, mx+"auth=none", mx+"dkim=pass header.d=example.test"), yes, yes},
		{"the identifiers differ in case", fields("MX.Example.test; iprev=pass", mx+fail), no, no},
		{"a forged pass below a failure", fields(mx+fail, mx+pass), no, no},
		{"a forged pass of DKIM below an SPF failure", fields(mx+"spf=fail smtp.mailfrom=x@example.test", mx+"dkim=pass header.d=example.test"), no, no},
		{"a forged pass below an SPF pass of the forger", fields(mx+"spf=pass smtp.mailfrom=x@evil.test", mx+pass), no, no},
		{"a DMARC failure below an aligned pass of SPF", fields(mx+"spf=pass smtp.mailfrom=x@example.test", mx+fail), no, no},
		{"a DMARC failure beside an aligned pass of DKIM", fields(mx + "dkim=pass header.d=sub.example.test; " + fail), no, no},
		{"a DMARC failure below the field of a filter", fields(iprev, "filter.example.test; x=y", mx+fail), no, no},
		{"a pass below the field of a filter", fields(iprev, "filter.example.test; x=y", mx+pass), yes, no},
		{"a DKIM failure below a DMARC pass", fields(mx+pass, mx+"dkim=fail header.d=example.test"), yes, yes},
		{"a DMARC failure about the former From", fields(mx+pass, mx+"dmarc=fail header.from=other.test"), yes, yes},
		{"a final dot", fields(mx + "dmarc=pass header.from=example.test."), yes, yes},
		{"an address in place of a domain", fields(mx + "dmarc=pass header.from=bob@Example.test"), yes, yes},
		{"a Kelvin sign in the method", fields(mx + "d\u212aim=pass header.d=example.test"), yes, no},
		{"a long s in the value", fields(mx + "dmarc=pas\u017f header.from=example.test"), no, no},
		{"a long s in the identifier", fields("mx.example.te\u017ft; " + pass), yes, no},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, m := request(t, review(), 0, fixed())
			in := readMail(t, []byte(authMail("bob@example.test", tt.fields...)))
			if _, o := m.Apply(in, nil); o.Verdict != tt.none {
				t.Errorf("Apply with nil = %+v, want %s", o, tt.none)
			}
			if _, o := m.Apply(in, invite.Strict("mx.example.test")); o.Verdict != tt.strict {
				t.Errorf("Apply with Strict = %+v, want %s", o, tt.strict)
			}
		})
	}
}

// TestNoAuthServID trusts a field without an identifier only if it is on top of all.
func TestNoAuthServID(t *testing.T) {
	const pass = "dmarc=pass header.from=example.test"
	for _, tt := range []struct {
		name   string
		fields []string
		want   invite.Verdict
	}{
		{"on top", []string{pass}, invite.VerdictApplied},
		{"below the field of a server with a name", []string{"mx.example.test; iprev=pass", pass}, invite.VerdictUnverified},
		{"below a failure with a name", []string{"mx.example.test; dmarc=fail", pass}, invite.VerdictUnverified},
		{"below a failure without a name", []string{"spf=fail smtp.mailfrom=example.test", pass}, invite.VerdictUnverified},
	} {
		_, m := request(t, review(), 0, fixed())
		in := readMail(t, []byte(authMail("bob@example.test", tt.fields...)))
		if _, o := m.Apply(in, invite.Strict(invite.NoAuthServID)); o.Verdict != tt.want {
			t.Errorf("%s: Apply = %+v, want %s", tt.name, o, tt.want)
		}
	}
}

// TestLookalikeFrom answers from addresses that only look like the attendee's.
func TestLookalikeFrom(t *testing.T) {
	for _, tt := range []struct{ attendee, from string }{
		{"kim@example.test", "\u212aim@example.test"},
		{"sam@example.test", "\u017fam@example.test"},
		{"bob@bank.test", "bob@ban\u212a.test"},
		{"bob@bank.test", "bob@\uff42ank.test"},
		{"bob@example.test", "bob@example.te\u017ft"},
		{"bob@bank.test", "bob@bank\u3002test"},       // an ideographic full stop
		{"bob@bank.test", "bob@ban\u00adk.test"},      // a soft hyphen, which IDNA ignores
		{"bob@my-bank.test", "bob@my\uff0dbank.test"}, // a wide hyphen
		{"bob@bank.test", "bob@\U0001d41bank.test"},   // a bold letter of mathematics
		{"kim@example.test", "k\u0131m@example.test"}, // a dotless i, which IDNA keeps
		{"bob@bikes.test", "bob@b\u0131kes.test"},
	} {
		e := review()
		e.Attendees[0].Email = tt.attendee
		_, m := request(t, e, 0, fixed())
		text := strings.ReplaceAll(authMail(tt.from), "mailto:bob@example.test", "mailto:"+tt.attendee)
		if _, o := m.Apply(readMail(t, []byte(text)), nil); o.Verdict != invite.VerdictUnverified {
			t.Errorf("Apply of %+q for %s = %+v, want unverified", tt.from, tt.attendee, o)
		}
	}
}

// TestVerified hands over a mail by a service that has results of its own, or none.
// The field of the mail says the opposite.
func TestVerified(t *testing.T) {
	const mx = "mx.example.test; dmarc="
	pass := []mime.AuthResult{{Method: "dkim", Value: "pass", Domain: "example.test"}}
	fail := []mime.AuthResult{{Method: "dmarc", Value: "fail"}}
	other := []mime.AuthResult{{Method: "arc", Value: "pass", Domain: "example.test"}}
	for _, tt := range []struct {
		name, field string
		verified    []mime.AuthResult
		policy      *invite.Policy
		want        invite.Verdict
		reason      string // a part of it
	}{
		{"a pass without a server", mx + "fail", pass, invite.Strict(""), invite.VerdictApplied, ""},
		{"a pass with a server", mx + "fail", pass, invite.Strict("mx.example.test"), invite.VerdictApplied, ""},
		{"a failure", mx + "pass", fail, invite.Strict("mx.example.test"), invite.VerdictUnverified, "dmarc=fail"},
		{"a failure in upper case", mx + "pass", []mime.AuthResult{{Method: "DMARC", Value: "FAIL"}}, nil, invite.VerdictUnverified, "dmarc=fail"},
		{"a failure with nil", mx + "pass", fail, nil, invite.VerdictUnverified, "dmarc=fail"},
		{"an empty list", mx + "pass", []mime.AuthResult{}, invite.Strict("mx.example.test"), invite.VerdictUnverified, "no result of the service"},
		{"an empty list with nil", mx + "fail", []mime.AuthResult{}, nil, invite.VerdictUnverified, "dmarc=fail"},
		{"only other methods", mx + "pass", other, invite.Strict("mx.example.test"), invite.VerdictUnverified, "no result of the service"},
		{"no list, and no server", mx + "pass", nil, invite.Strict(""), invite.VerdictUnverified, "no server is named"},
		{"no list, and another server", mx + "pass", nil, invite.Strict(invite.NoAuthServID), invite.VerdictUnverified, "a server without an identifier"},
	} {
		_, m := request(t, review(), 0, fixed())
		in, err := invite.Read(strings.NewReader(authMail("bob@example.test", tt.field)), &invite.ReadOptions{Verified: tt.verified})
		if err != nil {
			t.Fatal(err)
		}
		if _, o := m.Apply(in, tt.policy); o.Verdict != tt.want || !strings.Contains(o.Reason, tt.reason) {
			t.Errorf("%s: Apply = %+v, want %s because of %q", tt.name, o, tt.want, tt.reason)
		}
	}
}

// FuzzAuthenticationResults puts any header fields below a field of the server that
// says no. They never make the answer one that is believed.
func FuzzAuthenticationResults(f *testing.F) {
	for _, s := range []string{
		"", "Authentication-Results: mx.example.test; dmarc=pass header.from=example.test",
		"Authentication-Results: dkim=pass header.d=example.test",
		"Authentication-Results: x.test; none\r\nAuthentication-Results: mx.example.test; dkim=pass header.d=example.test",
		"Received: from a by b\r\nAuthentication-Results: mx.example.test; spf=pass smtp.mailfrom=bob@example.test",
		" ; dmarc=pass", "Authentication-Results: mx.example.test (\r\n ; dmarc=pass",
	} {
		for kind := range uint8(4) {
			f.Add(kind, s)
		}
	}
	_, m := request(f, review(), 0, fixed())
	f.Fuzz(func(t *testing.T, kind uint8, below string) {
		own := []string{"dmarc=fail header.from=example.test", "spf=fail smtp.mailfrom=example.test", "dkim=none", "iprev=pass; dkim=fail"}[kind%4]
		if strings.HasPrefix(below, " ") || strings.HasPrefix(below, "\t") {
			below = "X: " + below // a folded line would belong to the field of the server
		}
		for id, policies := range map[string][]*invite.Policy{
			"mx.example.test; ": {nil, invite.Strict("mx.example.test")},
			"":                  {nil, invite.Strict(invite.NoAuthServID)},
		} {
			text := fmt.Sprintf("Authentication-Results: %s%s\r\n%s\r\n%s", id, own, below, authMail("bob@example.test"))
			in, err := invite.Read(strings.NewReader(text), nil)
			if err != nil {
				continue
			}
			for _, p := range policies {
				if _, o := m.Apply(in, p); o.Verdict == invite.VerdictApplied {
					t.Errorf("Apply with %+v = %+v, want a refusal of %q", p, o, text)
				}
			}
		}
	})
}
