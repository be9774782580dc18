package migration

import (
	"fmt"
	"maps"
	"slices"

	"ariga.io/atlas/sql/mysql"
	"ariga.io/atlas/sql/postgres"
	atlas "ariga.io/atlas/sql/schema"
	"entgo.io/ent/dialect/sql/schema"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/search"
)

// searched is the index of the words of a table.
type searched struct {
	table string
	search.Index
}

// takeSearched takes the indexes of words out of a table: what they are in a
// database, ent cannot say. See package search.
func takeSearched(t *schema.Table) (list []searched) {
	t.Indexes = slices.DeleteFunc(t.Indexes, func(idx *schema.Index) bool {
		if idx.Annotation == nil || !maps.Equal(idx.Annotation.Types, search.IndexTypes()) {
			return false
		}
		found := searched{table: t.Name, Index: search.Index{Name: idx.Name, ID: t.PrimaryKey[0].Name}}
		for _, c := range idx.Columns {
			found.Columns = append(found.Columns, c.Name)
		}
		list = append(list, found)
		return true
	})
	return list
}

// markSearched adds the indexes of words that are part of a table: on PostgreSQL
// one of an expression, on MySQL one of a computed column. On SQLite an index is
// a table of its own; see companions.
func (a *adapted) markSearched(s *atlas.Schema) error {
	for _, index := range a.searched {
		t, ok := s.Table(index.table)
		if !ok {
			return fmt.Errorf("migration: cannot find table %s", index.table)
		}
		switch a.dialect {
		case config.Postgres:
			t.AddIndexes(atlas.NewIndex(index.Name).
				AddParts(atlas.NewExprPart(&atlas.RawExpr{X: "(" + index.PostgresVector() + ")"})).
				AddAttrs(&postgres.IndexType{T: postgres.IndexTypeGIN}))
		case config.MySQL:
			words := atlas.NewNullColumn(index.Name).
				SetType(&atlas.StringType{T: mysql.TypeLongText}).
				SetGeneratedExpr(&atlas.GeneratedExpr{Expr: index.MySQLText(), Type: "STORED"})
			t.AddColumns(words)
			t.AddIndexes(atlas.NewIndex(index.Name).AddColumns(words).AddAttrs(&mysql.IndexType{T: mysql.IndexTypeFullText}))
		case config.SQLite:
		}
	}
	return nil
}
