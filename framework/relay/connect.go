package relay

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"entgo.io/ent/dialect/sql"
	"github.com/99designs/gqlgen/graphql"

	"github.com/framefox-go/framefox/framework/entity"
)

// keysPerStatement keeps the IN list of a batched edge below the parameter
// limits of all dialects.
const keysPerStatement = 1000

// Names of the columns that the engine adds to statements.
const (
	parentColumn = "framefox_parent"
	countColumn  = "framefox_count"
)

// Connect resolves a root connection to all rows of an entity.
func Connect(ctx context.Context, src Source, name string, args Args) (*Page, error) {
	e := src.Entities()[name]
	w, err := newScope(src, e).newWindow("", args)
	if err != nil {
		return nil, err
	}
	want := wantedOfConnection(ctx, e)
	page := &Page{}
	if want.rows {
		rows, err := src.Select(ctx, Query{
			Entity: name, Columns: w.columns(want.columns),
			Where:  func(s *sql.Selector) { w.filter(s, true) },
			Finish: func(s *sql.Selector) { w.finish(s, "") }, //nolint:contextcheck // the selector carries it
		})
		if err != nil {
			return nil, fmt.Errorf("relay: cannot read %s: %w", name, err)
		}
		page = w.page(rows)
	}
	if want.count {
		rows, err := src.Select(ctx, Query{
			Entity: name,
			Where:  func(s *sql.Selector) { w.filter(s, false) },
			Finish: func(s *sql.Selector) { s.Select(sql.As(sql.Count("*"), countColumn)) },
		})
		if err != nil {
			return nil, fmt.Errorf("relay: cannot count %s: %w", name, err)
		}
		if page.TotalCount, err = counted(rows[0]); err != nil {
			return nil, err
		}
	}
	return page, nil
}

// requestKey tells requests for an edge apart. Within an operation, a field of
// the document has the same arguments for each row, so its place is enough and
// large arguments are not read again for each of them.
func requestKey(ctx context.Context, args Args) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", fmt.Errorf("relay: stopped: %w", err)
	}
	if graphql.HasOperationContext(ctx) {
		if fc := graphql.GetFieldContext(ctx); fc != nil && fc.Field.Field != nil {
			return fmt.Sprintf("%p", fc.Field.Field), nil
		}
	}
	request, err := json.Marshal(args)
	if err != nil {
		return "", bad("where", "cannot be read")
	}
	return string(request), nil
}

// Edges resolves a connection from one row, together with those of the rows
// that were loaded with it.
func Edges(ctx context.Context, parent Node, edge string, args Args) (*Page, error) {
	owner, src := parent.EntityType(), parent.GraphSource()
	e, ok := owner.Edge(edge)
	if !ok {
		return nil, fmt.Errorf("relay: %s has no edge %s", owner.Name, edge)
	}
	target := src.Entities()[e.Target]
	want := wantedOfConnection(ctx, target)
	request, err := requestKey(ctx, args)
	if err != nil {
		return nil, err
	}
	key := fmt.Sprintf("%s %s %s %t %t", edge, request, strings.Join(want.columns, ","), want.rows, want.count)
	group := groupOf(parent)
	loaded, err := group.once(key, func() (any, error) {
		w, err := newScope(src, target).newWindow(owner.Name+"."+edge, args)
		if err != nil {
			return nil, err
		}
		return loadPages(ctx, src, owner, e, keysOf(group.nodes, owner.ID().Name), w, want)
	})
	if err != nil {
		return nil, err
	}
	return loaded.(map[any]*Page)[parent.FieldValue(owner.ID().Name)], nil
}

// loadPages reads one page for each key of the owner, also where it is empty.
func loadPages(ctx context.Context, src Source, owner *entity.Entity, e *entity.Edge, keys []any, w *window, want wanted) (map[any]*Page, error) {
	pages := make(map[any]*Page, len(keys))
	target := src.Entities()[e.Target]
	for len(keys) > 0 {
		chunk := keys[:min(len(keys), keysPerStatement)]
		keys = keys[len(chunk):]
		var parent string // column of the owner's key, qualified
		from := func(positions bool) func(*sql.Selector) {
			return func(s *sql.Selector) {
				parent = reach(s, target, e)
				s.Where(entity.In(parent, chunk...))
				w.filter(s, positions)
			}
		}
		var byParent map[any][]Node
		if want.rows {
			rows, err := src.Select(ctx, Query{
				Entity: e.Target, Columns: w.columns(want.columns), Where: from(true),
				Finish: func(s *sql.Selector) { //nolint:contextcheck // the selector carries it
					s.AppendSelectAs(parent, parentColumn)
					partition := parent
					if len(chunk) == 1 {
						partition = ""
					}
					w.finish(s, partition)
				},
			})
			if err != nil {
				return nil, fmt.Errorf("relay: cannot read %s.%s: %w", owner.Name, e.Name, err)
			}
			if byParent, err = groupRows(owner, rows); err != nil {
				return nil, err
			}
		}
		for _, key := range chunk {
			pages[key] = w.page(byParent[key])
		}
		if !want.count {
			continue
		}
		rows, err := src.Select(ctx, Query{
			Entity: e.Target, Where: from(false),
			Finish: func(s *sql.Selector) {
				s.Select().AppendSelectAs(parent, parentColumn).
					AppendSelectExprAs(sql.Raw(sql.Count("*")), countColumn).GroupBy(parent)
			},
		})
		if err != nil {
			return nil, fmt.Errorf("relay: cannot count %s.%s: %w", owner.Name, e.Name, err)
		}
		for _, row := range rows {
			key, err := parentKey(owner, row)
			if err != nil {
				return nil, err
			}
			if pages[key].TotalCount, err = counted(row); err != nil {
				return nil, err
			}
		}
	}
	return pages, nil
}

