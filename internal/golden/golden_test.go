package golden

import (
	"path/filepath"
	"testing"
)

func TestAssert(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file.txt")
	setUpdate(t, "true")
	Assert(t, path, []byte("a\r\nb\n"))
	setUpdate(t, "false")
	Assert(t, path, []byte("a\r\nb\n"))
	if f := updateFlag(); f != update {
		t.Error("a second golden package has another flag")
	}
}

func setUpdate(t *testing.T, value string) {
	t.Helper()
	if err := update.Set(value); err != nil {
		t.Fatal(err)
	}
}
