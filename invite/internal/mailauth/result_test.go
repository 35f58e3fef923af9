package mailauth_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/invite/internal/mailauth"
	"github.com/convene-go/convene/mime"
)

// result returns a result of the server mx.example.com in the n-th field from the
// top.
func result(n int, method, value, domain string) mime.AuthResult {
	return mime.AuthResult{Field: n, AuthServID: "mx.example.com", Method: method, Value: value, Domain: domain}
}

// from adds the server that a result is from.
func from(server string, r mime.AuthResult) mime.AuthResult {
	r.AuthServID = server
	return r
}

// about returns a DMARC pass about a From domain.
func about(headerFrom string) mime.AuthResult {
	r := result(0, "dmarc", "pass", "")
	if headerFrom != "" {
		r.Properties = map[string]string{"header.from": headerFrom}
	}
	return r
}

// TestLeading judges results about the From domain example.org.
func TestLeading(t *testing.T) {
	pass := func(n int) mime.AuthResult { return result(n, "dkim", "pass", "example.org") }
	fail := func(n int) mime.AuthResult { return result(n, "dkim", "fail", "example.org") }
	passed := mailauth.Result{DKIM: true, Checked: true, Text: "dkim=pass"}
	failed := mailauth.Result{Checked: true, Text: "dkim=fail"}
	const mx = "mx.example.com"
	tests := []struct {
		name string
		id   string
		list []mime.AuthResult
		want mailauth.Result
	}{
		{"no field", mx, nil, mailauth.Result{}},
		{"the field of the server counts", mx, []mime.AuthResult{pass(0)}, passed},
		{"its name has no case", "MX.Example.COM", []mime.AuthResult{pass(0)}, passed},
		{"a lower field in its name is a forger's", mx, []mime.AuthResult{fail(0), pass(1)}, failed},
		{"a lower field cannot take anything away, either", mx, []mime.AuthResult{pass(0), fail(1)}, passed},
		{"fields of other servers do not count", mx, []mime.AuthResult{from("evil.example.net", pass(0))}, mailauth.Result{}},
		{"they may stand above it", mx, []mime.AuthResult{from("relay.example.net", pass(0)), fail(1)}, failed},
		{"all results of one field count", mx, []mime.AuthResult{fail(0), result(0, "spf", "pass", "example.org"), pass(1)},
			mailauth.Result{SPF: true, Checked: true, Text: "dkim=fail spf=pass"}},
		{"a named server is not one without a name", mx, []mime.AuthResult{from("", pass(0))}, mailauth.Result{}},
		{"NoID is a server without a name", mailauth.NoID, []mime.AuthResult{from("", pass(0))}, passed},
		{"NoID is not a server with a name", mailauth.NoID, []mime.AuthResult{pass(0)}, mailauth.Result{}},
		{"NoID is not a server of that name", mailauth.NoID, []mime.AuthResult{from("-", pass(0))}, mailauth.Result{}},
		{"any server: the topmost field", "", []mime.AuthResult{from("a.example.net", fail(0)), pass(1)}, failed},
		{"any server: one without a name, too", "", []mime.AuthResult{from("", pass(0)), fail(1)}, passed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			check(t, "Leading", tt.want, mailauth.Leading(tt.list, tt.id, "example.org"))
		})
	}
}

