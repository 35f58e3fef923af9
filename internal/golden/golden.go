// Package golden compares what a test made with a file of raw bytes.
package golden

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// update is the flag -update; that of another golden package of the same test
// binary, where it came first.
var update = updateFlag()

func updateFlag() flag.Value {
	if f := flag.Lookup("update"); f != nil {
		return f.Value
	}
	flag.Bool("update", false, "rewrite the golden files instead of comparing with them")
	return flag.Lookup("update").Value
}

// Assert fails t where got is not, byte for byte, what the file at path holds.
// With -update it writes the file; the change is reviewed as a diff.
func Assert(t testing.TB, path string, got []byte) {
	t.Helper()
	if update.String() == "true" {
		write(t, path, got)
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Errorf("%v (run the test with -update to write it)", err)
		return
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs (-file +got):\n%s", path, cmp.Diff(lines(want), lines(got)))
	}
}

func write(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func lines(data []byte) []string { return strings.SplitAfter(string(data), "\n") }
