package migration

import (
	"context"
	"fmt"
	"slices"

	"ariga.io/atlas/sql/migrate"
	atlas "ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlite"
	entsql "entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/schema"

	"github.com/framefox-go/framefox/framework/config"
)

// desired is the schema that the tables ask for, as the database itself would
// describe it. Only in that form can it be compared with another: a database
// rewrites expressions, defaults and types as it takes them in. The scratch
// database is empty before and after.
func (s *scratch) desired(ctx context.Context, server config.Database, tables []*schema.Table) (_ *atlas.Schema, err error) {
	a, err := adapt(s.dialect, tables)
	if err != nil {
		return nil, err
	}
	if _, ok := s.driver.(atlas.Normalizer); !ok {
		// Atlas does not clean up after itself on SQLite: use another database.
		if s, err = openScratch(ctx, server); err != nil {
			return nil, err
		}
		defer func() {
			if closeErr := s.Close(ctx); err == nil {
				err = closeErr
			}
		}()
	}
	want, err := s.read(ctx, a)
	if err != nil {
		return nil, err
	}
	return s.normalise(ctx, want)
}

// read turns ent's tables into Atlas' terms.
func (s *scratch) read(ctx context.Context, a *adapted) (*atlas.Schema, error) {
	if s.dialect == config.SQLite {
		if _, err := s.conn.ExecContext(ctx, "PRAGMA foreign_keys = on"); err != nil { // ent insists
			return nil, fmt.Errorf("migration: cannot prepare the scratch database: %w", err)
		}
	}
	m, err := schema.NewMigrate(entsql.NewDriver(entDialect(s.dialect), entsql.Conn{ExecQuerier: s.conn}))
	if err != nil {
		return nil, fmt.Errorf("migration: cannot read the tables: %w", err)
	}
	realm, err := m.StateReader(a.tables...).ReadState(ctx)
	if err != nil {
		return nil, fmt.Errorf("migration: cannot read the tables: %w", err)
	}
	if len(realm.Schemas) == 0 {
		return atlas.New(""), nil
	}
	want := realm.Schemas[0]
	if err := a.markPartial(want); err != nil {
		return nil, err
	}
	return want, a.markSearched(want)
}

// normalise creates the schema in the scratch database and reads it back, until
// that changes nothing more: PostgreSQL needs a second round for some checks.
func (s *scratch) normalise(ctx context.Context, want *atlas.Schema) (*atlas.Schema, error) {
	n, ok := s.driver.(atlas.Normalizer)
	if !ok {
		return s.create(ctx, want)
	}
	var last *atlas.Schema
	for range maxRounds {
		normal, err := n.NormalizeSchema(ctx, want)
		if err != nil {
			return nil, fmt.Errorf("migration: cannot create the tables on %s: %w", s.dialect, err)
		}
		if last != nil {
			if changes, err := s.compare(last, normal); err != nil || len(changes) == 0 {
				return normal, err
			}
		}
		last, want = normal, normal
	}
	return want, nil
}

const maxRounds = 4

// create creates the schema and reads it back.
func (s *scratch) create(ctx context.Context, want *atlas.Schema) (*atlas.Schema, error) {
	create := make([]atlas.Change, len(want.Tables))
	for i, t := range want.Tables {
		create[i] = &atlas.AddTable{T: t}
	}
	if err := s.driver.ApplyChanges(ctx, create, unqualified); err != nil {
		return nil, fmt.Errorf("migration: cannot create the tables on %s: %w", s.dialect, err)
	}
	return s.inspect(ctx)
}

// unqualified leaves the name of the schema out of statements, so that they
// run in whatever database they are given to.
func unqualified(o *migrate.PlanOptions) { o.SchemaQualifier = new(string) }

// compare returns the changes that lead from one schema to another.
func (s *scratch) compare(from, to *atlas.Schema) ([]atlas.Change, error) {
	target := *to
	target.Name, target.Attrs = from.Name, from.Attrs
	restore := nameUnique(from, to)
	changes, err := s.driver.SchemaDiff(from, &target, atlas.DiffNormalized())
	restore()
	if err != nil {
		return nil, fmt.Errorf("migration: cannot compare the schemas: %w", err)
	}
	return withoutQuotes(changes), nil
}

// withoutQuotes leaves out changes of nothing but quotes, which SQLite adds to
// the names in expressions when it renames a column.
func withoutQuotes(changes []atlas.Change) []atlas.Change {
	return slices.DeleteFunc(changes, func(c atlas.Change) bool {
		m, ok := c.(*atlas.ModifyTable)
		if !ok {
			return false
		}
		m.Changes = slices.DeleteFunc(m.Changes, func(c atlas.Change) bool {
			switch c := c.(type) {
			case *atlas.ModifyCheck:
				return c.From.Expr != c.To.Expr && plain(c.From.Expr) == plain(c.To.Expr)
			case *atlas.ModifyIndex:
				return c.Change == atlas.ChangeAttr && predicate(c.From) != predicate(c.To) && plain(predicate(c.From)) == plain(predicate(c.To))
			default:
				return false
			}
		})
		return len(m.Changes) == 0
	})
}

// predicate is the condition of a partial index of SQLite, or "".
func predicate(idx *atlas.Index) string {
	for _, a := range idx.Attrs {
		if p, ok := a.(*sqlite.IndexPredicate); ok {
			return p.P
		}
	}
	return ""
}
