package migration

import (
	"fmt"
	"slices"
	"strings"

	"ariga.io/atlas/sql/mysql"
	atlas "ariga.io/atlas/sql/schema"
	"entgo.io/ent/dialect/sql/schema"

	"github.com/framefox-go/framefox/framework/config"
)

// adaptIndexes names unique columns alike on every dialect, settles partial
// indexes, and gives each foreign key an index that begins with its columns:
// without one a delete of the parent reads the whole child table.
func (a *adapted) adaptIndexes(t *schema.Table) {
	for _, idx := range t.Indexes {
		idx.Name = shorten(idx.Name)
	}
	a.nameUniques(t)
	if a.dialect == config.MySQL {
		a.adaptPartial(t)
	}
	for _, fk := range t.ForeignKeys {
		if !covered(t, fk.Columns) {
			t.Indexes = append(t.Indexes, &schema.Index{Name: freeName(t, "ix_"+t.Name+"_"+names(fk.Columns)), Columns: fk.Columns})
		}
	}
}

// nameUniques turns a column's Unique flag, whose index each dialect names in
// its own way, into the index uq_<table>_<column>, unless there is one already. A
// partial index of that name takes its place too: it says what is unique, as
// among rows that are not deleted.
func (a *adapted) nameUniques(t *schema.Table) {
	for _, c := range t.Columns {
		if !c.Unique {
			continue
		}
		c.Unique = false
		alone := []*schema.Column{c}
		if len(t.PrimaryKey) == 1 && t.PrimaryKey[0] == c || slices.ContainsFunc(t.Indexes, func(idx *schema.Index) bool {
			return idx.Unique && slices.Equal(idx.Columns, alone) &&
				(where(idx) == "" || idx.Name == shorten("uq_"+t.Name+"_"+c.Name))
		}) {
			continue
		}
		t.Indexes = append(t.Indexes, &schema.Index{Name: freeName(t, "uq_"+t.Name+"_"+c.Name), Unique: true, Columns: alone})
	}
}

// adaptPartial handles partial indexes on MySQL, which has none. One that is
// not unique only saves room and is dropped; a unique one is a rule, and kept
// by markPartial.
func (a *adapted) adaptPartial(t *schema.Table) {
	t.Indexes = slices.DeleteFunc(t.Indexes, func(idx *schema.Index) bool {
		if where(idx) == "" {
			return false
		}
		if idx.Unique {
			a.partial = append(a.partial, partialIndex{t.Name, idx.Name, where(idx)})
		}
		return !idx.Unique
	})
}

// markPartial adds to each unique partial index of MySQL a last column that is
// computed: 1 where the condition holds and NULL elsewhere. An index is not
// unique among rows with a NULL, so it holds exactly where it should.
func (a *adapted) markPartial(s *atlas.Schema) error {
	for _, p := range a.partial {
		t, ok := s.Table(p.table)
		if !ok {
			return fmt.Errorf("migration: cannot find table %s", p.table)
		}
		idx, ok := t.Index(p.index)
		if !ok {
			return fmt.Errorf("migration: cannot find index %s", p.index)
		}
		marker := atlas.NewNullColumn(shorten(p.index + "_where")).
			SetType(&atlas.IntegerType{T: mysql.TypeTinyInt}).
			SetGeneratedExpr(&atlas.GeneratedExpr{Expr: "IF(" + p.where + ", 1, NULL)", Type: "VIRTUAL"})
		t.AddColumns(marker)
		idx.AddColumns(marker)
	}
	return nil
}

// covered reports whether the primary key or a whole index begins with the
// columns, in any order.
func covered(t *schema.Table, columns []*schema.Column) bool {
	begins := func(key []*schema.Column) bool {
		return len(key) >= len(columns) && !slices.ContainsFunc(columns, func(c *schema.Column) bool {
			return !slices.Contains(key[:len(columns)], c)
		})
	}
	return begins(t.PrimaryKey) || slices.ContainsFunc(t.Indexes, func(idx *schema.Index) bool {
		return where(idx) == "" && begins(idx.Columns)
	})
}

func where(idx *schema.Index) string {
	if idx.Annotation == nil {
		return ""
	}
	return idx.Annotation.Where
}

func names(columns []*schema.Column) string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = c.Name
	}
	return strings.Join(list, "_")
}

// freeName shortens name and, should the table have an index so called, marks
// it as the whole one.
func freeName(t *schema.Table, name string) string {
	if slices.ContainsFunc(t.Indexes, func(idx *schema.Index) bool { return idx.Name == shorten(name) }) {
		name += "_all"
	}
	return shorten(name)
}
