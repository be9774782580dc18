package relay

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"entgo.io/ent"

	"github.com/framefox-go/framefox/framework/entity"
)

// Upserter is a Source that upserts rows. The generated client implements it.
type Upserter interface {
	// Upsert creates the rows whose key is not there and updates the others, and
	// returns them in order. An error is an *entity.RowError where one of the
	// rows is to blame.
	Upsert(ctx context.Context, entity, key string, rows []Upsertion) ([]Node, error)
}

// Upsertion is a create that becomes an update where the row is there.
type Upsertion struct {
	Change
	Clear []string // fields that the client sent as null: cleared in a row that is there
	Keep  []string // fields that clients may not update: kept in a row that is there
}

// Kept tells Upsertion.Keep by index; nil for none.
func Kept(rows []Upsertion) func(int) []string {
	if rows == nil {
		return nil
	}
	return func(i int) []string { return rows[i].Keep }
}

// Cleared tells Upsertion.Clear by index; nil for none.
func Cleared(rows []Upsertion) func(int) []string {
	if rows == nil {
		return nil
	}
	return func(i int) []string { return rows[i].Clear }
}

// Upsert creates one row, or updates the one with its key.
func Upsert(ctx context.Context, src Source, name string, by KeyName, input Input) (Node, error) {
	nodes, err := upsert(ctx, src, name, by, []Input{input}, func(int) string { return "input" })
	if err != nil {
		return nil, err
	}
	return nodes[0], nil
}

// UpsertAll creates rows, or updates those with their keys, all or none.
func UpsertAll(ctx context.Context, src Source, name string, by KeyName, input []Input) ([]Node, error) {
	return upsert(ctx, src, name, by, input, func(i int) string { return fmt.Sprintf("input[%d]", i) })
}

func upsert(ctx context.Context, src Source, name string, by KeyName, inputs []Input, path func(int) string) ([]Node, error) {
	upserter, ok := src.(Upserter)
	if !ok {
		return nil, errors.New("relay: the client cannot upsert; run the generator again")
	}
	if len(inputs) == 0 {
		return nil, nil
	}
	p := newPlan(src, src.Entities()[name])
	rows := make([]Upsertion, len(inputs))
	for i, input := range inputs {
		if err := p.spend(1); err != nil {
			return nil, err
		}
		w, err := begin(src, name, ent.OpCreate, nil)
		if err != nil {
			return nil, err
		}
		w.path = path(i)
		p.rows = append(p.rows, w)
		if err := p.flat(w, input); err != nil {
			return nil, err
		}
		rows[i] = w.upsertion(input)
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	if _, err := p.lookUp(ctx); err != nil {
		return nil, err
	}
	nodes, err := upserter.Upsert(ctx, name, strings.ToLower(string(by)), rows)
	if row, ok := errors.AsType[*entity.RowError](err); ok {
		return nil, p.rows[row.Index].explain(ctx, src, row.Err)
	}
	return nodes, err
}

// upsertion tells what becomes of the fields of a row that is there.
func (w *writing) upsertion(input Input) Upsertion {
	u := Upsertion{Change: w.change}
	for _, f := range w.scope.entity.Fields {
		v, given := input[f.GraphQL]
		switch {
		case f.GraphQL == "" || !f.Create:
		case !f.Update:
			u.Keep = append(u.Keep, f.Name)
		case given && v == nil && f.Nullable:
			u.Clear = append(u.Clear, f.Name)
		}
	}
	return u
}
