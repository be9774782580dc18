package advice

import (
	"fmt"
	"strings"

	"github.com/go-openapi/inflect"

	"github.com/framefox-go/framefox/framework/config"
)

// Index is an index that a table could have.
type Index struct {
	Table   string   `json:"table"`
	Columns []Part   `json:"columns"`
	Where   string   `json:"where,omitempty"`   // for these rows alone; not on MySQL
	Include []string `json:"include,omitempty"` // kept beside the key, so that the table is not read; PostgreSQL
}

// Part is a column of an index.
type Part struct {
	Column string `json:"column"`
	Desc   bool   `json:"desc,omitempty"`
}

// Names are the names of the columns.
func (i Index) Names() (names []string) {
	for _, p := range i.Columns {
		names = append(names, p.Column)
	}
	return names
}

// Name is what migrations call an index of these fields.
func (i Index) Name() string {
	entity := strings.ReplaceAll(inflect.Singularize(i.Table), "_", "")
	name := strings.Join(append([]string{entity}, i.Names()...), "_")
	return name[:min(len(name), 63)]
}

// Ent is the code for Indexes of the Ent schema. Fields are called as their
// columns there.
func (i Index) Ent() string {
	var fields, annotations, desc []string
	for _, p := range i.Columns {
		fields = append(fields, fmt.Sprintf("%q", p.Column))
		if p.Desc {
			desc = append(desc, fmt.Sprintf("%q", p.Column))
		}
	}
	if len(desc) > 0 {
		annotations = append(annotations, "entsql.DescColumns("+strings.Join(desc, ", ")+")")
	}
	if i.Where != "" {
		annotations = append(annotations, fmt.Sprintf("entsql.IndexWhere(%q)", i.Where))
	}
	if len(i.Include) > 0 {
		annotations = append(annotations, `entsql.IncludeColumns("`+strings.Join(i.Include, `", "`)+`")`)
	}
	code := "index.Fields(" + strings.Join(fields, ", ") + ")"
	if len(annotations) > 0 {
		code += ".\n\tAnnotations(" + strings.Join(annotations, ", ") + ")"
	}
	return code
}

// Statement is what a migration of the dialect runs. What a dialect does not have
// is left out: conditions on MySQL; columns that are kept beside become part of
// the key.
func (i Index) Statement(d config.Dialect) string { return i.statement(d, i.Name()) }

func (i Index) statement(d config.Dialect, name string) string {
	q := "`"
	if d == config.Postgres {
		q = `"`
	}
	quote := func(name string) string { return q + strings.ReplaceAll(name, q, q+q) + q }
	var columns, include []string
	for _, p := range i.Columns {
		text := quote(p.Column)
		if p.Desc {
			text += " DESC"
		}
		columns = append(columns, text)
	}
	for _, name := range i.Include {
		if d == config.Postgres {
			include = append(include, quote(name))
		} else {
			columns = append(columns, quote(name))
		}
	}
	text := "CREATE INDEX " + quote(name) + " ON " + quote(i.Table) + " (" + strings.Join(columns, ", ") + ")"
	if len(include) > 0 {
		text += " INCLUDE (" + strings.Join(include, ", ") + ")"
	}
	if i.Where != "" && d != config.MySQL {
		text += " WHERE " + i.Where
	}
	return text
}

// key tells indexes apart.
func (i Index) key() string {
	return fmt.Sprintf("%s|%v|%s|%v", i.Table, i.Columns, i.Where, i.Include)
}
