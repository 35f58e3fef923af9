package mime

import (
	"fmt"
	"strings"
	"testing"
)

// TestQuotedLinesAreFew writes many texts, of which one line is very long.
func TestQuotedLinesAreFew(t *testing.T) {
	p := presses.New().(*press)
	for i := range 200 {
		text := fmt.Appendf(nil, "%s\n%s é\n", strings.Repeat("x", 2*maxQuotedLine), strings.Repeat(fmt.Sprint(i), 200))
		if _, err := p.quoted(nil, text); err != nil {
			t.Fatal(err)
		}
		octets := 0
		for line, encoded := range p.lines.encoded {
			if octets += len(line) + len(encoded); len(encoded) > maxQuotedLine {
				t.Fatalf("a line of %d octets is remembered", len(encoded))
			}
		}
		if octets != p.lines.octets || octets > maxQuotedLines+2*maxQuotedLine || octets == 0 {
			t.Fatalf("after %d texts %d octets are remembered, %d counted", i+1, octets, p.lines.octets)
		}
	}
}
