package scaffold

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/scanner"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"
)

// An edit finds, in the syntax tree, the place that it changes, and replaces
// the bytes there. Everything else keeps its bytes, so no comment moves.

// lists are the methods of a schema that return lists, in the order in which
// they stand in a file.
func lists() []struct{ method, element string } {
	return []struct{ method, element string }{
		{"Annotations", "schema.Annotation"},
		{"Mixin", "ent.Mixin"},
		{"Fields", "ent.Field"},
		{"Edges", "ent.Edge"},
		{"Indexes", "ent.Index"},
	}
}

// editor is a schema file under edit.
type editor struct{ parsed }

func newEditor(path string, src []byte) (*editor, error) {
	p, err := parse(path, src)
	if err != nil {
		return nil, err
	}
	return &editor{*p}, nil
}

// splice replaces the bytes from begin to end and parses the file anew.
func (e *editor) splice(begin, end int, text string) error {
	src := slices.Concat(e.src[:begin], []byte(text), e.src[end:])
	p, err := parse(e.path, src)
	if err != nil {
		return err
	}
	e.parsed = *p
	return nil
}

// bytes is the file, formatted.
func (e *editor) bytes() ([]byte, error) {
	src, err := format.Source(e.src)
	if err != nil {
		return nil, &EditError{File: e.path, Reason: "it cannot be formatted: " + err.Error()}
	}
	return src, nil
}

// add puts a snippet at the end of the list that the method returns. A method
// that is missing is added.
func (e *editor) add(entity, method string, s snippet) error {
	code, err := e.resolve(s)
	if err != nil {
		return err
	}
	f := e.method(entity, method)
	if f == nil {
		return e.addMethod(entity, method, code)
	}
	list, ok := result(f)
	if !ok {
		return e.refuse(entity, method, "it does not end in its only return; add "+s.name+" by hand")
	}
	switch v := list.(type) {
	case *ast.CompositeLit:
		return e.addElement(v.Lbrace, v.Rbrace, v.Elts, code)
	case *ast.CallExpr:
		if isAppend(v) && !v.Ellipsis.IsValid() && len(v.Args) > 1 {
			return e.addElement(v.Args[0].End(), v.Rparen, v.Args[1:], code)
		}
	case *ast.Ident:
		if v.Name == "nil" {
			element, err := e.element(method)
			if err != nil {
				return err
			}
			return e.replaceResult(entity, method, "[]"+element+"{\n"+code+",\n}")
		}
	default:
	}
	old := string(e.src[e.offset(list.Pos()):e.offset(list.End())])
	return e.replaceResult(entity, method, "append("+old+",\n"+code+",\n)")
}

func (e *editor) replaceResult(entity, method, text string) error {
	list, _ := result(e.method(entity, method)) // it was there a moment ago
	return e.splice(e.offset(list.Pos()), e.offset(list.End()), text)
}

func (e *editor) refuse(entity, method, reason string) error {
	return &EditError{File: e.path, Method: entity + "." + method, Reason: reason}
}

// addElement adds to the elements between two brackets.
func (e *editor) addElement(open, closing token.Pos, elements []ast.Expr, code string) error {
	end := e.offset(closing)
	text := code + ",\n"
	if at := bytes.LastIndexByte(e.src[:end], '\n'); at < 0 || strings.TrimSpace(string(e.src[at:end])) != "" {
		text = "\n" + text
	}
	if len(elements) == 0 {
		return e.splice(end, end, text)
	}
	last := e.offset(elements[len(elements)-1].End())
	comma := ""
	if !hasComma(e.src[last:end]) {
		comma = ","
	}
	// Elements on the line of the bracket get one of their own.
	first := e.offset(elements[0].Pos())
	newline := ""
	if e.fset.Position(open).Line == e.fset.Position(elements[0].Pos()).Line && e.src[e.offset(open)] == '{' {
		newline = "\n"
	}
	return e.splice(first, end, newline+string(e.src[first:last])+comma+string(e.src[last:end])+text)
}

// hasComma reports whether there is a comma outside of comments.
func hasComma(src []byte) bool {
	var s scanner.Scanner
	fset := token.NewFileSet()
	s.Init(fset.AddFile("", fset.Base(), len(src)), src, func(token.Position, string) {}, 0)
	for {
		switch _, tok, _ := s.Scan(); tok {
		case token.COMMA:
			return true
		case token.EOF:
			return false
		default:
		}
	}
}

// replace puts a snippet in the place of the element of that name.
func (e *editor) replace(entity, method string, s snippet) error {
	code, err := e.resolve(s)
	if err != nil {
		return err
	}
	for _, element := range e.elements(entity, method) {
		if name, _ := rootCall(element); name == s.name {
			return e.splice(e.offset(element.Pos()), e.offset(element.End()), code)
		}
	}
	return e.refuse(entity, method, "there is no "+s.name+" in its list; change it by hand")
}

// addMethod adds a method that returns a list of one element, behind those
// that stand before it by convention.
func (e *editor) addMethod(entity, method, code string) error {
	element, err := e.element(method)
	if err != nil {
		return err
	}
	after := e.declaration(entity)
	for _, l := range lists() {
		if l.method == method {
			break
		}
		if f := e.method(entity, l.method); f != nil && f.End() > after {
			after = f.End()
		}
	}
	if !after.IsValid() {
		return e.refuse(entity, method, "the type "+entity+" is not declared there")
	}
	at := e.offset(after)
	if end := bytes.IndexByte(e.src[at:], '\n'); end >= 0 { // a comment may follow on the line
		at += end
	}
	return e.splice(at, at, fmt.Sprintf("\n\n// %s of the entity.\nfunc (%s) %s() []%s {\nreturn []%s{\n%s,\n}\n}\n", method, entity, method, element, element, code))
}

