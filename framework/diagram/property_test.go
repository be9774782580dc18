package diagram_test

import (
	"strconv"
	"testing"

	"entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/schema/field"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/framefox-go/framefox/framework/diagram"
)

// Whatever the schema: the Mermaid text can be parsed, the picture is
// well-formed and neat, and all formats can be written.
func TestEverySchemaCanBeDrawn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := diagram.FromTables(randomTables(t))
		checkMermaid(t, d, render(t, d, diagram.Mermaid))
		checkSVG(t, d, render(t, d, diagram.SVG))
		for _, f := range diagram.Formats() {
			require.NotEmpty(t, render(t, d, f))
			once, again := render(t, d, f), render(t, d, f)
			require.Equal(t, once, again)
		}
	})
}

// randomTables draws tables with columns of odd names, and foreign keys from
// anywhere to anywhere.
func randomTables(t *rapid.T) []*schema.Table {
	name := rapid.OneOf(rapid.SampledFrom(hostile()), rapid.StringMatching(`[a-z]{1,8}(_id)?`), rapid.String())
	var tables []*schema.Table
	for _, table := range rapid.SliceOfNDistinct(name, 0, 24, rapid.ID[string]).Draw(t, "tables") {
		s := &schema.Table{Name: table, Comment: name.Draw(t, "comment")}
		for _, column := range rapid.SliceOfNDistinct(name, 1, 8, rapid.ID[string]).Draw(t, "columns") {
			s.Columns = append(s.Columns, &schema.Column{
				Name: column, Comment: name.Draw(t, "comment"), Nullable: rapid.Bool().Draw(t, "null"), Unique: rapid.Bool().Draw(t, "unique"),
				Type: rapid.SampledFrom([]field.Type{field.TypeInt64, field.TypeString, field.TypeEnum, field.TypeJSON, field.TypeOther}).Draw(t, "type"),
			})
		}
		s.PrimaryKey = s.Columns[:rapid.IntRange(0, min(2, len(s.Columns))).Draw(t, "key")]
		tables = append(tables, s)
	}
	if len(tables) == 0 {
		return nil
	}
	for range rapid.IntRange(0, 40).Draw(t, "foreign keys") {
		from, to := rapid.SampledFrom(tables).Draw(t, "from"), rapid.SampledFrom(tables).Draw(t, "to")
		n := rapid.IntRange(1, min(2, len(from.Columns), len(to.Columns))).Draw(t, "columns")
		at := rapid.IntRange(0, len(from.Columns)-n).Draw(t, "at")
		from.ForeignKeys = append(from.ForeignKeys, &schema.ForeignKey{
			Symbol: strconv.Itoa(len(from.ForeignKeys)), Columns: from.Columns[at : at+n], RefTable: to, RefColumns: to.Columns[:n],
			OnDelete: rapid.SampledFrom([]schema.ReferenceOption{"", schema.Cascade, schema.SetNull}).Draw(t, "on delete"),
		})
	}
	return tables
}
