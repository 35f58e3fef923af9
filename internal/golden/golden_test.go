package golden

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// recorder keeps the errors that Assert reports.
type recorder struct {
	testing.TB
	text string
}

func (r *recorder) Helper()                      {}
func (r *recorder) Errorf(f string, args ...any) { r.text += fmt.Sprintf(f, args...) }

func TestAssert(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sub", "file.txt")
	missing := &recorder{TB: t}
	if Assert(missing, path, []byte("a\r\nb\n")); !strings.Contains(missing.text, "-update") {
		t.Errorf("Assert without a file reported %q, want a hint at -update", missing.text)
	}
	setUpdate(t, "true")
	Assert(t, path, []byte("a\r\nb\n"))
	setUpdate(t, "false")
	Assert(t, path, []byte("a\r\nb\n"))
	differs := &recorder{TB: t}
	if Assert(differs, path, []byte("a\nb\n")); !strings.Contains(differs.text, "file.txt differs") {
		t.Errorf("Assert of other bytes reported %q, want the difference", differs.text)
	}
}

func setUpdate(t *testing.T, value string) {
	t.Helper()
	if err := update.Set(value); err != nil {
		t.Fatal(err)
	}
}
