package scaffold

import (
	"bytes"
	"go/format"
	"slices"
	"strconv"
	"strings"
)

// draft is an entity that is to be written.
type draft struct {
	names       Names
	comment     string // a sentence
	doc         string // of the type; default from the comment
	annotations []snippet
	mixins      []string
	fields      []snippet
	edges       []snippet
	indexes     []snippet
	noRepo      bool
	writable    bool // clients can set something when they make a row
}

// source writes the schema in the style of the documentation.
func (d *draft) source() ([]byte, error) {
	var body bytes.Buffer
	line := func(text string) { body.WriteString(text + "\n") }
	comment := strings.TrimSuffix(d.comment, ".")
	if comment == "" {
		comment = strings.ToUpper(article(d.names.Label)[:1]) + article(d.names.Label)[1:]
	}
	doc := d.doc
	if doc == "" {
		doc = d.names.Go + " is " + lowerFirst(comment) + "."
	}
	for l := range strings.SplitSeq(doc, "\n") {
		line("// " + l)
	}
	line("type " + d.names.Go + " struct{ ent.Schema }\n")

	annotations := slices.Concat(
		[]snippet{{code: "entsql.Table(" + strconv.Quote(d.names.Table) + ")", packages: []string{pkgEntSQL}}},
		d.annotations,
		[]snippet{{code: "schema.Comment(" + strconv.Quote(comment+".") + ")", packages: []string{pkgSchema}}},
	)
	packages := []string{pkgEnt}
	list := func(method, element string, items []snippet) {
		if len(items) == 0 {
			return
		}
		line("// " + method + " of the entity.")
		line("func (" + d.names.Go + ") " + method + "() []" + element + " {\nreturn []" + element + "{")
		for _, s := range items {
			line(s.code + ",")
			packages = append(packages, s.packages...)
		}
		line("}\n}\n")
	}
	list("Annotations", "schema.Annotation", annotations)
	if len(d.mixins) > 0 {
		line("// Mixin of the entity.")
		line("func (" + d.names.Go + ") Mixin() []ent.Mixin {\nreturn []ent.Mixin{" + strings.Join(d.mixins, ", ") + "}\n}\n")
		packages = append(packages, pkgMixin)
	}
	list("Fields", "ent.Field", d.fields)
	list("Edges", "ent.Edge", d.edges)
	list("Indexes", "ent.Index", d.indexes)

	src := "package schema\n\n" + importBlock(packages) + "\n" + body.String()
	formatted, err := format.Source([]byte(src))
	if err != nil {
		return nil, &EditError{File: schemaPath(d.names), Reason: "what was to be written does not parse: " + err.Error()}
	}
	return append(bytes.TrimRight(formatted, "\n"), '\n'), nil
}

// importBlock writes imports in groups: the standard library, other modules,
// the framework.
func importBlock(packages []string) string {
	packages = slices.Compact(slices.Sorted(slices.Values(packages)))
	groups := make([][]string, 3)
	for _, p := range packages {
		i := 1
		switch {
		case standard(p):
			i = 0
		case strings.HasPrefix(p, framework):
			i = 2
		default:
		}
		groups[i] = append(groups[i], strconv.Quote(p))
	}
	var blocks []string
	for _, g := range groups {
		if len(g) > 0 {
			blocks = append(blocks, strings.Join(g, "\n"))
		}
	}
	return "import (\n" + strings.Join(blocks, "\n\n") + "\n)\n"
}

func lowerFirst(s string) string {
	if len(s) > 1 && strings.ToUpper(s[:2]) == s[:2] && s[1] != ' ' { // an acronym
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
