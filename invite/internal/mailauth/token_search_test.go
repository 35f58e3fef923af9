package mailauth_test

import (
	"fmt"
	"testing"

	"github.com/convene-go/convene/invite/internal/mailauth"
)

// TestSearchCountsMACs searches for ten forged tokens of two days among 100 addresses,
// with two keys. Tokens of one day share their MACs.
func TestSearchCountsMACs(t *testing.T) {
	k := tokens(key(1), key(2))
	var list []mailauth.Token
	var emails []string
	for i := range 10 {
		list = append(list, k.Find(tokens(key(9)).Address(uid, fmt.Sprint(i), noon(1+i%2))))
	}
	for i := range 100 {
		emails = append(emails, fmt.Sprintf("guest%d@example.org", i))
	}
	n := mailauth.CountMACs(func() {
		if found := k.Search(list, uid, emails); len(found) > 0 {
			t.Errorf("Search = %v, want none", found)
		}
	})
	check(t, "MACs", 2*2*100, n)
	check(t, "Tokens.MACs", n, k.MACs(list, len(emails)))
}
