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
	"strconv"
	"strings"
	"text/template/parse"
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
	fmt.Fprintf(&g.out, "\nfunc %s(w *htmlWriter, d %s) {\n", function(name), typeName(kind))
	if err := g.list(t.Tree.Root, g.vars[0]); err != nil {
		return err
	}
	g.out.WriteString("}\n")
	g.written[name] = bytes.Clone(g.out.Bytes())
	return nil
}

// function is the name of a block's function.
func function(block string) string {
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

// list writes nodes with the given dot; what they declare ends with them.
func (g *generator) list(l *parse.ListNode, dot value) error {
	if l == nil {
		return nil
	}
	defer func(n int) { g.vars = g.vars[:n] }(len(g.vars))
	for _, n := range l.Nodes {
		if err := g.node(n, dot); err != nil {
			return err
		}
	}
	return nil
}

func (g *generator) node(n parse.Node, dot value) error {
	switch n := n.(type) {
	case *parse.TextNode:
		g.raw(string(n.Text))
		return nil
	case *parse.ActionNode:
		return g.action(n.Pipe, dot)
	case *parse.IfNode:
		return g.conditional(&n.BranchNode, dot)
	case *parse.WithNode:
		return g.with(&n.BranchNode, dot)
	case *parse.RangeNode:
		return g.loop(&n.BranchNode, dot)
	case *parse.TemplateNode:
		return g.call(n, dot)
	}
	return fmt.Errorf("%s: not known", n)
}

// raw writes a literal, one line of the file for each of its own.
func (g *generator) raw(s string) {
	var lines []string
	for line := range strings.Lines(s) {
		lines = append(lines, strconv.Quote(line))
	}
	if len(lines) > 0 {
		fmt.Fprintf(&g.out, "w.raw(%s)\n", strings.Join(lines, " +\n"))
	}
}

// methods are those of htmlWriter for what html/template escapes a value with.
var methods = map[string]string{
	"_html_template_htmlescaper": "html", "_html_template_attrescaper": "html", "_html_template_rcdataescaper": "html",
	"_html_template_cssvaluefilter|_html_template_attrescaper":                         "css",
	"_html_template_urlfilter|_html_template_urlnormalizer|_html_template_attrescaper": "url",
}

// action writes a value, or keeps it under a name.
func (g *generator) action(p *parse.PipeNode, dot value) error {
	v, err := g.command(p.Cmds[0], dot)
	if err != nil {
		return err
	}
	if len(p.Decl) == 1 {
		g.vars = append(g.vars, value{p.Decl[0].Ident[0], v.expr, v.kind})
		return nil
	}
	var escapers []string
	for _, c := range p.Cmds[1:] {
		escapers = append(escapers, c.String())
	}
	method := methods[strings.Join(escapers, "|")]
	if v.kind.Kind() == reflect.Interface && method == "html" {
		method = "any"
	}
	if method == "" {
		return fmt.Errorf("%s: escapers not known", p)
	}
	fmt.Fprintf(&g.out, "w.%s(%s)\n", method, v.expr)
	return nil
}

func (g *generator) conditional(n *parse.BranchNode, dot value) error {
	v, err := g.pipe(n.Pipe, dot)
	if err != nil {
		return err
	}
	test, err := truth(v)
	if err != nil {
		return err
	}
	fmt.Fprintf(&g.out, "if %s {\n", test)
	if err := g.list(n.List, dot); err != nil {
		return err
	}
	if n.ElseList != nil {
		g.out.WriteString("} else ")
		if next, ok := n.ElseList.Nodes[0].(*parse.IfNode); ok && len(n.ElseList.Nodes) == 1 {
			return g.conditional(&next.BranchNode, dot)
		}
		g.out.WriteString("{\n")
		if err := g.list(n.ElseList, dot); err != nil {
			return err
		}
	}
	g.out.WriteString("}\n")
	return nil
}

// truth is what "if" makes of a value.
func truth(v value) (string, error) {
	switch v.kind.Kind() {
	case reflect.Bool:
		return v.expr, nil
	case reflect.String:
		return v.expr + ` != ""`, nil
	case reflect.Int:
		return v.expr + " != 0", nil
	}
	return "", fmt.Errorf("truth of %s not known", v.kind)
}

// with is for a struct, which is always true.
func (g *generator) with(n *parse.BranchNode, dot value) error {
	v, err := g.pipe(n.Pipe, dot)
	if err != nil {
		return err
	}
	if v.kind.Kind() != reflect.Pointer || n.ElseList != nil {
		return fmt.Errorf("with %s not known", n.Pipe)
	}
	inner := g.dot(v.kind)
	fmt.Fprintf(&g.out, "{\n%s := %s\n", inner.expr, v.expr)
	err = g.list(n.List, inner)
	g.out.WriteString("}\n")
	return err
}

func (g *generator) loop(n *parse.BranchNode, dot value) error {
	v, err := g.pipe(n.Pipe, dot)
	if err != nil {
		return err
	}
	if v.kind.Kind() != reflect.Slice || n.ElseList != nil {
		return fmt.Errorf("range %s not known", n.Pipe)
	}
	defer func(n int) { g.vars = g.vars[:n] }(len(g.vars))
	inner := g.dot(reflect.PointerTo(v.kind.Elem()))
	index := "i" + inner.expr[1:]
	fmt.Fprintf(&g.out, "for %s := range %s {\n%s := &%s[%s]\n", index, v.expr, inner.expr, v.expr, index)
	if len(n.Pipe.Decl) == 2 {
		g.vars = append(g.vars, value{n.Pipe.Decl[0].Ident[0], index, reflect.TypeFor[int]()},
			value{n.Pipe.Decl[1].Ident[0], inner.expr, inner.kind})
	}
	err = g.list(n.List, inner)
	g.out.WriteString("}\n")
	return err
}

// dot is a fresh variable.
func (g *generator) dot(kind reflect.Type) value {
	g.dots++
	return value{".", fmt.Sprintf("d%d", g.dots), kind}
}

// call writes the call of another block, and remembers what that gets.
func (g *generator) call(n *parse.TemplateNode, dot value) error {
	if n.Pipe == nil {
		return g.constant(n.Name)
	}
	v, err := g.pipe(n.Pipe, dot)
	if err != nil {
		return err
	}
	// html/template keeps a copy for itself of a block that is called outside of
	// text. The block as it was parsed will do where it writes no values: they
	// have no escapers yet, which is an error.
	name, _, _ := strings.Cut(n.Name, "$")
	if before, ok := g.blocks[name]; ok && before != v.kind {
		return fmt.Errorf("block %s gets %s and %s", name, before, v.kind)
	}
	g.blocks[name] = v.kind
	fmt.Fprintf(&g.out, "%s(w, %s)\n", function(name), v.expr)
	return nil
}

// constant writes a block that is called without data, which can be text alone.
func (g *generator) constant(block string) error {
	for _, n := range g.set.Lookup(block).Tree.Root.Nodes {
		text, ok := n.(*parse.TextNode)
		if !ok {
			return fmt.Errorf("block %s gets nothing, and has %s", block, n)
		}
		g.raw(string(text.Text))
	}
	return nil
}
