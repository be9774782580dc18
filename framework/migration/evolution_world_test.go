package migration_test

import (
	"fmt"
	"maps"
	"slices"

	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/schema/field"
	"pgregory.net/rapid"

	"github.com/framefox-go/framefox/framework/migration"
)

// world is a set of entities that changes at random. Names are never used
// twice.
type world struct {
	t     *rapid.T
	list  []*entityTable
	count int
	fresh map[string]bool // names that came in this step, which cannot be renamed
	log   []string        // what was changed last
}

type entityTable struct {
	*schema.Table
	checks map[*schema.Column]string // conditions on one column, with %s for its name
}

func newWorld(t *rapid.T) *world {
	w := &world{t: t}
	w.addTable()
	w.addTable()
	return w
}

// tables are the entities as ent would generate them.
func (w *world) tables() []*schema.Table {
	list := make([]*schema.Table, len(w.list))
	for i, e := range w.list {
		list[i] = e.Table
		e.Annotation = &entsql.Annotation{Checks: map[string]string{}}
		for c, condition := range e.checks {
			e.Annotation.Checks["ck_"+c.Name+"_rule"] = fmt.Sprintf(condition, c.Name)
		}
	}
	w.fresh, w.log = nil, nil
	return list
}

func (w *world) name(prefix string) string {
	w.count++
	name := fmt.Sprintf("%s%d", prefix, w.count)
	if w.fresh == nil {
		w.fresh = map[string]bool{}
	}
	w.fresh[name] = true
	return name
}

func (w *world) bool() bool { return rapid.Bool().Draw(w.t, "yes") }

func pick[T any](w *world, list []T, what string) (x T, ok bool) {
	if len(list) == 0 {
		return x, false
	}
	return list[rapid.IntRange(0, len(list)-1).Draw(w.t, what)], true
}

// change makes one change of the entities.
func (w *world) change() []migration.Rename {
	kinds := map[string]func(*entityTable) []migration.Rename{
		"add table":     func(*entityTable) []migration.Rename { w.addTable(); return nil },
		"drop table":    w.dropTable,
		"rename table":  w.renameTable,
		"add column":    func(e *entityTable) []migration.Rename { w.addColumn(e); return nil },
		"drop column":   w.dropColumn,
		"rename column": w.renameColumn,
		"retype":        w.retype,
		"nullable":      w.toggleNull,
		"default":       w.toggleDefault,
		"index":         w.toggleIndex,
		"unique":        w.toggleUnique,
		"check":         w.toggleCheck,
		"edge":          w.addEdge,
		"drop edge":     w.dropEdge,
		"on delete":     w.changeEdge,
		"enum":          w.changeEnum,
	}
	kind, _ := pick(w, slices.Sorted(maps.Keys(kinds)), "change")
	e, ok := pick(w, w.list, "table")
	if !ok {
		w.addTable()
		return nil
	}
	w.log = append(w.log, kind+" "+e.Name)
	return kinds[kind](e)
}

func (w *world) addTable() {
	id := &schema.Column{Name: "id", Type: field.TypeInt64, Increment: true}
	e := &entityTable{Table: &schema.Table{Name: w.name("t"), Columns: []*schema.Column{id}, PrimaryKey: []*schema.Column{id}}, checks: map[*schema.Column]string{}}
	w.list = append(w.list, e)
	for range rapid.IntRange(1, 4).Draw(w.t, "columns") {
		w.addColumn(e)
	}
}

func (w *world) dropTable(e *entityTable) []migration.Rename {
	for _, other := range w.list {
		if other != e && slices.ContainsFunc(other.ForeignKeys, func(fk *schema.ForeignKey) bool { return fk.RefTable == e.Table }) {
			return nil
		}
	}
	w.list = slices.DeleteFunc(w.list, func(other *entityTable) bool { return other == e })
	return nil
}

func (w *world) renameTable(e *entityTable) []migration.Rename {
	if w.fresh[e.Name] {
		return nil
	}
	r := migration.Rename{From: e.Name, To: w.name("t")}
	e.Name = r.To
	return []migration.Rename{r}
}

var enums = [][]string{{"a"}, {"a", "b"}, {"a", "b", "it's"}, {"b", "c"}}

