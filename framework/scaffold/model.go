package scaffold

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// The types of keys.
const (
	KeyInt  = "int"  // 64 bits, counted by the database
	KeyUUID = "uuid" // UUID of version 7
)

// Existing is an entity that the project has.
type Existing struct {
	Names  Names
	File   string // relative to the project
	Fields []string
	Edges  []string
	Mixins []string // by their expressions: mixin.ID{}
	Key    string   // KeyInt, KeyUUID, or the constructor of Ent's field; "" if it is not written in the file
}

// fieldsOfMixins are those that the framework's mixins bring.
func fieldsOfMixins(mixin string) []string {
	return map[string][]string{
		"ID": {"id"}, "UUID": {"id"}, "CreatedAt": {"created_at"}, "Timestamps": {"created_at", "updated_at"},
		"SoftDelete": {"deleted_at"}, "Tenant": {"tenant_id"}, "Version": {"version"}, "Password": {"password"},
	}[mixin]
}

// has reports whether the entity has a field or relation of that name.
func (x *Existing) has(name string) bool {
	return slices.Contains(x.Fields, name) || slices.Contains(x.Edges, name)
}

// parsed is a Go file and its source.
type parsed struct {
	path string // relative to the project
	src  []byte
	fset *token.FileSet
	file *ast.File
}

func parse(path string, src []byte) (*parsed, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, &EditError{File: path, Reason: "it does not parse: " + err.Error()}
	}
	return &parsed{path, src, fset, file}, nil
}

func (p *parsed) offset(pos token.Pos) int { return p.fset.Position(pos).Offset }

// readSchemas parses the files of the schema folder. A folder that is not there
// holds none.
func readSchemas(root, dir string) ([]*parsed, error) {
	entries, err := os.ReadDir(filepath.Join(root, dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, &ProjectError{Root: root, Reason: "its schemas cannot be read: " + err.Error()}
	}
	var files []*parsed
	for _, entry := range entries {
		name := entry.Name()
		if entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		path := filepath.ToSlash(filepath.Join(dir, name))
		src, err := os.ReadFile(filepath.Join(root, path)) //nolint:gosec // a file of the project
		if err != nil {
			return nil, &ProjectError{Root: root, Reason: "its schemas cannot be read: " + err.Error()}
		}
		file, err := parse(path, src)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

// entities lists the entities that the files declare.
func entities(files []*parsed) []*Existing {
	var list []*Existing
	for _, f := range files {
		for _, decl := range f.file.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok || gen.Tok != token.TYPE {
				continue
			}
			for _, spec := range gen.Specs {
				if t, ok := spec.(*ast.TypeSpec); ok && isSchema(t) {
					n := t.Name.Name
					list = append(list, &Existing{Names: Names{Go: n, Snake: snake(n), Table: plural(snake(n)), Label: words(n)}, File: f.path})
				}
			}
		}
	}
	for _, x := range list {
		for _, f := range files {
			x.read(f)
		}
	}
	return list
}

// isSchema reports whether the type embeds ent.Schema.
func isSchema(t *ast.TypeSpec) bool {
	s, ok := t.Type.(*ast.StructType)
	return ok && slices.ContainsFunc(s.Fields.List, func(f *ast.Field) bool {
		sel, ok := f.Type.(*ast.SelectorExpr)
		return ok && len(f.Names) == 0 && sel.Sel.Name == "Schema"
	})
}

// read takes from a file what its methods say of the entity.
func (x *Existing) read(f *parsed) {
	for _, e := range f.elements(x.Names.Go, "Mixin") {
		if lit, ok := e.(*ast.CompositeLit); ok {
			text := string(f.src[f.offset(lit.Pos()):f.offset(lit.End())])
			x.Mixins = append(x.Mixins, text)
			if sel, ok := lit.Type.(*ast.SelectorExpr); ok {
				x.Fields = append(x.Fields, fieldsOfMixins(sel.Sel.Name)...)
				switch sel.Sel.Name {
				case "ID":
					x.Key = KeyInt
				case "UUID":
					x.Key = KeyUUID
				default:
				}
			}
		}
	}
	for _, e := range f.elements(x.Names.Go, "Annotations") {
		if name, function := rootCall(e); function == "Table" {
			x.Names.Table = name
		}
	}
	for _, e := range f.elements(x.Names.Go, "Fields") {
		name, constructor := rootCall(e)
		if name == "" {
			continue
		}
		x.Fields = append(x.Fields, name)
		if name == "id" {
			x.Key = map[string]string{"Int64": KeyInt, "UUID": KeyUUID}[constructor]
			if x.Key == "" {
				x.Key = constructor
			}
		}
	}
	for _, e := range f.elements(x.Names.Go, "Edges") {
		if name, _ := rootCall(e); name != "" {
			x.Edges = append(x.Edges, name)
			x.Edges = append(x.Edges, throughs(e)...)
		}
	}
}

// rootCall finds the call that a chain such as field.String("a").Unique()
// begins with: its first argument and the name of its function.
func rootCall(e ast.Expr) (name, function string) {
	for {
		call, ok := e.(*ast.CallExpr)
		if !ok {
			return "", ""
		}
		if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
			if _, chained := sel.X.(*ast.CallExpr); chained {
				e = sel.X
				continue
			}
			function = sel.Sel.Name
		}
		if len(call.Args) == 0 {
			return "", ""
		}
		lit, ok := call.Args[0].(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return "", ""
		}
		name, _ = strconv.Unquote(lit.Value) // the parser took it
		return name, function
	}
}

// throughs are the names in the calls of Through in the chain.
func throughs(e ast.Expr) (names []string) {
	ast.Inspect(e, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) == 0 {
			return true
		}
		sel, ok := call.Fun.(*ast.SelectorExpr)
		lit, isText := call.Args[0].(*ast.BasicLit)
		if ok && isText && sel.Sel.Name == "Through" {
			name, _ := strconv.Unquote(lit.Value) // the parser took it
			names = append(names, name)
		}
		return true
	})
	return names
}

