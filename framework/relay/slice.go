package relay

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
)

// MarshalSlice marshals the edges of a connection one after the other, in the
// goroutine of its caller. gqlgen's own would start a goroutine for each: all
// but the first would wait for what that one loads for all of them. The
// generator puts it in place where a row has no resolver of the application's
// own, which may have something to do for each row.
func MarshalSlice(ctx context.Context, length int, marshal func(ctx context.Context, i int) graphql.Marshaler) (list graphql.Array) {
	list = make(graphql.Array, length)
	for i := range length {
		at := graphql.WithFieldContext(ctx, &graphql.FieldContext{Index: &i})
		func() {
			defer func() {
				if r := recover(); r != nil {
					graphql.AddError(at, graphql.Recover(at, r))
					list = nil
				}
			}()
			list[i] = marshal(at, i)
		}()
		if list == nil {
			return nil
		}
	}
	return list
}
