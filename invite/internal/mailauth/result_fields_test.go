package mailauth_test

import (
	"strings"
	"testing"

	"github.com/convene-go/convene/invite/internal/mailauth"
	"github.com/convene-go/convene/mime"
)

// fieldTest judges the Authentication-Results fields of a mail from bank.test.
type fieldTest struct {
	name   string
	id     string // of the policy
	fields string // each on its line; a line that begins with a space continues a field
	want   mailauth.Result
}

// run reads a mail with the fields, and judges it.
func (tt *fieldTest) run(t *testing.T) {
	t.Helper()
	var b strings.Builder
	for line := range strings.SplitSeq(tt.fields, "\n") {
		if !strings.HasPrefix(line, " ") {
			b.WriteString("Authentication-Results: ")
		}
		b.WriteString(line + "\r\n")
	}
	m, err := mime.Read(strings.NewReader(b.String()+"From: bob@bank.test\r\n\r\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	check(t, "Leading", tt.want, mailauth.Leading(m.Auth, tt.id, "bank.test"))
}

// Sums of results.
var (
	none                 = mailauth.Result{}
	dmarcPass, dmarcFail = mailauth.Result{DMARC: true, Checked: true, Text: "dmarc=pass"},
		mailauth.Result{Checked: true, Text: "dmarc=fail"}
	dkimPass, dkimFail = mailauth.Result{DKIM: true, Checked: true, Text: "dkim=pass"},
		mailauth.Result{Checked: true, Text: "dkim=fail"}
)

// refused returns a sum without a pass.
func refused(text string) mailauth.Result { return mailauth.Result{Checked: true, Text: text} }

// TestLeadingFields joins the leading fields of the server mx.test.
func TestLeadingFields(t *testing.T) {
	for _, tt := range []fieldTest{
		{"a failure below iprev", "mx.test", "mx.test; iprev=pass\nmx.test; dmarc=fail header.from=bank.test", dmarcFail},
		{"for the server of the topmost field, too", "", "mx.test; iprev=pass\nmx.test; dmarc=fail header.from=bank.test", dmarcFail},
		{"a pass below two fields about other things", "mx.test",
			"mx.test; iprev=pass\nmx.test; none\nmx.test; dmarc=pass header.from=bank.test", dmarcPass},
		{"a failure of DKIM decides over a pass below", "mx.test",
			"mx.test; dkim=fail header.d=bank.test\nmx.test; dmarc=pass header.from=bank.test", dkimFail},
		{"no signature decides, too", "mx.test", "mx.test; dkim=none\nmx.test; dkim=pass header.d=bank.test", refused("dkim=none")},
		{"an SPF pass of another domain decides, too", "mx.test",
			"mx.test; spf=pass smtp.mailfrom=x@evil.test\nmx.test; dmarc=pass header.from=bank.test", refused("spf=pass")},
		{"a DKIM pass of another domain decides, too", "mx.test",
			"mx.test; dkim=pass header.d=evil.test\nmx.test; dmarc=pass header.from=bank.test", refused("dkim=pass")},
		{"a filter for SPF writes above the filter for DMARC", "mx.test",
			"mx.test; spf=pass (mailfrom) smtp.mailfrom=bank.test\nmx.test; dmarc=pass header.from=bank.test",
			mailauth.Result{DMARC: true, SPF: true, Checked: true, Text: "spf=pass dmarc=pass"}},
		{"SPF passes, and the next field decides", "mx.test",
			"mx.test; spf=pass smtp.mailfrom=bank.test\nmx.test; dkim=fail\nmx.test; dmarc=pass header.from=bank.test",
			mailauth.Result{SPF: true, Checked: true, Text: "spf=pass dkim=fail"}},
		{"SPF beside another result decides", "mx.test",
			"mx.test; spf=pass smtp.mailfrom=bank.test; dkim=none\nmx.test; dmarc=pass header.from=bank.test",
			mailauth.Result{SPF: true, Checked: true, Text: "spf=pass dkim=none"}},
		{"a field of another server ends the lead", "mx.test",
			"mx.test; iprev=pass\nfilter.test; none\nmx.test; dmarc=pass header.from=bank.test", none},
		{"a field without an identifier ends the lead", "mx.test",
			"mx.test; iprev=pass\niprev=pass\nmx.test; dmarc=pass header.from=bank.test", none},
		{"fields of others above do not end it", "mx.test",
			"list.test; dkim=fail header.d=bank.test\nmx.test; iprev=pass\nmx.test; dkim=pass header.d=bank.test", dkimPass},
		{"another server on top has nothing to say", "",
			"list.test; iprev=pass\nmx.test; dmarc=pass header.from=bank.test", none},
		{"no field of the server", "mx.test", "evil.test; dmarc=pass header.from=bank.test", none},
		{"no identifier, twice", mailauth.NoID, "iprev=pass\ndkim=pass header.d=bank.test", dkimPass},
		{"no identifier below an identifier", mailauth.NoID, "mx.test; iprev=pass\ndkim=pass header.d=bank.test", none},
	} {
		t.Run(tt.name, tt.run)
	}
}

// TestDMARCFailure puts failures of DMARC beside and below passes.
func TestDMARCFailure(t *testing.T) {
	for _, tt := range []fieldTest{
		{"below a pass", "mx.test", "mx.test; dmarc=pass header.from=bank.test\nmx.test; dmarc=fail header.from=bank.test", refused("dmarc=pass dmarc=fail")},
		{"beyond the lead", "mx.test",
			"mx.test; dmarc=pass header.from=bank.test\nfilter.test; none\nmx.test; dmarc=fail header.from=bank.test", refused("dmarc=pass dmarc=fail")},
		{"of a field that names no domain", "mx.test", "mx.test; dmarc=pass header.from=bank.test\nmx.test; dmarc=fail", refused("dmarc=pass dmarc=fail")},
		{"of another server", "mx.test", "mx.test; dmarc=pass header.from=bank.test\nlist.test; dmarc=fail header.from=bank.test", dmarcPass},
		{"about another domain", "mx.test", "mx.test; dmarc=pass header.from=bank.test\nmx.test; dmarc=fail header.from=former.test", dmarcPass},
		{"below SPF", "mx.test", "mx.test; spf=pass smtp.mailfrom=bank.test\nmx.test; dmarc=fail header.from=bank.test", refused("spf=pass dmarc=fail")},
		{"beside DKIM of a subdomain", "mx.test",
			"mx.test; dkim=pass header.d=news.bank.test; dmarc=fail header.from=bank.test", refused("dkim=pass dmarc=fail")},
		{"below DKIM of exactly the domain", "mx.test",
			"mx.test; dkim=pass header.d=bank.test\nmx.test; dmarc=fail header.from=bank.test\nmx.test; spf=pass smtp.mailfrom=owner@list.test",
			mailauth.Result{DKIM: true, Checked: true, Text: "dkim=pass dmarc=fail"}},
		{"above DKIM of exactly the domain", "mx.test",
			"mx.test; dmarc=fail header.from=bank.test\nmx.test; dkim=pass header.d=bank.test", dmarcFail},
		{"below a failure of DKIM of exactly the domain", "mx.test",
			"mx.test; dkim=fail header.d=bank.test\nmx.test; dmarc=fail header.from=bank.test", refused("dkim=fail dmarc=fail")},
	} {
		t.Run(tt.name, tt.run)
	}
}

// TestFieldForms writes fields in the forms that RFC 8601, section 2.2, allows, and
// in forms of a forger.
func TestFieldForms(t *testing.T) {
	for _, tt := range []fieldTest{
		{"a continuation", "mx.test", "mx.test;\n  dmarc=fail\n  header.from=bank.test", dmarcFail},
		{"a continuation is no new field", "mx.test", "mx.test; x=y;\n mx.test; dmarc=pass header.from=bank.test", dmarcPass},
		{"comments", "mx.test", "mx.test (host) 1 (v); (a;b) dmarc (x) = (y) pass (dmarc=fail; (nested)) header.from (z) = bank.test (end", dmarcPass},
		{"a result in a comment", "mx.test", "mx.test; dmarc=fail (sender says; dmarc=pass header.from=bank.test) header.from=bank.test", dmarcFail},
		{"a result in a quoted address", "mx.test",
			`mx.test; spf=fail smtp.mailfrom="x; dmarc=pass header.from=bank.test "@evil.test; dkim=none`, refused("spf=fail dkim=none")},
		{"an identifier in a comment", "mx.test", "evil.test (mx.test); dmarc=pass header.from=bank.test", none},
		{"header.from twice, the domain first", "mx.test", "mx.test; dmarc=pass header.from=bank.test header.from=evil.test", dmarcPass},
		{"header.from twice, another first", "mx.test", "mx.test; dmarc=pass header.from=evil.test header.from=bank.test", refused("dmarc=pass")},
		{"DMARC twice in one field", "mx.test", "mx.test; dmarc=pass header.from=bank.test; dmarc=fail header.from=bank.test", refused("dmarc=pass dmarc=fail")},
		{"the identifiers differ in case", "Mx.Test", "mX.test; iprev=pass\nMX.TEST; dmarc=fail header.from=bank.test", dmarcFail},
		{"upper case", "mx.test", "MX.TEST; DMARC=PASS HEADER.FROM=BANK.TEST", dmarcPass},
		{"a final dot", "mx.test", "mx.test; dmarc=pass header.from=bank.test.", dmarcPass},
		{"a final dot of DKIM", "mx.test", "mx.test; dkim=pass header.d=bank.test.", dkimPass},
		{"a final dot of a failure", "mx.test", "mx.test; iprev=pass\nmx.test; dmarc=fail header.from=bank.test.", dmarcFail},
		{"an address in place of a domain", "mx.test", "mx.test; dmarc=pass header.from=Bob@Bank.test", dmarcPass},
		{"an address of another domain", "mx.test", "mx.test; dmarc=pass header.from=bank.test@evil.test", refused("dmarc=pass")},
	} {
		t.Run(tt.name, tt.run)
	}
}

// TestLookalikes writes characters that only look like ASCII, or stand for it.
func TestLookalikes(t *testing.T) {
	for _, tt := range []fieldTest{
		{"a Kelvin sign in the domain of DKIM", "mx.test", "mx.test; dkim=pass header.d=ban\u212a.test", refused("dkim=pass")},
		{"a Kelvin sign in the domain of DMARC", "mx.test", "mx.test; dmarc=pass header.from=ban\u212a.test", refused("dmarc=pass")},
		{"a Kelvin sign in the domain of SPF", "mx.test", "mx.test; spf=pass smtp.mailfrom=bob@ban\u212a.test", refused("spf=pass")},
		{"a wide letter", "mx.test", "mx.test; dkim=pass header.d=\uff42ank.test", refused("dkim=pass")},
		{"an ideographic full stop", "mx.test", "mx.test; dkim=pass header.d=bank\u3002test", refused("dkim=pass")},
		{"a soft hyphen", "mx.test", "mx.test; dkim=pass header.d=ban\u00adk.test", refused("dkim=pass")},
		{"a Kelvin sign in the method", "mx.test", "mx.test; d\u212aim=pass header.d=bank.test", none},
		{"a long s in the value", "mx.test", "mx.test; dkim=pas\u017f header.d=bank.test", refused("dkim=pas\u017f")},
		{"a dotless i in the method", "mx.test", "mx.test; dk\u0131m=pass header.d=bank.test", none},
		{"a dotted capital I in the method", "mx.test", "mx.test; DK\u0130M=pass header.d=bank.test", none},
		{"a long s in the identifier", "mx.test", "mx.te\u017ft; dkim=pass header.d=bank.test", none},
		{"a dotless i in the identifier", "mail.test", "ma\u0131l.test; dkim=pass header.d=bank.test", none},
		{"a long s in the identifier ends the lead", "", "mx.te\u017ft; iprev=pass\nmx.test; dkim=pass header.d=bank.test", none},
	} {
		t.Run(tt.name, tt.run)
	}
}
