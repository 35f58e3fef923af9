package goldenfile

import (
	"fmt"
	"slices"
	"strings"
)

const (
	around     = 2       // equal lines shown before and behind lines that differ
	maxCells   = 4 << 20 // of the table that finds equal lines; more are shown as replaced
	maxChanged = 120     // lines shown as changed
)

// Diff returns the lines that differ, with the lines around them. A line begins with
// "-" if only want has it, and with "+" if only got has it. Each run of lines begins
// with its line number in want and the names of the header fields or properties that
// differ. Content lines of a calendar object are unfolded, unless only the folds
// differ.
func Diff(want, got []byte) string {
	a, b := lines(want, true), lines(got, true)
	if slices.Equal(a.text, b.text) {
		a, b = lines(want, false), lines(got, false)
	}
	return show(a, edits(a.text, b.text))
}

// listing is a text in lines, with the numbers that they have in the file.
type listing struct {
	text   []string
	number []int
}

// lines splits a text behind each LF. If unfold is true, and the text is a calendar
// object, a line that continues another one is joined to it (RFC 5545, section 3.1).
func lines(data []byte, unfold bool) (out listing) {
	unfold = unfold && strings.HasPrefix(string(data), "BEGIN:V")
	n := 0
	for line := range strings.SplitAfterSeq(string(data), "\n") {
		n++
		last := len(out.text) - 1
		switch before, folded := "", false; {
		case line == "":
		case unfold && last >= 0 && line[0] == ' ':
			if before, folded = strings.CutSuffix(out.text[last], "\r\n"); folded {
				out.text[last] = before + line[1:]
				break
			}
			fallthrough
		default:
			out.text, out.number = append(out.text, line), append(out.number, n)
		}
	}
	return out
}

// edit is a line of a difference. kind is '-', '+' or ' '.
type edit struct {
	kind byte
	line string
	at   int // the index of the line in want, or of the line that it stands before
}

// edits returns the lines of both texts. As many as possible are equal ones, unless the
// table for that would be too large.
func edits(a, b []string) (out []edit) {
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		out = append(out, edit{' ', a[head], head})
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	out = append(out, middle(a[head:len(a)-tail], b[head:len(b)-tail], head)...)
	for i := len(a) - tail; i < len(a); i++ {
		out = append(out, edit{' ', a[i], i})
	}
	return out
}

// middle returns the edits between the lines that both texts begin and end with. a
// begins at the given line.
func middle(a, b []string, first int) (out []edit) {
	common := commonLines(a, b)
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case common != nil && i < len(a) && j < len(b) && a[i] == b[j]:
			out = append(out, edit{' ', a[i], first + i})
			i, j = i+1, j+1
		case i < len(a) && (common == nil || j == len(b) || common[i+1][j] >= common[i][j+1]):
			out = append(out, edit{'-', a[i], first + i})
			i++
		default:
			out = append(out, edit{'+', b[j], first + i})
			j++
		}
	}
	return out
}

// commonLines returns how many lines a[i:] and b[j:] can have in common, for each i and
// j; nil if that is too much to compute.
func commonLines(a, b []string) [][]int32 {
	if (len(a)+1)*(len(b)+1) > maxCells {
		return nil
	}
	n := make([][]int32, len(a)+1)
	for i := range n {
		n[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				n[i][j] = n[i+1][j+1] + 1
			} else {
				n[i][j] = max(n[i+1][j], n[i][j+1])
			}
		}
	}
	return n
}

// show writes the runs of lines that differ.
func show(want listing, all []edit) string {
	var b strings.Builder
	changed := 0
	for i := 0; i < len(all); {
		if all[i].kind == ' ' {
			i++
			continue
		}
		from, to := max(0, i-around), runEnd(all, i)
		fmt.Fprintf(&b, "%s\n", title(want, all[from:to]))
		for _, e := range all[from:to] {
			if e.kind != ' ' {
				changed++
			}
			if changed > maxChanged {
				return b.String() + "… and more\n"
			}
			b.WriteString(string(e.kind) + " " + visible(e.line, e.kind != ' ') + "\n")
		}
		i = to
	}
	return b.String()
}

// runEnd returns the end of a run of lines. The run goes on if few equal lines stand
// between lines that differ.
func runEnd(all []edit, i int) int {
	for equal := 0; i < len(all) && equal <= 2*around; i++ {
		if equal++; all[i].kind != ' ' {
			equal = 0
		}
	}
	for i > 0 && all[i-1].kind == ' ' {
		i--
	}
	return min(i+around, len(all))
}
