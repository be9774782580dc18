package migration

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	atlas "ariga.io/atlas/sql/schema"

	"github.com/framefox-go/framefox/framework/config"
)

// Rename says that a column or table is not gone and another one new, but that
// it has another name. That cannot be seen from the schemas, so it is asked
// for.
type Rename struct {
	Table string // the column's table, by its old or new name; "" if From and To are tables
	From  string
	To    string
}

// String writes the rename as [ParseRename] reads it.
func (r Rename) String() string {
	if r.Table == "" {
		return r.From + ":" + r.To
	}
	return r.Table + "." + r.From + ":" + r.To
}

// ParseRename reads "users.name:full_name", a column, or "old_posts:posts", a
// table.
func ParseRename(text string) (Rename, error) {
	from, to, ok := strings.Cut(strings.TrimSpace(text), ":")
	r := Rename{From: from, To: to}
	if table, column, dotted := strings.Cut(from, "."); dotted {
		r.Table, r.From = table, column
		ok = ok && table != ""
	}
	if !ok || r.From == "" || r.To == "" || strings.ContainsAny(r.From+r.To, ".:") || r.From == r.To {
		return Rename{}, fmt.Errorf("migration: cannot read the rename %q; write table.old:new for a column, old:new for a table", text)
	}
	return r, nil
}

// renamer settles what is renamed between the database of a draft and the
// wanted schema, and takes that step.
type renamer struct {
	*draft
	want  *atlas.Schema
	asked []Rename                                    // for certain
	ask   func(context.Context, Rename) (bool, error) // may be nil
	done  []Rename                                    // tables first, columns with the new name of their table
}

// settle takes the tables first: only then it shows what became of their
// columns.
func (r *renamer) settle(ctx context.Context) error {
	for _, asked := range r.asked {
		if asked.Table == "" {
			if err := r.table(ctx, asked); err != nil {
				return err
			}
		}
	}
	if err := r.guess(ctx, likelyTables); err != nil {
		return err
	}
	for _, asked := range r.asked {
		if asked.Table != "" {
			if err := r.column(ctx, asked); err != nil {
				return err
			}
		}
	}
	return r.guess(ctx, likelyColumns)
}

func (r *renamer) table(ctx context.Context, asked Rename) error {
	have, err := r.inspect(ctx)
	if err != nil {
		return err
	}
	if r.contradicted(have, asked) {
		return &RenameError{Rename: asked, Reason: "the entities still ask for table " + asked.From + ", or not for " + asked.To}
	}
	return r.take(ctx, have, asked)
}

// contradicted reports whether the wanted schema speaks against the rename of a
// table.
func (r *renamer) contradicted(have *atlas.Schema, asked Rename) bool {
	_, keeps := r.want.Table(asked.From)
	_, wants := r.want.Table(asked.To)
	_, has := have.Table(asked.From)
	return has && (keeps || !wants)
}

func (r *renamer) column(ctx context.Context, asked Rename) error {
	for _, t := range r.done {
		if t.Table == "" && t.From == asked.Table {
			asked.Table = t.To
		}
	}
	have, err := r.inspect(ctx)
	if err != nil {
		return err
	}
	if t, ok := r.want.Table(asked.Table); !ok {
		return &RenameError{Rename: asked, Reason: "the entities ask for no table " + asked.Table}
	} else if _, ok := t.Column(asked.To); !ok {
		return &RenameError{Rename: asked, Reason: "the entities ask for no column " + asked.Table + "." + asked.To}
	} else if _, ok := t.Column(asked.From); ok {
		return &RenameError{Rename: asked, Reason: "the entities still ask for column " + asked.Table + "." + asked.From}
	}
	return r.take(ctx, have, asked)
}

// guess asks about likely renames, each name once.
func (r *renamer) guess(ctx context.Context, likely func(have, want *atlas.Schema) []Rename) error {
	if r.ask == nil {
		return nil
	}
	have, err := r.inspect(ctx)
	if err != nil {
		return err
	}
	for _, guess := range likely(have, r.want) {
		if settled(r.done, guess) {
			continue
		}
		yes, err := r.ask(ctx, guess)
		if err != nil {
			return err
		}
		if !yes {
			continue
		}
		if have, err = r.inspect(ctx); err != nil {
			return err
		}
		if err := r.take(ctx, have, guess); err != nil {
			return err
		}
	}
	return nil
}

// settled reports whether one of the two names is part of another rename.
func settled(done []Rename, guess Rename) bool {
	return slices.ContainsFunc(done, func(r Rename) bool {
		return r.Table == guess.Table && (r.From == guess.From || r.To == guess.To)
	})
}

// take renames in the scratch database, from where all that mentions the name
// follows: indexes, foreign keys, checks, views.
func (r *renamer) take(ctx context.Context, have *atlas.Schema, rename Rename) error {
	if err := r.rename(ctx, have, rename); err != nil {
		return err
	}
	r.done = append(r.done, rename)
	return nil
}

