package mime

import (
	"errors"
	"fmt"
	"net/mail"
	"strings"

	"github.com/convene-go/convene/internal/address"
)

// mailbox is a checked address; addr has the form in which it is sent.
type mailbox struct{ name, addr string }

// newMailbox checks the name and the address of a.
func newMailbox(a mail.Address) (m mailbox, nameErr, addrErr error) {
	m.name, nameErr = a.Name, checkLine(a.Name)
	m.addr, addrErr = wireAddress(a.Address)
	return m, nameErr, addrErr
}

// key returns the same string for two spellings of one address. A domain is not
// sensitive to case (RFC 5321, section 2.3.11), but the local part may be.
func (m mailbox) key() string {
	at := strings.LastIndexByte(m.addr, '@')
	return m.addr[:at] + strings.ToLower(m.addr[at:])
}

// same reports whether the keys of m and other are equal.
func (m mailbox) same(other mailbox) bool {
	at := strings.LastIndexByte(m.addr, '@')
	return len(m.addr) == len(other.addr) && m.addr[:at] == other.addr[:at] && strings.EqualFold(m.addr[at:], other.addr[at:])
}

// wireAddress returns addr with its domain in ASCII, or an error if addr is no
// Mailbox (RFC 5321, section 4.1.2). Address literals are refused, because
// nobody sends invitations to them. Obsolete syntax of RFC 5322, such as
// comments and spaces, is refused too.
func wireAddress(addr string) (string, error) {
	if addr == "" {
		return "", errors.New("is empty")
	}
	at := strings.LastIndexByte(addr, '@')
	if at < 0 {
		return "", errors.New(`has no "@"`)
	}
	if err := checkLocal(addr[:at]); err != nil {
		return "", err
	}
	domain, err := address.Domain(addr[at+1:])
	if err != nil {
		return "", err
	}
	if at+1+len(domain) > address.Max {
		return "", fmt.Errorf("is longer than %d octets", address.Max)
	}
	if domain == addr[at+1:] {
		return addr, nil
	}
	return addr[:at+1] + domain, nil
}

// checkLocal returns an error if s is no Local-part: neither a Dot-string nor a
// Quoted-string.
func checkLocal(s string) error {
	switch {
	case !address.IsASCII(s):
		return errors.New(`not ASCII before the "@": needs SMTPUTF8 (RFC 6531), which invitations do not use`)
	case len(s) > address.MaxLocal:
		return fmt.Errorf(`more than %d octets before the "@"`, address.MaxLocal)
	case address.IsDotAtom(s), isQuotedLocal(s):
		return nil
	}
	return fmt.Errorf(`%q before the "@" is neither a dot-string nor a quoted-string (RFC 5321, section 4.1.2)`, s)
}

// isQuotedLocal reports whether s is a Quoted-string of visible characters
// without angle brackets. If an address holds a space or an angle bracket, too
// many programs on its way cut it short.
func isQuotedLocal(s string) bool {
	if len(s) < 3 || s[0] != '"' || s[len(s)-1] != '"' {
		return false
	}
	s = s[1 : len(s)-1]
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' {
			i++ // a quoted-pair; at the end of s it would take the quote away
		} else if s[i] == '"' {
			return false
		}
		if i == len(s) || s[i] <= ' ' || s[i] > '~' || s[i] == '<' || s[i] == '>' {
			return false
		}
	}
	return true
}
