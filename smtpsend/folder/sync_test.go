package folder

import (
	"errors"
	"io/fs"
	"path/filepath"
	"testing"
)

// TestUncertain checks the error for a message that may be lost if the power fails.
func TestUncertain(t *testing.T) {
	err := syncFolder(filepath.Join(t.TempDir(), "gone"))
	e := &uncertain{err}
	if !errors.Is(e, fs.ErrNotExist) || !e.Uncertain() || e.Error() != "folder: "+err.Error() {
		t.Errorf("error %v, want it to be uncertain and to lead to its cause", e)
	}
}
