package relay

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"

	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
)

// name is the path of a field in the input; of a foreign key that comes from
// another row, the path of that row.
func (w *writing) name(field string) string {
	f, ok := w.scope.entity.Field(field)
	if !ok {
		return w.path + "." + field
	}
	if r := w.keys[f]; r != nil {
		return r.path
	}
	if f.GraphQL != "" {
		field = f.GraphQL
	}
	return w.path + "." + field
}

// explain puts an error of the write in terms of the input.
func (w *writing) explain(ctx context.Context, src Source, err error) error {
	if invalid, ok := errors.AsType[*entity.ValidationError](err); ok {
		out := &entity.ValidationError{Entity: invalid.Entity}
		for _, v := range invalid.Violations {
			v.Field = w.name(v.Field)
			out.Violations = append(out.Violations, v)
		}
		return out
	}
	if conflict, ok := errors.AsType[*entity.ConflictError](err); ok {
		return w.conflict(ctx, src, conflict)
	}
	return err
}

func (w *writing) conflict(ctx context.Context, src Source, err *entity.ConflictError) error {
	named := *err
	named.Fields = nil
	for _, name := range ofClients(w.scope.entity, w.suspects(ctx, src, err)) {
		named.Fields = append(named.Fields, w.name(name))
	}
	if len(named.Fields) == 0 && w.path != "input" {
		named.Fields = []string{w.path}
	}
	if w.choice != nil && named.Code == entity.Unique {
		return &racedError{&named}
	}
	return &named
}

// ofClients leaves the tenant out of the fields of a constraint: it is none of
// theirs, unless it is all there is.
func ofClients(e *entity.Entity, fields []string) []string {
	if e.Tenant == nil || len(fields) < 2 {
		return fields
	}
	return slices.DeleteFunc(slices.Clone(fields), func(name string) bool { return name == e.Tenant.Name })
}

// racedError is a unique key that somebody took after connectOrCreate did not
// find it: the next try will.
type racedError struct{ error }

func (e *racedError) Unwrap() error { return e.error }

// Retryable implements the interface that database.Retryable asks for.
func (*racedError) Retryable() bool { return true }

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
		if target.Hidden {
			missing = append(missing, name)
			continue
		}
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

// commonPath is what the paths of rows of one kind share, with [*] in place of
// their positions.
func commonPath(rows []*writing) string {
	position := regexp.MustCompile(`\[\d+\]`)
	first := position.ReplaceAllString(rows[0].path, "[*]")
	for _, w := range rows[1:] {
		for at := position.ReplaceAllString(w.path, "[*]"); !strings.HasPrefix(at, first); {
			i := strings.LastIndexByte(first, '.')
			if i < 0 {
				return "input"
			}
			first = first[:i]
		}
	}
	return first
}
