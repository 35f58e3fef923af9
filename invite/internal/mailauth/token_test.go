package mailauth_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/mailauth"
)

const (
	uid = "5d1c1f3e-0000-4000-8000-000000000001"
	ann = "ann@example.org"
	bob = "bob@example.org"
)

// noon returns noon of a day of March 2027.
func noon(day int) time.Time { return time.Date(2027, 3, day, 12, 0, 0, 0, time.UTC) }

// key returns a key of 32 octets.
func key(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }

// tokens returns tokens for Desk@example.com. The first key signs.
func tokens(keys ...[]byte) *mailauth.Tokens {
	return &mailauth.Tokens{Mailbox: "Desk@example.com", Keys: keys}
}

// TestSigned makes an address for ann with the key 1, changes it, and looks for its
// attendee.
func TestSigned(t *testing.T) {
	same := func(addr string) string { return addr }
	invited := []string{"", bob, ann}
	tests := []struct {
		name   string
		change func(string) string
		by     *mailauth.Tokens
		uid    string
		emails []string
		want   string
		ok     bool
	}{
		{"the attendee is found", same, tokens(key(1)), uid, invited, ann, true},
		{"an address in lower case", strings.ToLower, tokens(key(1)), uid, invited, ann, true},
		{"an address in upper case", strings.ToUpper, tokens(key(1)), uid, invited, ann, true},
		{"the UID in upper case", same, tokens(key(1)), strings.ToUpper(uid), invited, ann, true},
		{"the attendee's address in another case, as the meeting has it",
			same, tokens(key(1)), uid, []string{"Ann@Example.org"}, "Ann@Example.org", true},
		{"a new key in front", same, tokens(key(2), key(1)), uid, invited, ann, true},
		{"the key was taken away", same, tokens(key(2)), uid, invited, "", false},
		{"another meeting", same, tokens(key(1)), "other", invited, "", false},
		{"the attendee is not invited", same, tokens(key(1)), uid, []string{"", bob}, "", false},
		{"nobody is invited", same, tokens(key(1)), uid, nil, "", false},
		{"a forged MAC", func(addr string) string { return flip(addr, 20) }, tokens(key(1)), uid, invited, "", false},
		{"a forged day", func(addr string) string { return flip(addr, 0) }, tokens(key(1)), uid, invited, "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			addr := tt.change(tokens(key(1)).Address(uid, ann, noon(2)))
			raw := tt.by.Find(addr)
			if raw == nil {
				t.Fatalf("Find(%q) = nil", addr)
			}
			email, ok := tt.by.Signed(raw, tt.uid, tt.emails)
			if email != tt.want || ok != tt.ok {
				t.Errorf("Signed = %q, %v, want %q, %v", email, ok, tt.want, tt.ok)
			}
		})
	}
	t.Run("the empty email stands for all attendees", func(t *testing.T) {
		k := tokens(key(1))
		if email, ok := k.Signed(k.Find(k.Address(uid, "", noon(2))), uid, invited); email != "" || !ok {
			t.Errorf("Signed = %q, %v, want all of them", email, ok)
		}
	})
}

// flip changes the character of the token with that index.
func flip(addr string, i int) string {
	out := []byte(addr)
	at := strings.IndexByte(addr, '+') + 1 + i
	if out[at]++; out[at] > 'z' || out[at] == '7'+1 {
		out[at] = 'b'
	}
	return string(out)
}

func TestAddress(t *testing.T) {
	got := tokens(key(1)).Address(uid, ann, noon(2))
	local, domain, _ := strings.Cut(got, "@")
	if !strings.HasPrefix(local, "Desk+") || len(local) != len("Desk+")+29 || domain != "example.com" {
		t.Errorf("Address = %q, want Desk+TOKEN@example.com", got)
	}
	if _, err := address.ASCII(got); err != nil {
		t.Errorf("Address = %q, which is none: %v", got, err)
	}
	check(t, "Address again", got, tokens(key(1), key(2)).Address(uid, ann, noon(2)))
	check(t, "Address on the same day", got, tokens(key(1)).Address(uid, ann, noon(2).Add(11*time.Hour)))
	for name, other := range map[string]string{
		"another attendee": tokens(key(1)).Address(uid, bob, noon(2)),
		"another meeting":  tokens(key(1)).Address("other", ann, noon(2)),
		"another key":      tokens(key(2)).Address(uid, ann, noon(2)),
		"another day":      tokens(key(1)).Address(uid, ann, noon(3)),
	} {
		if other == got {
			t.Errorf("%s: Address = %q, want another", name, got)
		}
	}
}

