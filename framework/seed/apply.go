package seed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"time"

	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/password"
)

// ApplyOptions say what to do with rows that are there. The zero value leaves
// them alone.
type ApplyOptions struct {
	Update   bool           // bring rows that differ back to their fixture
	DryRun   bool           // write everything, and then take it back
	Tenant   string         // of rows whose fixture names none; default that of the context
	Progress func(Progress) // called before each row; may be nil
}

// Progress is how far a seeding is.
type Progress struct {
	Entity string
	Done   int
	Total  int
}

// Report is what became of the rows, by entity, in the order in which they came.
type Report struct {
	Entities []*EntityReport `json:"entities"`
}

// EntityReport is what became of the rows of one entity.
type EntityReport struct {
	Entity      string       `json:"entity"`
	Table       string       `json:"table"`
	Inserted    int          `json:"inserted"`
	Updated     int          `json:"updated"`
	Unchanged   int          `json:"unchanged"`
	Deleted     int          `json:"deleted"` // found as tombstones, and left alone
	Differences []Difference `json:"differences,omitempty"`
}

// Difference is a row that is not as its fixture says, and was left alone.
type Difference struct {
	File   string   `json:"file"`
	Line   int      `json:"line"`
	Label  string   `json:"label"`
	Fields []string `json:"fields"`
}

// Inserted counts the new rows of all entities.
func (r *Report) Inserted() (n int) {
	for _, e := range r.Entities {
		n += e.Inserted
	}
	return n
}

func (r *Report) of(e *entity.Entity) *EntityReport {
	for _, report := range r.Entities {
		if report.Entity == e.Name {
			return report
		}
	}
	report := &EntityReport{Entity: e.Name, Table: e.Table}
	r.Entities = append(r.Entities, report)
	return report
}

// Apply makes sure that the rows of all fixtures in a folder, the files *.yaml
// directly in it, are there. It is one transaction: after an error nothing is
// written. The error is [ErrNoFixtures] or [FixtureErrors], or one of the database.
func (s *Store) Apply(ctx context.Context, dir fs.FS, opts ApplyOptions) (report Report, err error) {
	f, err := s.load(ctx, dir, opts.Tenant)
	if err != nil {
		return Report{}, err
	}
	rows, err := f.ordered()
	if err != nil {
		return Report{}, err
	}
	tx, err := s.begin(ctx)
	if err != nil {
		return Report{}, err
	}
	a := &applying{session: tx, opts: opts}
	for i, r := range rows {
		if opts.Progress != nil {
			opts.Progress(Progress{Entity: r.entity.Name, Done: i, Total: len(rows)})
		}
		if err := a.row(entity.WithTrashed(as(ctx, r.tenant)), r); err != nil {
			return Report{}, errors.Join(err, tx.end(false))
		}
	}
	return a.report, tx.end(!opts.DryRun)
}

// applying is one run over the fixtures.
type applying struct {
	*session
	opts   ApplyOptions
	report Report
}

// row brings one row into the database, if it is not there already.
func (a *applying) row(ctx context.Context, r *row) error {
	for i, v := range r.values {
		if v.ref != nil {
			r.values[i].parsed = v.ref.row.id
		}
	}
	found, err := a.find(ctx, r)
	if err != nil {
		return err
	}
	report := a.report.of(r.entity)
	if found == nil {
		report.Inserted++
		return a.insert(ctx, r)
	}
	r.id = found[r.entity.ID().Name]
	if r.entity.SoftDelete != nil && found[r.entity.SoftDelete.Name] != nil {
		report.Deleted++
		return nil
	}
	different, err := a.differences(ctx, r, found)
	switch {
	case err != nil:
		return err
	case len(different) == 0:
		report.Unchanged++
		return nil
	case !a.opts.Update:
		report.Differences = append(report.Differences, Difference{File: r.file, Line: r.line, Label: r.label, Fields: different})
		return nil
	}
	report.Updated++
	return a.update(ctx, r, different)
}

