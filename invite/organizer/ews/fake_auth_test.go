package ews_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"net/http"
	"strings"
	"unicode/utf16"
)

// login is the state of a connection.
type login struct {
	challenged, done bool
	bound            bool // the response had a channel binding
}

// nonce is the challenge of the server.
const nonce = "\x01\x23\x45\x67\x89\xab\xcd\xef"

// authenticate checks the login of a request, and answers the request if it has none.
func (f *fake) authenticate(w http.ResponseWriter, r *http.Request, body []byte) bool {
	if f.auth == "none" {
		return true
	}
	scheme, value, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	switch f.auth {
	case "basic", "both":
		user, password, ok := r.BasicAuth()
		if ok && user == userName && password == secret {
			return true
		}
	case "bearer":
		if scheme == "Bearer" && value == "token-1" {
			return true
		}
	}
	if name := map[string]string{"ntlm": "NTLM", "negotiate": "Negotiate"}[f.auth]; name != "" {
		return f.ntlm(w, r, name, scheme, value, body)
	}
	w.Header().Set("WWW-Authenticate", map[string]string{"basic": "Basic realm=\"x\"", "bearer": "Bearer"}[f.auth])
	w.WriteHeader(http.StatusUnauthorized)
	return false
}

// ntlm does the handshake of MS-NTHT. The login belongs to the connection.
func (f *fake) ntlm(w http.ResponseWriter, r *http.Request, name, scheme, value string, body []byte) bool {
	c := f.logins[r.RemoteAddr]
	if c == nil {
		c = &login{}
		f.logins[r.RemoteAddr] = c
	}
	if c.done && scheme == "" {
		return true
	}
	message, err := base64.StdEncoding.DecodeString(value)
	switch {
	case scheme != name || err != nil || len(message) < 12:
		w.Header().Add("WWW-Authenticate", name)
	case message[8] == 1:
		if len(body) > 0 {
			f.t.Error("the first request of a login has a body")
		}
		c.challenged = true
		w.Header().Add("WWW-Authenticate", name+" "+base64.StdEncoding.EncodeToString(challengeMessage()))
	case message[8] == 3 && c.challenged && f.proof(message, c):
		c.done = true
		return true
	default:
		w.Header().Add("WWW-Authenticate", name)
	}
	w.WriteHeader(http.StatusUnauthorized)
	return false
}

// challengeMessage returns CHALLENGE_MESSAGE with a domain (MS-NLMP, section 2.2.1.2).
func challengeMessage() []byte {
	domain := wide("EXAMPLE")
	info := binary.LittleEndian.AppendUint16(nil, 2) // MsvAvNbDomainName
	info = binary.LittleEndian.AppendUint16(info, uint16(len(domain)))
	info = append(append(info, domain...), 0, 0, 0, 0)
	b := append([]byte("NTLMSSP\x00"), 2, 0, 0, 0)
	b = append(b, 0, 0, 0, 0, 56, 0, 0, 0)
	b = binary.LittleEndian.AppendUint32(b, 0x00808201)
	b = append(b, nonce...)
	b = append(b, make([]byte, 8)...)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(info)))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(info)))
	b = append(b, 56, 0, 0, 0)
	b = append(b, make([]byte, 8)...)
	return append(b, info...)
}

// proof checks that AUTHENTICATE_MESSAGE proves the password (MS-NLMP, section 3.3.2), and
// notes whether it has the right channel binding.
func (f *fake) proof(b []byte, c *login) bool {
	part := func(offset int) []byte {
		n, at := int(binary.LittleEndian.Uint16(b[offset:])), int(binary.LittleEndian.Uint32(b[offset+4:]))
		return b[at : at+n]
	}
	// MD4 of "Password" in UTF-16 (MS-NLMP, section 4.2.2.1.1).
	hash, err := hex.DecodeString("a4f49c406510bdcab6824ee7c30fd852")
	if err != nil || len(b) < 64 {
		return false
	}
	response := part(20)
	key := mac(hash, wide("ORGANIZER"+"EXAMPLE"))
	if !bytes.Equal(response[:16], mac(key, []byte(nonce), response[16:])) {
		return false
	}
	cert := f.srv.Certificate()
	sum := sha256.Sum256(cert.Raw)
	data := append([]byte("tls-server-end-point:"), sum[:]...)
	binding := md5.Sum(append(append(make([]byte, 16), byte(len(data)), 0, 0, 0), data...))
	c.bound = bytes.Contains(response[16:], append([]byte{10, 0, 16, 0}, binding[:]...))
	return c.bound // as with Extended Protection
}

// wide returns s in UTF-16.
func wide(s string) (b []byte) {
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

func mac(key []byte, parts ...[]byte) []byte {
	h := hmac.New(md5.New, key)
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

// encode returns b in base64.
func encode(b []byte) string { return base64.StdEncoding.EncodeToString(b) }
