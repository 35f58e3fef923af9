package webhook

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/convene-go/convene/mime"
)

// mostHeader limits the part of a mail that headerFields reads, in octets.
const mostHeader = 1 << 20

// headerFields returns the values of all header fields of a mail with that name, which
// is in lower case. Folded lines are joined.
func headerFields(data []byte, name string) (out []string) {
	mine := false
	for line := range bytes.Lines(data[:min(len(data), mostHeader)]) {
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		if line[0] == ' ' || line[0] == '\t' {
			if mine {
				out[len(out)-1] += " " + string(bytes.TrimSpace(line))
			}
			continue
		}
		field, value, ok := bytes.Cut(line, []byte(":"))
		if mine = ok && strings.ToLower(string(bytes.TrimSpace(field))) == name; mine {
			out = append(out, string(bytes.TrimSpace(value)))
		}
	}
	return out
}

// host is the form of a domain in DNS. A name of a DKIM-Signature that has another form
// may contain the syntax in which a service lists its results.
var host = regexp.MustCompile(`^[a-z0-9_-]+(\.[a-z0-9_-]+)+$`)

// signature has the domains of a DKIM-Signature (RFC 6376, section 3.5).
type signature struct{ domain, identity string }

// dkimSignature is the name of the field, in lower case.
const dkimSignature = "dkim-signature"

// signatures returns the domains of the DKIM-Signatures of a mail. ok is false if one
// of them cannot be a domain, or if a service may find others than this package does.
func signatures(data []byte) (out []signature, ok bool) {
	fields := headerFields(data, dkimSignature)
	if len(fields) != signatureLines(data) {
		return nil, false
	}
	for _, field := range fields {
		var s signature
		for tag := range strings.SplitSeq(field, ";") {
			name, value, _ := strings.Cut(tag, "=")
			value = strings.ToLower(strings.Join(strings.Fields(value), ""))
			switch strings.TrimSpace(name) {
			case "d":
				if s.domain != "" {
					return nil, false
				}
				s.domain = value
			case "i":
				if s.identity != "" {
					return nil, false
				}
				local, domain, _ := strings.Cut(value, "@")
				if s.identity = domain; strings.ContainsAny(local, ",:{}") {
					return nil, false
				}
			}
		}
		if !host.MatchString(s.domain) || s.identity != "" && s.identity != s.domain && (!host.MatchString(s.identity) || !strings.HasSuffix(s.identity, "."+s.domain)) {
			return nil, false
		}
		out = append(out, s)
	}
	return out, true
}

// signatureLines counts the lines that look like a DKIM-Signature, in the whole mail and
// after each kind of line end. Servers do not agree on where a header ends if it is very
// long, or has a bare CR or LF. A forger could hide there the signature that is right.
func signatureLines(data []byte) (n int) {
	for {
		if len(data) > len(dkimSignature) && bytes.EqualFold(data[:len(dkimSignature)], []byte(dkimSignature)) &&
			bytes.HasPrefix(bytes.TrimLeft(data[len(dkimSignature):], " \t"), []byte(":")) {
			n++
		}
		i := bytes.IndexAny(data, "\r\n")
		if i < 0 {
			return n
		}
		data = data[i+1:]
	}
}

// dkimOf returns the result of DKIM from a service that does not name the signer. If the
// mail has exactly one signature, the result is about its domain. Otherwise it names no
// domain, and proves nothing.
func dkimOf(value string, data []byte) mime.AuthResult {
	r := mime.AuthResult{Method: "dkim", Value: value}
	if s, ok := signatures(data); ok && len(s) == 1 {
		r.Domain = s[0].domain
	}
	return r
}

// spfOf returns the result of SPF for the reverse path of a mail.
func spfOf(value, reversePath string) mime.AuthResult {
	r := mime.AuthResult{Method: "spf", Value: value, Identity: bare(reversePath)}
	if i := strings.LastIndexByte(r.Identity, '@'); i >= 0 {
		r.Domain = strings.ToLower(r.Identity[i+1:])
	}
	return r
}

// dkimList reads the results of DKIM in SendGrid's form: {@example.test : pass}. A domain
// counts only if a signature of the mail has it.
func dkimList(s string, data []byte) (out []mime.AuthResult) {
	signed, ok := signatures(data)
	if !ok {
		return nil
	}
	s = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(s), "{"), "}")
	for entry := range strings.SplitSeq(s, ",") {
		domain, value, _ := strings.Cut(entry, ":")
		domain, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(domain)), "@")
		if ok && domain != "" && slices.ContainsFunc(signed, func(x signature) bool { return domain == x.domain || domain == x.identity }) {
			out = append(out, mime.AuthResult{Method: "dkim", Value: strings.ToLower(strings.TrimSpace(value)), Domain: domain})
		}
	}
	return out
}