// method finds a method of the entity, or nil.
func (p *parsed) method(entity, name string) *ast.FuncDecl {
	for _, decl := range p.file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || f.Recv == nil || f.Name.Name != name || len(f.Recv.List) != 1 || f.Body == nil {
			continue
		}
		t := f.Recv.List[0].Type
		if star, ok := t.(*ast.StarExpr); ok {
			t = star.X
		}
		if ident, ok := t.(*ast.Ident); ok && ident.Name == entity {
			return f
		}
	}
	return nil
}

// result is what the method returns, if it has one return at its end and no
// other.
func result(f *ast.FuncDecl) (ast.Expr, bool) {
	returns := 0
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			returns++
		default:
		}
		return true
	})
	if returns != 1 || len(f.Body.List) == 0 {
		return nil, false
	}
	last, ok := f.Body.List[len(f.Body.List)-1].(*ast.ReturnStmt)
	if !ok || len(last.Results) != 1 {
		return nil, false
	}
	return last.Results[0], true
}

// elements are those of the list that a method returns: of a literal, or what a
// call of append adds to one.
func (p *parsed) elements(entity, method string) []ast.Expr {
	f := p.method(entity, method)
	if f == nil {
		return nil
	}
	e, ok := result(f)
	if !ok {
		return nil
	}
	var list []ast.Expr
	for {
		switch v := e.(type) {
		case *ast.CompositeLit:
			return append(list, v.Elts...)
		case *ast.CallExpr:
			if !isAppend(v) {
				return list
			}
			if !v.Ellipsis.IsValid() {
				list = append(list, v.Args[1:]...)
			}
			e = v.Args[0]
		default:
			return list
		}
	}
}

func isAppend(c *ast.CallExpr) bool {
	name, ok := c.Fun.(*ast.Ident)
	return ok && name.Name == "append" && len(c.Args) > 0
}