// TestExpired makes a token that is valid until noon on 2 March. Its last day is the
// next one, in UTC.
func TestExpired(t *testing.T) {
	midnight := time.Date(2027, 3, 4, 0, 0, 0, 0, time.UTC)
	old := tokens(key(1)).Address(uid, ann, time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC))
	until := tokens(key(1)).Address(uid, ann, noon(2))
	late := tokens(key(1)).Address(uid, ann, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC))
	tests := []struct {
		name string
		addr string
		now  time.Time
		want bool
	}{
		{"before", until, noon(1), false},
		{"until then", until, noon(2), false},
		{"on the day after", until, midnight.Add(-time.Second), false},
		{"one second later", until, midnight, true},
		{"a date before 1970 is the first day", old, noon(2), true},
		{"a date that two octets cannot hold is the last day", late, time.Date(2149, 6, 6, 0, 0, 0, 0, time.UTC), false},
		{"the last day is over", late, time.Date(2149, 6, 7, 0, 0, 0, 0, time.UTC), true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tokens(key(1)).Find(tt.addr).Expired(tt.now); got != tt.want {
				t.Errorf("Expired(%v) = %v, want %v", tt.now, got, tt.want)
			}
		})
	}
}

func TestRenew(t *testing.T) {
	forever := time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
	k := tokens(key(1))
	fresh := k.Address(uid, ann, noon(10).AddDate(0, 0, 731))
	short := &mailauth.Tokens{Mailbox: "Desk@example.com", Keys: [][]byte{key(1)}, Lifetime: 48 * time.Hour}
	tests := []struct {
		name string
		by   *mailauth.Tokens
		has  string
		end  time.Time // of the meeting
		now  time.Time
		want string
	}{
		{"a new address lasts two years after the end", k, "", noon(10), noon(2), fresh},
		{"or as long as Lifetime says", short, "", noon(10), noon(2), k.Address(uid, ann, noon(12))},
		{"if the meeting is over, counted from now", short, "", noon(2), noon(10), k.Address(uid, ann, noon(12))},
		{"an address that lasts until the end stays", k, k.Address(uid, ann, noon(9)), noon(10), noon(2), k.Address(uid, ann, noon(9))},
		{"an address whose day is before the end stays", k, k.Address(uid, ann, noon(8)), noon(10), noon(2), k.Address(uid, ann, noon(8))},
		{"an expired address stays before the end", k, k.Address(uid, ann, noon(1)), noon(10), noon(5), k.Address(uid, ann, noon(1))},
		{"an expired address stays until Lifetime after the end", short, k.Address(uid, ann, noon(1)), noon(7), noon(10), k.Address(uid, ann, noon(1))},
		{"an expired address is replaced the day after", short, k.Address(uid, ann, noon(1)), noon(6), noon(10), k.Address(uid, ann, noon(12))},
		{"an endless address stays though the meeting has an end now", short, k.Address(uid, ann, forever), noon(8), noon(10), k.Address(uid, ann, forever)},
		{"an endless address ends Lifetime after that", short, k.Address(uid, ann, forever), noon(6), noon(10), k.Address(uid, ann, noon(12))},
		{"an endless meeting has an endless address", short, "", forever, noon(2), k.Address(uid, ann, forever)},
		{"the case of the address stays", k, strings.ToUpper(fresh), noon(10), noon(2), strings.ToUpper(fresh)},
		{"an address by an older key stays", tokens(key(2), key(1)), fresh, noon(10), noon(2), fresh},
		{"an address by an unknown key is replaced", k, tokens(key(9)).Address(uid, ann, noon(20)), noon(10), noon(2), fresh},
		{"an address of another attendee is replaced", k, k.Address(uid, bob, noon(20)), noon(10), noon(2), fresh},
		{"an address of another meeting is replaced", k, k.Address("other", ann, noon(20)), noon(10), noon(2), fresh},
		{"an address without a token is replaced", k, "Desk@example.com", noon(10), noon(2), fresh},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			check(t, "Renew", tt.want, tt.by.Renew(tt.has, uid, ann, tt.end, tt.now))
		})
	}
}

