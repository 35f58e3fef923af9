package body

import (
	"strings"
	"testing"
)

func TestWrap(t *testing.T) {
	for _, tt := range []struct{ name, first, indent, in, want string }{
		{"short", "When: ", "      ", "now", "When: now\n"},
		{"empty", "", "", "", "\n"},
		{"words", "", "  ", strings.Repeat("word ", 20), strings.Repeat("word ", 14) + "word\n  " + "word word word word word\n"},
		{"long word", "Link: ", "      ", strings.Repeat("x", 100) + " y", "Link: " + strings.Repeat("x", 100) + "\n      y\n"},
		{"no break", "", "", strings.Repeat("x", 70) + " a\u00A0b\u00A0c\u00A0d\u00A0e", strings.Repeat("x", 70) + "\na b c d e\n"},
		{"wide", "", "", strings.Repeat("漢", 45), strings.Repeat("漢", 39) + "\n" + strings.Repeat("漢", 6) + "\n"},
		{"wide, punctuation", "", "", strings.Repeat("漢", 39) + "。" + "字", strings.Repeat("漢", 38) + "\n漢。字\n"},
		{"Korean", "", "", strings.Repeat("한국", 18) + " 한국어", strings.Repeat("한국", 18) + "\n한국어\n"},
		{"marks", "", "", strings.Repeat("e\u0301", 78) + " x", strings.Repeat("e\u0301", 78) + "\nx\n"},
	} {
		var b strings.Builder
		wrap(&b, tt.first, tt.indent, tt.in)
		if got := b.String(); got != tt.want {
			t.Errorf("%s: wrap(%q) = %q, want %q", tt.name, tt.in, got, tt.want)
		}
	}
}

func TestColumns(t *testing.T) {
	for in, want := range map[string]int{"": 0, "abc": 3, "漢字": 4, "ｶﾅ": 2, "e\u0301": 1, lri + "x" + pdi: 1, "👍": 2, "한": 2} {
		if got := columns(in); got != want {
			t.Errorf("columns(%q) = %d, want %d", in, got, want)
		}
	}
}

// TestLineLength checks in every language that no line of a text is longer than 78
// columns, unless it is one word.
func TestLineLength(t *testing.T) {
	r, err := New(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range languages {
		for _, v := range samples() {
			v.Language = l.tag
			v.Event.Description = strings.Repeat("many words ", 20) + "\n\n   " + strings.Repeat("ああ、いい。", 40)
			b, err := r.Render(v)
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(b.Text) {
				line = strings.TrimRight(line, "\n")
				if columns(line) > textWidth && strings.Contains(strings.TrimSpace(line), " ") {
					t.Errorf("%s: %d columns: %q", l.tag, columns(line), line)
				}
			}
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"a\r\nb": "a\nb", "a\rb\u2028c": "a\nb\nc", " \t a\tb ": "a b", "\u202Ea\u2066b\u2069": "ab", "\x00a\x7f\u0080": "a",
		"a\xffb": "a\uFFFDb", "\uFEFFa": "a", "א\u200Fb": "א\u200Fb", "\u200Dz": "\u200Dz", "": "",
	} {
		if got := cleanLines(in); got != want {
			t.Errorf("cleanLines(%q) = %q, want %q", in, got, want)
		}
	}
	if got := clean("  a \n\n b\u00A0c ", 9); got != "a b c" {
		t.Errorf("clean = %q", got)
	}
}
