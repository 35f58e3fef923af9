package invite

import (
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/convene-go/convene/mime"
)

// judgement is what one Authentication-Results field says of a From domain.
type judgement struct {
	dmarc, dkim, spf bool   // pass, for a domain that is aligned
	speaks           bool   // there is a result of one of the three
	text             string // these results, for people
}

// judge reads the topmost field of one server. What stands below may be a
// forger's, since a server writes its field on top (RFC 8601, section 5).
func judge(results []mime.AuthResult, id, domain string) (v judgement) {
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

// judgeAll takes results that a trusted service gave.
func judgeAll(results []mime.AuthResult, domain string) (v judgement) {
	for i := range results {
		v.add(&results[i], domain)
	}
	return v
}

// isServer compares identifiers, which are domain names for the most part.
func isServer(found, want string) bool {
	switch want {
	case "":
		return true
	case NoAuthServID:
		return found == ""
	}
	return strings.EqualFold(found, want)
}

func (v *judgement) add(r *mime.AuthResult, domain string) {
	pass := r.Value == "pass"
	switch r.Method {
	case "dmarc":
		// A server that checked another From than the mail has is no witness.
		from := strings.ToLower(r.Properties["header.from"])
		v.dmarc = v.dmarc || pass && (from == "" || aligned(from, domain))
	case "dkim":
		v.dkim = v.dkim || pass && aligned(r.Domain, domain)
	case "spf":
		v.spf = v.spf || pass && aligned(r.Domain, domain)
	default:
		return
	}
	v.speaks = true
	if len(v.text) < 200 {
		v.text = strings.TrimSpace(v.text + " " + r.Method + "=" + r.Value)
	}
}

// aligned compares domains as DMARC does in its relaxed mode: by what is
// registered (RFC 7489, section 3.1).
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
