// Package golden compares the output of a test of this module with a file of raw bytes.
package golden

import (
	"flag"
	"testing"

	"github.com/convene-go/convene/internal/goldenfile"
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
	goldenfile.Assert(t, path, got, update.String() == "true", "update")
}
