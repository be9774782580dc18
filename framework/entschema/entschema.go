package entschema

import (
	"context"
	"fmt"
	"path"
	"path/filepath"

	"entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/entc/gen"
)

// DefaultSchema is where the schemas are, relative to the root of a project.
const DefaultSchema = "ent/schema"

// Config says where the schemas are and how they are read. The zero value is
// the layout that the framework recommends.
type Config struct {
	Schema   string        // folder of the schemas, relative to the project's root; default DefaultSchema
	Features []gen.Feature // further features of Ent, those of entext.Config
}

// Tables reads the tables of a project of the recommended layout; see
// [Config.Tables].
func Tables(ctx context.Context, root string) ([]*schema.Table, error) {
	return Config{}.Tables(ctx, root)
}

// Tables reads the schemas of the project in the folder root and returns the
// tables that they ask for. Where there are no schemas it returns a
// *NoSourceError, where there is no go command a *NoToolchainError, and where
// the schemas do not compile a *BuildError.
func (c Config) Tables(ctx context.Context, root string) ([]*schema.Table, error) {
	g, err := c.Graph(ctx, root)
	if err != nil {
		return nil, err
	}
	tables, err := guarded(g.Tables)
	if err != nil {
		return nil, &SchemaError{Schema: c.folder(), Reason: err.Error()}
	}
	return tables, nil
}

// guarded calls Ent and returns as an error what makes it panic.
func guarded[T any](call func() (T, error)) (result T, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("ent gives up on them (%v); look for an edge to something that is no entity", r)
		}
	}()
	return call()
}

func (c Config) folder() string {
	if c.Schema == "" {
		return DefaultSchema
	}
	return c.Schema
}

// Graph reads the schemas of the project in the folder root, with what the
// framework's rules add to them. The errors are those of [Config.Tables].
func (c Config) Graph(ctx context.Context, root string) (*gen.Graph, error) {
	p, err := find(ctx, root, c.folder())
	if err != nil {
		return nil, err
	}
	schemas, err := p.load(ctx)
	if err != nil {
		return nil, err
	}
	storage, err := gen.NewStorage("sql")
	if err != nil {
		return nil, fmt.Errorf("entschema: cannot set up ent: %w", err)
	}
	g, err := guarded(func() (*gen.Graph, error) {
		return gen.NewGraph(&gen.Config{
			Schema: p.ImportPath, Package: path.Dir(p.ImportPath), Target: filepath.Dir(p.Dir),
			Storage: storage, Features: c.Features,
		}, schemas...)
	})
	if err != nil {
		return nil, &SchemaError{Schema: c.folder(), Reason: err.Error()}
	}
	if err := Prepare(g); err != nil {
		return nil, err
	}
	return g, nil
}
