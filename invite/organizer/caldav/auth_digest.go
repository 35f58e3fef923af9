package caldav

import (
	"crypto/md5" // RFC 7616, section 3.2: the algorithm of servers that know no other
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"strings"
)

// digestHash is a hash function of Digest.
type digestHash struct {
	strength int
	sum      func(s string) string // in hexadecimal
}

// digestHashes are the hash functions by their name in lower case (RFC 7616, section 6.1).
var digestHashes = map[string]digestHash{
	"":            {0, sumMD5},
	"md5":         {0, sumMD5},
	"sha-512-256": {1, func(s string) string { h := sha512.Sum512_256([]byte(s)); return hex.EncodeToString(h[:]) }},
	"sha-256":     {2, func(s string) string { h := sha256.Sum256([]byte(s)); return hex.EncodeToString(h[:]) }},
}

func sumMD5(s string) string {
	h := md5.Sum([]byte(s))
	return hex.EncodeToString(h[:])
}

// digestState is the challenge in use and the number of requests that have used it.
type digestState struct {
	challenge digestChallenge
	used      uint32
	cnonce    string // for a -sess algorithm: the cnonce of the first request
}

// authorize returns the Authorization of the next request.
func (d *digestState) authorize(o *Options, method string, u *url.URL) (string, error) {
	c := d.challenge
	raw := make([]byte, 16)
	if _, err := io.ReadFull(o.Random, raw); err != nil {
		return "", fmt.Errorf("digest: %w", err)
	}
	cnonce := hex.EncodeToString(raw)
	if d.used++; d.used == 1 {
		d.cnonce = cnonce
	}
	if c.session {
		cnonce = d.cnonce
	}
	count := fmt.Sprintf("%08x", d.used)
	uri := u.RequestURI()

	sum := c.hash.sum
	secret := sum(o.Username + ":" + c.realm + ":" + o.Password)
	if c.session {
		secret = sum(secret + ":" + c.nonce + ":" + d.cnonce)
	}
	subject := sum(method + ":" + uri)
	response := sum(secret + ":" + c.nonce + ":" + subject) // RFC 2069
	if c.qop {
		response = sum(strings.Join([]string{secret, c.nonce, count, cnonce, "auth", subject}, ":"))
	}

	var b strings.Builder
	b.WriteString("Digest " + digestUser(o.Username, c))
	fmt.Fprintf(&b, `, realm=%s, nonce=%s, uri=%s, response="%s"`, quote(c.realm), quote(c.nonce), quote(uri), response)
	if c.algorithm != "" {
		b.WriteString(", algorithm=" + canonical(c.algorithm))
	}
	if c.opaque != "" {
		b.WriteString(", opaque=" + quote(c.opaque))
	}
	if c.qop {
		fmt.Fprintf(&b, `, qop=auth, nc=%s, cnonce="%s"`, count, cnonce)
	} else if c.session {
		fmt.Fprintf(&b, `, cnonce="%s"`, cnonce)
	}
	if c.userhash {
		b.WriteString(", userhash=true")
	}
	return b.String(), nil
}

// digestUser returns the parameter that names the user (RFC 7616, section 3.4).
func digestUser(user string, c digestChallenge) string {
	if c.userhash {
		return `username="` + c.hash.sum(user+":"+c.realm) + `"`
	}
	for i := range len(user) {
		if user[i] >= 0x80 {
			return "username*=UTF-8''" + strings.ReplaceAll(url.QueryEscape(user), "+", "%20")
		}
	}
	return "username=" + quote(user)
}

// canonical returns an algorithm as a token.
func canonical(algorithm string) string {
	token, _ := cutToken(algorithm)
	return token
}

// quote returns s as a quoted string (RFC 9110, section 5.6.4).
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