func (w *world) addColumn(e *entityTable) {
	c := &schema.Column{Name: w.name("c")}
	kinds := []field.Type{
		field.TypeString, field.TypeString, field.TypeInt64, field.TypeInt32, field.TypeBool, field.TypeFloat64,
		field.TypeTime, field.TypeEnum, field.TypeJSON, field.TypeUUID, field.TypeBytes,
	}
	c.Type, _ = pick(w, kinds, "type")
	switch c.Type {
	case field.TypeString:
		c.Size, _ = pick(w, []int64{20, 100, 255}, "size")
	case field.TypeEnum:
		c.Enums, _ = pick(w, enums, "values")
	default: // needs no more
	}
	c.Nullable = w.bool()
	if w.bool() {
		c.Default = defaultOf(c)
	}
	e.Columns = append(e.Columns, c)
}

func defaultOf(c *schema.Column) any {
	switch c.Type {
	case field.TypeString:
		return "12"
	case field.TypeInt64, field.TypeInt32:
		return 7
	case field.TypeBool:
		return true
	case field.TypeFloat64:
		return 1.5
	case field.TypeTime:
		return "CURRENT_TIMESTAMP"
	case field.TypeEnum:
		return c.Enums[0]
	default:
		return nil
	}
}

// free picks a column that is not the id and, with alone, in no edge.
func (w *world) free(e *entityTable, alone bool, want func(*schema.Column) bool) (*schema.Column, bool) {
	var list []*schema.Column
	for _, c := range e.Columns[1:] {
		if (!alone || !inEdge(e, c)) && (want == nil || want(c)) {
			list = append(list, c)
		}
	}
	return pick(w, list, "column")
}

func inEdge(e *entityTable, c *schema.Column) bool {
	return slices.ContainsFunc(e.ForeignKeys, func(fk *schema.ForeignKey) bool { return slices.Contains(fk.Columns, c) })
}

func (w *world) dropColumn(e *entityTable) []migration.Rename {
	c, ok := w.free(e, true, nil)
	if !ok {
		return nil
	}
	w.forget(e, c)
	e.Columns = slices.DeleteFunc(e.Columns, func(other *schema.Column) bool { return other == c })
	return nil
}

// forget removes what is built on a column.
func (w *world) forget(e *entityTable, c *schema.Column) {
	delete(e.checks, c)
	e.Indexes = slices.DeleteFunc(e.Indexes, func(idx *schema.Index) bool {
		return slices.Contains(idx.Columns, c) || idx.Annotation != nil && idx.Annotation.Where == c.Name+" IS NULL"
	})
}

func (w *world) renameColumn(e *entityTable) []migration.Rename {
	c, ok := w.free(e, false, func(c *schema.Column) bool { return !w.fresh[c.Name] && !w.fresh[e.Name] })
	if !ok {
		return nil
	}
	r := migration.Rename{Table: e.Name, From: c.Name, To: w.name("c")}
	for _, idx := range e.Indexes {
		if idx.Annotation != nil && idx.Annotation.Where == c.Name+" IS NULL" {
			idx.Annotation = &entsql.IndexAnnotation{Where: r.To + " IS NULL"}
		}
		if idx.Annotation != nil && idx.Annotation.DescColumns[c.Name] {
			idx.Annotation.DescColumns = map[string]bool{r.To: true}
		}
	}
	c.Name = r.To
	return []migration.Rename{r}
}

func (w *world) retype(e *entityTable) []migration.Rename {
	numeric := []field.Type{field.TypeInt32, field.TypeInt64, field.TypeFloat64, field.TypeString}
	c, ok := w.free(e, true, func(c *schema.Column) bool { return slices.Contains(numeric, c.Type) && e.checks[c] == "" })
	if !ok {
		return nil
	}
	c.Type, _ = pick(w, numeric, "type")
	if c.Size = 0; c.Type == field.TypeString {
		c.Size, _ = pick(w, []int64{20, 100, 255}, "size")
	}
	if c.Default != nil {
		c.Default = defaultOf(c)
	}
	return nil
}

func (w *world) toggleNull(e *entityTable) []migration.Rename {
	settable := func(c *schema.Column) bool { // ON DELETE SET NULL needs an optional column
		return !slices.ContainsFunc(e.ForeignKeys, func(fk *schema.ForeignKey) bool {
			return slices.Contains(fk.Columns, c) && fk.OnDelete == schema.SetNull
		})
	}
	if c, ok := w.free(e, false, settable); ok {
		c.Nullable = !c.Nullable
	}
	return nil
}

