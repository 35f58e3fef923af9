package documents

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// recorder keeps the failures that Compile reports.
type recorder struct {
	testing.TB
	text string
}

func (r *recorder) Helper()                      {}
func (r *recorder) Errorf(f string, args ...any) { r.text += fmt.Sprintf(f, args...) }
func (r *recorder) Fatalf(f string, args ...any) { panic(fmt.Sprintf(f, args...)) }

// page writes a folder with one page that has a program with a body of main.
func page(t *testing.T, body string) string {
	t.Helper()
	dir := t.TempDir()
	text := "# A page\n\n```go\npackage main\n\nimport \"strings\"\n\nfunc main() {\n" + body + "\n}\n```\n\n```go\nnot this one\n```\n"
	if err := os.WriteFile(filepath.Join(dir, "page.md"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestCompile(t *testing.T) {
	for name, tt := range map[string]struct{ body, want string }{
		"right":            {"\t_ = strings.ToUpper(\"a\")", ""},
		"not formatted":    {"_ = strings.ToUpper(\"a\")", "gofmt -l"},
		"does not compile": {"\t_ = strings.Upper(\"a\")", "undefined: strings.Upper"},
	} {
		r := &recorder{TB: t}
		if Compile(r, page(t, tt.body), "strings"); !strings.Contains(r.text, tt.want) || tt.want == "" && r.text != "" {
			t.Errorf("%s: Compile reports %q, want %q", name, r.text, tt.want)
		}
	}
}

func TestCompileNothing(t *testing.T) {
	defer func() {
		if p := fmt.Sprint(recover()); p != "no page has a program with bytes" {
			t.Errorf("Compile without a program ends with %q", p)
		}
	}()
	Compile(&recorder{TB: t}, page(t, ""), "bytes")
}
