package scaffold

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// side is what a relation puts into one of its two entities.
type side struct {
	fields, edges []snippet
}

// entityType is the argument of an edge that names an entity.
func entityType(name string) string { return name + ".Type" }

// near is what the owner of the relation gets; far what the target gets.
func (e Edge) sides(owner, ownerKey, targetKey string) (near, far side) {
	onDelete := ".Annotations(entsql.OnDelete(entsql." + map[Rule]string{Cascade: "Cascade", Restrict: "Restrict", SetNull: "SetNull"}[e.OnDelete] + "))"
	to := func(name, target, more string, packages ...string) snippet {
		return snippet{name, "edge.To(" + strconv.Quote(name) + ", " + entityType(target) + ")" + more, append(packages, pkgEdge)}
	}
	from := func(name, target, ref, more string) snippet {
		return snippet{name, "edge.From(" + strconv.Quote(name) + ", " + entityType(target) + ").Ref(" + strconv.Quote(ref) + ")" + more, []string{pkgEdge}}
	}
	unique := ".Unique()"
	if e.Required {
		unique += ".Required()"
	}
	unique += ".Field(" + strconv.Quote(e.Field) + ")"

	switch e.Kind {
	case ManyToMany:
		through := ""
		if e.Through != "" {
			through = ".Through(" + strconv.Quote(plural(snake(e.Through))) + ", " + entityType(e.Through) + ")"
		}
		near.edges = []snippet{to(e.Name, e.Target, through)}
		if !e.NoInverse {
			far.edges = []snippet{from(e.Inverse, owner, e.Name, through)}
		}
	case ManyToOne:
		near.fields = []snippet{e.key(targetKey)}
		if e.NoInverse {
			near.edges = []snippet{to(e.Name, e.Target, unique+onDelete, pkgEntSQL)}
			break
		}
		near.edges = []snippet{from(e.Name, e.Target, e.Inverse, unique)}
		far.edges = []snippet{to(e.Inverse, owner, onDelete, pkgEntSQL)}
	default:
		one := ""
		if e.Kind == OneToOne {
			one = ".Unique()"
		}
		near.edges = []snippet{to(e.Name, e.Target, one+onDelete, pkgEntSQL)}
		far.fields = []snippet{e.key(ownerKey)}
		far.edges = []snippet{from(e.Inverse, owner, e.Name, unique)}
	}
	return near, far
}

// key is the field of the foreign key.
func (e Edge) key(kind string) snippet {
	s := keySnippet(e.Field, kind)
	if !e.Required {
		s.code += ".Optional().Nillable()"
	}
	return s
}

// keySnippet is a field that holds a key of that kind.
func keySnippet(name, kind string) snippet {
	switch kind {
	case KeyInt:
		return snippet{name, "field.Int64(" + strconv.Quote(name) + ")", []string{pkgField}}
	case KeyUUID:
		return snippet{name, "field.UUID(" + strconv.Quote(name) + ", uuid.UUID{})", []string{pkgField, pkgUUID}}
	default:
		return snippet{name, "field." + kind + "(" + strconv.Quote(name) + ")", []string{pkgField}}
	}
}

// addNearSide puts the relation into its owner: into the draft, or into the
// file that exists.
func (pl *planner) addNearSide(e Edge, d *draft) error {
	if err := pl.findTarget(e); err != nil {
		return err
	}
	near, _, err := pl.sides(e)
	if err != nil {
		return err
	}
	owner := pl.find(pl.names.Go)
	if err := pl.put(owner, d, near); err != nil {
		return err
	}
	if d != nil && (len(near.fields) > 0 || e.Kind == ManyToMany && e.Through == "") {
		d.writable = true
	}
	pl.say(e)
	return nil
}

// addFarSide puts the relation into its target, and makes the entity between
// the two.
func (pl *planner) addFarSide(e Edge) error {
	_, far, err := pl.sides(e)
	if err != nil {
		return err
	}
	target := pl.find(e.Target)
	d := pl.draftOf(e.Target)
	for _, s := range slices.Concat(far.fields, far.edges) {
		if d != nil || !target.has(s.name) || pl.request.Force {
			continue
		}
		if !pl.refersTo(target, s.name, pl.names.Go) && slices.ContainsFunc(far.edges, func(o snippet) bool { return o.name == s.name }) {
			return pl.refuse(e.Name, "%s has %s already; name the way back otherwise, with inverse=", target.Names.Go, s.name)
		}
	}
	if err := pl.put(target, d, far); err != nil {
		return err
	}
	if d != nil && (len(far.fields) > 0 || len(far.edges) > 0 && e.Kind == ManyToMany && e.Through == "") {
		d.writable = true
	}
	if e.Through == "" || pl.find(e.Through) != nil {
		return nil
	}
	return pl.join(e)
}

