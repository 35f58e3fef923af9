package convene_test

import (
	"bytes"
	"encoding/json"
	"go/doc"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestPlayground makes the program that pkg.go.dev shows for the whole-file example of
// package invite, and runs it.
func TestPlayground(t *testing.T) {
	const path = "invite/example_playground_test.go"
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	examples := doc.Examples(file)
	if len(examples) != 1 || examples[0].Play == nil {
		t.Fatal("the file is not one example that stands by itself")
	}
	var program bytes.Buffer
	if err := format.Node(&program, fset, examples[0].Play); err != nil {
		t.Fatal(err)
	}
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	tmp := t.TempDir()
	main, overlay := filepath.Join(tmp, "main.go"), filepath.Join(tmp, "overlay.json")
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(root, "internal", "playground", "main.go"): main}})
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{main: program.Bytes(), overlay: replace} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", "run", "-overlay", overlay, "./internal/playground")
	// The tool that measures coverage reads files without the overlay.
	cmd.Env = append(os.Environ(), "GOFLAGS="+strings.ReplaceAll(os.Getenv("GOFLAGS"), "-cover", ""))
	out, err := cmd.CombinedOutput()
	if err != nil || string(out) != examples[0].Output {
		t.Errorf("%v\n%s\nwant\n%s\nfrom\n%s", err, out, examples[0].Output, program.Bytes())
	}
}
