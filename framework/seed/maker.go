package seed

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"entgo.io/ent/dialect/sql"
	"github.com/brianvoe/gofakeit/v7"

	"github.com/framefox-go/framefox/framework/entity"
)

// maker makes rows of one entity.
type maker struct {
	entity  *entity.Entity
	seed    uint64
	number  int               // of the last row that was tried
	sets    [][]*entity.Field // what is unique
	taken   []map[string]bool // values of those that there are
	parents map[string][]any  // keys to refer to, by entity
	links   map[string][]any  // keys at the end of an edge to many, by edge
	tenant  any               // whose rows they are; nil where the entity has no tenants
}

// look reads what new rows have to fit in with, and counts the rows.
func (m *maker) look(ctx context.Context, s *session) (rows int, err error) {
	fields := []*entity.Field{m.entity.ID()}
	for _, set := range m.sets {
		for _, f := range set {
			if !slices.Contains(fields, f) {
				fields = append(fields, f)
			}
		}
	}
	own := tenantField(m.entity)
	if own != nil && !slices.Contains(fields, own) {
		fields = append(fields, own)
	}
	// What is unique may be so across tenants.
	found, err := s.readAs(entity.WithoutTenant(ctx), m.entity, fields, nil)
	if err != nil {
		return 0, err
	}
	for _, row := range found {
		if own == nil || row[own.Name] == m.tenant {
			rows++
		}
	}
	m.number = len(found) // what was generated before has these numbers
	m.taken = make([]map[string]bool, len(m.sets))
	for i, set := range m.sets {
		m.taken[i] = make(map[string]bool, len(found))
		for _, row := range found {
			if key, whole := combined(set, row); whole {
				m.taken[i][key] = true
			}
		}
	}
	for _, f := range m.entity.Fields {
		if f.Target == "" || m.parents[f.Target] != nil {
			continue
		}
		if m.parents[f.Target], err = s.keys(ctx, s.entities[f.Target], parentsMost); err != nil {
			return 0, err
		}
	}
	for _, edge := range m.entity.Edges {
		if owns(edge) {
			if id, err := s.tenant(ctx, s.entities[edge.Target]); id == nil && err != nil {
				continue // nobody is named whose rows they were
			}
			if m.links[edge.Name], err = s.keys(ctx, s.entities[edge.Target], parentsMost); err != nil {
				return 0, err
			}
		}
	}
	return rows, nil
}

// owns reports whether an edge to many is the one that was declared, not its
// inverse: the table in between is named after the owner (post_tags, post_id).
// Rows that are there already get no new links.
func owns(edge *entity.Edge) bool {
	return edge.Relation == entity.ManyToMany && edge.Create &&
		strings.HasPrefix(edge.JoinTable, strings.TrimSuffix(edge.OwnerColumn, "id"))
}

// keys reads keys of rows that live, in their order.
func (s *session) keys(ctx context.Context, e *entity.Entity, most int) ([]any, error) {
	if !hasKey(e) {
		return nil, nil
	}
	rows, err := s.read(ctx, e, []*entity.Field{e.ID()}, func(sel *sql.Selector) {
		if e.SoftDelete != nil {
			sel.Where(sql.IsNull(sel.C(e.SoftDelete.Column)))
		}
		sel.OrderBy(sel.C(e.ID().Column)).Limit(most)
	})
	list := make([]any, len(rows))
	for i, row := range rows {
		list[i] = row[e.ID().Name]
	}
	return list, err
}

// combined makes one text of the values of a unique set; with a NULL among them
// it is not whole, and collides with nothing.
func combined(set []*entity.Field, row record) (key string, whole bool) {
	values := make([]string, len(set))
	for i, f := range set {
		v, given := row[f.Name]
		if !given || v == nil {
			return "", false
		}
		values[i] = fmt.Sprint(v)
	}
	return strings.ToLower(strings.Join(values, "\x00")), true
}

