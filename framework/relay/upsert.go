package relay

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
	if most := src.Settings().MaxList; len(input) > most {
		return nil, bad("input", "has %d items; the most are %d", len(input), most)
	}
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
	var (
		rows     = make([]Upsertion, len(inputs))
		writings = make([]*writing, len(inputs))
		invalid  *entity.ValidationError
	)
	for i, input := range inputs {
		w, err := begin(src, name, ent.OpCreate, nil)
		if err != nil {
			return nil, err
		}
		writings[i] = w
		err = w.fill(input)
		if err == nil {
			err = w.resolve(ctx, src)
		}
		if faults, ok := errors.AsType[*entity.ValidationError](err); ok {
			// One answer names the faults of all rows.
			if invalid == nil {
				invalid = &entity.ValidationError{Entity: faults.Entity}
			}
			for _, v := range faults.Violations {
				v.Field = below(path(i), v.Field)
				invalid.Violations = append(invalid.Violations, v)
			}
			continue
		}
		if err != nil {
			return nil, repath(err, path(i))
		}
		rows[i] = w.upsertion(input)
	}
	if invalid != nil {
		return nil, invalid
	}
	nodes, err := upserter.Upsert(ctx, name, strings.ToLower(string(by)), rows)
	if row, ok := errors.AsType[*entity.RowError](err); ok {
		return nil, repath(writings[row.Index].explain(ctx, src, row.Err), path(row.Index))
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

// repath puts the paths of an error of one row below that of the row.
func repath(err error, path string) error {
	if invalid, ok := errors.AsType[*entity.ValidationError](err); ok {
		out := &entity.ValidationError{Entity: invalid.Entity, Violations: slices.Clone(invalid.Violations)}
		for i := range out.Violations {
			out.Violations[i].Field = below(path, out.Violations[i].Field)
		}
		return out
	}
	if conflict, ok := errors.AsType[*entity.ConflictError](err); ok {
		out := *conflict
		out.Fields = slices.Clone(conflict.Fields)
		for i := range out.Fields {
			out.Fields[i] = below(path, out.Fields[i])
		}
		return &out
	}
	return err
}

// below puts the path of a field below that of its row.
func below(row, field string) string {
	if rest, ok := strings.CutPrefix(field, "input"); ok {
		return row + rest
	}
	return field
}
