package entext

import (
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"entgo.io/contrib/entgql"
	"entgo.io/ent/entc"
	"entgo.io/ent/entc/gen"
	"github.com/99designs/gqlgen/codegen/templates"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/entschema"
	"github.com/framefox-go/framefox/framework/rule"
)

//go:embed template/*.tmpl
var templateFiles embed.FS

// extension composes entgql with the framework's templates.
type extension struct {
	*entgql.Extension
	nodes []*node // of the last run
}

var _ entc.Extension = (*extension)(nil)

// newExtension returns the extension; it writes the GraphQL schema to the
// given file.
func newExtension(schemaFile string) (*extension, error) {
	x := &extension{}
	var err error
	x.Extension, err = entgql.NewExtension(
		entgql.WithSchemaGenerator(),
		entgql.WithWhereInputs(true),
		// What entgql generates is done by package relay and the framework's own
		// templates.
		entgql.WithTemplates(),
		entgql.WithSchemaPath(schemaFile),
		entgql.WithSchemaHook(func(g *gen.Graph, s *ast.Schema) error {
			return refine(g, x.nodes, s)
		}),
	)
	if err != nil {
		return nil, fmt.Errorf("entext: cannot set up entgql: %w", err)
	}
	return x, nil
}

// Hooks annotate the graph before entgql and the templates read it.
func (x *extension) Hooks() []gen.Hook {
	prepare := func(next gen.Generator) gen.Generator {
		return gen.GenerateFunc(func(g *gen.Graph) error {
			nodes, err := describe(g)
			if err != nil {
				return err
			}
			if err := checkNames(nodes); err != nil {
				return err
			}
			if err := entschema.Prepare(g); err != nil {
				return err
			}
			if err := annotate(nodes); err != nil {
				return err
			}
			x.nodes = nodes
			if err := next.Generate(g); err != nil {
				return err
			}
			if err := writeVisible(g, nodes); err != nil {
				return err
			}
			if err := linkRuntime(g); err != nil {
				return err
			}
			if err := orderByVisible(g); err != nil {
				return err
			}
			if err := putHooksLast(g); err != nil {
				return err
			}
			if err := shortenUpdates(g); err != nil {
				return err
			}
			return liftLists(g)
		})
	}
	return append([]gen.Hook{prepare}, x.Extension.Hooks()...)
}

// putHooksLast makes room for the framework's hook behind those of schemas and
// clients, so that it checks and seals what they set. Ent's templates have no
// place for that: its method Hooks becomes outerHooks, which the generated
// method of that name calls.
func putHooksLast(g *gen.Graph) error {
	path := filepath.Join(g.Target, "client.go")
	code, err := os.ReadFile(path) //nolint:gosec // generated a moment ago
	if err != nil {
		return fmt.Errorf("entext: cannot read the generated client: %w", err)
	}
	const method, outer = "Client) Hooks() []Hook {", "Client) outerHooks() []Hook {"
	if got, want := strings.Count(string(code), method), len(g.MutableNodes()); got != want {
		return fmt.Errorf("entext: the generated client has %d methods Hooks, not %d; this version of ent is not supported", got, want)
	}
	code = []byte(strings.ReplaceAll(strings.ReplaceAll(string(code), method, outer), "// Hooks returns the client hooks.", "// outerHooks returns the hooks of client and schema."))
	if err := os.WriteFile(path, code, 0o644); err != nil { //nolint:gosec // source code
		return fmt.Errorf("entext: cannot write the generated client: %w", err)
	}
	return nil
}

// Options implements entc.Extension. Named edges, which entgql would turn on,
// are of no use here.
func (x *extension) Options() []entc.Option { return nil }

// Templates of the extension.
func (x *extension) Templates() []*gen.Template {
	t := gen.NewTemplate("framefox").Funcs(map[string]any{
		"framefoxNodes":      func(*gen.Graph) []*node { return x.nodes },
		"framefoxField":      fieldLiteral,
		"framefoxEdge":       edgeLiteral,
		"framefoxKey":        keyLiteral,
		"framefoxGlobalID":   globalIDMethod,
		"framefoxIsJSON":     func(f *entity.Field) bool { return f.Kind == entity.JSON },
		"framefoxIsInt":      isPlainInt,
		"framefoxPlain":      plainType,
		"framefoxIsCustom":   isCustom,
		"framefoxIsList":     isList,
		"framefoxIsLink":     isLink,
		"framefoxAppended":   appended,
		"framefoxLists":      func(n *node) bool { return slices.ContainsFunc(n.Entity.Fields, isList) },
		"framefoxLinks":      func(n *node) bool { return slices.ContainsFunc(n.Entity.Edges, isLink) },
		"framefoxUnitLinks":  unitLinks,
		"framefoxUnitField":  unitField,
		"framefoxSearch":     searchLiteral,
		"framefoxSearched":   x.searched,
		"framefoxKind":       kindName,
		"framefoxTrash":      x.trash,
		"framefoxAnyTrash":   func(*gen.Graph) bool { return anyTrash(x.nodes) },
		"framefoxMany":       func(n *node, verb string) string { return templates.ToGo(n.Many(verb)) },
		"framefoxUpserts":    upserts,
		"framefoxFinders":    finders,
		"framefoxParameter":  parameter,
		"framefoxUpsertAll":  upsertAll,
		"framefoxQueryField": func(n *node) string { return templates.ToGo(listField(n)) },
	})
	return append(slices.Clone(x.Extension.Templates()), gen.MustParse(t.ParseFS(templateFiles, "template/*.tmpl")))
}

