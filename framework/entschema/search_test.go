package entschema_test

import (
	"testing"

	"entgo.io/ent"
	"entgo.io/ent/entc/gen"
	"entgo.io/ent/entc/load"
	annotation "entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/entschema"
	"github.com/framefox-go/framefox/framework/expose"
	"github.com/framefox-go/framefox/framework/mixin"
	"github.com/framefox-go/framefox/framework/search"
)

// Page is an entity whose id and annotations a test chooses.
type Page struct {
	ent.Schema
	id    ent.Mixin
	words []string
	more  []ent.Field
}

func (p Page) Mixin() []ent.Mixin { return []ent.Mixin{p.id} }

func (p Page) Annotations() []annotation.Annotation {
	return []annotation.Annotation{search.Fields(p.words...)}
}

func (p Page) Fields() []ent.Field {
	return append([]ent.Field{
		field.String("title"), field.Text("body").Optional().StorageKey("text"), field.String("token").Sensitive(),
		field.String("draft").Annotations(expose.Hidden()), field.Enum("state").Values("a"), field.Int("views"), field.String("rank"),
	}, p.more...)
}

func prepare(t *testing.T, p Page) (*gen.Type, error) {
	t.Helper()
	text, err := load.MarshalSchema(p)
	require.NoError(t, err)
	schema, err := load.UnmarshalSchema(text)
	require.NoError(t, err)
	storage, err := gen.NewStorage("sql")
	require.NoError(t, err)
	g, err := gen.NewGraph(&gen.Config{Package: "example.org/ent", Storage: storage}, schema)
	require.NoError(t, err)
	return g.Nodes[0], entschema.Prepare(g)
}

// A search that would not work, or would tell what nobody may read, is refused
// when the schema is read, with the name of the entity and the field.
func TestSearchIsValidated(t *testing.T) {
	t.Parallel()
	for says, p := range map[string]Page{
		"names no field":                                   {words: nil},
		`"nope" does not exist`:                            {words: []string{"title", "nope"}},
		`"title" is named twice`:                           {words: []string{"title", "title"}},
		`"token" is sensitive`:                             {words: []string{"token"}},
		`"draft" is hidden`:                                {words: []string{"draft"}},
		`"state" is an enum; only text`:                    {words: []string{"state"}},
		`"views" is of type int; only text`:                {words: []string{"views"}},
		`"rank" has the column rank, a name that SQLite`:   {words: []string{"rank"}},
		"an id that is a whole number, as mixin.ID has":    {id: mixin.UUID{}, words: []string{"title"}},
		"a predicate called search, which a field has for": {words: []string{"title"}, more: []ent.Field{field.String("search")}},
	} {
		if p.id == nil {
			p.id = mixin.ID{}
		}
		_, err := prepare(t, p)
		require.ErrorContains(t, err, "entschema: Page: search.Fields", says)
		require.ErrorContains(t, err, says)
	}
	n, err := prepare(t, Page{id: mixin.ID{}, words: []string{"title", "body"}})
	require.NoError(t, err)
	index, err := entschema.Search(n)
	require.NoError(t, err)
	require.Equal(t, &search.Index{Name: "pages_search", ID: "id", Columns: []string{"title", "text"}}, index)
	require.Len(t, n.Indexes, 1)
}
