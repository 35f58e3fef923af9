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

// Leading returns the result of the leading fields of one server. id is the server's
// identifier, [NoID], or "" for the server of the topmost field. domain is the
// From domain, in the form of address.Key.
//
// A server may write several fields (RFC 8601, section 5), one for each of its
// filters. It writes them on top. So its leading fields are read together, from
// its topmost field down to the first field of another server. If the server does
// not remove foreign fields with its identifier, the last of them may be a forger's.
// A forger cannot put a field above the server's. This leads to four rules:
//
//   - The first of the leading fields that speaks of DMARC, DKIM or SPF decides.
//     Fields above it, such as iprev, say nothing about the author.
//   - A field that says only that SPF passed for the domain of From counts, and
//     the search goes on below it. The filter for SPF may write above the filter
//     for DMARC. Only a mail from a server of the domain gets such a field.
//   - A pass in any field below the deciding field does not count, because a forger
//     may have put it below a failure.
//   - A DMARC failure for the domain of From counts in every field of the server.
//     A forger has no use for an added failure.
//
// For [NoID] the topmost field of all must have no identifier. Nothing else
// distinguishes the fields of such a server from a forger's.
func Leading(results []mime.AuthResult, id, domain string) Result {
	first := firstOf(results, id)
	if first < 0 {
		return Result{}
	}
	s := summary{domain: domain}
	server, leading, decides := address.Lower(results[first].AuthServID), true, -1
	for i := first; i < len(results); i++ {
		r := &results[i]
		same := address.Lower(r.AuthServID) == server
		leading = leading && same
		switch {
		case leading && isAboutAuthor(r.Method) && (decides < 0 || r.Field == decides):
			s.add(r)
			if !s.passesSPF(r) {
				decides = r.Field
			}
		case same && s.failsDMARC(r):
			s.add(r)
		}
	}
	return s.result()
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

// All returns the result of checks that are all trusted, for the From domain. The
// services that give them do not agree on upper and lower case.
func All(results []mime.AuthResult, domain string) Result {
	s := summary{domain: domain}
	for _, r := range results {
		r.Method, r.Value = address.Lower(r.Method), address.Lower(r.Value)
		s.add(&r)
	}
	return s.result()
}

// isAboutAuthor reports whether a method says something about the author of a mail.
func isAboutAuthor(method string) bool {
	return method == "dmarc" || method == "dkim" || method == "spf"
}

// maxText limits Result.Text, in octets.
const maxText = 200

// summary adds up results.
type summary struct {
	Result
	domain string // of From
	failed bool   // DMARC failed
	signed bool   // DKIM passed for exactly the domain of From
}

// add takes in the result of one check. Checks other than DMARC, DKIM and SPF do not
// count.
func (s *summary) add(r *mime.AuthResult) {
	if !isAboutAuthor(r.Method) {
		return
	}
	pass := r.Value == "pass"
	switch r.Method {
	case "dmarc":
		s.DMARC = s.DMARC || pass && s.isAboutFrom(r)
	case "dkim":
		s.DKIM = s.DKIM || pass && aligned(name(r.Domain), s.domain)
		s.signed = s.signed || pass && name(r.Domain) == s.domain
	}
	s.SPF = s.SPF || s.passesSPF(r)
	s.failed = s.failed || s.failsDMARC(r)
	s.Checked = true
	s.Text = strings.TrimSpace(s.Text + " " + r.Method + "=" + r.Value)
	s.Text = s.Text[:min(len(s.Text), maxText)]
}

// passesSPF reports whether SPF passed for a domain that is aligned with From.
func (s *summary) passesSPF(r *mime.AuthResult) bool {
	return r.Method == "spf" && r.Value == "pass" && aligned(name(r.Domain), s.domain)
}

// failsDMARC reports whether DMARC failed for the From domain.
func (s *summary) failsDMARC(r *mime.AuthResult) bool {
	return r.Method == "dmarc" && r.Value == "fail" && s.isAboutFrom(r)
}

// isAboutFrom reports whether a result of DMARC is about the From domain, or does
// not name a domain. A result about another From than the mail's says nothing.
func (s *summary) isAboutFrom(r *mime.AuthResult) bool {
	from := name(r.Properties["header.from"])
	return from == "" || aligned(from, s.domain)
}

// result returns the sum. If DMARC failed, no pass counts, because the owner of the
// domain may ask for strict alignment (RFC 7489, section 3.1). However, a DKIM pass for
// exactly the domain of From is aligned in each mode. In that case the filter for
// DMARC did not see the result of DKIM, as OpenDMARC does not if it runs before
// OpenDKIM.
func (s *summary) result() Result {
	if s.failed {
		s.DMARC, s.DKIM, s.SPF = false, s.DKIM && s.signed, false
	}
	return s.Result
}

// name returns a domain in the form in which domains are compared: without the dot
// of the root, in lower case, and in its ASCII form. The domain may stand behind a
// local part. A domain with a lookalike keeps it, so that it equals no other.
func name(domain string) string {
	domain = strings.TrimSuffix(domain[strings.LastIndexByte(domain, '@')+1:], ".")
	if address.HasLookalike(domain) {
		return address.Lower(domain)
	}
	key := address.Key("a@" + domain)
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
