package ntlm_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/convene-go/convene/smtpsend/ntlm"
)

// challenge returns a CHALLENGE_MESSAGE (MS-NLMP, section 2.2.1.2) with the
// given server challenge and an empty list of target information.
func challenge(nonce string) []byte {
	b := append([]byte("NTLMSSP\x00"), 2, 0, 0, 0)
	b = append(b, 0, 0, 0, 0, 56, 0, 0, 0)
	b = binary.LittleEndian.AppendUint32(b, 0x00808201)
	b = append(b, nonce...)
	b = append(b, make([]byte, 8)...)
	b = append(b, 4, 0, 4, 0, 56, 0, 0, 0)
	return append(append(b, make([]byte, 8)...), 0, 0, 0, 0)
}

// field returns a part of an AUTHENTICATE_MESSAGE, whose place is stored at offset.
func field(t *testing.T, b []byte, offset int) []byte {
	t.Helper()
	n := int(binary.LittleEndian.Uint16(b[offset:]))
	at := int(binary.LittleEndian.Uint32(b[offset+4:]))
	if at+n > len(b) {
		t.Fatalf("field at %d is beyond the message of %d octets", offset, len(b))
	}
	return b[at : at+n]
}

// wide returns s in UTF-16.
func wide(s string) []byte {
	var b []byte
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

// TestNext checks that the response proves the password (MS-NLMP, section 3.3.2).
func TestNext(t *testing.T) {
	// MD4 of "Password" in UTF-16 (MS-NLMP, section 4.2.2.1.1).
	hash, err := hex.DecodeString("a4f49c406510bdcab6824ee7c30fd852")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ username, user, domain string }{
		{`Domain\User`, "User", "Domain"},
		{"User", "User", ""},
		{"user@example.com", "user@example.com", ""},
	} {
		c := ntlm.NewClient(tt.username, "Password")
		const nonce = "\x01\x23\x45\x67\x89\xab\xcd\xef"
		b, err := c.Next(challenge(nonce))
		if err != nil {
			t.Fatal(err)
		}
		if got := field(t, b, 36); !bytes.Equal(got, wide(tt.user)) {
			t.Errorf("%s: user %q, want %q", tt.username, got, wide(tt.user))
		}
		if got := field(t, b, 28); !bytes.Equal(got, wide(tt.domain)) {
			t.Errorf("%s: domain %q, want %q", tt.username, got, wide(tt.domain))
		}
		response := field(t, b, 20)
		key := mac(hash, wide(strings.ToUpper(tt.user)+tt.domain))
		if want := mac(key, []byte(nonce), response[16:]); !bytes.Equal(response[:16], want) {
			t.Errorf("%s: proof %x, want %x", tt.username, response[:16], want)
		}
	}
}

// TestStart checks that the first message is repeated if a server overlooked it.
func TestStart(t *testing.T) {
	c := ntlm.NewClient("User", "Password")
	name, first, err := c.Start()
	if err != nil || name != ntlm.Name || !bytes.HasPrefix(first, []byte("NTLMSSP\x00\x01\x00\x00\x00")) {
		t.Errorf("Start = %q, %q, %v, want NTLM and NEGOTIATE_MESSAGE", name, first, err)
	}
	again, err := c.Next([]byte("NTLM supported"))
	if err != nil || !bytes.Equal(again, first) {
		t.Errorf("Next = %q, %v, want %q", again, err, first)
	}
}

// FuzzNext checks that no challenge causes a panic.
func FuzzNext(f *testing.F) {
	f.Add(challenge("12345678"))
	f.Add([]byte("NTLMSSP\x00"))
	f.Add([]byte("NTLM supported"))
	f.Fuzz(func(t *testing.T, b []byte) {
		ntlm.NewClient("User", "Password").Next(b)
	})
}
