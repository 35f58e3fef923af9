package convene_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/convene-go/convene/internal/golden"
)

// TestAPI compares the exported names of each package with a file in api/, so that
// every change of them is seen and intended.
func TestAPI(t *testing.T) {
	dirs := packages(t)
	known := make(map[string]bool)
	for _, dir := range dirs {
		path := filepath.Join("api", strings.ReplaceAll(filepath.ToSlash(dir), "/", "-")+".txt")
		known[path] = true
		golden.Assert(t, path, exported(t, dir))
	}
	files, err := filepath.Glob("api/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !known[f] {
			t.Errorf("%s lists a package that does not exist", f)
		}
	}
}

// packages returns the folders of the packages that other modules can import.
func packages(t *testing.T) (dirs []string) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !d.IsDir() {
			if dir := filepath.Dir(path); dir != "." && isSource(d) && !slices.Contains(dirs, dir) {
				dirs = append(dirs, dir)
			}
			return nil
		}
		name := d.Name()
		_, nested := os.Stat(filepath.Join(path, "go.mod"))
		if path != "." && (nested == nil || name == "internal" || name == "examples" || name == "testdata" || name[0] == '.') {
			return fs.SkipDir
		}
		return nil
	})
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no packages: %v", err)
	}
	return dirs
}

func isSource(d fs.DirEntry) bool {
	return strings.HasSuffix(d.Name(), ".go") && !strings.HasSuffix(d.Name(), "_test.go")
}

// exported returns the exported names of a package with their types, sorted, one on
// each line.
func exported(t *testing.T, dir string) []byte {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var l listing
	for _, entry := range entries {
		if !isSource(entry) {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, entry.Name()), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			l.declaration(decl)
		}
	}
	slices.Sort(l)
	return []byte(strings.Join(slices.Compact(l), "\n") + "\n")
}

// listing are the lines of one package.
type listing []string

func (l *listing) add(format string, args ...any) { *l = append(*l, fmt.Sprintf(format, args...)) }

func (l *listing) declaration(d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		l.function(d)
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				l.typ(s)
			case *ast.ValueSpec:
				l.values(d.Tok, s)
			}
		}
	}
}

func (l *listing) function(d *ast.FuncDecl) {
	receiver := ""
	if d.Recv != nil {
		of := source(d.Recv.List[0].Type)
		if !ast.IsExported(strings.TrimLeft(of, "*")) {
			return
		}
		receiver = "(" + of + ") "
	}
	if d.Name.IsExported() {
		l.add("func %s%s%s", receiver, d.Name.Name, strings.TrimPrefix(source(d.Type), "func"))
	}
}

func (l *listing) typ(s *ast.TypeSpec) {
	name := s.Name.Name
	if !s.Name.IsExported() {
		return
	}
	switch t := s.Type.(type) {
	case *ast.StructType:
		l.add("type %s struct", name)
		l.fields(name, t.Fields, false)
	case *ast.InterfaceType:
		l.add("type %s interface", name)
		l.fields(name, t.Methods, true)
	default:
		assign := " "
		if s.Assign.IsValid() {
			assign = " = "
		}
		l.add("type %s%s%s", name, assign, source(t))
	}
}

func (l *listing) fields(of string, list *ast.FieldList, methods bool) {
	for _, f := range list.List {
		text := source(f.Type)
		if f.Tag != nil {
			text += " " + f.Tag.Value
		}
		if len(f.Names) == 0 {
			if base := strings.TrimLeft(source(f.Type), "*"); ast.IsExported(base[strings.LastIndexByte(base, '.')+1:]) {
				l.add("type %s, embedded %s", of, text)
			}
		}
		for _, n := range f.Names {
			switch {
			case !n.IsExported():
			case methods:
				l.add("type %s, %s%s", of, n.Name, strings.TrimPrefix(text, "func"))
			default:
				l.add("type %s, %s %s", of, n.Name, text)
			}
		}
	}
}

func (l *listing) values(tok token.Token, s *ast.ValueSpec) {
	for i, n := range s.Names {
		if !n.IsExported() {
			continue
		}
		line := tok.String() + " " + n.Name
		if s.Type != nil {
			line += " " + source(s.Type)
		}
		if tok == token.CONST && i < len(s.Values) {
			line += " = " + source(s.Values[i])
		}
		l.add("%s", line)
	}
}

// source returns the source of an expression on one line.
func source(n ast.Node) string {
	var b bytes.Buffer
	if err := (&printer.Config{Mode: printer.RawFormat}).Fprint(&b, token.NewFileSet(), n); err != nil {
		return err.Error()
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
