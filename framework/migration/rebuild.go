package migration

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"ariga.io/atlas/sql/migrate"
	atlas "ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlite"
)

// object is a view or trigger of SQLite.
type object struct {
	kind  string // "view" or "trigger"
	name  string
	table string // that a trigger is on
	sql   string // that creates it
}

// keepDependents completes a plan for SQLite, which changes most things about
// a table by building a new one, copying the rows and dropping the old one.
// That drops the table's triggers, fails if a view or another trigger mentions
// the table, and forgets which ids were ever given out. So those are put aside
// and created again, and the counter of ids is carried over.
func (s *scratch) keepDependents(ctx context.Context, plan *migrate.Plan) error {
	rebuilt := map[string]bool{}
	var changes []*migrate.Change
	for _, c := range plan.Changes {
		if m, ok := c.Source.(*atlas.ModifyTable); ok && strings.HasPrefix(c.Cmd, "DROP TABLE") {
			rebuilt[strings.ToLower(m.T.Name)] = true
			if counted(m.T) {
				changes = append(changes, carryCounter(m.T.Name)...)
			}
		}
		changes = append(changes, c)
	}
	plan.Changes = changes
	if len(rebuilt) == 0 {
		return nil
	}
	objects, err := s.objects(ctx)
	if err != nil {
		return err
	}
	var before, after []*migrate.Change
	for _, o := range dependents(objects, rebuilt) {
		if !rebuilt[strings.ToLower(o.table)] { // else it goes with its table
			before = append(before, &migrate.Change{
				Cmd:     fmt.Sprintf("DROP %s IF EXISTS %s", strings.ToUpper(o.kind), quoteSQLite(o.name)),
				Comment: fmt.Sprintf("put aside %s %q", o.kind, o.name),
			})
		}
		after = append(after, &migrate.Change{Cmd: o.sql, Comment: fmt.Sprintf("create %s %q again", o.kind, o.name)})
	}
	// A rebuild is framed by two PRAGMAs, which stay outermost.
	last := len(plan.Changes) - 1
	plan.Changes = slices.Concat(plan.Changes[:1], before, plan.Changes[1:last], after, plan.Changes[last:])
	return nil
}

// dependents are the views and triggers that stand in the way of rebuilding
// tables, in the order of their creation.
func dependents(objects []object, rebuilt map[string]bool) []object {
	affected := make([]bool, len(objects))
	touched := make([]string, 0, len(rebuilt))
	for name := range rebuilt {
		touched = append(touched, name)
	}
	for again := true; again; {
		again = false
		for i, o := range objects {
			if affected[i] || !mentions(o, touched) {
				continue
			}
			affected[i], again = true, true
			if o.kind == "view" {
				touched = append(touched, o.name)
			}
		}
	}
	var list []object
	for i, o := range objects {
		if affected[i] {
			list = append(list, o)
		}
	}
	return list
}

func mentions(o object, names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		return strings.EqualFold(o.table, name) ||
			regexp.MustCompile(`(?i)\b`+regexp.QuoteMeta(name)+`\b`).MatchString(o.sql)
	})
}

func (s *scratch) objects(ctx context.Context) (list []object, err error) {
	const query = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE type IN ('view', 'trigger') ORDER BY rowid"
	err = each(ctx, s.conn, "list views and triggers", query, func(rows *sql.Rows) error {
		var o object
		err := rows.Scan(&o.kind, &o.name, &o.table, &o.sql)
		if o.kind == "view" {
			o.table = ""
		}
		list = append(list, o)
		return err
	})
	return list, err
}

// counted reports whether the ids of a table are never given out twice.
func counted(t *atlas.Table) bool {
	if t.PrimaryKey == nil || len(t.PrimaryKey.Parts) != 1 || t.PrimaryKey.Parts[0].C == nil {
		return false
	}
	return slices.ContainsFunc(slices.Concat(t.PrimaryKey.Attrs, t.PrimaryKey.Parts[0].C.Attrs), func(a atlas.Attr) bool {
		_, ok := a.(*sqlite.AutoIncrement)
		return ok
	})
}

func carryCounter(table string) []*migrate.Change {
	from, to := quoteText(table), quoteText("new_"+table)
	return []*migrate.Change{
		{Cmd: "DELETE FROM `sqlite_sequence` WHERE `name` = " + to, Comment: fmt.Sprintf("carry over the counter of ids of table %q", table)},
		{Cmd: "INSERT INTO `sqlite_sequence` (`name`, `seq`) SELECT " + to + ", `seq` FROM `sqlite_sequence` WHERE `name` = " + from},
	}
}

func quoteSQLite(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

func quoteText(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// forceRebuilds makes a plan for SQLite rebuild each table that gets a required
// column without a default. ALTER TABLE refuses that even where the table is
// empty; a rebuild fails only where there are rows, as on the other dialects.
func forceRebuilds(changes []atlas.Change) {
	for _, c := range changes {
		m, ok := c.(*atlas.ModifyTable)
		if !ok {
			continue
		}
		added := map[string]bool{}
		required := false
		for _, part := range m.Changes {
			if add, ok := part.(*atlas.AddColumn); ok {
				added[add.C.Name] = true
				required = required || !add.C.Type.Null && add.C.Default == nil
			}
		}
		if !required {
			continue
		}
		for _, column := range m.T.Columns {
			if !added[column.Name] && !modified(m, column.Name) {
				m.Changes = append(m.Changes, &atlas.ModifyColumn{From: column, To: column})
				break
			}
		}
	}
}

func modified(m *atlas.ModifyTable, column string) bool {
	return slices.ContainsFunc(m.Changes, func(c atlas.Change) bool {
		modify, ok := c.(*atlas.ModifyColumn)
		return ok && modify.To.Name == column
	})
}
