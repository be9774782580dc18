package seed

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/framefox-go/framefox/framework/entity"
)

const (
	batchRows   = 500    // rows of one transaction
	parentRows  = 10     // generated where rows are required that are not there
	parentsMost = 10_000 // rows that others are made to refer to
	attempts    = 50     // at values that are not taken
	linksMost   = 3      // rows at an edge to many
)

// Count is how many rows an entity, by its table or its name, is to have.
type Count struct {
	Entity string
	Rows   int
}

// ParseCount reads "posts=1000".
func ParseCount(text string) (Count, error) {
	var c Count
	name, number, ok := strings.Cut(text, "=")
	if _, err := fmt.Sscanf(number, "%d", &c.Rows); !ok || name == "" || err != nil || c.Rows < 1 || strconv.Itoa(c.Rows) != number {
		return Count{}, fmt.Errorf("seed: %q is not a number of rows: write it like posts=1000", text)
	}
	c.Entity = name
	return c, nil
}

// GenerateOptions say what to generate.
type GenerateOptions struct {
	Counts   []Count
	Seed     uint64         // another one gives other rows
	DryRun   bool           // count what is missing and write nothing
	Tenant   string         // whose rows; default that of the context
	Progress func(Progress) // called now and then; may be nil
}

// Generate tops tables up to a number of rows, all of which count. Rows are
// written in batches, each of them a transaction: a run that was interrupted is
// finished by the next. Rows that are required at the other end of an edge and
// are not there are generated too.
func (s *Store) Generate(ctx context.Context, opts GenerateOptions) (Report, error) {
	s = &Store{client: s.client, entities: s.entities, uniques: s.uniques}
	s.tenant = func(ctx context.Context, e *entity.Entity) (any, error) { return tenantOf(ctx, e, opts.Tenant) }
	g := &generating{Store: s, opts: opts, wanted: map[string]int{}}
	for _, c := range opts.Counts {
		e, err := s.entity(c.Entity)
		switch {
		case err != nil:
			return Report{}, err
		case !hasKey(e):
			return Report{}, noKey(e)
		}
		g.wanted[e.Name] = c.Rows
	}
	for _, name := range slices.Sorted(maps.Keys(g.wanted)) {
		if err := g.entity(ctx, s.entities[name], nil); err != nil {
			return g.report, err
		}
	}
	return g.report, nil
}

// generating is one run.
type generating struct {
	*Store
	opts   GenerateOptions
	wanted map[string]int // rows by entity
	done   []string       // entities
	report Report
}

// entity generates the rows of one entity, after those of the entities that it
// refers to.
func (g *generating) entity(ctx context.Context, e *entity.Entity, before []string) error {
	if slices.Contains(g.done, e.Name) {
		return nil
	}
	before = append(before, e.Name)
	for _, f := range e.Fields {
		if f.Target == "" || slices.Contains(before, f.Target) {
			continue
		}
		if err := g.parents(ctx, e, f, before); err != nil {
			return err
		}
	}
	for _, edge := range e.Edges {
		if _, asked := g.wanted[edge.Target]; asked && owns(edge) && !slices.Contains(before, edge.Target) {
			if err := g.entity(ctx, g.entities[edge.Target], before); err != nil {
				return err
			}
		}
	}
	g.done = append(g.done, e.Name)
	return g.rows(ctx, e)
}

// parents sees to it that there is something to refer to.
func (g *generating) parents(ctx context.Context, e *entity.Entity, f *entity.Field, before []string) error {
	target := g.entities[f.Target]
	if _, asked := g.wanted[f.Target]; !asked {
		if !f.Required {
			return nil
		}
		var there []any
		err := g.within(ctx, func(s *session) (err error) {
			there, err = s.keys(ctx, target, 1)
			return err
		})
		if err != nil || len(there) > 0 {
			return err
		}
		g.wanted[f.Target] = min(parentRows, g.wanted[e.Name])
	}
	return g.entity(ctx, target, before)
}

// within runs use in a transaction that writes nothing.
func (g *generating) within(ctx context.Context, use func(*session) error) error {
	tx, err := g.begin(ctx)
	if err != nil {
		return err
	}
	return errors.Join(use(tx), tx.end(false))
}

// rows tops up one table.
func (g *generating) rows(ctx context.Context, e *entity.Entity) error {
	report := g.report.of(e)
	m := &maker{entity: e, seed: g.opts.Seed, sets: g.uniques[e.Name], parents: map[string][]any{}, links: map[string][]any{}}
	tenant, err := g.tenant(ctx, e)
	if err != nil {
		return err
	}
	m.tenant = tenant
	var missing int
	err = g.within(ctx, func(s *session) (err error) {
		report.Unchanged, err = m.look(ctx, s)
		missing = max(0, g.wanted[e.Name]-report.Unchanged)
		return err
	})
	if err != nil {
		return err
	}
	if g.opts.DryRun {
		report.Inserted = missing
		return nil
	}
	for report.Inserted < missing {
		n, err := g.batch(ctx, m, min(batchRows, missing-report.Inserted))
		if err != nil {
			return fmt.Errorf("seed: cannot generate %s %d: %w", e.Name, report.Unchanged+report.Inserted+1, err)
		}
		report.Inserted += n
		if g.opts.Progress != nil {
			g.opts.Progress(Progress{Entity: e.Name, Done: report.Inserted, Total: missing})
		}
	}
	return nil
}

// batch writes rows in one transaction.
func (g *generating) batch(ctx context.Context, m *maker, rows int) (int, error) {
	tx, err := g.begin(ctx)
	if err != nil {
		return 0, err
	}
	for range rows {
		if err := m.make(ctx, tx); err != nil {
			return 0, errors.Join(err, tx.end(false))
		}
	}
	return rows, tx.end(true)
}
