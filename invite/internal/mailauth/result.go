// Package mailauth judges the proofs that a mail comes from the author it names: the
// Authentication-Results of a mail server (RFC 8601), and signed tokens in the
// address that the mail came to. It is pure: it reads no mail, looks up no name and
// knows no meeting.
package mailauth

import (
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/convene-go/convene/mime"
)

// NoID stands for a server that writes Authentication-Results without an
// identifier.
const NoID = "-"

// Result sums up the checks of one server for the domain of a mail's From. The zero
// value is no result.
type Result struct {
	// DMARC, DKIM and SPF report a pass for a domain that is aligned with From.
	DMARC, DKIM, SPF bool
	// Checked reports whether there is a result of one of the three at all.
	Checked bool
	// Text lists these results, for people.
	Text string
}

// Topmost returns the result of the topmost field of one server. id is the server's
// identifier, [NoID], or "" for any server. domain is the From domain, in lower
// case. Fields below may be a forger's, because a server writes its own field on
// top (RFC 8601, section 5).
func Topmost(results []mime.AuthResult, id, domain string) (v Result) {
	field := -1
	for i := range results {
		r := &results[i]
		if field < 0 && isServer(r.AuthServID, id) {
			field = r.Field
		}
		if r.Field == field {
			v.add(r, domain)
		}
	}
	return v
}

// All returns the result of checks that are all trusted, for the From domain.
func All(results []mime.AuthResult, domain string) (v Result) {
	for i := range results {
		v.add(&results[i], domain)
	}
	return v
}

// isServer compares identifiers without case, because most are domain names.
func isServer(found, want string) bool {
	switch want {
	case "":
		return true
	case NoID:
		return found == ""
	}
	return strings.EqualFold(found, want)
}

// maxText limits Result.Text, in octets.
const maxText = 200

// add takes in the result of one check. Checks other than DMARC, DKIM and SPF do not
// count.
func (v *Result) add(r *mime.AuthResult, domain string) {
	pass := r.Value == "pass"
	switch r.Method {
	case "dmarc":
		// A result about another From than the mail's proves nothing.
		from := strings.ToLower(r.Properties["header.from"])
		v.DMARC = v.DMARC || pass && (from == "" || aligned(from, domain))
	case "dkim":
		v.DKIM = v.DKIM || pass && aligned(r.Domain, domain)
	case "spf":
		v.SPF = v.SPF || pass && aligned(r.Domain, domain)
	default:
		return
	}
	v.Checked = true
	v.Text = strings.TrimSpace(v.Text + " " + r.Method + "=" + r.Value)
	v.Text = v.Text[:min(len(v.Text), maxText)]
}

// aligned compares domains as DMARC does in its relaxed mode: by the registered
// domain (RFC 7489, section 3.1).
func aligned(a, b string) bool {
	if a == "" || b == "" {
		return false
	}
	if a == b {
		return true
	}
	x, errX := publicsuffix.EffectiveTLDPlusOne(a)
	y, errY := publicsuffix.EffectiveTLDPlusOne(b)
	return errX == nil && errY == nil && x == y
}
