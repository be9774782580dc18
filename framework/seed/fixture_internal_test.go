package seed

import (
	"context"
	"reflect"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/rule"
)

// client stands for a generated one where no row is written.
type client struct{}

// Tx is what makes it one.
func (*client) Tx(context.Context) (*client, error) { return nil, context.Canceled }

type state string

// store has one entity with a field of each kind, which refers to itself.
func store(t testing.TB) *Store {
	t.Helper()
	s, err := NewStore(&client{}, entity.NewRegistry(entity.New(entity.Entity{
		Name: "Thing", Table: "things",
		Fields: []*entity.Field{
			{Name: "id", Column: "id", Kind: entity.BigInt, GoType: reflect.TypeFor[int64]()},
			{Name: "name", Column: "name", Kind: entity.String, GoType: reflect.TypeFor[string](), Required: true, Rules: rule.Set{Trim: true, Lower: true}},
			{Name: "small", Column: "small", Kind: entity.Int, GoType: reflect.TypeFor[int8](), Nullable: true},
			{Name: "size", Column: "size", Kind: entity.Int, GoType: reflect.TypeFor[uint32]()},
			{Name: "price", Column: "price", Kind: entity.Float, GoType: reflect.TypeFor[float64]()},
			{Name: "on", Column: "on", Kind: entity.Bool, GoType: reflect.TypeFor[bool]()},
			{Name: "state", Column: "state", Kind: entity.Enum, GoType: reflect.TypeFor[state](), Enum: []string{"new", "old"}},
			{Name: "at", Column: "at", Kind: entity.Time, GoType: reflect.TypeFor[time.Time]()},
			{Name: "day", Column: "day", Kind: entity.Date, GoType: reflect.TypeFor[time.Time]()},
			{Name: "uid", Column: "uid", Kind: entity.UUID, GoType: reflect.TypeFor[uuid.UUID]()},
			{Name: "list", Column: "list", Kind: entity.Strings, GoType: reflect.TypeFor[[]string]()},
			{Name: "doc", Column: "doc", Kind: entity.JSON, GoType: reflect.TypeFor[map[string]any]()},
			{Name: "raw", Column: "raw", Kind: entity.Bytes, GoType: reflect.TypeFor[[]byte]()},
			{Name: "parent_id", Column: "parent_id", Kind: entity.BigInt, GoType: reflect.TypeFor[int64](), Nullable: true, Target: "Thing"},
		},
		Edges: []*entity.Edge{
			{Name: "parent", Target: "Thing", Relation: entity.ManyToOne, Column: "parent_id", OwnsFK: true},
			{Name: "friends", Item: "friend", Target: "Thing", Relation: entity.ManyToMany},
		},
	})), nil)
	require.NoError(t, err)
	return s
}

func TestParse(t *testing.T) {
	t.Parallel()
	thing := store(t).entities["Thing"]
	noon := time.Date(2024, 5, 1, 12, 0, 0, 0, time.UTC)
	for name, cases := range map[string]map[string]any{
		"name":  {"text": "text", "2024-05-01": "2024-05-01", "007": "007", "yes": "yes", `"a: b"`: "a: b", "[a]": nil},
		"small": {"127": int8(127), "-128": int8(-128), "128": nil, "1.5": nil, "one": nil},
		"size":  {"4294967295": uint32(4294967295), "-1": nil, "4294967296": nil, "0x10": uint32(16)},
		"price": {"1": float64(1), "1.5": 1.5, "much": nil},
		"on":    {"true": true, "off": false, "1": nil},
		"state": {"new": state("new"), "gone": nil},
		"at":    {"2024-05-01T12:00:00Z": noon, "2024-05-01T14:00:00+02:00": noon, "2024-05-01 12:00:00": noon, "noon": nil},
		"day":   {"2024-05-01": noon.Truncate(24 * time.Hour), "2024-05-01T12:00:00Z": nil},
		"uid":   {"103b8543-dba9-4d02-8922-b4133ed8dcbd": uuid.MustParse("103b8543-dba9-4d02-8922-b4133ed8dcbd"), "7": nil},
		"list":  {"[a, b]": []string{"a", "b"}, "[]": []string{}, "a": nil, "{a: b}": nil},
		"doc":   {"{a: [1, {b: c}]}": map[string]any{"a": []any{1.0, map[string]any{"b": "c"}}}, "[a]": nil},
		"raw":   {"aGVsbG8=": []byte("hello"), "'%'": nil},
	} {
		field, _ := thing.Field(name)
		for text, want := range cases {
			var node yaml.Node
			require.NoError(t, yaml.Unmarshal([]byte(text), &node), text)
			got, err := parse(field, node.Content[0])
			if want == nil {
				require.Error(t, err, "%s: %s", name, text)
				continue
			}
			require.NoError(t, err, "%s: %s", name, text)
			require.Equal(t, want, got, "%s: %s", name, text)
		}
	}
}

// Rows come after those that they refer to, also from other files; aliases and
// merged mappings are followed.
func TestOrder(t *testing.T) {
	t.Parallel()
	f, err := store(t).load(t.Context(), fstest.MapFS{
		"a.yaml": {Data: []byte("things:\n  leaf: {name: leaf, parent: '@things.twig', friends: ['@Thing.base']}\n  base: &base {name: base, state: new}\n")},
		"b.yml":  {Data: []byte("Thing:\n  twig: &t {name: twig, parent_id: '@things.root', state: old}\n  root: {<<: *t, name: ' ROOT ', parent_id: null}\n")},
		"c.txt":  {Data: []byte("]")},
	}, "")
	require.NoError(t, err)
	rows, err := f.ordered()
	require.NoError(t, err)
	var labels []string
	for _, r := range rows {
		labels = append(labels, r.label)
	}
	require.Equal(t, []string{"root", "twig", "base", "leaf"}, labels)
	root := rows[0]
	require.Equal(t, "root", root.values[0].parsed, "as it is stored")

	f, err = store(t).load(t.Context(), fstest.MapFS{"a.yaml": {Data: []byte("things:\n  a: {name: a, parent: '@things.b'}\n  b: {name: b, parent: '@things.a'}")}}, "")
	require.NoError(t, err)
	_, err = f.ordered()
	require.ErrorIs(t, err, errCycle)
	require.ErrorContains(t, err, "a.yaml:2: Thing a")
}

func TestParseCount(t *testing.T) {
	t.Parallel()
	c, err := ParseCount("posts=1000")
	require.NoError(t, err)
	require.Equal(t, Count{"posts", 1000}, c)
	for _, text := range []string{"posts", "posts=", "=1", "posts=0", "posts=-1", "posts=1e3", "posts=1 "} {
		_, err := ParseCount(text)
		require.Error(t, err, text)
	}
	_, err = NewStore("no client", nil, nil)
	require.Error(t, err)
}

// Whatever is in a file, it is read or refused, and a fault has a place.
func FuzzLoad(f *testing.F) {
	for _, text := range []string{
		"things:\n  a: {name: a, parent: '@things.a'}", "things: {key: name}", "a: &a [*a]", "things: &t\n  <<: *t", "? [a]\n: b", "things:\n  a:\n    doc: &d {x: *d}",
	} {
		f.Add([]byte(text))
	}
	s := store(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		loaded, err := s.load(t.Context(), fstest.MapFS{"f.yaml": {Data: text}}, "")
		if err == nil {
			_, _ = loaded.ordered()
			return
		}
		var faults FixtureErrors
		require.ErrorAs(t, err, &faults)
		for _, fault := range faults {
			require.Positive(t, fault.Line, fault.Error())
		}
	})
}
