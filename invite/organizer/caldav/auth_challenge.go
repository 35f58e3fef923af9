package caldav

import (
	"slices"
	"strings"
)

// challenge is one challenge of a WWW-Authenticate header. Scheme and parameter names are in
// lower case.
type challenge struct {
	scheme string
	params map[string]string
}

// maxChallenge is the number of octets of WWW-Authenticate headers that are read.
const maxChallenge = 16 << 10

// parseChallenges reads WWW-Authenticate headers (RFC 9110, section 11.6.1). Several
// challenges may stand in one header. Reading ends at the first error.
func parseChallenges(headers []string) []challenge {
	var out []challenge
	for _, h := range headers {
		if len(h) > maxChallenge {
			continue
		}
		for h = strings.TrimLeft(h, " \t,"); h != ""; h = strings.TrimLeft(h, " \t,") {
			name, rest := cutToken(h)
			if name == "" {
				break
			}
			after := strings.TrimLeft(rest, " \t")
			if !strings.HasPrefix(after, "=") || len(out) == 0 {
				out = append(out, challenge{strings.ToLower(name), make(map[string]string)})
				h = cutToken68(after, rest)
				continue
			}
			value, rest, ok := cutValue(strings.TrimLeft(after[1:], " \t"))
			if !ok {
				break
			}
			if last := out[len(out)-1].params; len(last) < 32 {
				last[strings.ToLower(name)] = value
			}
			h = rest
		}
	}
	return out
}

// cutToken68 returns the text after a scheme. A token68 such as that of NTLM is passed
// over. after is rest without the space before it.
func cutToken68(after, rest string) string {
	if after == rest { // no space: the scheme stands alone
		return rest
	}
	word, _, _ := strings.Cut(after, ",")
	word = strings.TrimRight(word, " \t")
	if name, _ := cutToken(word); len(name) < len(word) && strings.Trim(word[len(name):], "=") == "" || len(name) == len(word) && len(word) > 24 {
		return after[len(word):]
	}
	return after
}

// cutToken cuts a token (RFC 9110, section 5.6.2) from the front. A slash counts too, for
// a token68.
func cutToken(s string) (token, rest string) {
	for i := range len(s) {
		c := s[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("!#$%&'*+-.^_`|~/", c) >= 0) {
			return s[:i], s[i:]
		}
	}
	return s, ""
}

// cutValue cuts a token or a quoted string from the front.
func cutValue(s string) (value, rest string, ok bool) {
	if !strings.HasPrefix(s, `"`) {
		value, rest = cutToken(s)
		return value, rest, value != ""
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '"':
			return b.String(), s[i+1:], true
		case '\\':
			if i++; i == len(s) {
				return "", "", false
			}
			b.WriteByte(s[i])
		default:
			b.WriteByte(s[i])
		}
	}
	return "", "", false
}

// digestChallenge is a challenge of Digest (RFC 7616, section 3.3).
type digestChallenge struct {
	realm, nonce, opaque string
	algorithm            string // as the server writes it, "" if it does not
	hash                 digestHash
	session              bool // the algorithm ends in -sess
	qop                  bool // auth is offered; without qop, the form of RFC 2069 is used
	stale, userhash      bool
}

// strongestDigest returns the challenge of Digest with the best known algorithm.
func strongestDigest(challenges []challenge) (best digestChallenge, ok bool) {
	strength := -1
	for _, c := range challenges {
		d, known := readDigest(c)
		if s := d.hash.strength; known && s > strength {
			best, ok, strength = d, true, s
		}
	}
	return best, ok
}

// readDigest reads a challenge of Digest. ok is false if the challenge is another one, or
// if it asks for something unknown.
func readDigest(c challenge) (d digestChallenge, ok bool) {
	if c.scheme != "digest" || c.params["nonce"] == "" {
		return d, false
	}
	d = digestChallenge{
		realm: c.params["realm"], nonce: c.params["nonce"], opaque: c.params["opaque"],
		algorithm: c.params["algorithm"],
		stale:     strings.EqualFold(c.params["stale"], "true"),
		userhash:  strings.EqualFold(c.params["userhash"], "true"),
	}
	for _, s := range []string{d.realm, d.nonce, d.opaque, d.algorithm} {
		if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return d, false
		}
	}
	name, session := strings.CutSuffix(strings.ToLower(d.algorithm), "-sess")
	d.session = session
	if d.hash, ok = digestHashes[name]; !ok {
		return d, false
	}
	qop, has := c.params["qop"]
	offers := strings.FieldsFunc(strings.ToLower(qop), func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
	d.qop = slices.Contains(offers, "auth")
	return d, d.qop || !has
}