// appended lists the fields that a mutation can append to.
func appended(n *node) []*gen.Field {
	return slices.DeleteFunc(slices.Clone(n.Fields), func(f *gen.Field) bool { return !f.SupportsMutationAppend() || f.Immutable })
}

func isList(f *entity.Field) bool { return f.Kind == entity.Strings && f.Update }

// unitLinks lists the edges from many to many of a node.
func unitLinks(n *node) []*gen.Edge {
	return slices.DeleteFunc(slices.Clone(n.Edges), func(e *gen.Edge) bool { return !e.M2M() || e.Immutable })
}

func isLink(e *entity.Edge) bool { return e.Relation == entity.ManyToMany && (e.Create || e.Update) }

// fieldLiteral writes a field's description as Go.
func fieldLiteral(n *node, f *entity.Field) string {
	var b strings.Builder
	b.WriteString("{Name: " + strconv.Quote(f.Name) + ", Column: " + strconv.Quote(f.Column))
	text := func(name, v string) {
		if v != "" {
			fmt.Fprintf(&b, ", %s: %q", name, v)
		}
	}
	flag := func(name string, v bool) {
		if v {
			b.WriteString(", " + name + ": true")
		}
	}
	text("GraphQL", f.GraphQL)
	b.WriteString(", Kind: entity." + kindName(f.Kind))
	g := n.GoFields[f.Name]
	fmt.Fprintf(&b, ", GoType: reflect.TypeFor[%s]()", g.Type)
	if len(f.Enum) > 0 {
		fmt.Fprintf(&b, ", Enum: %#v", f.Enum)
	}
	flag("Nullable", f.Nullable)
	flag("Required", f.Required)
	flag("Sensitive", f.Sensitive)
	text("Target", f.Target)
	flag("Read", f.Read)
	flag("Filter", f.Filter)
	flag("Order", f.Order)
	flag("Touched", g.UpdateDefault)
	flag("Immutable", f.Immutable)
	flag("Defaulted", f.Defaulted)
	flag("Create", f.Create)
	flag("Update", f.Update)
	if !f.Rules.Empty() {
		b.WriteString(", Rules: " + rulesLiteral(f.Rules))
	}
	var trait entity.Trait
	_ = entschema.Annotation(g.Annotations, trait.Name(), &trait) // read once already
	if trait == entity.PasswordTrait {
		b.WriteString(", Seal: password.Hash, Policy: password.Check")
	}
	if (g.Validators > 0 || g.IsEnum()) && g.ConvertedToBasic() && f != n.Entity.ID() {
		value := g.BasicType(fmt.Sprintf("v.(%s)", g.Type))
		fmt.Fprintf(&b, ", Validate: func(v any) error { return %s.%s(%s) }", n.PackageAliasOrName(), g.Validator(), value)
	}
	b.WriteString("}")
	return b.String()
}

// PackageAliasOrName is how generated code names the package of the node's
// constants.
func (n *node) PackageAliasOrName() string { return n.Package() }

// kindName is the name of the constant in package entity.
func kindName(k entity.Kind) string {
	return map[entity.Kind]string{
		entity.Bool: "Bool", entity.Int: "Int", entity.BigInt: "BigInt", entity.Float: "Float",
		entity.String: "String", entity.Enum: "Enum", entity.Time: "Time", entity.Date: "Date",
		entity.UUID: "UUID", entity.JSON: "JSON", entity.Strings: "Strings", entity.Bytes: "Bytes",
	}[k]
}

func rulesLiteral(s rule.Set) string {
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	bound := func(name string, v *float64) {
		if v != nil {
			add("%s: new(float64(%v))", name, *v)
		}
	}
	if s.MinLen != nil {
		add("MinLen: new(%d)", *s.MinLen)
	}
	if s.MaxLen != nil {
		add("MaxLen: new(%d)", *s.MaxLen)
	}
	bound("GT", s.GT)
	bound("GE", s.GE)
	bound("LT", s.LT)
	bound("LE", s.LE)
	if s.Pattern != "" {
		add("Pattern: %q", s.Pattern)
	}
	for name, on := range map[string]bool{"Email": s.Email, "URL": s.URL, "NotBlank": s.NotBlank, "Trim": s.Trim, "Lower": s.Lower} {
		if on {
			add("%s: true", name)
		}
	}
	slices.Sort(parts)
	return "rule.Set{" + strings.Join(parts, ", ") + "}"
}

// edgeLiteral writes an edge's description as Go.
func edgeLiteral(e *entity.Edge) string {
	relation := map[entity.Relation]string{
		entity.OneToOne: "OneToOne", entity.OneToMany: "OneToMany",
		entity.ManyToOne: "ManyToOne", entity.ManyToMany: "ManyToMany",
	}[e.Relation]
	var b strings.Builder
	fmt.Fprintf(&b, "{Name: %q, Target: %q, Relation: entity.%s", e.Name, e.Target, relation)
	for _, t := range [][2]string{
		{"GraphQL", e.GraphQL},
		{"Item", e.Item},
		{"Column", e.Column},
		{"JoinTable", e.JoinTable},
		{"OwnerColumn", e.OwnerColumn},
		{"TargetColumn", e.TargetColumn},
		{"OnDelete", string(e.OnDelete)},
		{"OnPurge", string(e.OnPurge)},
	} {
		if t[1] != "" {
			fmt.Fprintf(&b, ", %s: %q", t[0], t[1])
		}
	}
	for _, f := range []struct {
		name string
		on   bool
	}{{"OwnsFK", e.OwnsFK}, {"Create", e.Create}, {"Update", e.Update}} {
		if f.on {
			b.WriteString(", " + f.name + ": true")
		}
	}
	b.WriteString("}")
	return b.String()
}
