package relay

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"entgo.io/ent"
	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/entity"
)

// lockers is a Source of one person and of lockers. A person has at most one, a
// locker may be nobody's: an edge from one to one whose key may be NULL.
type lockers struct {
	owner map[int64]any // of each locker: the key of a person, or nil
	saves []string
}

func (l *lockers) Entities() entity.Registry {
	key := func(name string) *entity.Field {
		return &entity.Field{Name: name, Column: name, GraphQL: name, Kind: entity.BigInt, GoType: reflect.TypeFor[int64](), Read: true, Filter: true}
	}
	owner := key("person_id")
	owner.GraphQL, owner.Target, owner.Nullable, owner.Create, owner.Update = "personID", "Person", true, true, true
	return entity.NewRegistry(
		entity.New(entity.Entity{
			Name: "Person", GraphQL: "Person", Table: "people", Fields: []*entity.Field{key("id")},
			Edges: []*entity.Edge{{
				Name: "locker", GraphQL: "locker", Target: "Locker", Relation: entity.OneToOne,
				Column: "person_id", Create: true, Update: true,
			}},
		}),
		entity.New(entity.Entity{Name: "Locker", GraphQL: "Locker", Table: "lockers", Fields: []*entity.Field{key("id"), owner}}),
	)
}

// Driver is one of a database that tells which foreign key is broken.
func (l *lockers) Driver() dialect.Driver { return postgres{} }

type postgres struct{ dialect.Driver }

func (postgres) Dialect() string { return dialect.Postgres }

func (l *lockers) Settings() Settings { return Settings{}.WithDefaults() }

// Select answers for a person, for lockers by their ids, and for the locker of
// a person.
func (l *lockers) Select(_ context.Context, q Query) ([]Node, error) {
	s := sql.Dialect(dialect.SQLite).Select("id", "person_id").From(sql.Table(q.Entity))
	q.Where(s)
	query, args := s.Query()
	if q.Entity == "Person" {
		return []Node{row{values: map[string]any{"id": args[0]}}}, nil
	}
	var found []Node
	for id, owner := range l.owner {
		matches := slices.Contains(args, any(id))
		if query == "SELECT `id`, `person_id` FROM `Locker` WHERE `Locker`.`person_id` = ?" {
			matches = owner == args[0]
		}
		if matches {
			found = append(found, row{values: map[string]any{"id": id, "person_id": owner}})
		}
	}
	return found, nil
}

func (l *lockers) Change(_ string, op ent.Op, id any) (Change, error) {
	m := &lockerMutation{op: op, values: map[string]any{}}
	if m.id, m.known = id.(int64); !m.known {
		m.id = int64(100 + len(l.saves))
	}
	return Change{Mutation: m, Save: func(context.Context) (Node, error) { return l.save(m) }}, nil
}

// SaveAll works on the rows of a statement in the order that a plan is least
// likely to mean: a database may do so in any.
func (l *lockers) SaveAll(_ context.Context, _ string, changes []Change) ([]Node, error) {
	nodes := make([]Node, len(changes))
	for i, c := range slices.Backward(changes) {
		n, err := l.save(c.Mutation.(*lockerMutation))
		if err != nil {
			return nil, err
		}
		nodes[i] = n
	}
	return nodes, nil
}

func (l *lockers) save(m *lockerMutation) (Node, error) {
	owner := m.values["person_id"]
	for id, other := range l.owner {
		if owner != nil && other == owner && id != m.id {
			return nil, errors.New("the person has a locker")
		}
	}
	l.owner[m.id] = owner
	l.saves = append(l.saves, fmt.Sprintf("%d of %v", m.id, owner))
	return row{values: map[string]any{"id": m.id, "person_id": owner}}, nil
}

type lockerMutation struct {
	entity.Mutation
	op     ent.Op
	id     int64
	known  bool
	values map[string]any
}

func (m *lockerMutation) Op() ent.Op { return m.op }
func (m *lockerMutation) Field(name string) (ent.Value, bool) {
	v, ok := m.values[name]
	return v, ok && v != nil
}

func (m *lockerMutation) FieldCleared(name string) bool {
	v, ok := m.values[name]
	return ok && v == nil
}

func (m *lockerMutation) SetField(name string, v ent.Value) error {
	m.values[name] = v
	return nil
}

func (m *lockerMutation) ClearField(name string) error {
	m.values[name] = nil
	return nil
}

// Where there is room for one, the row that is there leaves, in a statement of
// its own, before another one arrives.
//
// Covers: C29.
func TestLeavesBeforeArriving(t *testing.T) {
	t.Parallel()
	locker := func(id int64) string { return EncodeID((&lockers{}).Entities()["Locker"], id) }
	for name, c := range map[string]struct {
		input Input
		saves []string
	}{
		"connect":            {Input{"connect": locker(2)}, []string{"1 of <nil>", "2 of 7"}},
		"connect another's":  {Input{"connect": locker(3)}, []string{"1 of <nil>", "3 of 7"}},
		"connect what it is": {Input{"connect": locker(1)}, nil},
		"create":             {Input{"create": Input{}}, []string{"1 of <nil>", "100 of 7"}},
		"disconnect":         {Input{"disconnect": true}, []string{"1 of <nil>"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			src := &lockers{owner: map[int64]any{1: int64(7), 2: nil, 3: int64(8)}}
			person := EncodeID(src.Entities()["Person"], int64(7))
			_, err := Update(t.Context(), src, "Person", person, Input{"locker": c.input}, nil)
			require.NoError(t, err)
			require.Equal(t, c.saves, src.saves)
		})
	}
}