// find looks for the row by its key; nil means that it is not there.
func (a *applying) find(ctx context.Context, r *row) (record, error) {
	key, err := a.keyOf(r)
	if err != nil {
		return nil, err
	}
	fields := []*entity.Field{r.entity.ID()}
	for _, f := range r.entity.Fields {
		soft := r.entity.SoftDelete != nil && f.Name == r.entity.SoftDelete.Name
		if soft || slices.ContainsFunc(r.values, func(v value) bool { return v.field == f }) {
			fields = append(fields, f)
		}
	}
	found, err := a.read(ctx, r.entity, fields, func(s *sql.Selector) {
		for _, v := range key {
			s.Where(sql.EQ(s.C(v.field.Column), v.parsed))
		}
	})
	if len(found) > 1 && r.entity.SoftDelete != nil {
		found = livingFirst(r.entity, found)
	}
	switch {
	case err != nil:
		return nil, r.explain(err)
	case len(found) > 1:
		return nil, FixtureErrors{r.fault(key[0].field.Name, fmt.Errorf("%d rows have this key (%s); give key: with fields that tell them apart", len(found), names(key)))}
	case len(found) == 1:
		return found[0], nil
	}
	return nil, nil //nolint:nilnil // documented
}

// livingFirst leaves out the deleted rows that once had the key, or all of them
// but one where none lives.
func livingFirst(e *entity.Entity, found []record) []record {
	living := slices.DeleteFunc(slices.Clone(found), func(r record) bool { return r[e.SoftDelete.Name] != nil })
	if len(living) == 0 {
		return found[len(found)-1:]
	}
	return living
}

// keyOf is what the row is found by: what the file names, or else the first set
// of unique fields that the fixture gives.
func (a *applying) keyOf(r *row) ([]value, error) {
	given := func(set []*entity.Field) (key []value) {
		for _, f := range set {
			i := slices.IndexFunc(r.values, func(v value) bool { return v.field == f && v.parsed != nil })
			if i < 0 {
				return nil
			}
			key = append(key, r.values[i])
		}
		return key
	}
	if r.key != nil {
		if key := given(r.key); key != nil {
			return key, nil
		}
		return nil, FixtureErrors{r.fault("", errors.New("does not give all fields of its key"))}
	}
	for _, set := range a.uniques[r.entity.Name] {
		if slices.ContainsFunc(set, func(f *entity.Field) bool { return f.Seal != nil }) {
			continue
		}
		if key := given(set); key != nil {
			return key, nil
		}
	}
	return nil, FixtureErrors{r.fault("", errors.New(
		"gives no unique field, so that a second run could not find the row again; name fields that tell the rows apart, such as key: [name]",
	))}
}

func names(values []value) string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = v.field.Name
	}
	return strings.Join(list, ", ")
}

func (a *applying) insert(ctx context.Context, r *row) error {
	d, err := a.create(r.entity)
	if err != nil {
		return err
	}
	for _, v := range r.values {
		if v.parsed == nil {
			continue
		}
		if err := d.mutation.SetField(v.field.Name, v.parsed); err != nil {
			return FixtureErrors{r.fault(v.field.Name, err)}
		}
	}
	for _, l := range r.links {
		if err := d.link(l.edge, true, l.ids()); err != nil {
			return err
		}
	}
	if err := d.save(ctx); err != nil {
		return r.explain(err)
	}
	r.id = d.id()
	return nil
}

// ids are the keys of the rows that a fixture lists, each once.
func (l link) ids() (list []any) {
	for _, ref := range l.refs {
		if !slices.Contains(list, ref.row.id) {
			list = append(list, ref.row.id)
		}
	}
	return list
}