func (w *world) toggleDefault(e *entityTable) []migration.Rename {
	c, ok := w.free(e, true, nil)
	switch {
	case !ok:
	case c.Default != nil:
		c.Default = nil
	default:
		c.Default = defaultOf(c)
	}
	return nil
}

func indexable(c *schema.Column) bool { return c.Type != field.TypeJSON && c.Type != field.TypeBytes }

func (w *world) toggleIndex(e *entityTable) []migration.Rename {
	if len(e.Indexes) > 0 && w.bool() {
		e.Indexes = e.Indexes[1:]
		return nil
	}
	c, ok := w.free(e, false, indexable)
	if !ok {
		return nil
	}
	idx := &schema.Index{Name: w.name("ix"), Columns: []*schema.Column{c}}
	if other, ok := w.free(e, false, indexable); ok && other != c && w.bool() {
		idx.Columns = append(idx.Columns, other)
	}
	switch rapid.IntRange(0, 3).Draw(w.t, "kind of index") {
	case 0:
		idx.Unique = true
	case 1:
		if other, ok := w.free(e, true, func(c *schema.Column) bool { return c.Nullable }); ok {
			idx.Unique, idx.Annotation = w.bool(), &entsql.IndexAnnotation{Where: other.Name + " IS NULL"}
		}
	case 2:
		idx.Annotation = &entsql.IndexAnnotation{DescColumns: map[string]bool{c.Name: true}}
	}
	e.Indexes = append(e.Indexes, idx)
	return nil
}

func (w *world) toggleUnique(e *entityTable) []migration.Rename {
	if c, ok := w.free(e, false, func(c *schema.Column) bool {
		return indexable(c) && c.Type != field.TypeBool && c.Type != field.TypeEnum
	}); ok {
		c.Unique = !c.Unique
	}
	return nil
}

func (w *world) toggleCheck(e *entityTable) []migration.Rename {
	conditions := map[field.Type]string{field.TypeString: "char_length(%s) >= 1", field.TypeInt64: "%s >= 0", field.TypeInt32: "%s <= 1000000"}
	c, ok := w.free(e, true, func(c *schema.Column) bool { return conditions[c.Type] != "" })
	switch {
	case !ok:
	case e.checks[c] != "":
		delete(e.checks, c)
	default:
		e.checks[c] = conditions[c.Type]
	}
	return nil
}

func (w *world) addEdge(e *entityTable) []migration.Rename {
	to, _ := pick(w, w.list[:1+slices.Index(w.list, e)], "to")
	c := &schema.Column{Name: w.name("c"), Type: field.TypeInt64, Nullable: to == e || w.bool()}
	fk := &schema.ForeignKey{
		Symbol: w.name("fk"), Columns: []*schema.Column{c}, RefTable: to.Table, RefColumns: to.PrimaryKey, OnDelete: schema.Cascade,
	}
	if c.Nullable {
		fk.OnDelete, _ = pick(w, []schema.ReferenceOption{schema.Cascade, schema.SetNull, schema.NoAction}, "on delete")
	}
	c.Unique = to != e && w.bool()
	e.Columns = append(e.Columns, c)
	e.ForeignKeys = append(e.ForeignKeys, fk)
	return nil
}

func (w *world) dropEdge(e *entityTable) []migration.Rename {
	fk, ok := pick(w, e.ForeignKeys, "edge")
	if !ok {
		return nil
	}
	e.ForeignKeys = slices.DeleteFunc(e.ForeignKeys, func(other *schema.ForeignKey) bool { return other == fk })
	if w.bool() { // else the column stays
		w.forget(e, fk.Columns[0])
		e.Columns = slices.DeleteFunc(e.Columns, func(c *schema.Column) bool { return c == fk.Columns[0] })
	}
	return nil
}

func (w *world) changeEdge(e *entityTable) []migration.Rename {
	if fk, ok := pick(w, e.ForeignKeys, "edge"); ok && fk.Columns[0].Nullable {
		fk.OnDelete, _ = pick(w, []schema.ReferenceOption{schema.Cascade, schema.SetNull, schema.NoAction}, "on delete")
	}
	return nil
}

func (w *world) changeEnum(e *entityTable) []migration.Rename {
	c, ok := w.free(e, true, func(c *schema.Column) bool { return c.Type == field.TypeEnum })
	if !ok {
		return nil
	}
	c.Enums, _ = pick(w, enums, "values")
	if c.Default != nil {
		c.Default = c.Enums[0]
	}
	return nil
}
