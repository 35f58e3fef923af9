package mailauth

import (
	"crypto/hmac"
	"crypto/sha256"
	"hash"
	"hash/maphash"
	"strconv"
	"strings"

	"github.com/convene-go/convene/internal/address"
)

// Search returns the address among emails that each token was made for, with the
// meeting's UID, by the index of the token. It leaves out tokens of other meetings and
// forged tokens. Search tries all keys and all addresses, and compares in constant time.
// Tokens of one day share their MACs, see [Tokens.MACs]. The caller must also call
// [Tokens.Ended].
func (t *Tokens) Search(list []Token, uid string, emails []string) map[int]string {
	out := make(map[int]string)
	days := byDay(list)
	for _, key := range t.Keys {
		s := newSigner(key, uid)
		for _, e := range emails {
			for day, of := range days {
				mac := s.sum(day[:], e)
				for _, i := range of {
					if hmac.Equal(list[i][2:], mac) {
						out[i] = e
					}
				}
			}
		}
	}
	return out
}

// MACs returns the number of MACs that [Tokens.Search] computes for some tokens and a
// number of addresses: one for each key, each address and each different day.
func (t *Tokens) MACs(list []Token, emails int) int { return len(t.Keys) * len(byDay(list)) * emails }

// byDay returns the indexes of the tokens, by their days.
func byDay(list []Token) map[[2]byte][]int {
	out := make(map[[2]byte][]int, len(list))
	for i, raw := range list {
		day := [2]byte(raw)
		out[day] = append(out[day], i)
	}
	return out
}

// Given returns the attendees whose address has a token of the list, by the index of the
// token. given has the addresses by attendee, and is read once. The caller must still
// verify the tokens, because only their hashes are compared. The hashes are random, so
// that the time of the comparison does not show how much of a token is right.
func Given(list []Token, given map[string]string) map[int][]string {
	if len(given) == 0 || len(list) == 0 {
		return nil
	}
	seed := maphash.MakeSeed()
	wanted := make(map[uint64]int, len(list))
	for i, raw := range list {
		wanted[maphash.String(seed, Base32.EncodeToString(raw))] = i
	}
	out := make(map[int][]string)
	for email, addr := range given {
		at := strings.LastIndexByte(addr, '@')
		if at < tokenText {
			continue
		}
		if i, ok := wanted[maphash.String(seed, address.Lower(addr[at-tokenText:at]))]; ok {
			out[i] = append(out[i], email)
		}
	}
	return out
}

// signer computes the MACs of one meeting with one key.
type signer struct {
	mac       hash.Hash
	uid       string // the length of the UID, and the UID in lower case
	text, out []byte // reused for each MAC
}

// newSigner returns the signer for a meeting.
func newSigner(key []byte, uid string) *signer {
	return &signer{
		mac: hmac.New(sha256.New, key),
		uid: strconv.Itoa(len(uid)) + "\x00" + address.Lower(uid) + "\x00",
	}
}

// counted is called for each MAC. It is nil outside of tests.
var counted func()

// sum returns the MAC over a day, the meeting and an attendee. It is valid until the
// next call.
func (s *signer) sum(day []byte, email string) []byte {
	if counted != nil {
		counted()
	}
	s.text = append(append(s.text[:0], tokenUse...), 0)
	s.text = append(append(s.text, day...), s.uid...)
	s.text = append(s.text, address.Key(email)...)
	s.mac.Reset()
	s.mac.Write(s.text)
	s.out = s.mac.Sum(s.out[:0])
	return s.out[:tokenMAC]
}
