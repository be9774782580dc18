package relay

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"entgo.io/ent"
	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/password"
	"github.com/framefox-go/framefox/framework/rule"
)

// Tx is a transaction that a Source runs in.
type Tx interface {
	Commit() error
	Rollback() error
}

// Write runs fn in a transaction of its own, which is committed before the
// result is resolved any further. An error or a panic rolls it back.
func Write[T any](ctx context.Context, begin func(context.Context) (Source, Tx, error), fn func(Source) (T, error)) (T, error) {
	var zero T
	src, tx, err := begin(ctx)
	if err != nil {
		return zero, fmt.Errorf("relay: cannot begin a transaction: %w", err)
	}
	done := false
	defer func() {
		if !done {
			_ = tx.Rollback() // the error or panic that led here is what counts
		}
	}()
	result, err := fn(src)
	if err != nil {
		return zero, err
	}
	done = true
	if err := tx.Commit(); err != nil {
		return zero, fmt.Errorf("relay: cannot commit: %w", err)
	}
	return result, nil
}

// Create inserts one row.
func Create(ctx context.Context, src Source, name string, input Input) (Node, error) {
	w, err := begin(src, name, ent.OpCreate, nil)
	if err != nil {
		return nil, err
	}
	if err := w.fill(input); err != nil {
		return nil, err
	}
	if err := w.resolve(ctx, src); err != nil {
		return nil, err
	}
	n, err := w.change.Save(ctx)
	if err != nil {
		return nil, w.explain(ctx, src, err)
	}
	return n, nil
}

// Update changes the given fields of one row. With an expected version, a row
// that has another one by now is left alone and a StaleError returned.
func Update(ctx context.Context, src Source, name, id string, input Input, expected *int64) (Node, error) {
	e := src.Entities()[name]
	key, err := decodeKey(e, id)
	if err != nil {
		return nil, err
	}
	if len(input) == 0 {
		return unchanged(ctx, src, e, key, id, expected)
	}
	w, err := begin(src, name, ent.OpUpdateOne, key)
	if err != nil {
		return nil, err
	}
	if err := w.fill(input); err != nil {
		return nil, err
	}
	if err := w.resolve(ctx, src); err != nil {
		return nil, err
	}
	if expected != nil && e.Version != nil {
		w.change.Mutation.WhereP(sql.FieldEQ(e.Version.Column, *expected))
	}
	n, err := w.change.Save(ctx)
	if errors.Is(err, entity.ErrNotFound) && expected != nil {
		return nil, stale(ctx, src, e, key, id, *expected)
	}
	if err != nil {
		return nil, w.explain(ctx, src, err)
	}
	return n, nil
}

// unchanged is an update of nothing: the row as it is, its version included.
func unchanged(ctx context.Context, src Source, e *entity.Entity, key any, id string, expected *int64) (Node, error) {
	rows, err := src.Select(ctx, Query{
		Entity: e.Name,
		Where:  func(s *sql.Selector) { s.Where(sql.EQ(s.C(e.ID().Column), key)) },
	})
	if err != nil {
		return nil, fmt.Errorf("relay: cannot read a %s: %w", e.Name, err)
	}
	if len(rows) == 0 {
		return nil, &entity.NotFoundError{Entity: e.GraphQL, ID: id}
	}
	if expected != nil && e.Version != nil && rows[0].FieldValue(e.Version.Name) != *expected {
		return nil, stale(ctx, src, e, key, id, *expected)
	}
	return rows[0], nil
}

// stale tells a row that changed from one that is gone.
func stale(ctx context.Context, src Source, e *entity.Entity, key any, id string, expected int64) error {
	rows, err := src.Select(ctx, Query{
		Entity: e.Name, Columns: []string{e.ID().Name, e.Version.Name},
		Where: func(s *sql.Selector) { s.Where(sql.EQ(s.C(e.ID().Column), key)) },
	})
	if err != nil {
		return fmt.Errorf("relay: cannot read the version of a %s: %w", e.Name, err)
	}
	if len(rows) == 0 {
		return &entity.NotFoundError{Entity: e.GraphQL, ID: id}
	}
	current, err := parseInt(rows[0].FieldValue(e.Version.Name))
	if err != nil {
		return fmt.Errorf("relay: cannot read the version of a %s: %w", e.Name, err)
	}
	return &entity.StaleError{Entity: e.GraphQL, ID: id, Expected: expected, Current: current}
}

// Delete removes one row, or marks it where the entity has soft delete, and
// returns its id.
func Delete(ctx context.Context, src Source, name, id string) (string, error) {
	key, err := decodeKey(src.Entities()[name], id)
	if err != nil {
		return "", err
	}
	w, err := begin(src, name, ent.OpDeleteOne, key)
	if err != nil {
		return "", err
	}
	if _, err := w.change.Save(ctx); err != nil {
		return "", w.explain(ctx, src, err)
	}
	return id, nil
}

// writing is one mutation with what its errors need to be explained.
type writing struct {
	scope  *scope
	change Change
	key    any    // of the row; nil on create
	links  []link // to be resolved
}

func begin(src Source, name string, op ent.Op, key any) (*writing, error) {
	change, err := src.Change(name, op, key)
	if err != nil {
		return nil, fmt.Errorf("relay: cannot write %s: %w", name, err)
	}
	return &writing{scope: newScope(src, src.Entities()[name]), change: change, key: key}, nil
}

