package bulk

import (
	"context"
	stdsql "database/sql"
	"database/sql/driver"
	"fmt"
	"regexp"
	"strings"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/sqlgraph"

	"github.com/framefox-go/framefox/framework/entity"
)

// lock finds the rows that the updates are for and that satisfy their
// conditions, and locks them until the transaction ends, in the order of their
// ids. The others get an error: a StaleError where an expected version is not
// the row's, and else sqlgraph's NotFoundError, as a single update has it.
func (b *batch) lock(ctx context.Context, rows []*Row) error {
	spec := rows[0].update.Node
	builder := sql.Dialect(b.driver.Dialect())
	table := builder.Table(spec.Table).Schema(spec.Schema)
	s := builder.Select(table.C(spec.ID.Column)).From(table).WithContext(ctx)
	var (
		alike    = map[string][]*Row{}
		wheres   = map[string]*sql.Predicate{}
		ordered  []string
		accepted []*sql.Predicate
	)
	for _, r := range rows {
		where, key := b.condition(ctx, r)
		if _, known := alike[key]; !known {
			ordered = append(ordered, key)
			wheres[key] = where
		}
		alike[key] = append(alike[key], r)
	}
	for _, key := range ordered {
		p := entity.In(s.C(spec.ID.Column), idsOf(alike[key])...)
		if where := wheres[key]; where != nil {
			p = sql.And(p, where)
		}
		accepted = append(accepted, p)
	}
	s.Where(sql.Or(accepted...)).OrderBy(s.C(spec.ID.Column))
	entity.LockForUpdate(s)
	found := map[any]bool{}
	text, args := s.Query()
	err := query(ctx, b.driver, text, args, func(row *sql.Rows) error {
		id, into := scanID(spec.ID)
		err := row.Scan(into...)
		found[id()] = true
		return err
	})
	if err != nil {
		return fmt.Errorf("bulk: cannot find rows of %s: %w", spec.Table, err)
	}
	return b.refuse(ctx, rows, found)
}

// condition is the predicate of an update beside its id, and its text.
func (b *batch) condition(ctx context.Context, r *Row) (*sql.Predicate, string) {
	if r.update.Predicate == nil {
		return nil, ""
	}
	builder := sql.Dialect(b.driver.Dialect())
	s := builder.Select().From(builder.Table(r.update.Node.Table).Schema(r.update.Node.Schema)).WithContext(ctx)
	r.update.Predicate(s)
	if s.P() == nil {
		return nil, ""
	}
	text, args := s.Query()
	return s.P(), fmt.Sprintf("%s %v", text, args)
}

// refuse gives an error to the rows that were not found.
func (b *batch) refuse(ctx context.Context, rows []*Row, found map[any]bool) error {
	expected := map[any]int64{}
	var missing []driver.Value
	for _, r := range rows {
		if found[idOf(r)] {
			continue
		}
		r.err = &sqlgraph.NotFoundError{}
		if version, ok := b.expectedVersion(ctx, r); ok {
			expected[idOf(r)] = version
			missing = append(missing, idOf(r))
		}
	}
	current, err := b.versions(ctx, rows[0].update.Node, missing)
	if err != nil {
		return err
	}
	refused := false
	for _, r := range rows {
		if found[idOf(r)] {
			continue
		}
		refused = true
		version, ok := current[idOf(r)]
		if want, asked := expected[idOf(r)]; ok && asked && want != version {
			r.err = &entity.StaleError{Entity: b.entity.Name, ID: fmt.Sprint(idOf(r)), Expected: want, Current: version}
		}
	}
	if refused && !b.perRow {
		return ErrStopped
	}
	return nil
}

// versions reads the versions of rows that can be seen.
func (b *batch) versions(ctx context.Context, node *sqlgraph.NodeSpec, ids []driver.Value) (map[any]int64, error) {
	current := map[any]int64{}
	if len(ids) == 0 {
		return current, nil
	}
	builder := sql.Dialect(b.driver.Dialect())
	table := builder.Table(node.Table).Schema(node.Schema)
	s := builder.Select(table.C(node.ID.Column), table.C(b.entity.Version.Column)).From(table).WithContext(ctx)
	s.Where(entity.In(s.C(node.ID.Column), ids...))
	if visible := b.entity.Visible(ctx, s); visible != nil {
		s.Where(visible)
	}
	text, args := s.Query()
	err := query(ctx, b.driver, text, args, func(rows *sql.Rows) error {
		var version stdsql.NullInt64
		id, into := scanID(node.ID)
		err := rows.Scan(append(into, &version)...)
		current[id()] = version.Int64
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("bulk: cannot read the versions of %s: %w", node.Table, err)
	}
	return current, nil
}

// expectedVersion reads the version that the condition of an update asks for:
// Where(post.Version(3)).
func (b *batch) expectedVersion(ctx context.Context, r *Row) (int64, bool) {
	if b.entity.Version == nil || r.update.Predicate == nil {
		return 0, false
	}
	s := sql.Dialect(dialect.SQLite).Select().From(sql.Table(r.update.Node.Table)).WithContext(ctx)
	r.update.Predicate(s)
	text, args := s.Query()
	at := regexp.MustCompile("`" + regexp.QuoteMeta(b.entity.Version.Column) + "` = \\?").FindStringIndex(text)
	if at == nil {
		return 0, false
	}
	n := strings.Count(text[:at[1]], "?") - 1
	if n >= len(args) {
		return 0, false
	}
	version, ok := args[n].(int64)
	return version, ok
}
