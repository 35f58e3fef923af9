package pagegen

import (
	"fmt"
	"reflect"
	"strings"
	"text/template/parse"
)

// pipe returns the value of a pipeline, which may have one command.
func (g *generator) pipe(p *parse.PipeNode, dot value) (value, error) {
	if len(p.Cmds) != 1 {
		return value{}, fmt.Errorf("%s: more than one command", p)
	}
	return g.command(p.Cmds[0], dot)
}

// command returns the value of a command: a plain value, or a call of a function or
// method.
func (g *generator) command(c *parse.CommandNode, dot value) (value, error) {
	var args []value
	for _, a := range c.Args[1:] {
		v, err := g.arg(a, dot)
		if err != nil {
			return value{}, err
		}
		args = append(args, v)
	}
	if f, ok := c.Args[0].(*parse.IdentifierNode); ok {
		return g.callFunction(f.Ident, args)
	}
	v, err := g.arg(c.Args[0], dot)
	if err != nil || v.kind.Kind() != reflect.Func {
		return v, err
	}
	return value{"", v.expr + "(" + exprs(args) + ")", v.kind.Out(0)}, nil
}

func exprs(list []value) string {
	var out []string
	for _, v := range list {
		out = append(out, v.expr)
	}
	return strings.Join(out, ", ")
}

// callFunction returns the value of a call of eq, index or segments.
func (g *generator) callFunction(name string, args []value) (value, error) {
	switch {
	case name == "eq" && len(args) == 2:
		return value{"", args[0].expr + " == " + args[1].expr, reflect.TypeFor[bool]()}, nil
	case name == "index" && len(args) == 2 && args[0].kind.Kind() == reflect.Slice:
		return value{"", "&" + args[0].expr + "[" + args[1].expr + "]", reflect.PointerTo(args[0].kind.Elem())}, nil
	case name == "segments" && len(args) == 1:
		return value{"", "segments(" + args[0].expr + ")", g.blocks["text"]}, nil
	}
	return value{}, fmt.Errorf("function %s of %d not known", name, len(args))
}

// arg returns the value of an argument: the dot, a field, a variable or a constant.
func (g *generator) arg(n parse.Node, dot value) (value, error) {
	switch n := n.(type) {
	case *parse.DotNode:
		return dot, nil
	case *parse.FieldNode:
		return fields(dot, n.Ident)
	case *parse.VariableNode:
		for i := len(g.vars) - 1; i >= 0; i-- {
			if g.vars[i].name == n.Ident[0] {
				return fields(g.vars[i], n.Ident[1:])
			}
		}
	case *parse.StringNode:
		return value{"", n.Quoted, reflect.TypeFor[string]()}, nil
	case *parse.NumberNode:
		return value{"", n.Text, reflect.TypeFor[int]()}, nil
	}
	return value{}, fmt.Errorf("%s: not known", n)
}

// fields returns the value at the end of a chain of fields and methods. A method
// without arguments is called. A method with arguments stays a function.
func fields(v value, names []string) (value, error) {
	for _, name := range names {
		expr, at := v.expr+"."+name, v.kind
		if m, ok := at.MethodByName(name); ok {
			v = value{"", expr, m.Type}
			if m.Type.NumIn() == 1 {
				v = value{"", expr + "()", m.Type.Out(0)}
			}
			continue
		}
		if at.Kind() == reflect.Pointer {
			at = at.Elem()
		}
		if at.Kind() != reflect.Struct {
			return v, fmt.Errorf("%s has no %s", at, name)
		}
		f, ok := at.FieldByName(name)
		if !ok {
			return v, fmt.Errorf("%s has no %s", at, name)
		}
		v = value{"", expr, f.Type}
	}
	return v, nil
}