func (pl *planner) sides(e Edge) (near, far side, err error) {
	owner, target := pl.find(pl.names.Go), pl.find(e.Target)
	ownerKey, err := pl.keyOf(owner, "")
	if err != nil && (e.Kind == OneToMany || e.Kind == OneToOne) {
		return near, far, err
	}
	targetKey, err := pl.keyOf(target, e.Key)
	if err != nil && e.Kind == ManyToOne {
		return near, far, err
	}
	near, far = e.sides(owner.Names.Go, ownerKey, targetKey)
	return near, far, nil
}

// keyOf is the type of an entity's key.
func (pl *planner) keyOf(x *Existing, given string) (string, error) {
	switch {
	case x.Key != "":
		return x.Key, nil
	case given != "":
		return given, nil
	}
	for _, m := range x.Mixins {
		if len(fieldsOfMixins(strings.TrimSuffix(strings.TrimPrefix(m, "mixin."), "{}"))) == 0 {
			return "", pl.refuse("", "the file %s does not say what the key of %s is; give the field %s by hand, or key=int or key=uuid in the relation",
				x.File, x.Names.Go, x.Names.Snake+"_id")
		}
	}
	return "Int", nil // Ent's own key
}

// findTarget makes sure that the target exists, or makes it.
func (pl *planner) findTarget(e Edge) error {
	if pl.find(e.Target) != nil {
		return nil
	}
	if !pl.request.CreateTargets {
		return pl.refuse(e.Name, "there is no entity %s; create it first, or together with this one by --create-targets", e.Target)
	}
	names, err := EntityName(e.Target)
	if err != nil {
		return err
	}
	mixins, err := Request{ID: e.Key, NoTimestamps: pl.request.NoTimestamps}.mixins()
	if err != nil {
		return err
	}
	d, err := pl.draft(names, "", mixins)
	if err != nil {
		return err
	}
	d.noRepo = pl.request.NoRepository
	d.add(Field{Name: "name", Type: String})
	pl.note("%s is created too, with a field name", names.Go)
	return nil
}

func (pl *planner) draftOf(entity string) *draft {
	for _, d := range pl.fresh {
		if d.names.Go == entity {
			return d
		}
	}
	return nil
}

// put adds fields and edges to an entity, new or not.
func (pl *planner) put(x *Existing, d *draft, s side) error {
	for _, list := range []struct {
		method string
		items  []snippet
	}{{"Fields", s.fields}, {"Edges", s.edges}} {
		for _, item := range list.items {
			if err := pl.putOne(x, d, list.method, item); err != nil {
				return err
			}
		}
	}
	return nil
}

func (pl *planner) putOne(x *Existing, d *draft, method string, item snippet) error {
	if d != nil {
		list := &d.fields
		if method == "Edges" {
			list = &d.edges
		}
		if slices.ContainsFunc(*list, func(s snippet) bool { return s.name == item.name }) || slices.ContainsFunc(d.edges, func(s snippet) bool { return s.name == item.name }) {
			return pl.refuse(item.name, "the name is taken twice; choose another with inverse= or field=")
		}
		*list = append(*list, item)
		return nil
	}
	e, err := pl.editor(x.File)
	if err != nil {
		return err
	}
	if !x.has(item.name) {
		if method == "Fields" {
			x.Fields = append(x.Fields, item.name)
			if !strings.Contains(item.code, ".Optional()") {
				pl.warn("%s.%s is required: the migration fails where %s has rows", x.Names.Go, item.name, x.Names.Table)
			}
		} else {
			x.Edges = append(x.Edges, item.name)
		}
		return e.add(x.Names.Go, method, item)
	}
	if pl.request.Force {
		return e.replace(x.Names.Go, method, item)
	}
	return nil
}

