// Command tables turns the output of go test -bench, which it reads from the standard
// input, into Markdown tables: one for each benchmark, a row for each of its parts, and a
// column for each metric.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
)

func main() {
	if err := convert(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "tables:", err)
		os.Exit(1)
	}
}

// table has the results of one benchmark.
type table struct {
	name    string
	columns []string
	rows    []row
}

// row is one line of the output.
type row struct {
	name   string
	values map[string]float64 // by metric
}

// convert writes the tables of the results in r. Other lines that say something about the
// run are written as they are.
func convert(r io.Reader, w io.Writer) error {
	var tables []*table
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			if line := lines.Text(); strings.HasPrefix(line, "cpu:") || strings.HasPrefix(line, "FAIL") || strings.HasPrefix(line, "---") {
				fmt.Fprintln(w, line)
			}
			continue
		}
		name, part := names(fields[0])
		if len(tables) == 0 || tables[len(tables)-1].name != name {
			tables = append(tables, &table{name: name})
		}
		if err := tables[len(tables)-1].add(part, fields[2:]); err != nil {
			return err
		}
	}
	for _, t := range tables {
		t.write(w)
	}
	return lines.Err()
}

// names returns the name of a benchmark and of its part, without the number of processors.
func names(s string) (name, part string) {
	if i := strings.LastIndexByte(s, '-'); i > 0 {
		s = s[:i]
	}
	name, part, _ = strings.Cut(strings.TrimPrefix(s, "Benchmark"), "/")
	return name, strings.ReplaceAll(part, "_", " ")
}

// add adds a row: pairs of a value and its unit. Nanoseconds become microseconds.
func (t *table) add(part string, pairs []string) error {
	x := row{part, make(map[string]float64)}
	for i := 0; i+1 < len(pairs); i += 2 {
		value, err := strconv.ParseFloat(pairs[i], 64)
		if err != nil {
			return err
		}
		unit := pairs[i+1]
		if rest, ok := strings.CutPrefix(unit, "ns/"); ok {
			unit, value = "µs/"+rest, value/1000
		}
		if !slices.Contains(t.columns, unit) {
			t.columns = append(t.columns, unit)
		}
		x.values[unit] = value
	}
	t.rows = append(t.rows, x)
	return nil
}

// write writes the table.
func (t *table) write(w io.Writer) {
	fmt.Fprintf(w, "\n| %s | %s |\n|%s\n", t.name, strings.Join(t.columns, " | "), strings.Repeat("---|", len(t.columns)+1))
	for _, x := range t.rows {
		fmt.Fprintf(w, "| %s |", x.name)
		for _, c := range t.columns {
			text := ""
			if v, ok := x.values[c]; ok {
				text = digits(v)
			}
			fmt.Fprintf(w, " %s |", text)
		}
		fmt.Fprintln(w)
	}
}

// digits returns a number with three digits, or with all before the point.
func digits(v float64) string {
	switch {
	case v >= 100:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case v >= 10:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}
