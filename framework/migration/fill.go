package migration

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"ariga.io/atlas/sql/migrate"
	atlas "ariga.io/atlas/sql/schema"

	"github.com/framefox-go/framefox/framework/config"
)

// fill lets the way back succeed on a table with rows. A required column that
// comes back gets a value in each of them, and so do the NULLs of one that
// becomes required again. The values are invented, which the file says. Where
// none can be invented, as for a foreign key, the way back fails on rows and
// the file says that.
func (u *undo) fill(ctx context.Context, have *atlas.Schema, m *atlas.ModifyTable, found *[]Risk) error {
	old, ok := have.Table(m.T.Name)
	if !ok {
		return nil
	}
	if err := u.dropChecks(ctx, old, m); err != nil {
		return err
	}
	for _, change := range slices.Clone(m.Changes) { // which loses some on the way
		switch c := change.(type) {
		case *atlas.AddColumn:
			u.fillAdded(ctx, m, c, found)
		case *atlas.ModifyColumn:
			if becomesRequired(c) {
				if err := u.fillNulls(ctx, old, m, c, found); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// fillAdded handles a column that comes back.
func (u *undo) fillAdded(ctx context.Context, m *atlas.ModifyTable, c *atlas.AddColumn, found *[]Risk) {
	if generated(c.C) {
		return
	}
	lossy := Risk{
		Kind: Lossy, Code: "column-returns-empty", Table: m.T.Name, Column: c.C.Name,
		Reason: fmt.Sprintf("column %s.%s comes back without its values", m.T.Name, c.C.Name), Advice: "restore them from a backup",
	}
	if !required(c.C) {
		u.note(lossy)
		return
	}
	if distinct(m.T, c.C) {
		expr, ok := u.distinctValue(m.T, c.C)
		if !ok {
			return // the risk of a required column stays
		}
		u.fillDistinct(m, c, expr)
		lossy.Reason += ", each row gets a random one"
	} else {
		value, ok := u.value(ctx, m.T, c.C)
		if !ok {
			return
		}
		if u.dialect == config.SQLite {
			u.fills[place(m.T, c.C)] = value
		} else {
			replaceChange(m, c, &atlas.AddColumn{C: withDefault(u.dialect, c.C, value)})
		}
		lossy.Reason += ", each row gets " + value
	}
	u.filled[place(m.T, c.C)] = true
	*found = without(*found, "not-null-without-default", m.T.Name, c.C.Name)
	u.note(lossy)
}

// fillDistinct gives each row a value of its own. SQLite does so while it
// copies the table. Elsewhere the column comes back optional, and a later step
// makes it required and unique.
func (u *undo) fillDistinct(m *atlas.ModifyTable, c *atlas.AddColumn, expr string) {
	if u.dialect == config.SQLite {
		u.fills[place(m.T, c.C)] = expr
		return
	}
	optional := *c.C
	kind := *c.C.Type
	kind.Null, optional.Type = true, &kind
	replaceChange(m, c, &atlas.AddColumn{C: &optional})
	m.Changes = slices.DeleteFunc(m.Changes, func(change atlas.Change) bool {
		add, ok := change.(*atlas.AddIndex)
		return ok && indexed(add.I, c.C)
	})
	u.later = append(u.later, update(u.quote(m.T.Name), u.quote(c.C.Name), expr))
}

func replaceChange(m *atlas.ModifyTable, from, to atlas.Change) {
	m.Changes[slices.Index(m.Changes, from)] = to
}

// fillNulls handles a column that becomes required again.
func (u *undo) fillNulls(ctx context.Context, old *atlas.Table, m *atlas.ModifyTable, c *atlas.ModifyColumn, found *[]Risk) error {
	if u.filled[place(m.T, c.To)] {
		*found = without(*found, "set-not-null", m.T.Name, c.To.Name)
		return nil
	}
	if distinct(m.T, c.To) {
		return nil
	}
	shape := c.To // the value has to suit the column as it is now
	if c.Change.Is(atlas.ChangeType) {
		shape = c.From
	}
	value, ok := u.value(ctx, m.T, shape)
	if !ok {
		return nil
	}
	if err := u.run(ctx, update(u.quote(old.Name), u.quote(c.From.Name), value)); err != nil {
		return err
	}
	u.filled[place(m.T, c.To)] = true
	*found = without(*found, "set-not-null", m.T.Name, c.To.Name)
	u.note(Risk{
		Kind: Lossy, Code: "null-replaced", Table: m.T.Name, Column: c.To.Name,
		Reason: fmt.Sprintf("rows without %s.%s get %s", m.T.Name, c.To.Name, value),
		Advice: "write another value into the file, or fill the column before",
	})
	return nil
}

func becomesRequired(c *atlas.ModifyColumn) bool {
	return c.Change.Is(atlas.ChangeNull) && c.From.Type.Null && !c.To.Type.Null
}

// dropChecks takes the conditions on columns that become required, and which the
// step gives up anyway, out of it and drops them now: they need not accept the
// values that are filled in.
func (u *undo) dropChecks(ctx context.Context, old *atlas.Table, m *atlas.ModifyTable) error {
	var filled []*regexp.Regexp
	for _, change := range m.Changes {
		if c, ok := change.(*atlas.ModifyColumn); ok && becomesRequired(c) {
			filled = append(filled, mentionOf(c.From.Name))
		}
	}
	without := *old
	without.Attrs = slices.Clone(old.Attrs)
	var drops []atlas.Change
	drop := func(check *atlas.Check) bool {
		if !slices.ContainsFunc(filled, func(column *regexp.Regexp) bool { return column.MatchString(check.Expr) }) {
			return false
		}
		drops = append(drops, &atlas.DropCheck{C: check})
		without.Attrs = slices.DeleteFunc(without.Attrs, func(a atlas.Attr) bool { return a == check })
		return true
	}
	rest := make([]atlas.Change, 0, len(m.Changes))
	for _, change := range m.Changes {
		switch c := change.(type) {
		case *atlas.DropCheck:
			if drop(c.C) {
				continue
			}
		case *atlas.ModifyCheck:
			if drop(c.From) {
				change = &atlas.AddCheck{C: c.To}
			}
		}
		rest = append(rest, change)
	}
	m.Changes = rest
	if len(drops) == 0 {
		return nil
	}
	changes, err := u.prepare(ctx, []atlas.Change{&atlas.ModifyTable{T: &without, Changes: drops}})
	if err != nil {
		return err
	}
	return u.apply(ctx, changes)
}

func update(table, column, expr string) *migrate.Change {
	return &migrate.Change{
		Cmd:     fmt.Sprintf("UPDATE %[1]s SET %[2]s = %[3]s WHERE %[2]s IS NULL", table, column, expr),
		Comment: "fill what must not be empty",
	}
}

// place names a column in maps.
func place(t *atlas.Table, c *atlas.Column) string { return t.Name + "." + c.Name }

func without(list []Risk, code, table, column string) []Risk {
	return slices.DeleteFunc(list, func(r Risk) bool { return r.Code == code && r.Table == table && r.Column == column })
}

// required reports whether a new row must name the column.
func required(c *atlas.Column) bool {
	return !c.Type.Null && c.Default == nil && !generated(c) && !counting(c)
}

// distinct reports whether rows cannot all have the same value in a column: it
// is unique, or points to other rows.
func distinct(t *atlas.Table, c *atlas.Column) bool {
	if t.PrimaryKey != nil && indexed(t.PrimaryKey, c) {
		return true
	}
	return slices.ContainsFunc(t.Indexes, func(idx *atlas.Index) bool { return idx.Unique && indexed(idx, c) }) || refers(t, c)
}

func refers(t *atlas.Table, c *atlas.Column) bool {
	return slices.ContainsFunc(t.ForeignKeys, func(fk *atlas.ForeignKey) bool {
		return slices.ContainsFunc(fk.Columns, func(other *atlas.Column) bool { return other.Name == c.Name })
	})
}

func indexed(idx *atlas.Index, c *atlas.Column) bool {
	return slices.ContainsFunc(idx.Parts, func(p *atlas.IndexPart) bool { return p.C != nil && p.C.Name == c.Name })
}

// fillCopies puts the values for new columns into the statements with which
// SQLite copies a table.
func (d *draft) fillCopies(plan *migrate.Plan) {
	for key, expr := range d.fills {
		table, column, _ := strings.Cut(key, ".")
		prefix := "INSERT INTO " + quoteSQLite("new_"+table) + " ("
		for _, c := range plan.Changes {
			columns, rest, ok := strings.Cut(c.Cmd, ") SELECT ")
			if !ok || !strings.HasPrefix(columns, prefix) || strings.Contains(columns, quoteSQLite(column)) {
				continue
			}
			values, ok := strings.CutSuffix(rest, " FROM "+quoteSQLite(table))
			if !ok {
				continue
			}
			c.Cmd = columns + ", " + quoteSQLite(column) + ") SELECT " + values + ", " + expr + " FROM " + quoteSQLite(table)
		}
	}
}
