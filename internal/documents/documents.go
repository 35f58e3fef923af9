// Package documents compiles the programs of the pages under docs that import a package
// of a module below the root. The tests of such modules call it.
package documents

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Compile compiles each program in the pages of a folder that imports the package path.
// The working directory must be in a module that may import the package. The programs
// are not written into it.
func Compile(t testing.TB, docs, path string) {
	t.Helper()
	programs := programsOf(t, docs, path)
	if len(programs) == 0 {
		t.Fatalf("no page has a program with %s", path)
	}
	here, err := os.Getwd()
	must(t, err)
	tmp, overlay := t.TempDir(), make(map[string]string)
	args := []string{"build", "-o", os.DevNull, "-overlay", filepath.Join(tmp, "overlay.json")}
	for i, program := range programs {
		name := fmt.Sprintf("document%d", i)
		file := filepath.Join(tmp, name+".go")
		must(t, os.WriteFile(file, []byte(program), 0o600))
		if out, err := exec.Command("gofmt", "-l", file).CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("gofmt -l: %v %s of\n%s", err, out, program)
		}
		overlay[filepath.Join(here, name, "main.go")] = file
		args = append(args, "./"+name)
	}
	data, err := json.Marshal(map[string]any{"Replace": overlay})
	must(t, err)
	must(t, os.WriteFile(filepath.Join(tmp, "overlay.json"), data, 0o600))
	if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
		t.Errorf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// programsOf returns the programs that import a package.
func programsOf(t testing.TB, docs, path string) (out []string) {
	t.Helper()
	pages, err := filepath.Glob(filepath.Join(docs, "*.md"))
	must(t, err)
	for _, page := range pages {
		data, err := os.ReadFile(page)
		must(t, err)
		for _, block := range strings.Split(string(data), "\n```go\n")[1:] {
			if block, _, _ := strings.Cut(block, "\n```"); strings.Contains(block, `"`+path+`"`) {
				out = append(out, block+"\n")
			}
		}
	}
	return out
}

// must ends the test if err is not nil.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
