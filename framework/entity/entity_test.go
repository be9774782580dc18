package entity_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/entity"
)

// Every violation has its field, a code for programs and a message.
func ExampleValidationError() {
	err := fmt.Errorf("sign-up: %w", &entity.ValidationError{Entity: "User", Violations: []entity.Violation{
		{Field: "username", Code: "too_short", Message: "must have at least 3 characters"},
		{Field: "email", Code: "required", Message: "is required"},
	}})
	if invalid, ok := errors.AsType[*entity.ValidationError](err); ok {
		for _, v := range invalid.Violations {
			fmt.Println(v.Field, v.Code)
		}
	}
	fmt.Println(err)
	// Output:
	// username too_short
	// email required
	// sign-up: User is not valid: username must have at least 3 characters; email is required
}

func TestDescription(t *testing.T) {
	t.Parallel()
	e := account()
	require.Equal(t, "id", e.ID().Name)
	f, ok := e.Field("owner_id")
	require.True(t, ok)
	byGraphQL, ok := e.GraphQLField("ownerID")
	require.True(t, ok)
	require.Same(t, f, byGraphQL)
	_, ok = e.GraphQLField("secret")
	require.False(t, ok, "what no API shows has no name there")
	_, ok = e.GraphQLField("")
	require.False(t, ok)
	require.Equal(t, "born", e.ByColumn("birth_date").Name)
	require.Nil(t, e.ByColumn("born"))
	edge, ok := e.Edge("owner")
	require.True(t, ok)
	require.False(t, edge.ToMany())
	require.True(t, (&entity.Edge{Relation: entity.ManyToMany}).ToMany())
	require.Same(t, e, entity.NewRegistry(e)["Account"])
}

// Each error has a code and details for clients, which show nothing of the
// database.
//
// Covers: B07, B51, T18.
func TestErrors(t *testing.T) {
	t.Parallel()
	type coded interface {
		error
		ErrorCode() string
		ErrorExtensions() map[string]any
	}
	for _, c := range []struct {
		err        coded
		code, want string
	}{
		{&entity.NotFoundError{Entity: "Post", ID: "x1"}, "NOT_FOUND", "Post x1 not found"},
		{&entity.NotFoundError{Entity: "Post"}, "NOT_FOUND", "Post not found"},
		{&entity.ValidationError{Entity: "Post"}, "VALIDATION", "Post is not valid"},
		{&entity.ConflictError{Entity: "Post", Code: entity.Unique, Err: errors.New("raw")}, "CONFLICT", "Post is already taken"},
		{&entity.ConflictError{Entity: "Post", Code: entity.ForeignKey}, "CONFLICT", "Post refers to something that does not exist"},
		{&entity.ConflictError{Entity: "Post", Code: entity.Restricted}, "CONFLICT", "Post is still in use"},
		{&entity.ConflictError{Entity: "Post", Code: entity.Check, Constraint: "ck_x"}, "VALIDATION", "Post breaks the constraint ck_x"},
		{&entity.ConflictError{Entity: "Post", Code: entity.NotNull}, "VALIDATION", "Post must not be null"},
		{&entity.StaleError{Entity: "Post", ID: "x1", Expected: 2, Current: 3}, "CONFLICT", "Post x1 was changed meanwhile: expected version 2, current version 3; read it again and repeat the change"},
	} {
		require.EqualError(t, c.err, c.want)
		require.Equal(t, c.code, c.err.ErrorCode())
		details, err := json.Marshal(c.err.ErrorExtensions())
		require.NoError(t, err)
		require.Contains(t, string(details), `"entity":"Post"`)
		require.NotContains(t, string(details), "raw")
	}
	require.ErrorIs(t, fmt.Errorf("x: %w", &entity.NotFoundError{}), entity.ErrNotFound)
	require.NotErrorIs(t, &entity.StaleError{}, entity.ErrNotFound, "changed is not gone")
}
