package seed

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/framefox-go/framefox/framework/entity"
)

// keyWord names the fields of the key where a row's label could stand. A label of
// that name is told apart: it leads to fields.
const keyWord = "key"

// row is one row of a fixture.
type row struct {
	file   string
	line   int
	entity *entity.Entity
	label  string
	key    []*entity.Field // as the file names it; nil to choose
	values []value
	links  []link
	tenant any         // whose row it is; nil where the entity has no tenants
	needs  []reference // what must be there first
	tried  []string    // fields that the fixture names, rightly or wrongly

	id   any  // once it is known
	done bool // it is applied, or being applied
	busy bool
}

// value is what a fixture says about a field.
type value struct {
	field  *entity.Field
	node   *yaml.Node
	parsed any        // nil for NULL
	ref    *reference // instead of parsed
}

// link is what a fixture says about an edge to many.
type link struct {
	edge *entity.Edge
	line int
	refs []reference
}

// reference names a row of the fixtures: @users.ann.
type reference struct {
	line int
	row  *row
	text string
}

// fixtures are all rows of a folder.
type fixtures struct {
	ctx    context.Context //nolint:containedctx // of the loading
	tenant string          // of rows that name none
	store  *Store
	rows   []*row                     // in the order of the files
	labels map[string]map[string]*row // by entity and label
	faults FixtureErrors
}

// load reads all YAML files of a folder and everything in them that can be told
// to be wrong without a database.
func (s *Store) load(ctx context.Context, dir fs.FS, tenant string) (*fixtures, error) {
	f := &fixtures{ctx: ctx, tenant: tenant, store: s, labels: map[string]map[string]*row{}}
	names, err := fs.Glob(dir, "*.y*ml")
	if err != nil {
		return nil, fmt.Errorf("seed: cannot list the fixtures: %w", err)
	}
	found := false
	for _, name := range names {
		if !strings.HasSuffix(name, ".yaml") && !strings.HasSuffix(name, ".yml") {
			continue
		}
		found = true
		text, err := fs.ReadFile(dir, name)
		if err != nil {
			return nil, fmt.Errorf("seed: cannot read %s: %w", name, err)
		}
		f.file(name, text)
	}
	if !found {
		return nil, ErrNoFixtures
	}
	for _, r := range f.rows {
		f.connect(r)
	}
	if len(f.faults) > 0 {
		return nil, f.faults
	}
	return f, nil
}

func (f *fixtures) fault(file string, line int, format string, args ...any) {
	f.faults = append(f.faults, &FixtureError{File: file, Line: line, Err: fmt.Errorf(format, args...)})
}

// file reads the entities of one file.
func (f *fixtures) file(name string, text []byte) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		line := 1
		reason := strings.TrimPrefix(err.Error(), "yaml: ")
		if n, _ := fmt.Sscanf(reason, "line %d:", &line); n == 1 {
			_, reason, _ = strings.Cut(reason, ": ")
		}
		f.fault(name, line, "%s", reason)
		return
	}
	if len(document.Content) == 0 {
		return // nothing but comments
	}
	budget := nodesMost
	if line := endless(&document, map[*yaml.Node]bool{}, &budget); line > 0 {
		f.fault(name, line, "an alias holds itself, or aliases make the file too large")
		return
	}
	for _, p := range f.pairs(name, document.Content[0], "a file of fixtures is entities by name, and their rows by label") {
		e, err := f.store.entity(p.name)
		if err != nil {
			f.fault(name, p.line, "%w", err)
			continue
		}
		if !hasKey(e) {
			f.fault(name, p.line, "%w", noKey(e))
			continue
		}
		f.entity(name, e, p.node)
	}
}

// entity reads the rows of one entity.
func (f *fixtures) entity(file string, e *entity.Entity, node *yaml.Node) {
	if isNull(node) {
		return
	}
	var key []*entity.Field
	for _, p := range f.pairs(file, node, e.Name+" wants rows by label") {
		if p.name == keyWord && p.node.Kind != yaml.MappingNode {
			key = f.key(file, e, p)
			continue
		}
		r := &row{file: file, line: p.line, entity: e, label: p.name}
		if other := f.labels[e.Name][p.name]; other != nil {
			f.faults = append(f.faults, r.fault("", fmt.Errorf("the label is taken by %s:%d", other.file, other.line)))
			continue
		}
		if f.labels[e.Name] == nil {
			f.labels[e.Name] = map[string]*row{}
		}
		f.labels[e.Name][p.name] = r
		f.rows = append(f.rows, r)
		if isNull(p.node) {
			p.node = &yaml.Node{Kind: yaml.MappingNode, Line: p.line}
		}
		f.fields(r, p.node)
	}
	for _, r := range f.labels[e.Name] {
		if r.file == file {
			r.key = key
		}
	}
}

