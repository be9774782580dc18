package entext

import (
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/99designs/gqlgen/api"
	"github.com/99designs/gqlgen/codegen"
	"github.com/99designs/gqlgen/codegen/config"
	"github.com/99designs/gqlgen/plugin"
	"github.com/99designs/gqlgen/plugin/resolvergen"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/relay"
)

const relayPackage = "github.com/framefox-go/framefox/framework/relay"

// runGQLGen generates the executable schema from gqlgen.yml and the schema
// files, binding every generated type to the Ent client.
func runGQLGen(configFile, generatedSchema string, nodes []*node, entPackage string) error {
	// gqlgen resolves the paths of its configuration against the working
	// directory.
	previous, err := os.Getwd()
	if err != nil {
		return fmt.Errorf("entext: cannot find the working directory: %w", err)
	}
	if err := os.Chdir(filepath.Dir(configFile)); err != nil {
		return fmt.Errorf("entext: cannot enter the folder of %s: %w", configFile, err)
	}
	defer func() { _ = os.Chdir(previous) }()
	cfg, err := config.LoadConfig(filepath.Base(configFile))
	if err != nil {
		return fmt.Errorf("entext: cannot read %s: %w", configFile, err)
	}
	bind(cfg, nodes, entPackage)
	// gqlgen logs each field that gets a resolver as if it were a fault.
	out := log.Writer()
	log.SetOutput(io.Discard)
	defer log.SetOutput(out)
	plugin := &resolvers{schema: generatedSchema}
	if err := api.Generate(cfg, api.ReplacePlugin(plugin)); err != nil {
		return fmt.Errorf("entext: gqlgen: %w", err)
	}
	inOrder := map[string]bool{}
	for _, n := range nodes {
		inOrder[n.Entity.GraphQL] = n.InAPI() && !plugin.own[n.Entity.GraphQL]
	}
	return marshalInOrder(cfg.Exec.Filename, inOrder)
}

// bind tells gqlgen which Go type stands for each generated GraphQL type. What
// gqlgen.yml binds itself stays.
func bind(cfg *config.Config, nodes []*node, entPackage string) {
	cfg.SkipModTidy = true // it fails where Ent's command is a tool dependency
	// Less code to compile: models are the client's, and package relay counts costs.
	cfg.OmitGetters, cfg.OmitInterfaceChecks, cfg.OmitComplexity = true, true, true
	cfg.UseFunctionSyntaxForExecutionContext = true // marshalInOrder looks for it
	set := func(name, model string) {
		if cfg.Models[name].Model == nil {
			entry := cfg.Models[name]
			entry.Model = config.StringList{model}
			cfg.Models[name] = entry
		}
	}
	field := func(name, gqlField, goName string) {
		entry := cfg.Models[name]
		if entry.Fields == nil {
			entry.Fields = map[string]config.TypeMapField{}
		}
		entry.Fields[gqlField] = config.TypeMapField{FieldName: goName}
		cfg.Models[name] = entry
	}
	if cfg.Models == nil {
		cfg.Models = config.TypeMap{}
	}
	if cfg.Directives == nil {
		cfg.Directives = map[string]config.DirectiveConfig{}
	}
	cfg.Directives[relay.NeedsDirective] = config.DirectiveConfig{SkipRuntime: true}
	for _, name := range []string{"Cursor", "PageInfo", "OrderDirection", "BigInt", "Time", "Date", "JSON", "Base64", "Node", "Total", "Precision", "Pagination", "Trashed", "Affected"} {
		set(name, relayPackage+"."+name)
	}
	set("UUID", "github.com/99designs/gqlgen/graphql.UUID")
	set("JSONFilter", relayPackage+".Where")
	for _, n := range nodes {
		if !n.InAPI() {
			continue
		}
		name := n.Entity.GraphQL
		set(name, entPackage+"."+n.Name)
		set(name+"Edge", entPackage+"."+n.Name+"Edge")
		set(name+"Connection", entPackage+"."+n.Name+"Connection")
		set(name+"Page", entPackage+"."+n.Name+"Page")
		set(name+"WhereInput", relayPackage+".Where")
		set(name+"Order", relayPackage+".Order")
		set(name+"OrderField", relayPackage+".OrderField")
		for _, part := range aggregateTypes(n.Entity) {
			set(part, relayPackage+".JSON")
		}
		for _, input := range aggregateInputs(n.Entity) {
			set(input, relayPackage+".OrderField")
		}
		for _, input := range n.inputs {
			set(input, relayPackage+".Input")
		}
		set(name+"Key", relayPackage+".KeyName")
		field(name, "id", "GlobalID")
		for _, f := range n.Entity.Fields {
			if f.Target != "" && f.Read {
				field(name, f.GraphQL, globalIDMethod(n.GoFields[f.Name].StructField()))
			}
			if isPlainInt(n, f) {
				field(name, f.GraphQL, n.GoFields[f.Name].StructField()+"BigInt")
			}
			if plainType(n, f) != "" {
				field(name, f.GraphQL, n.GoFields[f.Name].StructField()+"Plain")
				if f.Kind == entity.Enum {
					set(name+n.GoFields[f.Name].StructField(), "github.com/99designs/gqlgen/graphql.String")
				}
			}
			if f.Kind == entity.JSON && f.Read {
				field(name, f.GraphQL, n.GoFields[f.Name].StructField()+"JSON")
			}
			if f.Kind == entity.Enum && f.Read && !n.GoFields[f.Name].HasGoType() {
				set(name+n.GoFields[f.Name].StructField(), entPackage+"/"+n.PackageDir()+"."+n.GoFields[f.Name].StructField())
			}
		}
	}
}