// differences names the fields and edges in which a row is not as its fixture.
func (a *applying) differences(ctx context.Context, r *row, found record) (list []string, err error) {
	for _, v := range r.values {
		same, err := equal(v.field, v.parsed, found[v.field.Name])
		if err != nil {
			return nil, FixtureErrors{r.fault(v.field.Name, err)}
		}
		if !same {
			list = append(list, v.field.Name)
		}
	}
	for _, l := range r.links {
		add, remove, err := a.compareLinks(ctx, r, l)
		if err != nil {
			return nil, err
		}
		if len(add)+len(remove) > 0 {
			list = append(list, l.edge.Name)
		}
	}
	return list, nil
}

// equal compares what a fixture says with what is stored.
func equal(f *entity.Field, want, got any) (bool, error) {
	if want == nil || got == nil {
		return want == nil && got == nil, nil
	}
	if f.Seal != nil {
		plain, _ := want.(string)
		hash, _ := got.(string)
		if plain == password.Unusable || hash == password.Unusable {
			return plain == hash, nil
		}
		same, _, err := password.Verify(hash, plain)
		return same && err == nil, nil // what is no hash is another value
	}
	if at, ok := want.(time.Time); ok {
		stored, ok := got.(time.Time)
		return ok && stored.Equal(at), nil
	}
	if stored, ok := got.(document); ok {
		// Databases keep documents, not their spelling.
		into := reflect.New(f.GoType)
		if err := json.Unmarshal(stored, into.Interface()); err != nil {
			return false, fmt.Errorf("cannot be read: %w", err)
		}
		return reflect.DeepEqual(want, into.Elem().Interface()), nil
	}
	return reflect.DeepEqual(want, got), nil
}

// compareLinks tells which rows are to be added to an edge and removed from it.
func (a *applying) compareLinks(ctx context.Context, r *row, l link) (add, remove []any, err error) {
	target := a.entities[l.edge.Target]
	id := target.ID()
	linked, err := a.read(ctx, target, []*entity.Field{id}, func(s *sql.Selector) {
		join := sql.Dialect(s.Dialect()).Table(l.edge.JoinTable)
		s.Where(sql.In(s.C(id.Column), sql.Dialect(s.Dialect()).Select(join.C(l.edge.TargetColumn)).From(join).
			Where(sql.EQ(join.C(l.edge.OwnerColumn), r.id))))
	})
	if err != nil {
		return nil, nil, err
	}
	want := l.ids()
	add = slices.Clone(want)
	for _, row := range linked {
		key := row[id.Name]
		if slices.Contains(want, key) {
			add = slices.DeleteFunc(add, func(k any) bool { return k == key })
		} else {
			remove = append(remove, key)
		}
	}
	return add, remove, nil
}

// update brings the fields that differ back to the fixture. What then still
// differs cannot be changed.
func (a *applying) update(ctx context.Context, r *row, different []string) error {
	d, err := a.session.update(r.entity, r.id)
	if err != nil {
		return err
	}
	for _, v := range r.values {
		if !slices.Contains(different, v.field.Name) {
			continue
		}
		if v.parsed == nil {
			err = d.mutation.ClearField(v.field.Name)
		} else {
			err = d.mutation.SetField(v.field.Name, v.parsed)
		}
		if err != nil {
			return FixtureErrors{r.fault(v.field.Name, err)}
		}
	}
	for _, l := range r.links {
		add, remove, err := a.compareLinks(ctx, r, l)
		if err == nil {
			err = errors.Join(d.link(l.edge, true, add), d.link(l.edge, false, remove))
		}
		if err != nil {
			return err
		}
	}
	if err := d.save(ctx); err != nil {
		return r.explain(err)
	}
	found, err := a.find(ctx, r)
	if err != nil {
		return err
	}
	left, err := a.differences(ctx, r, found)
	if err == nil && len(left) > 0 {
		err = FixtureErrors{r.fault(left[0], errors.New("cannot be changed once the row is made; delete the row, or take the change back"))}
	}
	return err
}