// make writes the next row whose unique values are free.
func (m *maker) make(ctx context.Context, s *session) error {
	for range attempts {
		m.number++
		faker := m.faker(m.number)
		row, err := m.row(faker)
		if err != nil {
			return err
		}
		if !m.claim(row) {
			continue
		}
		d, err := s.create(m.entity)
		if err != nil {
			return err
		}
		for _, name := range slices.Sorted(maps.Keys(row)) {
			if err := d.mutation.SetField(name, row[name]); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		if err := m.link(faker, d); err != nil {
			return err
		}
		return d.save(ctx)
	}
	return errors.New("no free values were found for what is unique; ask for fewer rows, or for more of those that it refers to")
}

// faker gives the values of one row: the same for the same seed, entity and
// number.
func (m *maker) faker(number int) *gofakeit.Faker {
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%d %s %d", m.seed, m.entity.Name, number) // never fails
	return gofakeit.NewFaker(rand.NewPCG(m.seed, h.Sum64()), false)
}

// claim takes the unique values of a row, unless one of them is taken.
func (m *maker) claim(row record) bool {
	keys := make([]string, len(m.sets))
	for i, set := range m.sets {
		key, whole := combined(set, row)
		if whole && m.taken[i][key] {
			return false
		}
		if whole {
			keys[i] = key
		}
	}
	for i, key := range keys {
		if key != "" {
			m.taken[i][key] = true
		}
	}
	return true
}

// link puts some rows at the edges to many.
func (m *maker) link(faker *gofakeit.Faker, d *draft) error {
	for _, edge := range m.entity.Edges {
		keys := m.links[edge.Name]
		if len(keys) == 0 {
			continue
		}
		var ids []any
		for range faker.IntN(min(linksMost, len(keys)) + 1) {
			if id := keys[faker.IntN(len(keys))]; !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
		if err := d.link(edge, true, ids); err != nil {
			return err
		}
	}
	return nil
}

// row makes the values of one row. What has a default, or may be NULL and is no
// business of clients, is left to the entity.
func (m *maker) row(faker *gofakeit.Faker) (record, error) {
	row := record{}
	if own := tenantField(m.entity); own != nil {
		row[own.Name] = m.tenant
	}
	for _, f := range m.entity.Fields[1:] {
		wanted := f.Required || f.Create && (f.Nullable && faker.Float64() < 0.8 || !f.Nullable && f.Kind == entity.Enum) ||
			!f.Nullable && f.Kind == entity.UUID
		if !wanted || m.own(f) {
			continue
		}
		if f.Target != "" {
			if id := m.parent(faker, f); id != nil {
				row[f.Name] = id
			} else if f.Required {
				return nil, fmt.Errorf("%s: there is no %s to refer to", f.Name, f.Target)
			}
			continue
		}
		v, err := fake(faker, f, m.unique(f), m.number)
		if err != nil && f.Required {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		if err == nil {
			row[f.Name] = v
		}
	}
	return row, nil
}

// own reports whether a field is set by the framework.
func (m *maker) own(f *entity.Field) bool {
	e := m.entity
	return f.Touched || e.Tenant != nil && f.Name == e.Tenant.Name || e.SoftDelete != nil && f.Name == e.SoftDelete.Name || e.Version != nil && f.Name == e.Version.Name
}

// unique reports whether no two rows may have the same value.
func (m *maker) unique(f *entity.Field) bool {
	return slices.ContainsFunc(m.sets, func(set []*entity.Field) bool { return len(set) == 1 && set[0] == f })
}

// parent chooses the row at the other end of an edge: each in turn where only one
// may have it.
func (m *maker) parent(faker *gofakeit.Faker, f *entity.Field) any {
	keys := m.parents[f.Target]
	switch {
	case len(keys) == 0:
		return nil
	case m.unique(f):
		return keys[(m.number-1)%len(keys)]
	}
	return keys[faker.IntN(len(keys))]
}
