package scaffold

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"slices"
)

// Plan is what to write, and what to say about it.
type Plan struct {
	Entity   string
	Table    string
	Created  bool // the entity is new
	Changes  []Change
	Notes    []string // decisions that the names and flags led to
	Warnings []string
	Commands []string // what to run next, without the program's name
}

// Change is one file to write.
type Change struct {
	Path   string // relative to the project, with slashes
	Before []byte // nil for a new file
	After  []byte
}

// New reports whether the change makes the file.
func (c Change) New() bool { return c.Before == nil }

// planner collects a plan.
type planner struct {
	project *Project
	request Request
	names   Names
	files   []*parsed
	known   []*Existing
	editors map[string]*editor // by path
	fresh   []*draft           // entities to write
	plan    *Plan
}

// Plan says what the request changes. It changes nothing.
func (p *Project) Plan(r Request) (*Plan, error) {
	names, err := EntityName(r.Name)
	if err != nil {
		return nil, err
	}
	files, err := readSchemas(p.Root, schemaDir)
	if err != nil {
		return nil, err
	}
	if r.Table != "" {
		if err := TableName(r.Table); err != nil {
			return nil, err
		}
		names.Table = r.Table
	}
	if r.ID != "" && r.ID != KeyInt && r.ID != KeyUUID {
		return nil, &RequestError{Entity: names.Go, Reason: fmt.Sprintf("there is no key %q; give int or uuid", r.ID)}
	}
	pl := &planner{
		project: p, request: r, names: names, files: files, known: entities(files), editors: map[string]*editor{},
		plan: &Plan{Entity: names.Go, Table: names.Table},
	}
	if err := pl.run(); err != nil {
		return nil, err
	}
	return pl.plan, nil
}

func (pl *planner) run() error {
	if err := pl.checkMembers(); err != nil {
		return err
	}
	if err := pl.completeEdges(); err != nil {
		return err
	}
	existing := pl.find(pl.names.Go)
	if existing == nil {
		if err := pl.create(); err != nil {
			return err
		}
	} else if err := pl.update(existing); err != nil {
		return err
	}
	for _, e := range pl.request.Edges {
		if err := pl.addFarSide(e); err != nil {
			return err
		}
	}
	if err := pl.writeFresh(); err != nil {
		return err
	}
	if err := pl.collect(); err != nil {
		return err
	}
	pl.plan.Commands = pl.commands()
	return nil
}

// find returns the entity of that name, or nil.
func (pl *planner) find(name string) *Existing {
	for _, x := range pl.known {
		if x.Names.Go == name {
			return x
		}
	}
	return nil
}

func (pl *planner) refuse(part, format string, args ...any) error {
	return &RequestError{Entity: pl.names.Go, Part: part, Reason: fmt.Sprintf(format, args...)}
}

func (pl *planner) note(format string, args ...any) {
	pl.plan.Notes = append(pl.plan.Notes, fmt.Sprintf(format, args...))
}

func (pl *planner) warn(format string, args ...any) {
	pl.plan.Warnings = append(pl.plan.Warnings, fmt.Sprintf(format, args...))
}

// checkMembers refuses fields and relations that have one name in Go, in SQL or
// in GraphQL.
func (pl *planner) checkMembers() error {
	seen := map[string]string{}
	add := func(kind, name string, forms []string) error {
		for _, form := range append([]string{name}, forms...) {
			if other := seen[pascal(form)]; other != "" {
				return pl.refuse(name, "the %s collides with %s; rename one of them", kind, other)
			}
		}
		for _, form := range forms {
			seen[pascal(form)] = "the name " + form + ", which is formed of the " + kind + " " + name
		}
		seen[pascal(name)] = "the " + kind + " " + name
		return nil
	}
	for _, f := range pl.request.Fields {
		if err := add("field", f.Name, filterNames(f.Name)); err != nil {
			return err
		}
		if f.Type == Enum && pl.find(pl.names.Go+pascal(f.Name)) != nil {
			return pl.refuse(f.Name, "its type in GraphQL would be %s, which is an entity; rename the field", pl.names.Go+pascal(f.Name))
		}
		if (f.Hidden || f.ReadOnly) && f.required() {
			pl.warn("no client sets %s, and it is required: give it a default or make it optional, or only Go can make rows", f.Name)
		}
		if sqlReserved(f.Name) {
			pl.warn("the column %s is a reserved word of SQL: the framework quotes it, and your own SQL has to", f.Name)
		}
	}
	for _, e := range pl.request.Edges {
		if err := add("relation", e.Name, edgeNames(e.Name)); err != nil {
			return err
		}
	}
	return nil
}

func (pl *planner) completeEdges() error {
	edges := slices.Clone(pl.request.Edges)
	joined := slices.DeleteFunc(slices.Clone(edges), func(e Edge) bool { return e.Kind != ManyToMany })
	for _, j := range pl.request.Through {
		if slices.ContainsFunc(joined, func(e Edge) bool { return e.Through == j.Name }) {
			continue
		}
		if len(joined) != 1 || joined[0].Through != "" {
			return pl.refuse("", "which relation goes through %s? Say so in it, with through=%s", j.Name, j.Name)
		}
		for i := range edges {
			if edges[i].Name == joined[0].Name {
				edges[i].Through = j.Name
			}
		}
	}
	for i, e := range edges {
		done, err := e.complete(pl.names)
		if err != nil {
			return err
		}
		edges[i] = done
	}
	pl.request.Edges = edges
	return nil
}

// editor opens a schema file for editing, once.
func (pl *planner) editor(file string) (*editor, error) {
	if e := pl.editors[file]; e != nil {
		return e, nil
	}
	for _, f := range pl.files {
		if f.path == file {
			e, err := newEditor(file, f.src)
			pl.editors[file] = e
			return e, err
		}
	}
	return nil, &EditError{File: file, Reason: "it is not there"}
}

// collect turns the edits into changes.
func (pl *planner) collect() error {
	for _, f := range pl.files { // in the order of the names
		e := pl.editors[f.path]
		if e == nil || bytes.Equal(e.src, f.src) {
			continue
		}
		after, err := e.bytes()
		if err != nil {
			return err
		}
		pl.plan.Changes = append(pl.plan.Changes, Change{f.path, f.src, after})
	}
	return nil
}

// addFile plans a file that must not exist.
func (pl *planner) addFile(name string, content []byte) error {
	if _, err := os.Lstat(pl.project.path(name)); err == nil {
		return &EditError{File: name, Reason: "it exists, and does not declare the entity; move it away or choose another name"}
	}
	pl.plan.Changes = append(pl.plan.Changes, Change{Path: name, After: content})
	return nil
}

func (pl *planner) commands() []string {
	if len(pl.plan.Changes) == 0 {
		return nil
	}
	verb := "change "
	if pl.plan.Created {
		verb = "create "
	}
	return []string{`database create-migration "` + verb + pl.names.Table + `"`, "database upgrade"}
}

func schemaPath(n Names) string { return path.Join(schemaDir, n.file()) }
