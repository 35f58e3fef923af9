package fair_test

import (
	"fmt"
	"testing"

	"github.com/convene-go/convene/invite/desk/internal/fair"
)

// take takes as many places for a tenant as it may have.
func take(p *fair.Places, tenant string) (n int) {
	for p.Take(tenant) {
		n++
	}
	return n
}

// TestPlaces takes all places that some tenants may have, one tenant after the other.
func TestPlaces(t *testing.T) {
	for _, x := range []struct{ all, least, tenants, first, last int }{
		{128, 1, 1, 8, 8},
		{128, 1, 10, 8, 5},
		{128, 1, 40, 8, 1},
		{128, 2, 1, 9, 9},
		{1, 1, 2, 1, 0},
		{2, 1, 2, 1, 1},
	} {
		p := fair.New(x.all, x.least)
		var got []int
		for i := range x.tenants {
			got = append(got, take(p, fmt.Sprint(i)))
		}
		if got[0] != x.first || got[len(got)-1] != x.last {
			t.Errorf("of %d places, %d tenants have %v, want %d at first and %d at last", x.all, x.tenants, got, x.first, x.last)
		}
	}
}

// TestGive gives places back. Others may take them then.
func TestGive(t *testing.T) {
	p := fair.New(3, 3)
	if n := take(p, "a"); n != 3 || p.Take("b") {
		t.Fatalf("a has %d of 3 places", n)
	}
	p.Give("a")
	if !p.Take("b") || p.Take("a") {
		t.Error("a gave one place back, and b cannot take it")
	}
	p.Give("b")
	for range 2 {
		p.Give("a")
	}
	if n := take(p, "c"); n != 3 {
		t.Errorf("all places were given back, and c has %d of 3", n)
	}
}
