package rtf_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/convene-go/convene/internal/rtf"
	"github.com/convene-go/convene/internal/tnef/tneftest"
)

// TestDecompressExamples reads the examples of MS-OXRTFCP, sections 4.1 to 4.3.
func TestDecompressExamples(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"a simple one", "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0",
			"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"},
		{"one that reads beyond what it has written", "1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0",
			"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"},
	} {
		data, err := hex.DecodeString(tt.in)
		if err != nil {
			t.Fatal(err)
		}
		got, err := rtf.Decompress(data, 1000)
		if err != nil || string(got) != tt.want {
			t.Errorf("%s: Decompress = %q, %v, want %q", tt.name, got, err, tt.want)
		}
	}
}

func TestDecompressRoundTrip(t *testing.T) {
	for _, doc := range []string{
		"", "a", "{\\rtf1 x}", strings.Repeat("a", 100_000), strings.Repeat("0123456789abcdef", 5000),
		tneftest.Plain(1251, strings.Repeat("Привет, мир. ", 700)), strings.Repeat("{\\rtf1\\ansi\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx", 90),
	} {
		for form, data := range map[string][]byte{"LZFu": tneftest.Compress(doc), "MELA": tneftest.Store(doc)} {
			got, err := rtf.Decompress(data, 1<<20)
			if err != nil || string(got) != doc {
				t.Errorf("%s of %.20q (%d octets): got %d octets, %v", form, doc, len(doc), len(got), err)
			}
			half, err := rtf.Decompress(data, len(doc)/2)
			if len(doc) > 1 && (!errors.Is(err, rtf.ErrCut) || string(half) != doc[:len(doc)/2]) {
				t.Errorf("%s of %.20q with a limit: got %d octets, %v, want ErrCut", form, doc, len(half), err)
			}
		}
	}
}

func TestDecompressDamage(t *testing.T) {
	good := tneftest.Compress(tneftest.Plain(1252, strings.Repeat("Yes, I come. ", 20)))
	with := func(at int, value byte) []byte {
		out := bytes.Clone(good)
		out[at] ^= value
		return out
	}
	for _, tt := range []struct {
		name string
		in   []byte
		want error
	}{
		{"nothing", nil, rtf.ErrHeader},
		{"half a header", good[:15], rtf.ErrHeader},
		{"another type", with(8, 1), rtf.ErrHeader},
		{"a size below the header", []byte("\x0b\x00\x00\x00\x00\x00\x00\x00LZFu\x00\x00\x00\x00"), rtf.ErrHeader},
		{"an octet less", good[:len(good)-1], rtf.ErrShort},
		{"a larger size", with(2, 1), rtf.ErrShort},
		{"another octet", with(30, 4), rtf.ErrChecksum},
		{"another checksum", with(12, 1), rtf.ErrChecksum},
		{"stored, and shorter than it says", []byte("\x0d\x00\x00\x00\x05\x00\x00\x00MELA\x00\x00\x00\x00x"), rtf.ErrShort},
	} {
		if got, err := rtf.Decompress(tt.in, 1<<20); !errors.Is(err, tt.want) || got != nil {
			t.Errorf("%s: Decompress = %q, %v, want %v", tt.name, got, err, tt.want)
		}
	}
	// octets after the value belong to nobody
	if _, err := rtf.Decompress(append(bytes.Clone(good), "xyz"...), 1<<20); err != nil {
		t.Errorf("octets after the value: %v", err)
	}
}

// TestDecompressWithoutEnd checks that a body whose end mark is missing is refused unless
// all octets are there.
func TestDecompressWithoutEnd(t *testing.T) {
	body := "\x00abcdefgh"
	sum := func(n byte) []byte { return tneftest.Header([]byte(body), int(n), "LZFu") }
	if got, err := rtf.Decompress(sum(8), 100); err != nil || string(got) != "abcdefgh" {
		t.Errorf("all octets: %q, %v", got, err)
	}
	if got, err := rtf.Decompress(sum(9), 100); !errors.Is(err, rtf.ErrShort) {
		t.Errorf("an octet less: %q, %v, want ErrShort", got, err)
	}
}

// TestBomb checks that a value that expands to eight times its size is cut, and takes no
// more memory than the limit.
func TestBomb(t *testing.T) {
	const limit = 4 << 20
	bomb := tneftest.Bomb(8 << 20)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got, err := rtf.Decompress(bomb, limit)
	runtime.ReadMemStats(&after)
	if !errors.Is(err, rtf.ErrCut) || len(got) != limit {
		t.Errorf("got %d octets, %v, want %d and ErrCut", len(got), err, limit)
	}
	if memory := after.TotalAlloc - before.TotalAlloc; memory > 2*limit {
		t.Errorf("%d octets of memory, want at most %d", memory, 2*limit)
	}
}
