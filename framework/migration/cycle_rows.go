package migration

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"ariga.io/atlas/sql/migrate"
	atlas "ariga.io/atlas/sql/schema"

	"github.com/framefox-go/framefox/framework/config"
)

// rowsPerTable are made in each table: the first and the last have a value in
// each column, the second NULL where that is allowed.
const rowsPerTable = 3

// fill puts rows into each table that has none, parents before children. A
// table that cannot be filled is noted.
func (c *cycle) fill(ctx context.Context, f migrate.File) error {
	found, err := c.trial.snapshot(ctx)
	if err != nil {
		return err
	}
	for _, t := range parentsFirst(found.schema.Tables) {
		n, err := c.trial.rows(ctx, t)
		if err != nil {
			return err
		}
		if n > 0 {
			delete(c.unfilled, t.Name)
			continue
		}
		if err := c.trial.fillTable(ctx, t); err != nil {
			if ctx.Err() != nil {
				return err
			}
			c.unfilled[t.Name] = fmt.Sprintf("%s, before %s: %v", t.Name, f.Name(), err)
			continue
		}
		delete(c.unfilled, t.Name)
	}
	return nil
}

func (c *cycle) reportUnfilled() {
	for _, reason := range c.unfilled {
		c.report.Unfilled = append(c.report.Unfilled, reason)
	}
	sort.Strings(c.report.Unfilled)
}

// parentsFirst orders tables so that those that others refer to come first, as
// far as they do not refer to each other.
func parentsFirst(tables []*atlas.Table) (list []*atlas.Table) {
	placed := map[string]bool{}
	var place func(t *atlas.Table)
	place = func(t *atlas.Table) {
		if placed[t.Name] {
			return
		}
		placed[t.Name] = true
		for _, fk := range t.ForeignKeys {
			i := slices.IndexFunc(tables, func(other *atlas.Table) bool { return other.Name == fk.RefTable.Name })
			if i >= 0 && !optionalKey(fk) {
				place(tables[i])
			}
		}
		list = append(list, t)
	}
	for _, t := range tables {
		place(t)
	}
	return list
}

func optionalKey(fk *atlas.ForeignKey) bool {
	return slices.ContainsFunc(fk.Columns, func(c *atlas.Column) bool { return c.Type.Null })
}

func (t *trial) rows(ctx context.Context, table *atlas.Table) (n int, err error) {
	query := rowQuery{dialect: t.dialect, table: table}.count("1 = 1")
	err = each(ctx, t.conn, "count rows of "+table.Name, query, func(rows *sql.Rows) error { return rows.Scan(&n) })
	return n, err
}

// fillTable makes the rows of one table. One of them is enough.
func (t *trial) fillTable(ctx context.Context, table *atlas.Table) error {
	var first error
	done := 0
	for n := 1; n <= rowsPerTable; n++ {
		err := t.insert(ctx, table, n)
		if err == nil {
			done++
		} else if first == nil {
			first = err
		}
	}
	if done == 0 {
		return first
	}
	return nil
}

// attempts is how many combinations of values are tried for a row.
const attempts = 24

// insert makes the n-th row, counted from 1, with other values until the checks
// of the table let it pass.
func (t *trial) insert(ctx context.Context, table *atlas.Table, n int) (err error) {
	for attempt := range attempts {
		var columns, values []string
		for i, c := range table.Columns {
			if generated(c) || counting(c) {
				continue
			}
			value, ok, err := t.rowValue(ctx, table, c, n, attempt+i*(attempt&1))
			if err != nil {
				return err
			}
			if ok {
				columns, values = append(columns, t.quote(c.Name)), append(values, value)
			}
		}
		text := fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", t.quote(table.Name), strings.Join(columns, ", "), strings.Join(values, ", ")) //nolint:gosec // names and values are quoted
		if len(columns) == 0 && t.dialect != config.MySQL {
			text = "INSERT INTO " + t.quote(table.Name) + " DEFAULT VALUES"
		}
		if _, err = t.conn.ExecContext(ctx, text); err == nil || ctx.Err() != nil {
			return err
		}
	}
	return fmt.Errorf("no row that it accepts was found: %w", err)
}

