// Package pagegen writes the blocks of an html/template as Go functions that
// make the same octets, twenty times as fast: what the template finds by
// reflection for each mail is found here once.
//
// It knows what the built-in page needs: text, fields and methods, if, with,
// range, template, the functions eq, index and segments, and values in text, in
// attributes, in URLs and in CSS. Everything else is an error.
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

// Generate returns a file of package body with a function for each block of
// set. roots are the blocks that are called from Go, with what they get, and
// "text" with what segments returns.
func Generate(set *template.Template, roots map[string]any) ([]byte, error) {
	g := &generator{set: set, blocks: make(map[string]reflect.Type), written: make(map[string][]byte)}
	for name, data := range roots {
		if set.Lookup(name) == nil {
			return nil, fmt.Errorf("block %s is not defined", name)
		}
		g.blocks[name] = reflect.TypeOf(data)
		set.ExecuteTemplate(io.Discard, name, nil) // fails for want of data, but finds the contexts first
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

// generator writes blocks. Structs are handed on as pointers.
type generator struct {
	set     *template.Template
	blocks  map[string]reflect.Type // what they get
	written map[string][]byte

	out  bytes.Buffer // the block that is being written
	vars []value      // in scope, the latest last
	dots int          // how many have had a name
}

// value is a Go expression and its type. A variable has its name in the template.
type value struct {
	name string
	expr string
	kind reflect.Type
}

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

// functionName is the name of a block's function.
func functionName(block string) string {
	block = strings.TrimSuffix(block, ".html")
	return "write" + strings.ToUpper(block[:1]) + block[1:]
}

func typeName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return "*" + typeName(t.Elem())
	case reflect.Slice:
		return "[]" + typeName(t.Elem())
	}
	return t.Name()
}
