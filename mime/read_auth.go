package mime

import (
	"slices"
	"strings"

	"github.com/convene-go/convene/internal/address"
)

// AuthResult is one result of an Authentication-Results field (RFC 8601).
// Forgers write such fields too. A field is evidence only if your own server
// put it on top, and if that server removes such a field from each mail that
// comes in.
type AuthResult struct {
	// Field is the number of the field that holds the result. The topmost field
	// has number 0.
	Field int
	// AuthServID is the identifier of the server that checked (RFC 8601,
	// section 2.5), as written. It is "" if the field has none.
	AuthServID string
	// Method is the method of the check, in lower case: "dkim", "spf", "dmarc",
	// "arc", "auth", "iprev". A field without results yields one AuthResult,
	// with Method "".
	Method string
	// Value is the outcome in lower case: "pass", "fail", "none", "softfail",
	// "neutral", "temperror", "permerror", "policy"…
	Value string
	// Reason is the cause that the server states, and "" if it states none.
	Reason string
	// Identity is the checked identity, as written: the signer's header.i, the
	// reverse path, the From domain. It is "" if the result does not name one.
	Identity string
	// Domain is the domain of that identity in lower case. For DKIM, it is
	// header.d.
	Domain string
	// Properties are all properties by their name in lower case, as in
	// "header.from". If one is repeated, the first counts. Nil means that there
	// are none.
	Properties map[string]string
}

// authResults parses one field, the n-th from the top.
//
// It does not use go-msgauth's authres, which cuts the field at every
// semicolon, even inside comments and quoted strings. A sender can write text
// there. With "; dmarc=pass" in the local part of an address, a sender could
// make up a result. authres also refuses fields of Exchange Online (go-msgauth
// issue 64).
func (r *reader) authResults(s string, n int) []AuthResult {
	l := authLexer{s}
	id := l.word("=;")
	// QUIRK: Exchange Online starts with the first result, without an
	// identifier: testdata/read/outlook-reply.eml.
	if l.next("=") {
		l, id = authLexer{s}, ""
	} else {
		l.word(";") // the version
	}
	var results []AuthResult
	for !l.end() {
		if len(results) == r.MaxParams {
			r.limit("header: Authentication-Results has more than %d results: the rest is not read", r.MaxParams)
			break
		}
		a := r.authResult(&l)
		a.Field, a.AuthServID = n, id
		switch last := len(results) - 1; {
		case a.Method == "":
		case !strings.Contains(a.Method, "."):
			results = append(results, a)
		case last >= 0:
			// QUIRK: Exchange Online also puts a semicolon between a result and
			// its property: testdata/read/outlook-reply.eml.
			if results[last].set(a.Method, a.Value) && slices.Contains(identities, a.Method) {
				results[last].identify()
			}
		}
		l.skipPast(";")
	}
	if results == nil {
		return []AuthResult{{Field: n, AuthServID: id, Value: "none"}}
	}
	return results
}

// authResult parses one result up to its semicolon. If the text is not a
// result, Method is empty (RFC 8601, section 2.2).
func (r *reader) authResult(l *authLexer) (a AuthResult) {
	l.next(";")
	method := address.Lower(l.word("=;"))
	if !l.next("=") {
		return a
	}
	a.Method, _, _ = strings.Cut(method, "/")
	a.Value = address.Lower(l.word(";"))
	for n := 0; n < r.MaxParams; n++ {
		name := address.Lower(l.word("=;"))
		if name == "" {
			break
		}
		if l.next("=") {
			a.set(name, l.word(";"))
		}
	}
	a.identify()
	return a
}

// set adds the reason or a property. It reports whether a property is new.
func (a *AuthResult) set(name, value string) bool {
	if name == "reason" {
		a.Reason = value
		return false
	}
	if a.Properties == nil {
		a.Properties = make(map[string]string)
	}
	if _, ok := a.Properties[name]; ok {
		return false
	}
	a.Properties[name] = value
	return true
}

// identities are the properties that give the identity (RFC 8601, section 2.7). The
// first of them that a result has counts.
var identities = []string{
	"header.i", "header.d", "smtp.mailfrom", "header.from", "smtp.helo", "smtp.auth", "policy.iprev",
}

// identify sets Identity and Domain from the properties.
func (a *AuthResult) identify() {
	for _, name := range identities {
		if a.Identity == "" {
			a.Identity = a.Properties[name]
		}
	}
	a.Domain = a.Properties["header.d"]
	if at := strings.LastIndexByte(a.Identity, '@'); a.Domain == "" && (at >= 0 || !a.isLocal()) {
		a.Domain = a.Identity[at+1:]
	}
	a.Domain = address.Lower(strings.TrimSuffix(a.Domain, "."))
}

// isLocal tells whether an identity without an at sign is not a domain. It is
// then the name of a user, or the address of a host.
func (a *AuthResult) isLocal() bool {
	return a.Identity == a.Properties["smtp.auth"] || a.Identity == a.Properties["policy.iprev"]
}

// authLexer cuts a field into words and signs, without its comments.
type authLexer struct{ rest string }

// skip skips white space and comments.
func (l *authLexer) skip() {
	for {
		l.rest = strings.TrimLeft(l.rest, " \t")
		if !strings.HasPrefix(l.rest, "(") {
			return
		}
		l.rest = skipComment(l.rest)
	}
}

// end tells whether nothing is left.
func (l *authLexer) end() bool {
	l.skip()
	return l.rest == ""
}

// next consumes the sign, and reports true, if the sign comes next.
func (l *authLexer) next(sign string) bool {
	l.skip()
	rest, ok := strings.CutPrefix(l.rest, sign)
	l.rest = rest
	return ok
}

// word consumes a word, including the quoted strings in it. The word ends at
// white space, at a comment or at one of the stop characters.
func (l *authLexer) word(stop string) string {
	l.skip()
	stop += " \t(\""
	end := l.until(stop)
	if !strings.HasPrefix(l.rest[end:], `"`) {
		w := l.rest[:end]
		l.rest = l.rest[end:]
		return w
	}
	var w strings.Builder
	for {
		w.WriteString(l.rest[:end])
		l.rest = l.rest[end:]
		if !strings.HasPrefix(l.rest, `"`) {
			return w.String()
		}
		var quoted string
		quoted, l.rest = cutQuoted(l.rest)
		w.WriteString(quoted)
		end = l.until(stop)
	}
}

// until returns the offset of the first stop character, or of the end.
func (l *authLexer) until(stop string) int {
	if end := strings.IndexAny(l.rest, stop); end >= 0 {
		return end
	}
	return len(l.rest)
}

// skipPast skips everything up to and including the next sign.
func (l *authLexer) skipPast(sign string) {
	for !l.end() && !l.next(sign) {
		l.word(sign)
	}
}
