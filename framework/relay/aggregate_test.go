package relay_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/relay"
)

// fields of an entity that is made to clash with itself.
func clashing() (entity.Registry, *entity.Entity) {
	field := func(name, graphQL string, kind entity.Kind, set func(*entity.Field)) *entity.Field {
		f := &entity.Field{Name: name, Column: name, GraphQL: graphQL, Kind: kind, GoType: reflect.TypeFor[string](), Read: true, Filter: true, Order: true}
		if kind == entity.Time {
			f.GoType = reflect.TypeFor[time.Time]()
		}
		set(f)
		return f
	}
	plain := func(*entity.Field) {}
	e := entity.New(entity.Entity{
		Name: "Visit", GraphQL: "Visit", Table: "visits",
		Fields: []*entity.Field{
			field("id", "id", entity.BigInt, plain),
			field("at", "at", entity.Time, plain),
			field("at_day", "atDay", entity.Date, plain),
			field("count", "count", entity.Int, plain),
			field("version", "version", entity.BigInt, plain),
			field("secret", "secret", entity.String, func(f *entity.Field) { f.Sensitive = true }),
			field("hidden", "", entity.Int, func(f *entity.Field) { f.Read, f.Filter, f.Order = false, false, false }),
			field("text", "text", entity.String, func(f *entity.Field) { f.Order = false }),
			field("parent_id", "parentID", entity.BigInt, func(f *entity.Field) { f.Target = "Visit" }),
		},
		Edges: []*entity.Edge{
			{Name: "parent", GraphQL: "parent", Target: "Visit", Relation: entity.ManyToOne, OwnsFK: true, Column: "parent_id"},
			{Name: "shadow", Target: "Visit", Relation: entity.ManyToOne, OwnsFK: true, Column: "parent_id"},
		},
		Version: &entity.Field{Name: "version"},
	})
	return entity.NewRegistry(e), e
}

// A name stands for one grouping, a field for its own name, and nothing that
// clients may not read can be grouped by.
func TestGroupings(t *testing.T) {
	t.Parallel()
	registry, e := clashing()
	var names, keys []string
	for _, g := range relay.Groupings(registry, e) {
		names, keys = append(names, g.Name), append(keys, g.Key)
	}
	require.Equal(t, []string{"AT_WEEK", "AT_MONTH", "AT_YEAR", "AT_DAY", "AT_DAY_WEEK", "AT_DAY_MONTH", "AT_DAY_YEAR", "COUNT", "PARENT_ID", "PARENT_PARENT_ID"}, names)
	require.Equal(t, []string{"atWeek", "atMonth", "atYear", "atDay", "atDayWeek", "atDayMonth", "atDayYear", "count", "parentID", "parentParentID"}, keys)
}

// Nothing is computed of what clients may not read, of keys and of versions.
func TestFunctionsTake(t *testing.T) {
	t.Parallel()
	_, e := clashing()
	taken := map[relay.Function][]string{}
	for _, fn := range relay.Functions() {
		for _, f := range e.Fields {
			if fn.Takes(e, f) {
				taken[fn] = append(taken[fn], f.Name)
			}
		}
	}
	require.Equal(t, map[relay.Function][]string{
		relay.CountDistinct: {"at", "at_day", "count", "parent_id"},
		relay.Sum:           {"count"}, relay.Avg: {"count"},
		relay.Min: {"at", "at_day", "count"}, relay.Max: {"at", "at_day", "count"},
	}, taken)
}
