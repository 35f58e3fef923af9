// Package golden compares the output of a test with a file of raw bytes.
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

// update is the flag -update. If another golden package of the same test binary
// has defined that flag already, update is that flag.
var update = updateFlag()

func updateFlag() flag.Value {
	if f := flag.Lookup("update"); f != nil {
		return f.Value
	}
	flag.Bool("update", false, "rewrite the golden files instead of comparing with them")
	return flag.Lookup("update").Value
}

// Assert fails t if got differs, in any byte, from the file at path. With
// -update it writes the file instead. The change is then reviewed as a diff.
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