// element is the type of the method's elements, by the names of this file.
func (e *editor) element(method string) (string, error) {
	for _, l := range lists() {
		if l.method == method {
			p := pkgEnt
			if strings.HasPrefix(l.element, "schema.") {
				p = pkgSchema
			}
			return e.resolve(snippet{code: l.element, packages: []string{p}})
		}
	}
	return "", e.refuse("", method, "it is no list of a schema")
}

// declaration is the end of the entity's type declaration.
func (e *editor) declaration(entity string) token.Pos {
	for _, decl := range e.file.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range gen.Specs {
			if t, ok := spec.(*ast.TypeSpec); ok && t.Name.Name == entity {
				return gen.End()
			}
		}
	}
	return token.NoPos
}

// resolve imports the packages of a snippet and writes it with the names that
// they have in this file.
func (e *editor) resolve(s snippet) (string, error) {
	names := map[string]string{}
	for _, p := range s.packages {
		name, err := e.use(p)
		if err != nil {
			return "", err
		}
		names[path.Base(p)] = name
	}
	return rename(s.code, names)
}

// rename replaces the names of packages in an expression.
func rename(code string, names map[string]string) (string, error) {
	fset := token.NewFileSet()
	expr, err := parser.ParseExprFrom(fset, "", code, parser.SkipObjectResolution)
	if err != nil {
		return "", fmt.Errorf("scaffold: cannot read %q: %w", code, err)
	}
	var idents []*ast.Ident
	ast.Inspect(expr, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if ident, ok := sel.X.(*ast.Ident); ok && names[ident.Name] != "" && names[ident.Name] != ident.Name {
				idents = append(idents, ident)
			}
		}
		return true
	})
	slices.SortFunc(idents, func(a, b *ast.Ident) int { return int(b.Pos() - a.Pos()) })
	for _, ident := range idents {
		at := fset.Position(ident.Pos()).Offset
		code = code[:at] + names[ident.Name] + code[at+len(ident.Name):]
	}
	return code, nil
}

// use imports a package if need be and returns its name in this file.
func (e *editor) use(importPath string) (string, error) {
	for _, spec := range e.file.Imports {
		if p, _ := strconv.Unquote(spec.Path.Value); p != importPath { // the parser took it
			continue
		}
		switch {
		case spec.Name == nil:
			return path.Base(importPath), nil
		case spec.Name.Name != "_" && spec.Name.Name != ".":
			return spec.Name.Name, nil
		default:
		}
	}
	return path.Base(importPath), e.addImport(importPath)
}

// addImport adds to the group of imports that looks most alike.
func (e *editor) addImport(importPath string) error {
	line := strconv.Quote(importPath)
	for _, decl := range e.file.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok || gen.Tok != token.IMPORT {
			continue
		}
		if !gen.Lparen.IsValid() {
			begin, end := e.offset(gen.Specs[0].Pos()), e.offset(gen.End())
			return e.splice(begin, end, "(\n"+string(e.src[begin:end])+"\n"+separation(gen.Specs[0], importPath)+line+"\n)")
		}
		best, score := -1, -1
		for i, spec := range gen.Specs {
			p, _ := strconv.Unquote(spec.(*ast.ImportSpec).Path.Value)
			if n := alike(p, importPath); n >= score {
				best, score = i, n
			}
		}
		if score <= 0 && best >= 0 { // a group of its own
			at := e.offset(gen.Rparen)
			if importPath == pkgTime { // the standard library comes first
				at = e.offset(gen.Lparen) + 1
				return e.splice(at, at, "\n"+line+"\n")
			}
			return e.splice(at, at, "\n"+line+"\n")
		}
		at := e.offset(gen.Lparen) + 1
		if best >= 0 {
			at = e.offset(gen.Specs[best].End())
			if end := bytes.IndexByte(e.src[at:], '\n'); end >= 0 {
				at += end
			}
		}
		return e.splice(at, at, "\n"+line)
	}
	at := e.offset(e.file.Name.End())
	return e.splice(at, at, "\n\nimport "+line+"\n")
}

// separation is the blank line between two groups of imports.
func separation(spec ast.Spec, importPath string) string {
	p, _ := strconv.Unquote(spec.(*ast.ImportSpec).Path.Value)
	if alike(p, importPath) > 0 {
		return ""
	}
	return "\n"
}

// alike says how well two import paths go into one group: not at all, both of
// other modules, or with a common beginning.
func alike(a, b string) int {
	switch {
	case standard(a) != standard(b):
		return 0
	case standard(a):
		return 1
	case strings.HasPrefix(a, framework) != strings.HasPrefix(b, framework):
		return 0
	}
	n := 1
	for i := 0; i < len(a) && i < len(b) && a[i] == b[i]; i++ {
		n++
	}
	return n
}

// standard reports whether the package is of the standard library.
func standard(importPath string) bool {
	first, _, _ := strings.Cut(importPath, "/")
	return !strings.Contains(first, ".")
}
