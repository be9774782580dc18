package bulk

import (
	"context"
	"fmt"

	"entgo.io/ent"
	"entgo.io/ent/dialect/sql/sqlgraph"
)

// Row is one row to be created or updated.
type Row struct {
	mutation ent.Mutation
	hooks    []ent.Hook
	// build runs behind the hooks. It checks the mutation that they pass on and
	// sets create or update.
	build  func(m ent.Mutation) error
	create *sqlgraph.CreateSpec
	update *sqlgraph.UpdateSpec
	// saveAlone saves the row by itself, after build, where no statement for many
	// rows can.
	saveAlone func(ctx context.Context) error
	// done returns the row once it is saved.
	done func() ent.Value

	value ent.Value
	err   error // what the row is to blame for
	saved bool

	madeID bool // by the INSERT
	alone  bool // saved by saveAlone
}

// Creating is what a generated builder gives of a row that it creates: M is its
// mutation, N the row.
type Creating[M ent.Mutation, N any] struct {
	Mutation M
	Hooks    []ent.Hook
	Invalid  error   // of the defaults
	Use      func(M) // the mutation that the hooks pass on
	Check    func() error
	Spec     func() (N, *sqlgraph.CreateSpec, error)
	Save     func(context.Context) (N, error)
	// Done notes that the row is saved, under the id: nil where the key is of
	// several fields.
	Done func(row N, id any)
}

// BulkRow returns the row to save.
func (c Creating[M, N]) BulkRow() *Row {
	var node N
	r := &Row{mutation: c.Mutation, hooks: c.Hooks}
	r.build = func(m ent.Mutation) error {
		if err := accept(m, c.Use, c.Invalid); err != nil {
			return err
		}
		err := c.Check()
		if err == nil {
			node, r.create, err = c.Spec()
		}
		return err
	}
	r.saveAlone = func(ctx context.Context) (err error) {
		node, err = c.Save(ctx)
		return err
	}
	r.done = func() ent.Value {
		var id any
		if r.create.ID != nil {
			id = r.create.ID.Value
		}
		c.Done(node, id)
		return node
	}
	return r
}

// Updating is what a generated builder gives of a row that it updates.
type Updating[M ent.Mutation, N any] struct {
	Mutation M
	Hooks    []ent.Hook
	Invalid  error   // of the defaults
	Use      func(M) // the mutation that the hooks pass on
	Row      N       // to be filled
	Scan     func(columns []string) ([]any, error)
	Assign   func(columns []string, values []any) error
	// Collect makes Save hand over what it would do, until it is given nil.
	Collect func(func(*sqlgraph.UpdateSpec))
	Save    func(context.Context) (N, error)
	Done    func()
}

// BulkRow returns the row to save.
func (u Updating[M, N]) BulkRow() *Row {
	node := u.Row
	r := &Row{mutation: u.Mutation, hooks: u.Hooks}
	r.build = func(m ent.Mutation) error {
		if err := accept(m, u.Use, u.Invalid); err != nil {
			return err
		}
		u.Collect(func(spec *sqlgraph.UpdateSpec) {
			spec.ScanValues, spec.Assign = u.Scan, u.Assign
			r.update = spec
		})
		defer u.Collect(nil)
		_, err := u.Save(context.Background()) // which runs nothing
		return err
	}
	r.saveAlone = func(ctx context.Context) (err error) {
		node, err = u.Save(ctx)
		return err
	}
	r.done = func() ent.Value {
		u.Done()
		return node
	}
	return r
}

// accept goes on with the mutation that hooks have passed on.
func accept[M ent.Mutation](m ent.Mutation, use func(M), invalid error) error {
	mutation, ok := m.(M)
	if !ok {
		return fmt.Errorf("unexpected mutation type %T", m)
	}
	use(mutation)
	return invalid
}
