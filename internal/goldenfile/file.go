// Package goldenfile compares the output of a test with a file, and shows the lines
// that differ. It defines no flag, so that each package over it has its own.
package goldenfile

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// Assert fails t if got differs, in any byte, from the file at path. If update is true
// it writes the file instead, and the folders above it. flag is the name of the flag
// that makes a test update.
func Assert(t testing.TB, path string, got []byte, update bool, flag string) {
	t.Helper()
	if update {
		write(t, path, got)
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Errorf("%v (run the test with -%s to write it)", err, flag)
		return
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs (run the test with -%s to accept it):\n%s", path, flag, Diff(want, got))
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