func TestCheck(t *testing.T) {
	tests := []struct {
		name string
		t    mailauth.Tokens
		want string // the beginning of the error; "" for none
		is   error
	}{
		{"right", *tokens(key(1), key(2)[:16]), "", nil},
		{"no mailbox", mailauth.Tokens{Keys: [][]byte{key(1)}}, "Mailbox: is missing", address.ErrEmpty},
		{"no @", mailauth.Tokens{Mailbox: "desk", Keys: [][]byte{key(1)}}, "Mailbox: is not of the form", address.ErrForm},
		{"34 octets in front of the @ leave room",
			mailauth.Tokens{Mailbox: strings.Repeat("a", 34) + "@example.com", Keys: [][]byte{key(1)}}, "", nil},
		{"35 leave none", mailauth.Tokens{Mailbox: strings.Repeat("a", 35) + "@example.com", Keys: [][]byte{key(1)}},
			"Mailbox: 35 octets in front of the @, 34 leave room", nil},
		{"no key", *tokens(), "Keys: is missing", nil},
		{"a short key", *tokens(key(1), key(2)[:15]), "Keys[1]: has 15 octets, 16 are the least", nil},
		{"a negative lifetime", mailauth.Tokens{Mailbox: "desk@example.com", Keys: [][]byte{key(1)}, Lifetime: -time.Second},
			"Lifetime: -1s is negative", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.t.Check()
			switch {
			case tt.want == "" && err == nil:
			case err == nil || !strings.HasPrefix(err.Error(), tt.want) || tt.want == "":
				t.Errorf("Check = %v, want %q", err, tt.want)
			case tt.is != nil && !errors.Is(err, tt.is):
				t.Errorf("Check = %v, which is not %v", err, tt.is)
			}
		})
	}
}

func TestFind(t *testing.T) {
	addr := tokens(key(1)).Address(uid, ann, noon(2))
	token := addr[len("Desk+") : len("Desk+")+29]
	tests := []struct {
		name, addr string
		want       bool
	}{
		{"our address", addr, true},
		{"in upper case", strings.ToUpper(addr), true},
		{"no address", "", false},
		{"the mailbox itself", "Desk@example.com", false},
		{"another mailbox", "x" + addr, false},
		{"another domain", addr + ".evil.example.net", false},
		{"a tag that is too short", "Desk+" + token[1:] + "@example.com", false},
		{"a tag that is too long", "Desk+" + token + "a@example.com", false},
		{"a tag that is no base 32", "Desk+" + token[:28] + "!@example.com", false},
		{"no plus sign", "Desk-" + token + "@example.com", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tokens(key(1)).Find(tt.addr) != nil; got != tt.want {
				t.Errorf("Find(%q) found a token: %v, want %v", tt.addr, got, tt.want)
			}
		})
	}
}

// TestFindNeverPanics looks for tokens in 10,000 addresses at random, most of them
// made of one of ours. One that is found has 18 octets, and is ours only if the
// address decodes to the same token.
func TestFindNeverPanics(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	k := tokens(key(1))
	ours := k.Address(uid, ann, noon(2))
	const chars = "abcxyzABCXYZ0189237=+-@. \x00\x7fé☂İ"
	for range 10_000 {
		addr := []rune(ours)
		if rnd.IntN(10) == 0 {
			addr = make([]rune, rnd.IntN(80))
			for i := range addr {
				addr[i] = rune(rnd.IntN(0x300))
			}
		}
		for range rnd.IntN(4) {
			c := []rune(chars)[rnd.IntN(len([]rune(chars)))]
			switch at := rnd.IntN(len(addr) + 1); {
			case at < len(addr) && rnd.IntN(4) > 0:
				addr[at] = c
			case at < len(addr) && rnd.IntN(2) > 0:
				addr = append(addr[:at], addr[at+1:]...)
			default:
				addr = append(addr, c)
			}
		}
		raw := k.Find(string(addr))
		if raw == nil {
			continue
		}
		raw.Expired(noon(2))
		_, ok := k.Signed(raw, uid, []string{ann})
		if same := bytes.Equal(raw, k.Find(ours)); len(raw) != 18 || ok != same {
			t.Fatalf("%q: a token of %d octets, ours: %v, want 18, %v", string(addr), len(raw), ok, same)
		}
	}
}

// TestFindLineEnds looks for a token in an address of line ends, which package base32
// skips.
func TestFindLineEnds(t *testing.T) {
	addr := "Desk+" + strings.Repeat("\n", 29) + "@example.com"
	if raw := tokens(key(1)).Find(addr); raw != nil {
		t.Errorf("Find(%q) = a token of %d octets, want nil", addr, len(raw))
	}
}