// fill sets what the input carries. Values that cannot be set are collected,
// and reported together with those that break rules.
func (w *writing) fill(input Input) error {
	e := w.scope.entity
	creating := w.change.Mutation.Op().Is(ent.OpCreate)
	unset := make(map[string]bool, len(input))
	for key := range input {
		unset[key] = true
	}
	var faults []entity.Violation
	report := func(key, code, message string) {
		faults = append(faults, entity.Violation{Field: "input." + key, Code: code, Message: message})
	}
	for _, f := range e.Fields {
		if f.GraphQL == "" || creating && !f.Create || !creating && !f.Update {
			continue
		}
		if v, ok := input[f.GraphQL]; ok {
			delete(unset, f.GraphQL)
			if code, err := w.set(f, v, creating); err != nil {
				report(f.GraphQL, code, err.Error())
			}
		}
		if more, ok := input[Append(f)]; ok && !creating && f.Kind == entity.Strings {
			delete(unset, Append(f))
			if err := w.append(f, more); err != nil {
				report(Append(f), rule.CodeType, err.Error())
			}
		}
	}
	for _, edge := range e.Edges {
		if edge.Relation != entity.ManyToMany || edge.GraphQL == "" {
			continue
		}
		for _, in := range edgeInputs(edge, creating) {
			v, ok := input[in.name]
			if !ok {
				continue
			}
			delete(unset, in.name)
			if err := w.link(edge, in, v); err != nil {
				report(in.name, rule.CodeInvalid, err.Error())
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(unset)) {
		report(key, rule.CodeUnknown, "cannot be set")
	}
	if len(faults) == 0 {
		return nil
	}
	// The other values are checked too, so that one answer names them all.
	var invalid *entity.ValidationError
	if err := e.Validate(w.change.Mutation); errors.As(err, &invalid) {
		for _, v := range invalid.Violations {
			v = w.rename(v)
			if !slices.ContainsFunc(faults, func(f entity.Violation) bool { return f.Field == v.Field }) {
				faults = append(faults, v)
			}
		}
	}
	return &entity.ValidationError{Entity: e.GraphQL, Violations: faults}
}

// set sets or clears one field; the code goes with the error.
func (w *writing) set(f *entity.Field, v any, creating bool) (code string, err error) {
	m := w.change.Mutation
	if v == nil {
		switch {
		case !f.Nullable:
			return rule.CodeNull, errors.New("must not be null")
		case creating:
			return "", nil
		}
		return rule.CodeInvalid, m.ClearField(f.Name)
	}
	if f.Seal != nil && v == password.Unusable {
		return rule.CodeInvalid, errors.New("is not a password")
	}
	value, err := w.scope.parseValue(f, v)
	if err != nil {
		return rule.CodeType, err
	}
	return rule.CodeType, m.SetField(f.Name, value)
}

// append adds to a list of texts that is stored as JSON.
func (w *writing) append(f *entity.Field, v any) error {
	more, err := parseStrings(v)
	if err != nil {
		return err
	}
	if _, _, faults := f.Clean(more); len(faults) > 0 {
		return errors.New(faults[0].Message)
	}
	appender, ok := w.change.Mutation.(interface {
		AppendStrings(name string, values []string) error
	})
	if !ok {
		return errors.New("cannot be appended to")
	}
	return appender.AppendStrings(f.Name, more.([]string))
}

// explain puts an error of the write in terms of the input.
func (w *writing) explain(ctx context.Context, src Source, err error) error {
	if invalid, ok := errors.AsType[*entity.ValidationError](err); ok {
		out := &entity.ValidationError{Entity: invalid.Entity}
		for _, v := range invalid.Violations {
			out.Violations = append(out.Violations, w.rename(v))
		}
		return out
	}
	if conflict, ok := errors.AsType[*entity.ConflictError](err); ok {
		named := *conflict
		named.Fields = nil
		for _, name := range w.suspects(ctx, src, conflict) {
			named.Fields = append(named.Fields, w.rename(entity.Violation{Field: name}).Field)
		}
		return &named
	}
	return err
}

// suspects narrows the fields of a broken foreign key down to those whose row
// is missing, where the database does not tell (SQLite).
func (w *writing) suspects(ctx context.Context, src Source, conflict *entity.ConflictError) []string {
	if conflict.Code != entity.ForeignKey || len(conflict.Fields) < 2 {
		return conflict.Fields
	}
	var missing []string
	for _, name := range conflict.Fields {
		f, _ := w.scope.entity.Field(name)
		target := w.scope.registry[f.Target]
		key, _ := w.change.Mutation.Field(name)
		rows, err := src.Select(entity.WithTrashed(ctx), Query{
			Entity: f.Target, Columns: []string{target.ID().Name},
			Where: func(s *sql.Selector) { s.Where(sql.EQ(s.C(target.ID().Column), key)) },
		})
		if err != nil {
			return conflict.Fields // the transaction is beyond use
		}
		if len(rows) == 0 {
			missing = append(missing, name)
		}
	}
	return missing
}

func (w *writing) rename(v entity.Violation) entity.Violation {
	if f, ok := w.scope.entity.Field(v.Field); ok && f.GraphQL != "" {
		v.Field = f.GraphQL
	}
	v.Field = "input." + v.Field
	return v
}

// Append names the input that adds to a list: appendRoleNames.
func Append(f *entity.Field) string { return "append" + capital(f.GraphQL) }

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