// rowValue is a value for a column, as SQL; false leaves it to the default.
func (t *trial) rowValue(ctx context.Context, table *atlas.Table, c *atlas.Column, n, attempt int) (string, bool, error) {
	null := n == 2 && c.Type.Null
	if fk, i := foreignKeyOf(table, c); fk != nil {
		if null {
			return "NULL", true, nil
		}
		value, err := t.parentValue(ctx, fk, i, n)
		if err != nil || value != "" {
			return value, true, err
		}
		return "NULL", true, nil
	}
	if null {
		return "NULL", true, nil
	}
	if c.Default != nil && n == 1 && attempt == 0 {
		return "", false, nil
	}
	checks := checksOf(table, c.Name)
	list := append([]string{plainValue(c, n)}, candidates(c, checks)...)
	u := &undo{draft: &draft{scratch: t.scratch}}
	list = slices.DeleteFunc(list, func(value string) bool { return !u.passes(ctx, c, value, checks) })
	if len(list) == 0 {
		return quoteText(strconv.Itoa(n)), true, nil
	}
	return list[attempt%len(list)], true, nil
}

// foreignKeyOf finds the foreign key of a column, and which of its columns it is.
func foreignKeyOf(t *atlas.Table, c *atlas.Column) (*atlas.ForeignKey, int) {
	for _, fk := range t.ForeignKeys {
		if i := slices.IndexFunc(fk.Columns, func(other *atlas.Column) bool { return other.Name == c.Name }); i >= 0 {
			return fk, i
		}
	}
	return nil, 0
}

// parentValue is what the n-th row of the parent has in a column, "" if the
// parent is empty.
func (t *trial) parentValue(ctx context.Context, fk *atlas.ForeignKey, i, n int) (value string, err error) {
	kind := map[config.Dialect]string{config.SQLite: "TEXT", config.Postgres: "text", config.MySQL: "CHAR"}[t.dialect]
	keys := make([]string, len(fk.RefColumns))
	for i, c := range fk.RefColumns {
		keys[i] = t.quote(c.Name)
	}
	query := fmt.Sprintf("SELECT CAST(%s AS %s) FROM %s ORDER BY %s LIMIT %d", keys[i], kind, t.quote(fk.RefTable.Name), strings.Join(keys, ", "), n)
	err = each(ctx, t.conn, "read "+fk.RefTable.Name, query, func(rows *sql.Rows) error {
		var text string
		err := rows.Scan(&text)
		value = quoteText(text)
		return err
	})
	return value, err
}

// plainValue is a value of a column's type that differs from row to row.
func plainValue(c *atlas.Column, n int) string {
	text := strconv.Itoa(n)
	switch k := c.Type.Type.(type) {
	case *atlas.BoolType:
		return strconv.FormatBool(n%2 == 1)
	case *atlas.IntegerType, *atlas.DecimalType, *atlas.FloatType:
		return text
	case *atlas.UUIDType:
		return "'00000000-0000-4000-8000-00000000000" + text + "'"
	case *atlas.JSONType:
		return `'{"n": ` + text + `}'`
	case *atlas.TimeType:
		return dayOf(k, text)
	case *atlas.EnumType:
		if len(k.Values) > 0 {
			return quoteText(k.Values[n%len(k.Values)])
		}
	case *atlas.StringType:
		if k.Size == 36 {
			return "'00000000-0000-4000-8000-00000000000" + text + "'"
		}
		if k.Size == 0 || k.Size >= 8 {
			return "'value " + text + "'"
		}
	}
	return quoteText(text)
}

// dayOf is a moment of a day in January 2001, in the form of a type.
func dayOf(k *atlas.TimeType, day string) string {
	switch name := strings.ToLower(k.T); {
	case name == "date":
		return "'2001-01-0" + day + "'"
	case name == "year":
		return "200" + day
	case strings.HasPrefix(name, "time") && !strings.HasPrefix(name, "timestamp"):
		return "'0" + day + ":00:00'"
	default:
		return "'2001-01-0" + day + " 12:00:00'"
	}
}
