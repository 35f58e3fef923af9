// Package pagegen writes the blocks of an html/template as Go functions, which make
// the same octets twenty times as fast. A template looks its fields up by
// reflection for each mail. The generator looks them up once.
//
// It supports the parts of the language that the built-in page needs. Everything
// else is an error:
//   - text, fields and methods
//   - the actions if, with, range and template
//   - the functions eq, index and segments
//   - values in text, in attributes, in URLs and in CSS
package pagegen

import (
	"bytes"
	"errors"
	"fmt"
	"go/format"
	"html/template"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Generate returns a file of package body with a function for each block of set.
// roots are the blocks that Go code calls, each with a value of the type of its
// data. "text" must be among them, with a value of the type that the function
// segments returns.
func Generate(set *template.Template, roots map[string]any) ([]byte, error) {
	g := &generator{set: set, blocks: make(map[string]reflect.Type), written: make(map[string][]byte)}
	for name, data := range roots {
		if set.Lookup(name) == nil {
			return nil, fmt.Errorf("block %s is not defined", name)
		}
		g.blocks[name] = reflect.TypeOf(data)
		set.ExecuteTemplate(io.Discard, name, nil) // fails without data, but finds the contexts of values first
	}
	var out bytes.Buffer
	out.WriteString("// Code generated from template/body.html by go test -run GeneratedPage -update; DO NOT EDIT.\n\npackage body\n")
	for done := 0; done < len(g.blocks); { // a block may call others
		for _, name := range slices.Sorted(maps.Keys(g.blocks)) {
			if g.written[name] == nil {
				if err := g.block(name); err != nil {
					return nil, fmt.Errorf("block %s: %w", name, err)
				}
				done++
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(g.written)) {
		out.Write(g.written[name])
	}
	return format.Source(out.Bytes())
}

// generator writes blocks. It passes structs on as pointers.
type generator struct {
	set     *template.Template
	blocks  map[string]reflect.Type // the types of the blocks' data
	written map[string][]byte       // the functions of the blocks

	out  bytes.Buffer // the block that is being written
	vars []value      // the variables in scope, the latest last
	dots int          // the number of variables for dots so far
}

// value is a Go expression and its type. name is its name in the template if it is a
// variable.
type value struct {
	name string
	expr string
	kind reflect.Type
}

// block writes the function of a block.
func (g *generator) block(name string) error {
	t := g.set.Lookup(name)
	if t == nil || t.Tree == nil {
		return errors.New("is not defined")
	}
	kind := g.blocks[name]
	g.out.Reset()
	g.vars, g.dots = []value{{"$", "d", kind}}, 0
	fmt.Fprintf(&g.out, "\nfunc %s(w *htmlWriter, d %s) {\n", functionName(name), typeName(kind))
	if err := g.list(t.Tree.Root, g.vars[0]); err != nil {
		return err
	}
	g.out.WriteString("}\n")
	g.written[name] = bytes.Clone(g.out.Bytes())
	return nil
}

// functionName returns the name of a block's function.
func functionName(block string) string {
	block = strings.TrimSuffix(block, ".html")
	return "write" + strings.ToUpper(block[:1]) + block[1:]
}

// typeName returns a type as package body writes it.
func typeName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return "*" + typeName(t.Elem())
	case reflect.Slice:
		return "[]" + typeName(t.Elem())
	}
	return t.Name()
}
