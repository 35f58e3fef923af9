package pagegen

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"text/template/parse"
)

// list writes nodes with the given dot. Variables that they declare end with the list.
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
		return g.rangeOver(&n.BranchNode, dot)
	case *parse.TemplateNode:
		return g.callBlock(n, dot)
	}
	return fmt.Errorf("%s: not known", n)
}

// raw writes a literal, with one line of Go for each line of text. An empty first
// line stands with the next one.
func (g *generator) raw(s string) {
	var lines []string
	rest, first := strings.CutPrefix(s, "\n")
	for line := range strings.Lines(rest) {
		if len(lines) == 0 && first {
			line = "\n" + line
		}
		lines = append(lines, strconv.Quote(line))
	}
	if rest == "" && first {
		lines = append(lines, strconv.Quote(s))
	}
	if len(lines) > 0 {
		fmt.Fprintf(&g.out, "w.raw(%s)\n", strings.Join(lines, " +\n"))
	}
}

// writerMethods are the methods of htmlWriter, by the escapers that html/template
// puts behind a value.
var writerMethods = map[string]string{
	"_html_template_htmlescaper": "html", "_html_template_attrescaper": "html", "_html_template_rcdataescaper": "html",
	"_html_template_cssvaluefilter|_html_template_attrescaper":                         "css",
	"_html_template_urlfilter|_html_template_urlnormalizer|_html_template_attrescaper": "url",
}

// action writes a value, or declares it as a variable.
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
	method := writerMethods[strings.Join(escapers, "|")]
	if v.kind.Kind() == reflect.Interface && method == "html" {
		method = "any"
	}
	if method == "" {
		return fmt.Errorf("%s: escapers not known", p)
	}
	fmt.Fprintf(&g.out, "w.%s(%s)\n", method, v.expr)
	return nil
}

// conditional writes an if with its else branches.
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

// truth returns the condition of Go that is true if a template finds v true.
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

// with writes a with for a struct. A struct is always true, so there is no condition.
func (g *generator) with(n *parse.BranchNode, dot value) error {
	v, err := g.pipe(n.Pipe, dot)
	if err != nil {
		return err
	}
	if v.kind.Kind() != reflect.Pointer || n.ElseList != nil {
		return fmt.Errorf("with %s not known", n.Pipe)
	}
	inner := g.newDot(v.kind)
	fmt.Fprintf(&g.out, "{\n%s := %s\n", inner.expr, v.expr)
	err = g.list(n.List, inner)
	g.out.WriteString("}\n")
	return err
}

// rangeOver writes a range over a slice.
func (g *generator) rangeOver(n *parse.BranchNode, dot value) error {
	v, err := g.pipe(n.Pipe, dot)
	if err != nil {
		return err
	}
	if v.kind.Kind() != reflect.Slice || n.ElseList != nil {
		return fmt.Errorf("range %s not known", n.Pipe)
	}
	defer func(n int) { g.vars = g.vars[:n] }(len(g.vars))
	inner := g.newDot(reflect.PointerTo(v.kind.Elem()))
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

// newDot returns a new variable for a dot.
func (g *generator) newDot(kind reflect.Type) value {
	g.dots++
	return value{".", fmt.Sprintf("d%d", g.dots), kind}
}

// callBlock writes the call of another block, and remembers the type of its data.
func (g *generator) callBlock(n *parse.TemplateNode, dot value) error {
	if n.Pipe == nil {
		return g.constant(n.Name)
	}
	v, err := g.pipe(n.Pipe, dot)
	if err != nil {
		return err
	}
	// html/template makes a copy of its own, with a "$" in the name, of a block that
	// is called outside of text. The block as it was parsed is equal if it writes no
	// values. If it does, they have no escapers, which is an error.
	name, _, _ := strings.Cut(n.Name, "$")
	if before, ok := g.blocks[name]; ok && before != v.kind {
		return fmt.Errorf("block %s gets %s and %s", name, before, v.kind)
	}
	g.blocks[name] = v.kind
	fmt.Fprintf(&g.out, "%s(w, %s)\n", functionName(name), v.expr)
	return nil
}

// constant writes a block that is called without data. It may hold nothing except
// text.
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
