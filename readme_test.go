package convene_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// goBlocks returns the text of every ```go block in a Markdown file.
func goBlocks(t *testing.T, path string) []string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for rest := string(data); ; {
		_, tail, ok := strings.Cut("\n"+rest, "\n```go\n")
		if !ok {
			return out
		}
		block, tail, ok := strings.Cut(tail, "\n```")
		if !ok {
			t.Fatalf("%s: a code block has no end", path)
		}
		out, rest = append(out, block+"\n"), tail
	}
}

// elsewhere has the pages whose programs need the driver of a database. A test of the
// module invite/desk/desktest compiles and runs them.
var elsewhere = map[string]bool{"docs/first-service.md": true}

// nested are imports of programs in the pages that need a module below. The tests of that
// module compile them.
var nested = []string{`"github.com/convene-go/convene/invite/inbox/imapinbox"`, `"github.com/convene-go/convene/httpsend/ses"`, `"github.com/wneessen/go-mail"`}

// TestDocuments compiles the programs in the README and under docs, as if each
// were a package of this module; nothing is written into the repository.
func TestDocuments(t *testing.T) {
	docs, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	tmp, overlay := t.TempDir(), make(map[string]string)
	args := []string{"build", "-overlay", filepath.Join(tmp, "overlay.json")}
	for _, path := range append([]string{"README.md"}, docs...) {
		for i, block := range goBlocks(t, path) {
			if elsewhere[filepath.ToSlash(path)] || slices.ContainsFunc(nested, func(i string) bool { return strings.Contains(block, i) }) {
				continue
			}
			if !strings.HasPrefix(block, "package ") {
				t.Errorf("%s: go block %d is no whole file; mark a fragment as text", path, i+1)
				continue
			}
			name := fmt.Sprintf("documents%d", len(overlay))
			file := filepath.Join(tmp, name+".go")
			block = strings.Replace(block, "package main\n", "package document\n", 1) // which is not linked
			if err := os.WriteFile(file, []byte("//line "+path+":1\n"+block), 0o600); err != nil {
				t.Fatal(err)
			}
			overlay[filepath.Join(root, "internal", name, "main.go")] = file
			args = append(args, "./internal/"+name)
		}
	}
	if len(overlay) == 0 {
		t.Fatal("the README has no program")
	}
	data, err := json.Marshal(map[string]any{"Replace": overlay})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(tmp, "overlay.json"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", args...)
	// The tool that measures coverage reads files without the overlay.
	cmd.Env = append(os.Environ(), "GOFLAGS="+strings.ReplaceAll(os.Getenv("GOFLAGS"), "-cover", ""))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}
