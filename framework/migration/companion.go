package migration

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"ariga.io/atlas/sql/migrate"
	"entgo.io/ent/dialect/sql/schema"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/search"
)

// A companion is the index of the words of a table of SQLite: a virtual table and
// the triggers that tell it of changes. Atlas knows neither. What is in it comes
// from the rows of the table, so it can be dropped and made again at any time.
// A companion is known by its name and those of its triggers.

// triggersOf are the ends of the names of a companion's triggers.
func triggersOf() []string { return []string{"_delete", "_insert", "_update"} }

// companions lists those that the tables ask for.
func companions(d config.Dialect, tables []*schema.Table) (list []searched, err error) {
	if d != config.SQLite {
		return nil, nil
	}
	copies, err := copyTables(tables)
	if err != nil {
		return nil, fmt.Errorf("migration: cannot read the tables: %w", err)
	}
	for _, t := range copies {
		list = append(list, takeSearched(t)...)
	}
	return list, nil
}

// objects are what a companion consists of, as they are in the catalog.
func (c searched) objects() (list []dependent) {
	for _, text := range c.SQLite(c.table) {
		switch {
		case strings.HasPrefix(text, "CREATE VIRTUAL TABLE"):
			list = append(list, dependent{kind: kindVirtual, name: c.Name, definition: plain(text)})
		case strings.HasPrefix(text, "CREATE TRIGGER"):
			name, _, _ := strings.Cut(strings.TrimPrefix(plain(text), "CREATE TRIGGER "), " ")
			list = append(list, dependent{kind: kindTrigger, name: name, table: c.table, definition: plain(text)})
		}
	}
	return list
}

// presentCompanions are the names of those that a database has, with the
// objects that belong to each.
func presentCompanions(all []dependent) map[string][]dependent {
	found := map[string][]dependent{}
	for _, o := range all {
		if o.kind != kindVirtual || !strings.HasSuffix(o.name, search.Suffix) || !strings.Contains(strings.ToLower(o.definition), "using fts5") {
			continue
		}
		parts := []dependent{o}
		for _, end := range triggersOf() {
			i := slices.IndexFunc(all, func(t dependent) bool { return t.kind == kindTrigger && t.name == o.name+end })
			if i >= 0 {
				parts = append(parts, all[i])
			}
		}
		if len(parts) == 1+len(triggersOf()) {
			found[o.name] = parts
		}
	}
	return found
}

// isCompanion reports whether a virtual table is one among the others.
func isCompanion(o dependent, all []dependent) bool {
	return o.kind == kindVirtual && presentCompanions(all)[o.name] != nil
}

// companionChanges are those that lack, and those that are there and should not
// be, by name.
func (s *scratch) companionChanges(ctx context.Context, want []searched) (drop map[string][]dependent, create []searched, err error) {
	if s.dialect != config.SQLite {
		return nil, nil, nil
	}
	all, err := catalogDependents(ctx, s.dialect, s.conn)
	if err != nil {
		return nil, nil, err
	}
	drop = presentCompanions(all)
	for _, c := range want {
		have := drop[c.Name]
		if !slices.ContainsFunc(c.objects(), func(o dependent) bool { return !slices.Contains(have, o) }) {
			delete(drop, c.Name)
			continue
		}
		create = append(create, c)
	}
	return drop, create, nil
}

// dropCompanions drops those that are not as wanted, before the tables change.
func (d *draft) dropCompanions(ctx context.Context, want []searched) error {
	drop, _, err := d.companionChanges(ctx, want)
	if err != nil {
		return err
	}
	names := make([]string, 0, len(drop))
	for name := range drop {
		names = append(names, name)
	}
	slices.Sort(names)
	var list []*migrate.Change
	for _, name := range names {
		for _, o := range slices.Backward(drop[name]) { // the triggers first
			list = append(list, &migrate.Change{Cmd: d.dropDependent(o), Comment: fmt.Sprintf("drop %s %q of the search", o.kind, o.name)})
		}
	}
	return d.run(ctx, list...)
}

// createCompanions creates and fills those that lack, after the tables are there.
func (d *draft) createCompanions(ctx context.Context, want []searched) error {
	_, create, err := d.companionChanges(ctx, want)
	if err != nil {
		return err
	}
	var list []*migrate.Change
	for _, c := range create {
		for i, text := range c.SQLite(c.table) {
			change := &migrate.Change{Cmd: text}
			if i == 0 {
				change.Comment = fmt.Sprintf("search the text of table %q", c.table)
			}
			list = append(list, change)
		}
	}
	return d.run(ctx, list...)
}

// refill is the statement that fills a companion from the rows of its table.
func refill(name string) string {
	return fmt.Sprintf("INSERT INTO %[1]s (%[1]s) VALUES ('rebuild')", quoteSQLite(name))
}

// companionSummary names the companions that are not as the tables ask, for an
// error; "" if all are.
func (s *scratch) companionSummary(ctx context.Context, tables []*schema.Table) (string, error) {
	want, err := companions(s.dialect, tables)
	if err != nil {
		return "", err
	}
	drop, create, err := s.companionChanges(ctx, want)
	if err != nil {
		return "", err
	}
	var list []string
	for _, c := range create {
		delete(drop, c.Name)
		list = append(list, "the search "+c.Name+" of table "+c.table)
	}
	for name := range drop {
		list = append(list, "no search "+name)
	}
	slices.Sort(list)
	return strings.Join(list, "; "), nil
}