// rename adds the statements of one rename to the draft.
func (d *draft) rename(ctx context.Context, have *atlas.Schema, rename Rename) error {
	fail := func(reason string) error { return &RenameError{Rename: rename, Reason: reason} }
	if rename.Table == "" {
		from, ok := have.Table(rename.From)
		if !ok {
			return fail("the migrations lead to no table " + rename.From)
		}
		if _, ok := have.Table(rename.To); ok {
			return fail("there is a table " + rename.To + " already")
		}
		to := *from
		to.Name = rename.To
		return d.apply(ctx, []atlas.Change{&atlas.RenameTable{From: from, To: &to}})
	}
	t, ok := have.Table(rename.Table)
	if !ok {
		return fail("the migrations lead to no table " + rename.Table)
	}
	from, ok := t.Column(rename.From)
	if !ok {
		return fail("the migrations lead to no column " + rename.Table + "." + rename.From)
	}
	if _, ok := t.Column(rename.To); ok {
		return fail("there is a column " + rename.Table + "." + rename.To + " already")
	}
	to := *from
	to.Name = rename.To
	if d.dialect == config.MySQL {
		m := inTheWay(t, from.Name)
		if len(m.Changes) > 0 {
			if err := d.apply(ctx, []atlas.Change{m}); err != nil {
				return err
			}
		}
		d.putAside(m, rename)
	}
	var change atlas.Change = &atlas.RenameColumn{From: from, To: &to}
	if _, ok := from.Type.Type.(*atlas.JSONType); ok && d.dialect == config.MySQL {
		// MariaDB names the check of a JSON column after it, and forgets that.
		change = &atlas.ModifyColumn{From: from, To: &to}
	}
	return d.apply(ctx, []atlas.Change{&atlas.ModifyTable{T: t, Changes: []atlas.Change{change}}})
}

// inTheWay are the changes after which MySQL renames a column: unlike MariaDB
// it refuses where a check or computed column mentions it. What is taken away
// here comes back with the remaining changes.
func inTheWay(t *atlas.Table, column string) *atlas.ModifyTable {
	mention := regexp.MustCompile(`(?i)\b` + regexp.QuoteMeta(column) + `\b`)
	m := &atlas.ModifyTable{T: t}
	for _, a := range t.Attrs {
		if c, ok := a.(*atlas.Check); ok && c.Name != "" && mention.MatchString(c.Expr) {
			if _, own := t.Column(c.Name); !own { // MariaDB's check of a JSON column
				m.Changes = append(m.Changes, &atlas.DropCheck{C: c})
			}
		}
	}
	for _, c := range t.Columns {
		if expr, ok := generatedExpr(c); !ok || !mention.MatchString(expr) {
			continue
		}
		for _, idx := range t.Indexes {
			if slices.ContainsFunc(idx.Parts, func(p *atlas.IndexPart) bool { return p.C == c }) {
				m.Changes = append(m.Changes, &atlas.DropIndex{I: idx})
			}
		}
		m.Changes = append(m.Changes, &atlas.DropColumn{C: c})
	}
	return m
}

// putAside remembers what was in the way of a rename, as it will come back.
func (d *draft) putAside(m *atlas.ModifyTable, rename Rename) {
	mention := regexp.MustCompile(`(?i)\b` + regexp.QuoteMeta(rename.From) + `\b`)
	for _, c := range m.Changes {
		switch c := c.(type) {
		case *atlas.DropCheck:
			d.aside = append(d.aside, &atlas.DropCheck{C: &atlas.Check{Name: c.C.Name, Expr: mention.ReplaceAllString(c.C.Expr, rename.To)}})
		case *atlas.DropIndex:
			d.aside = append(d.aside, c)
		}
	}
}

// comesBack reports whether a change only brings back what was put aside.
func (d *draft) comesBack(c atlas.Change) bool {
	return slices.ContainsFunc(d.aside, func(aside atlas.Change) bool {
		switch c := c.(type) {
		case *atlas.AddCheck:
			drop, ok := aside.(*atlas.DropCheck)
			return ok && plain(drop.C.Expr) == plain(c.C.Expr)
		case *atlas.AddIndex:
			drop, ok := aside.(*atlas.DropIndex)
			return ok && drop.I.Name == c.I.Name && drop.I.Unique == c.I.Unique
		default:
			return false
		}
	})
}

// risks are those of changes, without what only comes back.
func (d *draft) risks(have *atlas.Schema, changes []atlas.Change) []Risk {
	list := make([]atlas.Change, len(changes))
	for i, c := range changes {
		if list[i] = c; len(d.aside) == 0 {
			continue
		}
		if m, ok := c.(*atlas.ModifyTable); ok {
			list[i] = &atlas.ModifyTable{T: m.T, Changes: slices.DeleteFunc(slices.Clone(m.Changes), d.comesBack)}
		}
	}
	return risks(d.dialect, have, list)
}
