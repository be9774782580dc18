package entext

import (
	"fmt"
	"os"
	"path/filepath"

	"entgo.io/ent/entc"
	"entgo.io/ent/entc/gen"
)

// Config says where things are, relative to the working directory, which is
// the ent folder when go generate runs it. The zero value is the layout that
// the framework recommends.
type Config struct {
	Schema        string        // Ent schemas; default ./schema
	Target        string        // folder of the generated client; default .
	Package       string        // import path of the generated client; default the module's path + "/ent"
	GraphQLSchema string        // generated GraphQL schema; default ../graph/schema/framefox.graphql
	GQLGen        string        // gqlgen's configuration; default ../gqlgen.yml
	Features      []gen.Feature // further features of Ent
}

func (c Config) withDefaults() (Config, error) {
	fill := func(s *string, v string) {
		if *s == "" {
			*s = v
		}
	}
	fill(&c.Schema, "./schema")
	fill(&c.Target, ".")
	fill(&c.GraphQLSchema, "../graph/schema/framefox.graphql")
	fill(&c.GQLGen, "../gqlgen.yml")
	if c.Package == "" {
		var err error
		if c.Package, err = importPath(c.Target); err != nil {
			return c, err
		}
	}
	return c, nil
}

// Generate runs Ent and gqlgen over the application and removes generated
// files that no longer have a source.
func Generate(c Config) error {
	c, err := c.withDefaults()
	if err != nil {
		return err
	}
	x, err := newExtension(c.GraphQLSchema)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(c.GraphQLSchema), 0o750); err != nil {
		return fmt.Errorf("entext: cannot make the folder of the GraphQL schema: %w", err)
	}
	before, err := snapshot(c.Target, c.Schema)
	if err != nil {
		return err
	}
	err = entc.Generate(c.Schema, &gen.Config{
		Target: c.Target, Package: c.Package,
		Features: append([]gen.Feature{gen.FeatureExecQuery, gen.FeatureLock, gen.FeatureModifier}, c.Features...),
	}, entc.Extensions(x))
	if err != nil {
		return fmt.Errorf("entext: ent: %w", err)
	}
	if err := before.sweep(); err != nil {
		return err
	}
	return runGQLGen(c.GQLGen, filepath.Base(c.GraphQLSchema), x.nodes, c.Package)
}
