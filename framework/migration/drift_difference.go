package migration

import (
	"fmt"
	"slices"
	"strings"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/mysql"
	"ariga.io/atlas/sql/postgres"
	atlas "ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlite"

	"github.com/framefox-go/framefox/framework/config"
)

// How a thing differs from what is expected.
const (
	missing   = "missing"
	extra     = "extra"
	different = "different"
)

// Difference is one thing in which a schema is not as expected.
type Difference struct {
	State  string `json:"state"`            // "missing", "extra" or "different"
	Kind   string `json:"kind"`             // "table", "column", "index", "foreign key", "check", "view", "trigger" …
	Table  string `json:"table,omitempty"`  // "" for a view or function
	Name   string `json:"name,omitempty"`   // of the column, index …; "" for a table
	Detail string `json:"detail,omitempty"` // "type text instead of varchar(20)"
}

// String says it in words: "column users.age is missing".
func (d Difference) String() string {
	name := d.Name
	switch {
	case d.Name == "":
		name = d.Table
	case d.Table != "":
		name = d.Table + "." + d.Name
	}
	text := d.Kind + " " + name
	switch {
	case d.State == missing:
		return text + " is missing"
	case d.State == extra:
		return text + " is there and should not be"
	case d.Detail != "":
		return text + " is different: " + d.Detail
	default:
		return text + " is different"
	}
}

// differences lists in what have is not as want.
func differences(driver migrate.Driver, want, have *snapshot) ([]Difference, error) {
	changes, err := (&scratch{driver: driver}).compare(want.schema, have.schema)
	if err != nil {
		return nil, err
	}
	var list []Difference
	for _, c := range changes {
		list = append(list, tableDifferences(want.dialect, c)...)
	}
	return append(list, dependentDifferences(want.dependents, have.dependents)...), nil
}

func tableDifferences(d config.Dialect, c atlas.Change) []Difference {
	switch c := c.(type) {
	case *atlas.AddTable:
		return []Difference{{State: extra, Kind: "table", Table: c.T.Name}}
	case *atlas.DropTable:
		return []Difference{{State: missing, Kind: "table", Table: c.T.Name}}
	case *atlas.ModifyTable:
		list := make([]Difference, len(c.Changes))
		for i, part := range c.Changes {
			list[i] = partDifference(d, c.T.Name, part)
		}
		return list
	case *atlas.ModifySchema:
		return nil // the name or character set of the whole database is nobody's migration
	default:
		return []Difference{{State: different, Kind: "schema", Detail: kind(c)}}
	}
}

func partDifference(d config.Dialect, table string, c atlas.Change) Difference {
	is := func(state, kind, name, detail string) Difference {
		return Difference{State: state, Kind: kind, Table: table, Name: name, Detail: detail}
	}
	switch c := c.(type) {
	case *atlas.AddColumn:
		return is(extra, "column", c.C.Name, "")
	case *atlas.DropColumn:
		return is(missing, "column", c.C.Name, "")
	case *atlas.ModifyColumn:
		return is(different, "column", c.To.Name, columnDetail(d, c))
	case *atlas.AddIndex:
		return is(extra, "index", c.I.Name, "")
	case *atlas.DropIndex:
		return is(missing, "index", c.I.Name, "")
	case *atlas.ModifyIndex:
		return is(different, "index", c.To.Name, indexDetail(c))
	case *atlas.AddPrimaryKey, *atlas.DropPrimaryKey, *atlas.ModifyPrimaryKey:
		return is(different, "primary key", "", "")
	case *atlas.AddForeignKey:
		return is(extra, "foreign key", c.F.Symbol, "")
	case *atlas.DropForeignKey:
		return is(missing, "foreign key", c.F.Symbol, "")
	case *atlas.ModifyForeignKey:
		return is(different, "foreign key", c.To.Symbol, "")
	case *atlas.AddCheck:
		return is(extra, "check", c.C.Name, "")
	case *atlas.DropCheck:
		return is(missing, "check", c.C.Name, "")
	case *atlas.ModifyCheck:
		return is(different, "check", c.To.Name, c.To.Expr+" instead of "+c.From.Expr)
	default:
		return is(different, "table", "", kind(c))
	}
}

func columnDetail(d config.Dialect, c *atlas.ModifyColumn) string {
	var parts []string
	note := func(bit atlas.ChangeKind, what, have, want string) {
		if c.Change.Is(bit) {
			parts = append(parts, fmt.Sprintf("%s %s instead of %s", what, have, want))
		}
	}
	note(atlas.ChangeType, "type", columnType(d, c.To), columnType(d, c.From))
	note(atlas.ChangeNull, "allows", nullness(c.To), nullness(c.From))
	note(atlas.ChangeDefault, "default", defaultText(c.To), defaultText(c.From))
	for bit, what := range map[atlas.ChangeKind]string{
		atlas.ChangeCollate: "collation", atlas.ChangeCharset: "character set", atlas.ChangeComment: "comment",
		atlas.ChangeGenerated: "generated expression", atlas.ChangeAttr: "attributes",
	} {
		if c.Change.Is(bit) {
			parts = append(parts, what)
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

func columnType(d config.Dialect, c *atlas.Column) string {
	format := map[config.Dialect]func(atlas.Type) (string, error){
		config.SQLite: sqlite.FormatType, config.Postgres: postgres.FormatType, config.MySQL: mysql.FormatType,
	}[d]
	if text, err := format(c.Type.Type); err == nil && text != "" {
		return text
	}
	return c.Type.Raw
}

func nullness(c *atlas.Column) string {
	if c.Type.Null {
		return "NULL"
	}
	return "no NULL"
}

func defaultText(c *atlas.Column) string {
	switch x := c.Default.(type) {
	case *atlas.Literal:
		return x.V
	case *atlas.RawExpr:
		return x.X
	default:
		return "none"
	}
}

func indexDetail(c *atlas.ModifyIndex) string {
	describe := func(idx *atlas.Index) string {
		text := ""
		if idx.Unique {
			text = "unique "
		}
		parts := make([]string, len(idx.Parts))
		for i, p := range idx.Parts {
			switch {
			case p.C != nil:
				parts[i] = p.C.Name
			default:
				parts[i] = "an expression"
			}
			if p.Desc {
				parts[i] += " desc"
			}
		}
		return text + "on " + strings.Join(parts, ", ")
	}
	have, want := describe(c.To), describe(c.From)
	if have == want {
		return ""
	}
	return have + " instead of " + want
}

func dependentDifferences(want, have []dependent) (list []Difference) {
	find := func(list []dependent, o dependent) *dependent {
		if i := slices.IndexFunc(list, func(other dependent) bool { return other.key() == o.key() }); i >= 0 {
			return &list[i]
		}
		return nil
	}
	for _, o := range want {
		switch found := find(have, o); {
		case found == nil:
			list = append(list, Difference{State: missing, Kind: o.kind, Table: o.table, Name: o.name})
		case found.definition != o.definition:
			list = append(list, Difference{State: different, Kind: o.kind, Table: o.table, Name: o.name})
		}
	}
	for _, o := range have {
		if find(want, o) == nil {
			list = append(list, Difference{State: extra, Kind: o.kind, Table: o.table, Name: o.name})
		}
	}
	return list
}