// refersTo reports whether the entity has an edge of that name to the other.
func (pl *planner) refersTo(x *Existing, name, other string) bool {
	for _, f := range pl.files {
		for _, e := range f.elements(x.Names.Go, "Edges") {
			if n, _ := rootCall(e); n == name {
				return strings.Contains(string(f.src[f.offset(e.Pos()):f.offset(e.End())]), entityType(other))
			}
		}
	}
	return false
}

// join plans the entity between the two sides of a relation. Without fields of
// its own the pair is its key, and clients reach it through the relation.
func (pl *planner) join(e Edge) error {
	names, err := EntityName(e.Through)
	if err != nil {
		return err
	}
	var fields []Field
	for _, j := range pl.request.Through {
		if j.Name == e.Through {
			fields = j.Fields
		}
	}
	owner, target := pl.find(pl.names.Go), pl.find(e.Target)
	ends := []struct{ edge, column, entity, key string }{
		{owner.Names.Snake, "", owner.Names.Go, ""},
		{target.Names.Snake, "", target.Names.Go, ""},
	}
	if owner == target { // user and related_user, say
		ends[1].edge = singular(e.Name)
	}
	for i, x := range []*Existing{owner, target} {
		if ends[i].key, err = pl.keyOf(x, ""); err != nil {
			return err
		}
		ends[i].column = ends[i].edge + "_id"
	}
	pair := strconv.Quote(ends[0].column) + ", " + strconv.Quote(ends[1].column)
	var mixins []string
	if len(fields) > 0 {
		mixins = []string{"mixin.ID{}"}
	}
	d, err := pl.draft(names, fmt.Sprintf("A %s of %s.", target.Names.Label, article(owner.Names.Label)), mixins)
	if err != nil {
		return err
	}
	d.writable, d.noRepo = true, len(fields) == 0 || pl.request.NoRepository
	if len(fields) == 0 {
		d.doc = fmt.Sprintf("%s joins %s and %s. The pair is its key.", names.Go, owner.Names.Go, target.Names.Go)
		d.annotations = []snippet{
			{code: "field.ID(" + pair + ")", packages: []string{pkgField}},
			{code: "expose.ReadOnly()", packages: []string{pkgExpose}},
		}
	} else {
		d.doc = fmt.Sprintf("%s joins %s and %s, and says more of the pair.", names.Go, owner.Names.Go, target.Names.Go)
		d.indexes = []snippet{pairIndex(names.Table, ends[0].column, ends[1].column)}
	}
	for _, end := range ends {
		key := keySnippet(end.column, end.key)
		key.code += ".Immutable()"
		d.fields = append(d.fields, key)
		d.edges = append(d.edges, snippet{
			end.edge,
			fmt.Sprintf("edge.To(%q, %s).Unique().Required().Immutable().Field(%q).Annotations(entsql.OnDelete(entsql.Cascade))", end.edge, entityType(end.entity), end.column),
			[]string{pkgEdge, pkgEntSQL},
		})
	}
	for _, f := range fields {
		if slices.ContainsFunc(d.fields, func(s snippet) bool { return s.name == f.Name }) || f.Name == "id" {
			return pl.refuse(f.Name, "%s has that field already", names.Go)
		}
		d.add(f)
		if f.required() {
			pl.warn("%s.%s is required: pairs are made with create%s, not through %s.%s", names.Go, f.Name, names.Go, owner.Names.Go, e.Name)
		}
	}
	pl.note("%s joins %s and %s in the table %s", names.Go, owner.Names.Go, target.Names.Go, names.Table)
	return nil
}

// pairIndex makes each pair unique.
func pairIndex(table, a, b string) snippet {
	code := fmt.Sprintf("index.Fields(%q, %q).Unique()", a, b)
	if name := "uq_" + table + "_" + a + "_" + b; len(name) <= maxName {
		code += fmt.Sprintf(".StorageKey(%q)", name)
	}
	return snippet{code: code, packages: []string{pkgIndex}}
}

// say tells what becomes of the rows.
func (pl *planner) say(e Edge) {
	if e.Kind == ManyToMany {
		return
	}
	holder, parent := e.Target, pl.names.Go
	if e.Kind == ManyToOne {
		holder, parent = parent, holder
	}
	pl.note("%s.%s: when the %s is deleted, %s (on-delete=%s)", holder, e.Field, words(parent),
		map[Rule]string{Cascade: "the row is deleted too", Restrict: "the delete is refused", SetNull: "it becomes NULL"}[e.OnDelete], e.OnDelete)
}
