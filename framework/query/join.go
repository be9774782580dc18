package query

import (
	"fmt"
	"slices"
	"strings"

	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
)

// join is a table to be joined: along edges, or by name.
type join struct {
	left bool
	path string // of edges

	table       string
	first, last string // columns
	op          Op
}

// Kind says which rows a join keeps.
type Kind uint8

// The kinds of joins.
const (
	Inner Kind = iota // those with a partner
	Left              // all; the columns of a missing partner are NULL
)

// Join joins the rows at the end of an edge, or of a path of edges, and keeps the
// rows that have one. Its columns are "author.name". Rows that may not be seen are
// not there. An edge that is joined twice is joined once; Join wins over LeftJoin.
func (b *Builder[E]) Join(edge string) *Builder[E] { return b.join(join{path: edge}) }

// LeftJoin is Join that keeps the rows without a partner.
func (b *Builder[E]) LeftJoin(edge string) *Builder[E] { return b.join(join{path: edge, left: true}) }

// JoinTable joins the table of an entity, or a common table expression, where the
// columns compare: JoinTable("comments", "comments.post_id", "=", "posts.id"). The
// same join twice is one.
func (b *Builder[E]) JoinTable(table, left string, op Op, right string, kind ...Kind) *Builder[E] {
	return b.join(join{table: table, first: left, op: op, last: right, left: slices.Contains(kind, Left)})
}

func (b *Builder[E]) join(j join) *Builder[E] {
	return b.with(func(s *spec) { s.joins = append(s.joins, j) })
}

// joinAll joins the tables to the selector.
func (s *scope) joinAll(to *sql.Selector, joins []join) error {
	for _, j := range joins {
		var err error
		if j.path != "" {
			err = s.joinPath(to, joins, j)
		} else {
			err = s.joinTable(to, j)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// joinPath joins an edge, and those before it in the path.
func (s *scope) joinPath(to *sql.Selector, joins []join, j join) error {
	at := s.tables[0]
	names := strings.Split(j.path, ".")
	for i, name := range names {
		key := strings.Join(names[:i+1], ".")
		if known := s.find(key); known != nil {
			at = known
			continue
		}
		k := slices.IndexFunc(at.entity.Edges, func(e *entity.Edge) bool { return e.Name == name })
		if k < 0 {
			return &UnknownNameError{"edge of " + at.entity.Name, name, edgeNames(at.entity)}
		}
		// A path needs its parts; an inner join of any that goes through wins.
		left := !slices.ContainsFunc(joins, func(o join) bool {
			return !o.left && (o.path == key || strings.HasPrefix(o.path, key+"."))
		})
		next, err := s.joinEdge(to, at, at.entity.Edges[k], key, left)
		if err != nil {
			return err
		}
		at = next
	}
	return nil
}

func edgeNames(e *entity.Entity) []string {
	names := make([]string, len(e.Edges))
	for i, edge := range e.Edges {
		names[i] = edge.Name
	}
	return names
}

func (s *scope) joinEdge(to *sql.Selector, from *table, edge *entity.Edge, key string, left bool) (*table, error) {
	target := from.entity.Registry()[edge.Target]
	if target == nil {
		return nil, fmt.Errorf("query: the edge %s leads to %s, which the client does not know", key, edge.Target)
	}
	seen, err := target.Rows.Seen(s.ctx)
	if err != nil {
		return nil, err
	}
	alias := s.alias(strings.ReplaceAll(key, ".", "_"))
	t := &table{key: key, entity: target, view: sql.Dialect(s.dialect).Table(target.Table).As(alias)}
	id := t.view.C(target.ID().Column)
	fromID := from.view.C(from.entity.ID().Column)
	switch {
	case edge.Relation == entity.ManyToMany:
		link := sql.Dialect(s.dialect).Table(edge.JoinTable).As(s.alias(alias + "_link"))
		s.add(to, link, left, equal(link.C(edge.OwnerColumn), fromID))
		if left && seen != nil { // a hidden partner is none, and makes no row
			visible := sql.Dialect(s.dialect).Table(target.Table).As(s.alias(alias + "_seen"))
			to.OnP(sql.In(link.C(edge.TargetColumn), sql.Dialect(s.dialect).Select(visible.C(target.ID().Column)).From(visible).Where(seen(visible))))
		}
		s.add(to, t.view, left, equal(id, link.C(edge.TargetColumn)))
	case edge.OwnsFK:
		s.add(to, t.view, left, equal(id, from.view.C(edge.Column)))
	default:
		s.add(to, t.view, left, equal(t.view.C(edge.Column), fromID))
	}
	if seen != nil {
		to.OnP(seen(t.view))
	}
	s.tables = append(s.tables, t)
	return t, nil
}

func (s *scope) joinTable(to *sql.Selector, j join) error {
	on := j.first + " " + string(j.op) + " " + j.last
	if known := s.find(j.table); known != nil {
		if known.on == on {
			return nil
		}
		return fmt.Errorf("query: the table %s is in the statement already; join an edge by its name", j.table)
	}
	t := &table{key: j.table, on: on}
	var seen entity.Condition
	if !slices.Contains(s.ctes, j.table) {
		registry := s.tables[0].entity.Registry()
		if t.entity = registry.ByTable(j.table); t.entity == nil {
			return &UnknownNameError{"table", j.table, slices.Concat(s.ctes, tableNames(registry))}
		}
		var err error
		if seen, err = t.entity.Rows.Seen(s.ctx); err != nil {
			return err
		}
	}
	t.view = sql.Dialect(s.dialect).Table(j.table).As(j.table)
	s.tables = append(s.tables, t)
	condition, err := compare(Col(j.first), j.op, Col(j.last))(s)
	if err != nil {
		return err
	}
	s.add(to, t.view, j.left, sql.P(condition))
	if seen != nil {
		to.OnP(seen(t.view))
	}
	return nil
}

func tableNames(r entity.Registry) []string {
	names := make([]string, 0, len(r))
	for _, e := range r {
		names = append(names, e.Table)
	}
	slices.Sort(names)
	return names
}

func (s *scope) add(to *sql.Selector, v sql.TableView, left bool, on *sql.Predicate) {
	if left {
		to.LeftJoin(v)
	} else {
		to.Join(v)
	}
	to.OnP(on)
}

// alias is the name of a joined table, which no other has.
func (s *scope) alias(name string) string {
	for _, t := range s.tables {
		if t.entity != nil && t.entity.Table == name || t.key == name {
			return s.alias(name + "_")
		}
	}
	return name
}

func equal(a, b string) *sql.Predicate {
	return sql.P(func(w *sql.Builder) { w.WriteString(a + " = " + b) })
}