// reach joins what leads from the target of an edge back to its owner, and
// returns the column of the owner's key.
func reach(s *sql.Selector, target *entity.Entity, e *entity.Edge) string {
	if e.Relation != entity.ManyToMany {
		return s.C(e.Column)
	}
	through := sql.Dialect(s.Dialect()).Table(e.JoinTable).As("framefox_join")
	s.Join(through).On(s.C(target.ID().Column), through.C(e.TargetColumn))
	return through.C(e.OwnerColumn)
}

// One resolves an edge to at most one row, together with those of the rows
// that were loaded with the parent. It returns nil where there is none.
func One(ctx context.Context, parent Node, edge string) (Node, error) {
	owner, src := parent.EntityType(), parent.GraphSource()
	e, ok := owner.Edge(edge)
	if !ok {
		return nil, fmt.Errorf("relay: %s has no edge %s", owner.Name, edge)
	}
	// Where the owner holds the foreign key, rows are found by their id, and
	// else by the key of the owner.
	local, target := owner.ID(), src.Entities()[e.Target]
	if e.OwnsFK {
		local = owner.ByColumn(e.Column)
	}
	key := parent.FieldValue(local.Name)
	if key == nil {
		return nil, nil //nolint:nilnil // the edge leads nowhere: null in the API
	}
	want := wantedOfNode(ctx, target)
	group := groupOf(parent)
	loaded, err := group.once(edge+" "+strings.Join(want.columns, ","), func() (any, error) {
		return loadOne(ctx, src, owner, e, keysOf(group.nodes, local.Name), want)
	})
	if err != nil {
		return nil, err
	}
	return loaded.(map[any]Node)[key], nil
}

func loadOne(ctx context.Context, src Source, owner *entity.Entity, e *entity.Edge, keys []any, want wanted) (map[any]Node, error) {
	found := make(map[any]Node, len(keys))
	for len(keys) > 0 {
		chunk := keys[:min(len(keys), keysPerStatement)]
		keys = keys[len(chunk):]
		target := src.Entities()[e.Target]
		column := target.ID().Column
		if !e.OwnsFK {
			column = e.Column
		}
		rows, err := src.Select(ctx, Query{
			Entity: e.Target, Columns: want.columns,
			Where: func(s *sql.Selector) { s.Where(entity.In(s.C(column), chunk...)) },
			Finish: func(s *sql.Selector) {
				if !e.OwnsFK {
					s.AppendSelectAs(s.C(column), parentColumn)
				}
			},
		})
		if err != nil {
			return nil, fmt.Errorf("relay: cannot read %s.%s: %w", owner.Name, e.Name, err)
		}
		for _, row := range rows {
			key := row.FieldValue(target.ID().Name)
			if !e.OwnsFK {
				if key, err = parentKey(owner, row); err != nil {
					return nil, err
				}
			}
			found[key] = row
		}
	}
	return found, nil
}

// keysOf collects the distinct values of a field, in the order of the rows.
func keysOf(rows []Node, name string) []any {
	keys := make([]any, 0, len(rows))
	seen := make(map[any]bool, len(rows))
	for _, n := range rows {
		if key := n.FieldValue(name); key != nil && !seen[key] {
			seen[key] = true
			keys = append(keys, key)
		}
	}
	return keys
}

func groupRows(owner *entity.Entity, rows []Node) (map[any][]Node, error) {
	groups := map[any][]Node{}
	for _, row := range rows {
		key, err := parentKey(owner, row)
		if err != nil {
			return nil, err
		}
		groups[key] = append(groups[key], row)
	}
	return groups, nil
}

func parentKey(owner *entity.Entity, row Node) (any, error) {
	v, err := row.Value(parentColumn)
	if err != nil {
		return nil, fmt.Errorf("relay: cannot tell the owner of a row: %w", err)
	}
	return parseKey(owner.ID(), v)
}

func counted(row Node) (int, error) {
	v, err := row.Value(countColumn)
	if err != nil {
		return 0, fmt.Errorf("relay: cannot read a count: %w", err)
	}
	if b, ok := v.([]byte); ok {
		v = string(b)
	}
	n, err := parseInt(v)
	if err != nil {
		return 0, fmt.Errorf("relay: cannot read a count: %w", err)
	}
	return int(n), nil
}