// key reads "key: email" or "key: [post_id, content]".
func (f *fixtures) key(file string, e *entity.Entity, p pair) (key []*entity.Field) {
	nodes := []*yaml.Node{p.node}
	if p.node.Kind == yaml.SequenceNode {
		nodes = p.node.Content
	}
	for _, node := range nodes {
		field := fieldOf(e, node.Value)
		switch {
		case field == nil:
			f.fault(file, node.Line, "%s has no field %q to be its key; it has %s", e.Name, node.Value, known(e))
		case field.Seal != nil:
			f.fault(file, node.Line, "%s.%s cannot be a key: it is stored as a hash", e.Name, field.Name)
		default:
			key = append(key, field)
		}
	}
	return key
}

// fields reads the fields and edges of one row.
func (f *fixtures) fields(r *row, node *yaml.Node) {
	for _, p := range f.pairs(r.file, node, r.entity.Name+" "+r.label+" wants fields") {
		if field := fieldOf(r.entity, p.name); field != nil {
			r.tried = append(r.tried, field.Name)
			f.field(r, field, p)
			continue
		}
		i := slices.IndexFunc(r.entity.Edges, func(edge *entity.Edge) bool { return edge.Name == p.name })
		switch {
		case i < 0:
			f.rowFault(r, p, "there is no such field; %s has %s", r.entity.Name, known(r.entity))
		case r.entity.Edges[i].Relation != entity.ManyToMany:
			f.rowFault(r, p, "is set at the other end of the edge, in the rows of %s", r.entity.Edges[i].Target)
		default:
			f.edge(r, r.entity.Edges[i], p)
		}
	}
	f.ofTenant(r)
	for _, field := range r.entity.Fields {
		if field.Required && !slices.Contains(r.tried, field.Name) {
			f.faults = append(f.faults, r.fault(field.Name, errors.New("is required")))
		}
	}
}

// ofTenant notes whose row it is.
func (f *fixtures) ofTenant(r *row) {
	field := tenantField(r.entity)
	if field == nil {
		return
	}
	if i := slices.IndexFunc(r.values, func(v value) bool { return v.field == field }); i >= 0 {
		r.tenant = r.values[i].parsed
		return
	}
	if slices.Contains(r.tried, field.Name) {
		return // it is wrong
	}
	r.tried = append(r.tried, field.Name)
	id, err := tenantOf(f.ctx, r.entity, f.tenant)
	switch {
	case err != nil && f.tenant == "":
		f.faults = append(f.faults, r.fault(field.Name, errors.New("is required: whose row it is; give it, or name one for all with --tenant")))
	case err != nil:
		f.faults = append(f.faults, r.fault(field.Name, err))
	default:
		r.tenant = id
		r.values = append(r.values, value{field: field, parsed: id})
	}
}

func (f *fixtures) rowFault(r *row, p pair, format string, args ...any) {
	f.faults = append(f.faults, &FixtureError{
		File: r.file, Line: p.node.Line, Entity: r.entity.Name, Label: r.label, Field: p.name, Err: fmt.Errorf(format, args...),
	})
}

func (f *fixtures) field(r *row, field *entity.Field, p pair) {
	v := value{field: field, node: p.node}
	switch {
	case field == r.entity.ID():
		f.rowFault(r, p, "is given by the database; rows refer to each other by label, such as @%s.%s", r.entity.Table, r.label)
		return
	case field == r.entity.SoftDelete || r.entity.SoftDelete != nil && field.Name == r.entity.SoftDelete.Name,
		r.entity.Version != nil && field.Name == r.entity.Version.Name:
		f.rowFault(r, p, "is set by the framework")
		return
	case slices.ContainsFunc(r.values, func(other value) bool { return other.field == field }):
		f.rowFault(r, p, "is given twice")
		return
	case isNull(p.node) && !field.Nullable:
		f.rowFault(r, p, "must not be null")
		return
	case isNull(p.node):
	case field.Target != "" && strings.HasPrefix(p.node.Value, "@"):
		v.ref = &reference{line: p.node.Line, text: p.node.Value}
	default:
		parsed, err := parse(field, p.node)
		if err != nil {
			f.rowFault(r, p, "%w", err)
			return
		}
		clean, _, faults := field.Clean(parsed)
		for _, fault := range faults {
			f.rowFault(r, p, "%s", fault.Message)
		}
		v.parsed = clean
	}
	r.values = append(r.values, v)
}