// isPlainInt reports whether the field is a Go int, which the scalar BigInt
// needs converted.
func isPlainInt(n *node, f *entity.Field) bool {
	return f.Kind == entity.BigInt && f.Read && f.Target == "" && f != n.Entity.ID() && n.GoFields[f.Name].Type.String() == "int"
}

// globalIDMethod names the method that gives a foreign key as a global id:
// UserID becomes UserGlobalID.
func globalIDMethod(structField string) string {
	const suffix = "ID"
	if len(structField) > len(suffix) && structField[len(structField)-len(suffix):] == suffix {
		structField = structField[:len(structField)-len(suffix)]
	}
	return structField + "GlobalID"
}

var (
	_ plugin.CodeGenerator = (*resolvers)(nil)
	_ plugin.ConfigMutator = (*resolvers)(nil)
)

// resolvers is gqlgen's resolver generator, kept away from the root fields
// that the generated client resolves. So the files that it writes hold the
// application's own resolvers only.
type resolvers struct {
	schema string          // base name of the generated schema file
	own    map[string]bool // types with resolvers of the application's own, once generated
}

// Name is that of the plugin it replaces.
func (*resolvers) Name() string { return "resolvergen" }

// GenerateCode implements plugin.CodeGenerator.
func (r *resolvers) GenerateCode(data *codegen.Data) error {
	r.own = map[string]bool{}
	own := *data
	own.Objects = make(codegen.Objects, 0, len(data.Objects))
	for _, o := range data.Objects {
		object := *o
		object.Fields = nil
		for _, f := range o.Fields {
			if !f.IsResolver || f.Position == nil || filepath.Base(f.Position.Src.Name) != r.schema {
				object.Fields = append(object.Fields, f)
				r.own[o.Name] = r.own[o.Name] || f.IsResolver
			}
		}
		object.Definition = r.ownPosition(&object)
		own.Objects = append(own.Objects, &object)
	}
	return (&resolvergen.Plugin{}).GenerateCode(&own)
}

// ownPosition makes what belongs to a type that the generated schema declares,
// but the application extends, land in the file of the extension.
func (r *resolvers) ownPosition(o *codegen.Object) *ast.Definition {
	def := *o.Definition
	for _, f := range o.Fields {
		if f.IsResolver && f.Position != nil && def.Position != nil && filepath.Base(def.Position.Src.Name) == r.schema {
			def.Position = f.Position
		}
	}
	return &def
}

// MutateConfig lets gqlgen see the generated input objects as scalars: package
// relay reads them as the maps that the executor has validated, which keeps
// null apart from absent and needs no code for each input. The schema that is
// served keeps them as they are.
func (r *resolvers) MutateConfig(cfg *config.Config) error {
	computed(cfg)
	for name, def := range cfg.Schema.Types {
		if def.Kind != ast.InputObject || len(cfg.Models[name].Model) == 0 {
			continue
		}
		if model := cfg.Models[name].Model[0]; strings.HasPrefix(model, relayPackage+".") {
			def.Kind, def.Fields = ast.Scalar, nil
		}
	}
	return nil
}
