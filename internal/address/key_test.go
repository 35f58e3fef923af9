package address_test

import (
	"testing"

	"github.com/convene-go/convene/internal/address"
)

// TestHasKey compares HasKey and Same with Key for all pairs of some addresses.
func TestHasKey(t *testing.T) {
	list := []string{"", "@", "a", "ann@example.test", "Ann@Example.Test", "ann@example.tes", "ann@example.test.", "an", "ann@",
		"ann@bücher.test", "Ann@BÜCHER.test", "ann@xn--bcher-kva.test", "bob@bücher.test", "ann@bücher", "ännn@bücher.test", "Ännn@example.test",
		"ännn@example.test", "\u212a@example.test", "k@example.test", "k@\u212a.test", "k@k.test", "a@b@bücher.test", "a@b@xn--bcher-kva.test", "ü", "Ü"}
	for _, addr := range list {
		for _, other := range list {
			key := address.Key(other)
			if got, want := address.HasKey(addr, key), address.Key(addr) == key; got != want {
				t.Errorf("HasKey(%q, %q) = %v, want %v", addr, key, got, want)
			}
			if got, want := address.Same(addr, other), address.Key(addr) == key; got != want {
				t.Errorf("Same(%q, %q) = %v, want %v", addr, other, got, want)
			}
		}
	}
}

// TestHasKeyConvertsNoOthers counts allocations. An address with another local part is
// not converted to punycode.
func TestHasKeyConvertsNoOthers(t *testing.T) {
	key := address.Key("bob@bücher.test")
	n := testing.AllocsPerRun(10, func() {
		address.HasKey("ann@bücher.test", key)
		address.Same("ann@bücher.test", "bob@bücher.test")
	})
	if n > 0 {
		t.Errorf("HasKey and Same allocate %v times, want none", n)
	}
}