func (f *fixtures) edge(r *row, edge *entity.Edge, p pair) {
	l := link{edge: edge, line: p.line}
	if p.node.Kind != yaml.SequenceNode {
		f.rowFault(r, p, "must be a list of rows, such as [\"@%s.label\"]", f.store.entities[edge.Target].Table)
		return
	}
	for _, node := range p.node.Content {
		if !strings.HasPrefix(node.Value, "@") {
			f.rowFault(r, pair{p.name, p.line, node}, "must be a row, such as @%s.label", f.store.entities[edge.Target].Table)
			continue
		}
		l.refs = append(l.refs, reference{line: node.Line, text: node.Value})
	}
	r.links = append(r.links, l)
}

// connect finds the rows that a row refers to.
func (f *fixtures) connect(r *row) {
	for i := range r.values {
		if ref := r.values[i].ref; ref != nil {
			f.resolve(r, r.values[i].field.Name, r.values[i].field.Target, ref)
		}
	}
	for i := range r.links {
		for j := range r.links[i].refs {
			f.resolve(r, r.links[i].edge.Name, r.links[i].edge.Target, &r.links[i].refs[j])
		}
	}
}

func (f *fixtures) resolve(r *row, field, target string, ref *reference) {
	fail := func(format string, args ...any) {
		f.faults = append(f.faults, &FixtureError{
			File: r.file, Line: ref.line, Entity: r.entity.Name, Label: r.label, Field: field, Err: fmt.Errorf(format, args...),
		})
	}
	name, label, ok := strings.Cut(strings.TrimPrefix(ref.text, "@"), ".")
	if !ok {
		fail("%q must be a row, such as @%s.label", ref.text, f.store.entities[target].Table)
		return
	}
	e, err := f.store.entity(name)
	switch {
	case err != nil:
		fail("%w", err)
		return
	case e.Name != target:
		fail("%q is a row of %s; wanted is one of %s", ref.text, e.Table, f.store.entities[target].Table)
		return
	}
	if ref.row = f.labels[e.Name][label]; ref.row == nil {
		fail("there is no row %q in the fixtures", ref.text)
		return
	}
	r.needs = append(r.needs, *ref)
}

// fieldOf finds a field by its name, or by that of the edge whose key it is.
func fieldOf(e *entity.Entity, name string) *entity.Field {
	if f, ok := e.Field(name); ok {
		return f
	}
	for _, edge := range e.Edges {
		if edge.Name == name && edge.OwnsFK {
			return e.ByColumn(edge.Column)
		}
	}
	return nil
}

// known lists what a fixture may give.
func known(e *entity.Entity) string {
	var names []string
	for _, f := range e.Fields[1:] {
		names = append(names, f.Name)
	}
	for _, edge := range e.Edges {
		if edge.OwnsFK || edge.Relation == entity.ManyToMany {
			names = append(names, edge.Name)
		}
	}
	return strings.Join(names, ", ")
}

// errCycle ends the search for an order.
var errCycle = errors.New("refers to itself, directly or through other rows; no row can come first")

// ordered lists the rows so that those come first that others refer to.
func (f *fixtures) ordered() ([]*row, error) {
	var list []*row
	var visit func(r *row) error
	visit = func(r *row) error {
		if r.done {
			return nil
		}
		if r.busy {
			return FixtureErrors{r.fault("", errCycle)}
		}
		r.busy = true
		for _, ref := range r.needs {
			if err := visit(ref.row); err != nil {
				return err
			}
		}
		r.busy, r.done = false, true
		list = append(list, r)
		return nil
	}
	for _, r := range f.rows {
		if err := visit(r); err != nil {
			return nil, err
		}
	}
	return list, nil
}
