// Package mailauth judges the proofs that a mail comes from the author it names: the
// Authentication-Results of a mail server (RFC 8601), and signed tokens in the
// address that the mail came to. It is pure: it reads no mail, looks up no name and
// knows no meeting.
package mailauth

import (
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/convene-go/convene/internal/address"
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

// Topmost returns the result of one server from its fields. id is the server's
// identifier, [NoID], or "" for the server of the topmost field. domain is the
// From domain, in the form of address.Key.
//
// A server may write several fields (RFC 8601, section 5), one for each of its
// filters. It writes them on top. So its leading fields are read together, from
// its topmost field down to the first field of another server. They may end in
// fields of a forger, if the server does not remove foreign fields with its
// identifier. A forger cannot put a field above them. This leads to three rules:
//
//   - The first of the leading fields that speaks of DMARC, DKIM or SPF decides.
//     Fields above it, such as iprev, say nothing about the author.
//   - A pass in any field below it does not count. A forger gains nothing by a
//     pass under a failure.
//   - A DMARC failure for the domain of From counts in every field of the server.
//     A forger only loses by adding a failure.
//
// A server without an identifier counts for [NoID] only if the topmost field of all
// has none, because nothing else tells its fields from a forger's.
func Topmost(results []mime.AuthResult, id, domain string) (v Result) {
	first := firstOf(results, id)
	if first < 0 {
		return v
	}
	server, leading, decides, failed := results[first].AuthServID, true, -1, false
	for i := first; i < len(results); i++ {
		r := &results[i]
		same := address.Lower(r.AuthServID) == address.Lower(server)
		leading = leading && same
		switch {
		case leading && isAboutAuthor(r.Method) && (decides < 0 || r.Field == decides):
			decides = r.Field
			v.add(r, domain)
			failed = failed || failsDMARC(r, domain)
		case same && failsDMARC(r, domain):
			v.note(r)
			failed = true
		}
	}
	return v.unless(failed)
}

// firstOf returns the index of the first result of the server, and -1 if there is
// none.
func firstOf(results []mime.AuthResult, id string) int {
	switch {
	case len(results) == 0 || id == NoID && results[0].AuthServID != "":
		return -1
	case id == "" || id == NoID:
		return 0
	}
	return slices.IndexFunc(results, func(r mime.AuthResult) bool {
		return address.Lower(r.AuthServID) == address.Lower(id)
	})
}

// All returns the result of checks that are all trusted, for the From domain.
func All(results []mime.AuthResult, domain string) (v Result) {
	failed := false
	for i := range results {
		v.add(&results[i], domain)
		failed = failed || failsDMARC(&results[i], domain)
	}
	return v.unless(failed)
}

// unless returns v without its passes if DMARC failed. DMARC fails beside an aligned
// pass of DKIM if the owner of the domain asks for strict alignment.
func (v Result) unless(failed bool) Result {
	if failed {
		v.DMARC, v.DKIM, v.SPF = false, false, false
	}
	return v
}

// isAboutAuthor reports whether a method says something about the author of a mail.
func isAboutAuthor(method string) bool {
	return method == "dmarc" || method == "dkim" || method == "spf"
}

// failsDMARC reports whether DMARC failed for the From domain, or for a domain that
// the result does not name.
func failsDMARC(r *mime.AuthResult, domain string) bool {
	from := name(r.Properties["header.from"])
	return r.Method == "dmarc" && r.Value == "fail" && (from == "" || aligned(from, domain))
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
		from := name(r.Properties["header.from"])
		v.DMARC = v.DMARC || pass && (from == "" || aligned(from, domain))
	case "dkim":
		v.DKIM = v.DKIM || pass && aligned(name(r.Domain), domain)
	case "spf":
		v.SPF = v.SPF || pass && aligned(name(r.Domain), domain)
	default:
		return
	}
	v.note(r)
}

// note adds a result to the text.
func (v *Result) note(r *mime.AuthResult) {
	v.Checked = true
	v.Text = strings.TrimSpace(v.Text + " " + r.Method + "=" + r.Value)
	v.Text = v.Text[:min(len(v.Text), maxText)]
}

// name returns a domain in the form in which domains are compared: without the dot
// of the root, in lower case, and in its ASCII form. The domain may stand behind a
// local part.
func name(domain string) string {
	domain = domain[strings.LastIndexByte(domain, '@')+1:]
	key := address.Key("a@" + strings.TrimSuffix(domain, "."))
	return key[len("a@"):]
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
