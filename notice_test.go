package convene_test

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestNotice checks that NOTICE names every module that is linked into programs that use
// this one.
func TestNotice(t *testing.T) {
	notice, err := os.ReadFile("NOTICE")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", "./...")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	modules := strings.Fields(string(out))
	slices.Sort(modules)
	for _, m := range slices.Compact(modules) {
		if !strings.HasPrefix(m+"/", modulePath) && !strings.Contains(string(notice), "    "+m+"  ") {
			t.Errorf("NOTICE does not name %s", m)
		}
	}
}
