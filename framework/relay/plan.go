package relay

import (
	"context"
	"maps"
	"slices"

	"entgo.io/ent"

	"github.com/framefox-go/framefox/framework/entity"
)

// plan is what one mutation writes: the rows that its input names, and those
// nested in them. It is made without a statement, so that one answer can name
// all that is wrong with the input; it is then resolved against the rows that
// exist, and run level by level, the rows of one level and entity together.
type plan struct {
	src    Source
	limits Settings
	root   *entity.Entity
	rows   []*writing
	moves  []*move
	budget int // rows that may still be named
	seals  int // values that may still be sealed
	faults []entity.Violation

	id       string // of the row that is updated, as the client knows it
	expected *int64 // its version
}

// writing is one row that a mutation writes.
type writing struct {
	scope  *scope
	change Change
	path   string // of its input: "input.comments.create[2]"
	key    any    // nil until a new row is saved
	node   Node   // once it is saved
	dirty  bool   // there is something to save

	keys  map[*entity.Field]*ref // foreign keys that are keys of other rows
	given []*ref                 // rows that its input names, and that have to exist
	links []*link
	after []*writing // rows to be saved before it, for another reason
	level int        // 0 is unknown

	parent *writing // the row that it is nested in
	choice *ref     // the connectOrCreate that it is the second half of
}

// ref is a row that another one refers to: one that exists, or a row of the
// plan.
type ref struct {
	path   string
	target *entity.Entity
	key    any      // of a row that exists
	row    *writing // of the plan
	where  *uniqueKey
}

// value is the key of the row, once it is known.
func (r *ref) value() any {
	if r.row != nil {
		return r.row.key
	}
	return r.key
}

// move brings a row to an edge whose key is the row's own column.
type move struct {
	ref   *ref
	owner *writing
	edge  *entity.Edge
	after []*writing // rows that leave the edge first
}

// dropped reports whether the row is not to be written after all, because
// connectOrCreate found one.
func (w *writing) dropped() bool {
	for at := w; at != nil; at = at.parent {
		if at.choice != nil && at.choice.row != at {
			return true
		}
	}
	return false
}

// self refers to the row itself.
func (w *writing) self() *ref {
	return &ref{path: w.path, target: w.scope.entity, row: w}
}

func newPlan(src Source, root *entity.Entity) *plan {
	limits := src.Settings()
	return &plan{src: src, limits: limits, root: root, budget: limits.MaxWrites, seals: limits.MaxSeals}
}

// begin starts a change of one row.
func begin(src Source, name string, op ent.Op, key any) (*writing, error) {
	change, err := src.Change(name, op, key)
	if err != nil {
		return nil, writeError(name, err)
	}
	return &writing{
		scope: newScope(src, src.Entities()[name]), change: change, path: "input", key: key,
		keys: map[*entity.Field]*ref{},
	}, nil
}

// spend counts rows that the input names.
func (p *plan) spend(n int) error {
	if p.budget -= n; p.budget < 0 {
		return &TooManyError{Path: "input", Limit: p.limits.MaxWrites, Verb: "write"}
	}
	return nil
}

// seal counts values that are stored sealed: hashing a password is slow on
// purpose, and rows alone do not bound how often a mutation does it.
func (p *plan) seal(f *entity.Field) error {
	if f.Seal == nil {
		return nil
	}
	if p.seals--; p.seals < 0 {
		return &TooManyError{Path: "input", Limit: p.limits.MaxSeals, Verb: "set the " + f.GraphQL + " of"}
	}
	return nil
}

func (p *plan) fault(path, code, message string) {
	if !slices.ContainsFunc(p.faults, func(v entity.Violation) bool { return v.Field == path }) {
		p.faults = append(p.faults, entity.Violation{Field: path, Code: code, Message: message})
	}
}

// nesting says where in its parent a new row is.
type nesting struct {
	parent  *writing
	without *entity.Field // the foreign key that the parent gives
	depth   int
}

// create plans a new row and what is nested in it.
func (p *plan) create(name, path string, input Input, in nesting) (*writing, error) {
	if err := p.spend(1); err != nil {
		return nil, err
	}
	w, err := begin(p.src, name, ent.OpCreate, nil)
	if err != nil {
		return nil, err
	}
	w.path, w.parent, w.dirty = path, in.parent, true
	if in.without != nil {
		w.keys[in.without] = in.parent.self()
		w.keys[in.without].path = path
	}
	return w, p.add(w, input, in)
}

// update plans the change of the row with the key.
func (p *plan) update(name string, key any, input Input) (*writing, error) {
	w, err := begin(p.src, name, ent.OpUpdateOne, key)
	if err != nil {
		return nil, err
	}
	return w, p.add(w, input, nesting{})
}

func (p *plan) add(w *writing, input Input, in nesting) error {
	p.rows = append(p.rows, w)
	unset := maps.Clone(input)
	if err := p.fill(w, input, unset, in); err != nil {
		return err
	}
	if err := p.nest(w, input, unset, in); err != nil {
		return err
	}
	p.unknown(w.path, unset)
	return p.validate(w)
}

// check returns what is wrong with the input, all of it.
func (p *plan) check() error {
	if len(p.faults) == 0 {
		return nil
	}
	return &entity.ValidationError{Entity: p.root.GraphQL, Violations: p.faults}
}

// apply runs the plan.
func (p *plan) apply(ctx context.Context) error {
	if err := p.check(); err != nil {
		return err
	}
	if err := p.resolve(ctx); err != nil {
		return err
	}
	return p.run(ctx)
}