// TestAll judges results that are all trusted.
func TestAll(t *testing.T) {
	tests := []struct {
		name   string
		domain string
		list   []mime.AuthResult
		want   mailauth.Result
	}{
		{"all fields of all servers count", "example.org",
			[]mime.AuthResult{result(0, "spf", "pass", "example.org"), from("b.example.net", result(1, "dkim", "pass", "example.org"))},
			mailauth.Result{SPF: true, DKIM: true, Checked: true, Text: "spf=pass dkim=pass"}},
		{"a pass stays if another result fails", "example.org",
			[]mime.AuthResult{result(0, "dkim", "pass", "example.org"), result(0, "dkim", "fail", "example.org")},
			mailauth.Result{DKIM: true, Checked: true, Text: "dkim=pass dkim=fail"}},
		{"other methods prove nothing",
			"example.org", []mime.AuthResult{result(0, "arc", "pass", "example.org"), result(0, "auth", "pass", "example.org")},
			mailauth.Result{}},
		{"a field without results was not checked", "example.org", []mime.AuthResult{result(0, "", "none", "")}, mailauth.Result{}},
		{"DMARC about the mail's From",
			"example.org", []mime.AuthResult{about("Example.org")}, mailauth.Result{DMARC: true, Checked: true, Text: "dmarc=pass"}},
		{"DMARC about a subdomain",
			"mail.example.org", []mime.AuthResult{about("example.org")}, mailauth.Result{DMARC: true, Checked: true, Text: "dmarc=pass"}},
		{"DMARC that does not say which From",
			"example.org", []mime.AuthResult{about("")}, mailauth.Result{DMARC: true, Checked: true, Text: "dmarc=pass"}},
		{"DMARC about another From proves nothing",
			"example.org", []mime.AuthResult{about("evil.example.net")}, mailauth.Result{Checked: true, Text: "dmarc=pass"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { check(t, "All", tt.want, mailauth.All(tt.list, tt.domain)) })
	}
}

// TestAligned passes DKIM and SPF for a domain, and judges a mail from another.
func TestAligned(t *testing.T) {
	tests := []struct {
		name         string
		domain, from string
		want         bool
	}{
		{"the same domain", "example.org", "example.org", true},
		{"a subdomain of the author's", "bounce.example.org", "example.org", true},
		{"the author's is a subdomain", "example.org", "staff.example.org", true},
		{"two subdomains of one domain", "bounce.example.org", "staff.example.org", true},
		{"another domain", "example.net", "example.org", false},
		{"a domain that only ends alike", "badexample.org", "example.org", false},
		{"subdomains below a public suffix of two labels", "mail.example.co.uk", "example.co.uk", true},
		{"two domains below a public suffix of two labels", "other.co.uk", "example.co.uk", false},
		{"the public suffix itself is nobody's domain", "co.uk", "example.co.uk", false},
		{"a host name without a dot equals itself", "intranet", "intranet", true},
		{"no domain", "", "example.org", false},
		{"no author", "example.org", "", false},
		{"neither", "", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := mailauth.All([]mime.AuthResult{result(0, "dkim", "pass", tt.domain), result(0, "spf", "pass", tt.domain)}, tt.from)
			want := mailauth.Result{DKIM: tt.want, SPF: tt.want, Checked: true, Text: "dkim=pass spf=pass"}
			check(t, "All", want, got)
		})
	}
}

// TestTextIsBounded has a thousand results, of which only the last is a pass: it
// counts, and the text does not grow.
func TestTextIsBounded(t *testing.T) {
	var list []mime.AuthResult
	for range 1000 {
		list = append(list, result(0, "dkim", "fail", "example.org"))
	}
	list = append(list, result(0, "dkim", "pass", "example.org"))
	got := mailauth.Leading(list, "", "example.org")
	if !got.DKIM || len(got.Text) != 200 || !strings.HasPrefix(got.Text, "dkim=fail dkim=fail ") {
		t.Errorf("Leading = %v with %d octets of text, want a pass with 200", got.DKIM, len(got.Text))
	}
}

// check compares a result.
func check(t *testing.T, call string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", call, diff)
	}
}

// TestTextIsShort gives a result whose value is long.
func TestTextIsShort(t *testing.T) {
	got := mailauth.All([]mime.AuthResult{{Method: "dkim", Value: strings.Repeat("x", 10_000)}}, "example.org")
	if len(got.Text) > 200 {
		t.Errorf("Text has %d octets, want at most 200", len(got.Text))
	}
}
