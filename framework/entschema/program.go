package entschema

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
)

// structType is an exported struct of the package, perhaps a schema.
type structType struct {
	name     string
	position string // file:line
}

// structs lists the exported structs of the package by name. Which of them are
// schemas is known only once they are compiled.
func (p *goPackage) structs() ([]structType, error) {
	var list []structType
	files := token.NewFileSet()
	for _, name := range slices.Concat(p.GoFiles, p.CgoFiles) {
		path := filepath.Join(p.Dir, name)
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, &BuildError{Schema: p.schema, Output: err.Error()}
		}
		for _, declaration := range file.Decls {
			general, ok := declaration.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range general.Specs {
				if spec, ok := spec.(*ast.TypeSpec); ok && isPlainStruct(spec) {
					at := files.Position(spec.Pos())
					list = append(list, structType{name: spec.Name.Name, position: fmt.Sprintf("%s:%d", at.Filename, at.Line)})
				}
			}
		}
	}
	slices.SortFunc(list, func(a, b structType) int { return cmp.Compare(a.name, b.name) })
	return list, nil
}

func isPlainStruct(spec *ast.TypeSpec) bool {
	_, isStruct := spec.Type.(*ast.StructType)
	return isStruct && spec.Name.IsExported() && spec.TypeParams == nil
}

// program writes the program that describes the schemas. What they print
// themselves does not disturb it: the answer goes to a file.
func program(importPath string, structs []structType) []byte {
	var b bytes.Buffer
	b.WriteString("package main\n\nimport (\n\t\"bytes\"\n\t\"fmt\"\n\t\"os\"\n\n\t\"entgo.io/ent\"\n\t\"entgo.io/ent/entc/load\"\n\n")
	fmt.Fprintf(&b, "\tschemas %q\n)\n\nvar structs = []any{\n", importPath)
	for _, s := range structs {
		fmt.Fprintf(&b, "\tschemas.%s{},\n", s.name)
	}
	b.WriteString("}\n" + programBody)
	return b.Bytes()
}

const programBody = `
func main() {
	var list [][]byte
	for _, s := range structs {
		if s, ok := s.(ent.Interface); ok {
			list = append(list, describe(s))
		}
	}
	text := append(append([]byte("["), bytes.Join(list, []byte(","))...), ']')
	if err := os.WriteFile(os.Args[1], text, 0o600); err != nil {
		fail(err)
	}
}

func describe(s ent.Interface) []byte {
	defer func() {
		if r := recover(); r != nil {
			fail(fmt.Errorf("schema %T panics: %v", s, r))
		}
	}()
	text, err := load.MarshalSchema(s)
	if err != nil {
		fail(err)
	}
	return text
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
`
