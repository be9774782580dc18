package relay

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/framefox-go/framefox/framework/entity"
)

// Trashed is the argument that shows deleted rows.
type Trashed string //nolint:recvcheck // gqlgen wants it so

// What the argument may be.
const (
	TrashExclude Trashed = "EXCLUDE" // rows that are not deleted
	TrashInclude Trashed = "INCLUDE" // all rows
	TrashOnly    Trashed = "ONLY"    // deleted rows
)

// UnmarshalGQL implements graphql.Unmarshaler.
func (t *Trashed) UnmarshalGQL(v any) error {
	text, _ := v.(string)
	switch *t = Trashed(text); *t {
	case TrashExclude, TrashInclude, TrashOnly:
		return nil
	}
	return fmt.Errorf("must be %s, %s or %s", TrashExclude, TrashInclude, TrashOnly)
}

// MarshalGQL implements graphql.Marshaler.
func (t Trashed) MarshalGQL(w io.Writer) { _, _ = io.WriteString(w, strconv.Quote(string(t))) }

// ForbiddenError says that the caller may not look at deleted rows, or not
// restore them.
type ForbiddenError struct {
	Entity   string // name of the GraphQL type
	Argument string // as the caller gave it: "trashed: ONLY"; empty for a restore
}

func (e *ForbiddenError) Error() string {
	if e.Argument == "" {
		return fmt.Sprintf("restoring a %s is not allowed; it takes a permission", e.Entity)
	}
	return fmt.Sprintf("%s of %s is not allowed; deleted rows take a permission", e.Argument, e.Entity)
}

// ErrorCode is the code that API clients see.
func (e *ForbiddenError) ErrorCode() string { return "FORBIDDEN" }

// ErrorExtensions are the details that API clients see.
func (e *ForbiddenError) ErrorExtensions() map[string]any {
	ext := map[string]any{"entity": e.Entity}
	if e.Argument != "" {
		ext["argument"] = "trashed"
	}
	return ext
}

// withTrash opens the view to deleted rows that a field returns, to callers who
// may see them. Rows that its filter and orders look at are seen as ever.
func withTrash(ctx context.Context, src Source, e *entity.Entity, t *Trashed) (context.Context, error) {
	if t == nil || *t == TrashExclude || e.SoftDelete == nil {
		return ctx, nil
	}
	if may := src.Settings().MayTrash; may == nil || !may(ctx, e.Name) {
		return nil, &ForbiddenError{Entity: e.GraphQL, Argument: "trashed: " + string(*t)}
	}
	return t.open(ctx), nil
}

// mayRestore makes sure that the caller may restore rows of the entity, before
// anything tells whether there is such a row.
func mayRestore(ctx context.Context, s Settings, e *entity.Entity) error {
	may := s.MayRestore
	if may == nil {
		may = s.MayTrash
	}
	if may == nil || !may(ctx, e.Name) {
		return &ForbiddenError{Entity: e.GraphQL}
	}
	return nil
}

// open gives the context the view of the argument.
func (t *Trashed) open(ctx context.Context) context.Context {
	switch {
	case t == nil || *t == TrashExclude:
		return ctx
	case *t == TrashOnly:
		return entity.WithView(ctx, entity.Tombstones)
	}
	return entity.WithView(ctx, entity.Everything)
}

// view tells cursors of one view from those of another.
func (a Args) view() string {
	if a.Trashed == nil || *a.Trashed == TrashExclude {
		return ""
	}
	return "\x00" + string(*a.Trashed)
}
