package migration_test

import (
	"errors"
	"flag"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"entgo.io/ent/dialect/sql/schema"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
	"github.com/framefox-go/framefox/framework/testkit"
)

const steps = 4 // of each evolution

// evolutions is how many there are unless -rapid.checks says otherwise: fewer
// where databases are slow to create.
func evolutions(d config.Dialect) int64 {
	return map[config.Dialect]int64{config.SQLite: 15, config.MySQL: 10, config.Postgres: 6}[d]
}

// Whatever becomes of the entities: what is planned applies to a database with
// rows, leaves nothing to plan, leads back to the schema before, and forward
// again. Only where the plan itself says that rows may stand in the way, they
// are taken away first.
//
// Covers: G16, H10, H12, H31, H40.
func TestEvolution(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and without concurrency")
	}
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		cfg := testkit.Reserve(t, testkit.Engine(d))
		folders := t.TempDir()
		limit := evolutions(d)
		if f := flag.Lookup("rapid.checks"); f != nil && f.Value.String() != f.DefValue {
			limit = 1 << 62
		}
		var runs atomic.Int64
		var failing atomic.Bool // then rapid looks for a smaller example
		rapid.Check(t, func(rt *rapid.T) {
			n := runs.Add(1)
			if n > limit && !failing.Load() {
				return
			}
			defer func() { failing.Store(failing.Load() || rt.Failed()) }()
			_, err := database.Drop(t.Context(), cfg)
			require.NoError(rt, err)
			_, err = database.Create(t.Context(), cfg)
			require.NoError(rt, err)
			db, err := database.Open(t.Context(), cfg)
			require.NoError(rt, err)
			defer func() { require.NoError(t, db.Close()) }()
			dir := migration.OpenDir(filepath.Join(folders, strconv.FormatInt(n, 10)))
			e := &evolution{t: rt, ctx: t.Context(), db: db, server: cfg, dir: dir, world: newWorld(rt)}
			for i := range steps {
				e.step(i)
			}
		})
	})
}

// step changes the entities, and goes up, down and up again.
func (e *evolution) step(number int) {
	var renames []migration.Rename
	for range 1 + 2*min(number, 1) {
		renames = append(renames, e.world.change()...)
	}
	tables := e.world.tables()
	p, err := migration.Plan(e.ctx, migration.PlanConfig{Dir: e.dir, Tables: tables, Server: e.server, Renames: e.world.fitting(renames)})
	if errors.Is(err, migration.ErrNoChanges) {
		return
	}
	require.NoError(e.t, err, "%v", e.world.log)
	_, err = p.Write()
	require.NoError(e.t, err)
	require.Empty(e.t, p.Irreversible, "%s", p.Content)
	e.note("-- step %d: %v\n%s\n%s", number, e.world.log, p.Content, p.DownContent)
	_, err = migration.Plan(e.ctx, migration.PlanConfig{Dir: e.dir, Tables: tables, Server: e.server})
	require.ErrorIs(e.t, err, migration.ErrNoChanges, "%s", p.Content)

	before := e.schema()
	e.up(p)
	after := e.schema()
	e.insert(tables)
	e.down(p)
	e.same(before, p.DownContent)
	e.up(p)
	e.same(after, p.Content)
	e.insert(tables)
}

func (e *evolution) up(p *migration.Planned) {
	e.makeRoom(p.UpRisks)
	rows := e.rows()
	m, err := migration.Open(e.db, e.dir)
	require.NoError(e.t, err)
	_, err = m.Upgrade(e.ctx, migration.UpgradeOptions{})
	require.NoError(e.t, err, "%s", p.Content)
	e.keeps(rows, p.Renamed, false)
}

func (e *evolution) down(p *migration.Planned) {
	e.makeRoom(p.DownRisks)
	rows := e.rows()
	m, err := migration.Open(e.db, e.dir)
	require.NoError(e.t, err)
	_, err = m.Downgrade(e.ctx, migration.DowngradeOptions{})
	require.NoError(e.t, err, "%s\n%s", p.Content, p.DownContent)
	e.keeps(rows, p.Renamed, true)
}

// makeRoom deletes all rows if a step says that it may fail on them.
func (e *evolution) makeRoom(risks []migration.Risk) {
	if slices.ContainsFunc(risks, func(r migration.Risk) bool { return r.Kind == migration.DataDependent }) {
		e.empty()
	}
}

// keeps makes sure that tables which stay keep their rows, and columns their
// values, under whatever name. NULLs may be filled.
func (e *evolution) keeps(before map[string]int, renamed []migration.Rename, back bool) {
	after := e.rows()
	now := func(table, column string) (string, string) { // renamed has tables first, columns by the new name of their table
		for _, r := range renamed {
			if back {
				continue
			}
			switch {
			case r.Table == "" && r.From == table:
				table = r.To
			case column != "" && r.Table == table && r.From == column:
				column = r.To
			}
		}
		for _, r := range slices.Backward(renamed) {
			switch {
			case !back:
			case r.Table == "" && r.To == table:
				table = r.From
			case column != "" && r.Table == table && r.To == column:
				column = r.From
			}
		}
		return table, column
	}
	for key, n := range before {
		table, column, _ := strings.Cut(key, ".")
		table, column = now(table, column)
		if m, ok := after[strings.TrimSuffix(table+"."+column, ".")]; ok {
			require.GreaterOrEqual(e.t, m, n, key)
		}
	}
	for _, r := range renamed {
		if back {
			r.To = r.From
		}
		if r.Table == "" {
			require.Contains(e.t, after, r.To)
		}
	}
}

// fitting keeps the renames that are still true after further changes, each
// chain of them as one.
func (w *world) fitting(list []migration.Rename) (kept []migration.Rename) {
	for _, r := range list {
		merged := false
		for i := range kept {
			if kept[i].Table == r.Table && kept[i].To == r.From {
				kept[i].To, merged = r.To, true
			}
			if r.Table == "" && kept[i].Table == r.From {
				kept[i].Table = r.To
			}
		}
		if !merged {
			kept = append(kept, r)
		}
	}
	return slices.DeleteFunc(kept, func(r migration.Rename) bool {
		return !slices.ContainsFunc(w.list, func(e *entityTable) bool {
			if r.Table == "" {
				return e.Name == r.To
			}
			return e.Name == r.Table && slices.ContainsFunc(e.Columns, func(c *schema.Column) bool { return c.Name == r.To })
		})
	})
}
