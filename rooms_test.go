package convene_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const modulePath = "github.com/convene-go/convene/"

// mayImport has the packages of this module that the packages below a folder may
// import. The longest prefix of a folder counts. Imports run downwards only, so that
// a reader of a package needs to know only the packages below it.
var mayImport = map[string][]string{
	"":                            {},
	"internal":                    {"internal"},
	"ical":                        {"internal"},
	"mime":                        {"internal"},
	"smtpsend":                    {"internal", "mime", "smtpsend"},
	"httpsend":                    {"internal", "mime", "httpsend"},
	"httpsend/internal/callcheck": {"mime", "httpsend", "invite", "invite/invitetest"},
	"invite/body":                 {"internal", "ical", "invite/body"},
	"invite/internal/series":      {"internal", "ical"},
	"invite/internal/roster":      {"internal", "ical", "invite/internal/series"},
	"invite/internal/mailauth":    {"internal", "mime"},
	"invite/internal/within":      {},
	"invite/internal/plan":        {"internal", "ical", "invite/internal/series", "invite/internal/roster"},
	"invite": {
		"internal", "ical", "mime", "invite/body",
		"invite/internal/series", "invite/internal/roster", "invite/internal/mailauth", "invite/internal/plan", "invite/internal/within",
	},
	"invite/invitetest":      {"internal", "ical", "mime", "invite"},
	"invite/inbox":           {"internal", "mime", "invite/inbox/internal"},
	"invite/inbox/inboxtest": {"mime", "invite/inbox"},
	"invite/inbox/webhook":   {"mime", "invite/inbox"},
	"invite/rsvp":            {"internal", "ical", "invite", "invite/body", "invite/internal/series", "invite/internal/mailauth"},
	"invite/desk":            {"internal", "ical", "mime", "invite", "invite/inbox", "invite/organizer", "invite/internal/series", "invite/internal/plan", "invite/internal/within", "invite/desk/internal"},
	"invite/organizer":       {"internal", "ical", "invite", "invite/internal/series", "invite/internal/roster", "invite/organizer"},
	"examples":               {"ical", "mime", "invite", "smtpsend", "httpsend"},
}

// TestRooms checks that packages import only what lies below them.
func TestRooms(t *testing.T) {
	eachSource(t, func(path string, _ *token.FileSet, f *ast.File) {
		dir := filepath.ToSlash(filepath.Dir(path))
		allowed := mayImport[longestPrefix(dir)]
		for _, i := range f.Imports {
			to, ours := strings.CutPrefix(strings.Trim(i.Path.Value, `"`), modulePath)
			if ours && to != dir && !slices.ContainsFunc(allowed, func(p string) bool { return within(to, p) }) {
				t.Errorf("%s imports %s. Packages below %q may import only packages below %q", path, to, longestPrefix(dir), allowed)
			}
		}
	})
}

// longestPrefix returns the longest key of mayImport that dir is below.
func longestPrefix(dir string) (best string) {
	for p := range mayImport {
		if within(dir, p) && len(p) > len(best) {
			best = p
		}
	}
	return best
}

// within reports whether a folder is p, or lies below it.
func within(dir, p string) bool { return p == "" || dir == p || strings.HasPrefix(dir, p+"/") }

// TestSize checks that functions and files stay small enough to be read at once.
func TestSize(t *testing.T) {
	const maxFunction, maxFile = 50, 400
	eachSource(t, func(path string, fset *token.FileSet, f *ast.File) {
		if n := fset.Position(f.End()).Line; n > maxFile {
			t.Errorf("%s has %d lines, and %d are the most: it is two nouns", path, n, maxFile)
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok {
				if n := fset.Position(fn.End()).Line - fset.Position(fn.Pos()).Line + 1; n > maxFunction {
					t.Errorf("%s: %s has %d lines, and %d are the most", path, fn.Name.Name, n, maxFunction)
				}
			}
		}
	})
}

// heavy are modules that only some packages may import, because their weight would be
// in every program otherwise.
var heavy = map[string]string{
	"github.com/go-playground/locales": "internal/cldr/source", // 640 kB in all languages
}

// TestHeavy checks that programs do not link the modules in heavy.
func TestHeavy(t *testing.T) {
	eachSource(t, func(path string, _ *token.FileSet, f *ast.File) {
		for _, i := range f.Imports {
			for module, room := range heavy {
				to := strings.Trim(i.Path.Value, `"`)
				if within(to, module) && !within(filepath.ToSlash(filepath.Dir(path)), room) && !strings.HasSuffix(filepath.Dir(path), "generate") {
					t.Errorf("%s imports %s, which only %s may", path, to, room)
				}
			}
		}
	})
}

// eachSource calls f for every Go file of the module that is not a test.
func eachSource(t *testing.T, f func(path string, fset *token.FileSet, file *ast.File)) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			_, nested := os.Stat(filepath.Join(path, "go.mod"))
			if path != "." && (nested == nil || d.Name() == "testdata" || d.Name()[0] == '.') {
				return fs.SkipDir
			}
			return nil
		}
		if !isSource(d) {
			return nil
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		if err == nil {
			f(path, fset, file)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
