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
	ctx, err := withTrash(ctx, src, e, args.Trashed)
	if err != nil {
		return nil, err
	}
	w, err := newScope(src, e).newWindow("", args)
	if err != nil {
		return nil, err
	}
	want := wantedOfConnection(ctx, e)
	page := &Page{}
	if want.rows {
		var exprs []sql.Querier // of the order
		rows, err := src.Select(ctx, Query{
			Entity: name, Columns: w.columns(want.columns),
			Where:  func(s *sql.Selector) { exprs = w.begin(s) },
			Finish: func(s *sql.Selector) { w.finish(s, exprs, "") }, //nolint:contextcheck // the selector carries it
		})
		if err != nil {
			return nil, fmt.Errorf("relay: cannot read %s: %w", name, err)
		}
		if page, err = w.page(rows); err != nil {
			return nil, err
		}
	}
	if want.count {
		if page.TotalCount, err = countRows(ctx, src, name, w, 0); err != nil {
			return nil, err
		}
	}
	page.Tally = Tally{
		limit: src.Settings().CountLimit,
		count: func(ctx context.Context, most int) (int, error) {
			return countRows(args.Trashed.open(ctx), src, name, w, most)
		},
		estimate: func(ctx context.Context) (int, bool, error) {
			return estimateRows(args.Trashed.open(ctx), src, name, w)
		},
	}
	page.Aggregates = loadAggregates(ctx, rowset{src: src, entity: e, where: w.where, match: w.match}, want.aggregates)[nil]
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
	ctx, err := withTrash(ctx, src, target, args.Trashed)
	if err != nil {
		return nil, err
	}
	request, err := requestKey(ctx, args)
	if err != nil {
		return nil, err
	}
	key := fmt.Sprintf("%s %s %s %t %t", edge, request, strings.Join(want.columns, ","), want.rows, want.count) + aggregatesKey(want.aggregates)
	group := groupOf(parent)
	loaded, err := group.once(key, func() (any, error) {
		w, err := newScope(src, target).newWindow(owner.Name+"."+edge, args)
		if err != nil {
			return nil, err
		}
		keys := keysOf(group.nodes, owner.ID().Name)
		pages, err := loadPages(ctx, src, owner, e, keys, w, want)
		if err != nil {
			return nil, err
		}
		for key, a := range loadAggregates(ctx, rowset{src, target, w.where, w.match, owner, e, keys}, want.aggregates) {
			pages[key].Aggregates = a
		}
		for own, page := range pages {
			page.Tally = Tally{limit: src.Settings().CountLimit, count: func(ctx context.Context, most int) (int, error) {
				counts, err := group.once(fmt.Sprintf("count %d %s", most, key), func() (any, error) {
					return countEdges(args.Trashed.open(ctx), src, owner, e, keys, w, most)
				})
				if err != nil {
					return 0, err
				}
				return counts.(map[any]int)[own], nil
			}}
		}
		return pages, nil
	})
	if err != nil {
		return nil, err
	}
	return loaded.(map[any]*Page)[parent.FieldValue(owner.ID().Name)], nil
}

// loadPages reads one page for each key of the owner, also where it is empty.
func loadPages(ctx context.Context, src Source, owner *entity.Entity, e *entity.Edge, keys []any, w *window, want wanted) (map[any]*Page, error) {
	pages := make(map[any]*Page, len(keys))
	byParent := map[any][]Node{}
	for rest := keys; len(rest) > 0 && want.rows; {
		chunk := rest[:min(len(rest), keysPerStatement)]
		rest = rest[len(chunk):]
		rows, err := selectPages(ctx, src, e, chunk, w, want)
		if err != nil {
			return nil, fmt.Errorf("relay: cannot read %s.%s: %w", owner.Name, e.Name, err)
		}
		if err := groupRows(owner, rows, byParent); err != nil {
			return nil, err
		}
	}
	var counts map[any]int
	if want.count {
		var err error
		if counts, err = countEdges(ctx, src, owner, e, keys, w, 0); err != nil {
			return nil, err
		}
	}
	for _, key := range keys {
		page, err := w.page(byParent[key])
		if err != nil {
			return nil, err
		}
		page.TotalCount = counts[key]
		pages[key] = page
	}
	return pages, nil
}

// selectPages reads the pages of a chunk of owners, with the owner of each row.
func selectPages(ctx context.Context, src Source, e *entity.Edge, chunk []any, w *window, want wanted) ([]Node, error) {
	var (
		parent string        // column of the owner's key, qualified
		exprs  []sql.Querier // of the order
	)
	target := src.Entities()[e.Target]
	return src.Select(ctx, Query{
		Entity: e.Target, Columns: w.columns(want.columns),
		Where: func(s *sql.Selector) {
			parent = reach(s, target, e)
			s.Where(entity.In(parent, chunk...))
			exprs = w.begin(s)
		},
		Finish: func(s *sql.Selector) { //nolint:contextcheck // the selector carries it
			s.AppendSelectAs(parent, parentColumn)
			partition := parent
			if len(chunk) == 1 {
				partition = "" // no window function for the page of one owner
			}
			w.finish(s, exprs, partition)
		},
	})
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

func groupRows(owner *entity.Entity, rows []Node, groups map[any][]Node) error {
	for _, row := range rows {
		key, err := parentKey(owner, row)
		if err != nil {
			return err
		}
		groups[key] = append(groups[key], row)
	}
	return nil
}

func parentKey(owner *entity.Entity, row Node) (any, error) {
	v, err := row.Value(parentColumn)
	if err != nil {
		return nil, fmt.Errorf("relay: cannot tell the owner of a row: %w", err)
	}
	return parseKey(owner.ID(), v)
}
