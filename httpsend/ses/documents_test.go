package ses_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestDocuments compiles the programs of the pages that import this package. The test of
// the other programs is in the module above.
func TestDocuments(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	tmp, overlay := t.TempDir(), make(map[string]string)
	args := []string{"build", "-o", os.DevNull, "-overlay", filepath.Join(tmp, "overlay.json")}
	for _, page := range pages {
		data, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range strings.Split(string(data), "\n```go\n")[1:] {
			block, _, _ := strings.Cut(block, "\n```")
			if !strings.Contains(block, `"github.com/convene-go/convene/httpsend/ses"`) {
				continue
			}
			name := fmt.Sprintf("document%d", len(overlay))
			file := filepath.Join(tmp, name+".go")
			if err := os.WriteFile(file, []byte(block+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			overlay[filepath.Join(here, name, "main.go")] = file
			args = append(args, "./"+name)
		}
	}
	if len(overlay) == 0 {
		t.Fatal("no page has a program with ses")
	}
	data, err := json.Marshal(map[string]any{"Replace": overlay})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(tmp, "overlay.json"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
		t.Errorf("go build: %v\n%s", err, out)
	}
}
