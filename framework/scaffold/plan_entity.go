package scaffold

import (
	"slices"
	"strings"
)

// create plans a new entity.
func (pl *planner) create() error {
	r := pl.request
	mixins, err := r.mixins()
	if err != nil {
		return err
	}
	d, err := pl.draft(pl.names, r.Comment, mixins)
	if err != nil {
		return err
	}
	pl.plan.Created = true
	d.noRepo = r.NoRepository
	taken := map[string]string{}
	for _, m := range mixins {
		for _, name := range fieldsOfMixins(strings.TrimSuffix(strings.TrimPrefix(m, "mixin."), "{}")) {
			taken[name] = m
		}
	}
	for _, f := range r.Fields {
		if isPasswordMixin(f) {
			d.writable = true
			continue
		}
		if m := taken[f.Name]; m != "" {
			return pl.refuse(f.Name, "%s gives it to the entity already; leave the field out%s", m, wayOut(m))
		}
		d.add(f)
	}
	for _, e := range r.Edges {
		if m := taken[e.Name]; m != "" {
			return pl.refuse(e.Name, "%s has a field of that name; rename the relation", m)
		}
		if err := pl.addNearSide(e, d); err != nil {
			return err
		}
	}
	return nil
}

// wayOut is how to do without a mixin.
func wayOut(m string) string {
	if m == "mixin.Timestamps{}" {
		return ", or the timestamps with --no-mixin"
	}
	return ""
}

// draft begins a new entity.
func (pl *planner) draft(n Names, comment string, mixins []string) (*draft, error) {
	// The table user_… is quoted wherever it stands, and users is no reserved
	// word at all: everybody has that entity.
	if !pl.request.AllowReserved && n.Snake != "user" {
		for _, word := range []string{n.Snake, n.Table} {
			if sqlReserved(word) {
				return nil, &NameError{
					"entity", n.Go, word + " is a reserved word of SQL",
					"choose another name, or give --allow-reserved: the framework quotes it, and your own SQL has to",
				}
			}
		}
	}
	for _, x := range pl.known {
		if reason := collide(n, x.Names); reason != "" {
			return nil, &NameError{"entity", n.Go, reason, "choose another name"}
		}
	}
	d := &draft{names: n, comment: comment, mixins: mixins}
	pl.fresh = append(pl.fresh, d)
	key := KeyInt
	if slices.Contains(mixins, "mixin.UUID{}") {
		key = KeyUUID
	}
	pl.known = append(pl.known, &Existing{Names: n, File: schemaPath(n), Mixins: mixins, Key: key})
	return d, nil
}

// add puts a field into the draft.
func (d *draft) add(f Field) {
	if f.Unique && slices.Contains(d.mixins, "mixin.Tenant{}") {
		// Across tenants it would tell that another one has the value.
		f.Unique = false
		d.indexes = append(d.indexes, pairIndex(d.names.Table, "tenant_id", f.Name))
	}
	d.fields = append(d.fields, f.snippet())
	if f.Index {
		d.indexes = append(d.indexes, indexSnippet(d.names.Table, f.Name))
	}
	if !f.Hidden && !f.ReadOnly {
		d.writable = true
	}
}

// indexSnippet is an index of one field, named as the framework's own are.
func indexSnippet(table, field string) snippet {
	name := "ix_" + table + "_" + field
	code := `index.Fields("` + field + `")`
	if len(name) <= maxName {
		code += `.StorageKey("` + name + `")`
	}
	return snippet{name: field, code: code, packages: []string{pkgIndex}}
}

// update plans changes of an entity that exists.
func (pl *planner) update(x *Existing) error {
	r := pl.request
	further, err := r.further()
	if err != nil {
		return err
	}
	var present, missing []string
	sort := func(name string, has bool) {
		if has {
			present = append(present, name)
		} else {
			missing = append(missing, name)
		}
	}
	for _, f := range r.Fields {
		sort(f.Name, x.has(f.Name))
	}
	for _, e := range r.Edges {
		sort(e.Name, x.has(e.Name))
	}
	for _, m := range further {
		if !slices.Contains(x.Mixins, m) && (m != "mixin.Password{}" || !slices.Contains(missing, "password")) {
			missing = append(missing, m)
		}
	}
	if !r.Update && !r.Force || r.Force && len(present)+len(missing) == 0 {
		return &ExistsError{Entity: x.Names.Go, File: x.File, Missing: missing, Present: present}
	}
	if r.ID != "" || r.Table != "" || r.NoTimestamps || r.Comment != "" {
		return pl.refuse("", "the key, the table, the timestamps and the comment of an entity that exists are changed by hand, in %s", x.File)
	}
	pl.plan.Table = x.Names.Table
	e, err := pl.editor(x.File)
	if err != nil {
		return err
	}
	for _, m := range further {
		if !slices.Contains(x.Mixins, m) {
			if err := e.add(x.Names.Go, "Mixin", snippet{name: m, code: m, packages: []string{pkgMixin}}); err != nil {
				return err
			}
			if m == "mixin.Tenant{}" {
				pl.warn("tenant_id is required and has no default: the migration fails where %s has rows; what is unique is so across tenants until its index has tenant_id", x.Names.Table)
			}
		}
	}
	if !r.Force && len(present) > 0 {
		pl.note("%s has %s already: left as it is", x.Names.Go, strings.Join(present, ", "))
	}
	if err := pl.updateFields(x, e); err != nil {
		return err
	}
	var edges []Edge
	for _, edge := range r.Edges {
		if x.has(edge.Name) && !r.Force {
			continue
		}
		if err := pl.addNearSide(edge, nil); err != nil {
			return err
		}
		edges = append(edges, edge)
	}
	pl.request.Edges = edges // the far sides follow
	return nil
}

func (pl *planner) updateFields(x *Existing, e *editor) error {
	for _, f := range pl.request.Fields {
		switch {
		case isPasswordMixin(f):
			continue
		case !x.has(f.Name):
			if err := e.add(x.Names.Go, "Fields", f.snippet()); err != nil {
				return err
			}
			if f.required() {
				pl.warn("%s is required and has no default: the migration fails where %s has rows; make it optional or give a default", f.Name, x.Names.Table)
			}
		case pl.request.Force:
			if err := e.replace(x.Names.Go, "Fields", f.snippet()); err != nil {
				return err
			}
		default:
			continue
		}
		if f.Index && !hasIndex(e, x.Names.Go, f.Name) {
			if err := e.add(x.Names.Go, "Indexes", indexSnippet(x.Names.Table, f.Name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// hasIndex reports whether the entity has an index that begins with the field.
func hasIndex(e *editor, entity, field string) bool {
	for _, element := range e.elements(entity, "Indexes") {
		if name, _ := rootCall(element); name == field {
			return true
		}
	}
	return false
}

// writeFresh plans the files of new entities and their repositories.
func (pl *planner) writeFresh() error {
	if len(pl.fresh) > 0 && len(pl.files) == 0 {
		if err := pl.addFile(schemaDir+"/doc.go", []byte("// Package schema declares the entities of the application.\npackage schema\n")); err != nil {
			return err
		}
	}
	for _, d := range pl.fresh {
		if !d.writable {
			d.add(Field{Name: "name", Type: String})
			pl.note("%s has a field name, because it had none that clients can set", d.names.Go)
		}
		src, err := d.source()
		if err != nil {
			return err
		}
		if err := pl.addFile(schemaPath(d.names), src); err != nil {
			return err
		}
	}
	for _, d := range pl.fresh {
		if d.noRepo {
			continue
		}
		if err := pl.addRepository(d); err != nil {
			return err
		}
	}
	return nil
}
