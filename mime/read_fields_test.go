package mime_test

import (
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/mime"
)

// TestReadFields decodes the header of mails that have no body.
func TestReadFields(t *testing.T) {
	bob := mail.Address{Address: "bob@example.test"}
	tests := []struct {
		name, in string
		want     *mime.Received // without Header
	}{
		{
			name: "names in every form",
			in: "FROM : Bob Example <bob@example.test>\nsender: robot@example.test\n" +
				"Reply-To: =?utf-8?Q?J=C3=B6rg?= <a@example.test>, \"x, =?utf-8?B?w7w=?=\" <b@example.test>\n" +
				"To: Friends: Carol <carol@example.test>, \"d e\"@example.test;, f@example.test (F)\n" +
				"Cc: undisclosed-recipients:;\nCc:\nTo: Grüße <g@example.test>\n",
			want: &mime.Received{
				From:   []mail.Address{{Name: "Bob Example", Address: "bob@example.test"}},
				Sender: &mail.Address{Address: "robot@example.test"},
				ReplyTo: []mail.Address{
					{Name: "Jörg", Address: "a@example.test"}, {Name: "x, ü", Address: "b@example.test"}},
				To: []mail.Address{
					{Name: "Carol", Address: "carol@example.test"}, {Address: "d e@example.test"},
					{Name: "F", Address: "f@example.test"}, {Name: "Grüße", Address: "g@example.test"}},
			},
		},
		{
			name: "broken address lists",
			in: "From: Bob <bob@example.test> <carol@example.test>\n" +
				"To: good@example.test, Doe, John <mailto:john@example.test>; \"d, e\" <d@example.test>, nobody, x@, @y\n" +
				"Cc: \"Unclosed <u@example.test>, v@example.test, <w @example.test>, <x@example.test\n" +
				"Reply-To: \"a\\\"b\" <@example.test>, bob @ example.test ( , mail to c@example.test please\n",
			want: &mime.Received{
				From: []mail.Address{{Name: "Bob", Address: "bob@example.test"}, {Address: "carol@example.test"}},
				To: []mail.Address{{Address: "good@example.test"}, {Name: "John", Address: "john@example.test"},
					{Name: "d, e", Address: "d@example.test"}},
				Cc: []mail.Address{{Name: "Unclosed", Address: "u@example.test"}, {Address: "v@example.test"},
					{Address: "w@example.test"}, {Address: "x@example.test"}},
				ReplyTo: []mail.Address{{Address: "c@example.test"}},
				Problems: []string{
					"header: From is not a valid address list: the readable addresses count",
					"header: To is not a valid address list: the readable addresses count",
					"header: Cc is not a valid address list: the readable addresses count",
					"header: Reply-To is not a valid address list: the readable addresses count",
				},
			},
		},
		{
			name: "fields that are there twice",
			in: "From: bob@example.test\nFrom: eve@example.test\nSender: a@example.test\nSender: b@example.test\n" +
				"Subject: one\nSubject: two\nDate: 1 Mar 2027 10:00 +0100\nDate: 2 Mar 2027 10:00 +0100\n",
			want: &mime.Received{
				From: []mail.Address{bob, {Address: "eve@example.test"}}, Sender: &mail.Address{Address: "a@example.test"},
				Subject: "one", Date: time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC),
				Problems: []string{
					"header: From is there twice: both count",
					"header: Sender has several addresses: the first counts",
					"header: Subject is there twice: the first counts",
					"header: Date is there twice: the first counts",
				},
			},
		},
		{
			name: "trace fields",
			in: "Return-Path: <bounces+1@example.test>\nReturn-Path: <>\nDelivered-To: <a@example.com>\nDelivered-To: b\n" +
				"X-Original-To: A@example.com\nEnvelope-to: c@example.com, d@example.com\nX-Envelope-To: mailing list e@example.com;\n" +
				"Original-Recipient: rfc822;f@example.com\n",
			want: &mime.Received{
				ReturnPath:  "bounces+1@example.test",
				DeliveredTo: []string{"a@example.com", "c@example.com", "d@example.com", "e@example.com", "f@example.com"},
			},
		},
		{name: "null reverse path", in: "Return-Path: <>\n", want: &mime.Received{ReturnPath: "<>"}},
		{name: "local reverse path", in: "Return-Path: <root>\n", want: &mime.Received{ReturnPath: "root"}},
		{
			name: "identifiers",
			in: "Message-ID: (x) <a b@example.test> y\nIn-Reply-To: Your message of Monday <1@x> <2@y>\n" +
				"References: <1@x>\n\t<2@y><>\n <3@z\nReferences: 4@x none 5@y\n",
			want: &mime.Received{
				MessageID: "<ab@example.test>", InReplyTo: "<1@x>",
				References: []string{"<1@x>", "<2@y>", "<3@z>", "<4@x>", "<5@y>"},
			},
		},
		{
			name: "subject",
			in:   "Subject: =?utf-8?Q?a=0D=0AX:_b?= =?x-none?Q?=FC?=\r\n =?utf-8?B?!?= \x01c\n",
			want: &mime.Received{Subject: "a  X: b\uFFFD =?utf-8?B?!?=  c"},
		},
		{
			name: "auto-submitted",
			in:   "Auto-Submitted: (x) AUTO-Replied (vacation); a=b\n",
			want: &mime.Received{AutoSubmitted: "auto-replied"},
		},
		{
			name: "bytes that are not UTF-8",
			in:   "From: J\xF6rg <bob@example.test>\nSubject: \x80\xFC\n",
			want: &mime.Received{
				From: []mail.Address{{Name: "Jörg", Address: "bob@example.test"}}, Subject: "€ü",
				Problems: []string{
					"header: From is not in UTF-8: read as windows-1252",
					"header: Subject is not in UTF-8: read as windows-1252",
				},
			},
		},
		{
			name: "lines that are no fields",
			in:   ">From bob Mon Mar  1\nFrom: bob@example.test\nSubject: a\n b\n\t \n c\nno field here\nö: x\n: y\nX-Y\n",
			want: &mime.Received{
				From: []mail.Address{bob}, Subject: "a b\t  c",
				Problems: []string{
					`header: line "no field here" is not a field: skipped`,
					`header: line "ö: x" is not a field: skipped`,
					`header: line ": y" is not a field: skipped`,
					`header: line "X-Y" is not a field: skipped`,
				},
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := readString(t, test.in)
			got.Header = nil
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("Read (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadDate(t *testing.T) {
	at := func(hour, minute int) time.Time { return time.Date(2027, 3, 1, hour, minute, 0, 0, time.UTC) }
	tests := []struct {
		in       string
		want     time.Time
		problems []string
	}{
		{in: "Mon, 01 Mar 2027 10:00:00 +0100", want: at(9, 0)},
		{in: "Mon, 1 Mar 2027 10:00:00 +0100 (CET (Berlin))", want: at(9, 0)},
		{in: "1 Mar 27 10:00 GMT", want: at(10, 0)},
		{in: "1 Mar 2027 10:00:00 EST", want: at(15, 0)},
		{in: "1 Mar 2027 10:00:00 pdt", want: at(17, 0)},
		{in: "1 Mar 2027 10:00:00 XYZ", want: at(10, 0)},
		{in: "1 Mar 2027 10:00:00 -0000", want: at(10, 0)},
		{in: "Mon, 01 Mar 2027 10:30:00 +0530", want: at(5, 0)},
		{in: "yesterday", problems: []string{`header: Date "yesterday" cannot be read`}},
		{in: "", problems: []string{`header: Date "" cannot be read`}},
	}
	for _, test := range tests {
		m := readString(t, "Date: "+test.in+"\n")
		if !m.Date.Equal(test.want) || !cmp.Equal(m.Problems, test.problems) {
			t.Errorf("date %q = %v, %q, want %v, %q", test.in, m.Date, m.Problems, test.want, test.problems)
		}
		if m.Date.Location() == time.Local {
			t.Errorf("date %q depends on the zone of this machine", test.in)
		}
	}
}

// TestReadAuth parses Authentication-Results fields as servers write them.
func TestReadAuth(t *testing.T) {
	tests := []struct {
		name, in string // the fields, a line each
		want     []mime.AuthResult
	}{
		{
			name: "no results",
			in:   "mx.example.com 1; none",
			want: []mime.AuthResult{{AuthServID: "mx.example.com", Value: "none"}},
		},
		{
			name: "two fields, in their order",
			in:   "mx.example.com; dmarc=PASS header.from=Example.Test.\nother.example; dkim/1 = fail reason=\"bad key; dkim=pass\" header.i=@Sub.example.test",
			want: []mime.AuthResult{
				{AuthServID: "mx.example.com", Method: "dmarc", Value: "pass", Identity: "Example.Test.", Domain: "example.test",
					Properties: map[string]string{"header.from": "Example.Test."}},
				{Field: 1, AuthServID: "other.example", Method: "dkim", Value: "fail", Reason: "bad key; dkim=pass",
					Identity: "@Sub.example.test", Domain: "sub.example.test",
					Properties: map[string]string{"header.i": "@Sub.example.test"}},
			},
		},
		{
			name: "nothing made up by comments and quoted strings",
			in: `mx.example.com; spf=fail (domain of "x; dmarc=pass header.from=example.test" (nested); dkim=pass)` +
				` smtp.mailfrom="y; dmarc=pass header.from="@example.org; dkim=none (a\); dmarc=pass`,
			want: []mime.AuthResult{
				{AuthServID: "mx.example.com", Method: "spf", Value: "fail", Identity: "y; dmarc=pass header.from=@example.org",
					Domain: "example.org", Properties: map[string]string{"smtp.mailfrom": "y; dmarc=pass header.from=@example.org"}},
				{AuthServID: "mx.example.com", Method: "dkim", Value: "none"},
			},
		},
		{
			name: "DKIM, SPF, iprev and auth",
			in: "mx.example.com; dkim=pass header.d=Example.Test header.i=bob@mail.example.test header.b=Ab/c+d==; " +
				"spf=softfail smtp.mailfrom=bob@example.org smtp.mailfrom=eve@example.net; iprev=pass policy.iprev=192.0.2.1; " +
				"auth=pass (plain) smtp.auth=bob",
			want: []mime.AuthResult{
				{AuthServID: "mx.example.com", Method: "dkim", Value: "pass", Identity: "bob@mail.example.test", Domain: "example.test",
					Properties: map[string]string{"header.d": "Example.Test", "header.i": "bob@mail.example.test", "header.b": "Ab/c+d=="}},
				{AuthServID: "mx.example.com", Method: "spf", Value: "softfail", Identity: "bob@example.org", Domain: "example.org",
					Properties: map[string]string{"smtp.mailfrom": "bob@example.org"}},
				{AuthServID: "mx.example.com", Method: "iprev", Value: "pass", Identity: "192.0.2.1",
					Properties: map[string]string{"policy.iprev": "192.0.2.1"}},
				{AuthServID: "mx.example.com", Method: "auth", Value: "pass", Identity: "bob",
					Properties: map[string]string{"smtp.auth": "bob"}},
			},
		},
		{
			name: "broken",
			in:   "mx.example.com; ;=; what; a b=c; dmarc=pass ==x; header.from",
			want: []mime.AuthResult{{AuthServID: "mx.example.com", Method: "dmarc", Value: "pass"}},
		},
		{
			name: "property before any result",
			in:   "mx.example.com; header.from=x; dmarc=none",
			want: []mime.AuthResult{{AuthServID: "mx.example.com", Method: "dmarc", Value: "none"}},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			in := "Authentication-Results: " + strings.ReplaceAll(test.in, "\n", "\nAuthentication-Results: ")
			m := readString(t, in+"\n")
			if diff := cmp.Diff(test.want, m.Auth); diff != "" {
				t.Errorf("Auth (-want +got):\n%s", diff)
			}
		})
	}
}
