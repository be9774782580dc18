package graphql_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	gqlgen "github.com/99designs/gqlgen/graphql"
	_ "github.com/mattn/go-sqlite3" // a database whose errors must not leak
	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/framefox-go/framefox/framework/graphql"
)

// conflict is a typed error of some repository.
type conflict struct{ field string }

func (e *conflict) Error() string     { return e.field + " is taken" }
func (e *conflict) ErrorCode() string { return "CONFLICT" }
func (e *conflict) ErrorExtensions() map[string]any {
	return map[string]any{"field": e.field, "code": "overruled"}
}

var _ graphql.ClientError = (*conflict)(nil)

// What a database says goes to the log under an id, and the client gets the id.
//
// Covers: T18.
func TestDatabaseErrorsAreMasked(t *testing.T) {
	t.Parallel()
	db, err := sql.Open("sqlite3", ":memory:")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	db.SetMaxOpenConns(1)
	_, err = db.ExecContext(t.Context(), "CREATE TABLE users (email TEXT UNIQUE CHECK (email <> 'bad')); INSERT INTO users VALUES ('ann@example.org')")
	require.NoError(t, err)

	for statement, secret := range map[string]string{
		"SELECT * FROM ent_types":                        "ent_types",
		"INSERT INTO users VALUES ('ann@example.org')":   "users.email",
		"INSERT INTO users VALUES ('bad')":               "CHECK",
		"SELEC email FROM users WHERE email = 'ann@x.y'": "SELEC",
	} {
		_, dbErr := db.ExecContext(t.Context(), statement)
		require.ErrorContains(t, dbErr, secret)

		s := newShop(t, graphql.Options{}).failing(fmt.Errorf("create user: %w", dbErr))
		r := s.query(t, "query Sign{item(id:1){broken}}")
		require.Equal(t, graphql.CodeInternal, r.code(t))
		require.Equal(t, "internal error", r.Errors[0].Message)
		require.Equal(t, []any{"item", "broken"}, r.Errors[0].Path)
		require.Len(t, r.Errors[0].Locations, 1)
		require.JSONEq(t, `{"item":{"broken":null}}`, string(r.Data))
		require.NotContains(t, r.Text, secret)

		lines := s.log.lines(t, "graphql: internal error")
		require.Len(t, lines, 1)
		require.Equal(t, r.Errors[0].Extensions["id"], lines[0]["error_id"])
		require.Equal(t, r.Header.Get("X-Request-Id"), lines[0]["request_id"])
		require.Equal(t, "item.broken", lines[0]["path"])
		require.Equal(t, "Sign", lines[0]["operation"])
		require.Contains(t, lines[0]["error"], secret)
	}
}

// A ClientError is found under any wrapping, and only its own text is shown.
//
// Covers: T18.
func TestClientErrors(t *testing.T) {
	t.Parallel()
	cause := errors.New("UNIQUE constraint failed: users.email")
	for _, err := range []error{
		&conflict{"email"},
		fmt.Errorf("%w: %w", cause, &conflict{"email"}),
		errors.Join(cause, &conflict{"email"}),
		gqlerror.Wrap(fmt.Errorf("insert: %w", &conflict{"email"})),
	} {
		s := newShop(t, graphql.Options{}).failing(err)
		r := s.query(t, "{item(id:1){broken}}")
		require.Equal(t, "CONFLICT", r.code(t))
		require.Equal(t, "email is taken", r.Errors[0].Message)
		require.Equal(t, map[string]any{"code": "CONFLICT", "field": "email"}, r.Errors[0].Extensions)
		require.Equal(t, []any{"item", "broken"}, r.Errors[0].Path)
		require.Empty(t, s.log.lines(t, "graphql: internal error"))
	}
	s := newShop(t, graphql.Options{}).failing(&graphql.UserError{
		Code: "SOLD_OUT", Message: strings.Repeat("é", 1000), Extensions: map[string]any{"left": 0},
	})
	r := s.query(t, "{fail}")
	require.Equal(t, "SOLD_OUT", r.code(t))
	require.EqualValues(t, 0, r.Errors[0].Extensions["left"])
	require.Less(t, len(r.Errors[0].Message), 400)
}

// gqlgen's errors pass when they carry a code, as entgql's do; one that only
// formats another error does not.
//
// Covers: T18.
func TestErrorsOfGqlgen(t *testing.T) {
	t.Parallel()
	withCode := &gqlerror.Error{Message: "no such node", Extensions: map[string]any{"code": "NOT_FOUND"}}
	require.Equal(t, "NOT_FOUND", newShop(t, graphql.Options{}).failing(withCode).query(t, "{fail}").code(t))
	for _, err := range []error{
		gqlerror.Errorf("cannot save: %s", "pq: secret"),
		&gqlerror.Error{Err: errors.New("secret"), Message: "secret", Extensions: map[string]any{"code": "X"}},
	} {
		r := newShop(t, graphql.Options{}).failing(err).query(t, "{fail}")
		require.Equal(t, graphql.CodeInternal, r.code(t))
		require.NotContains(t, r.Text, "secret")
	}
	// A null where the schema allows none is a fault of the server.
	s := newShop(t, graphql.Options{}).failing(errors.New("secret"))
	r := s.query(t, "{item(id:1){brokenRequired}}")
	require.Equal(t, graphql.CodeInternal, r.code(t))
	require.JSONEq(t, `{"item":null}`, string(r.Data))
}

// An argument that can't be read is the client's to mend: it is named.
func TestArgumentErrors(t *testing.T) {
	t.Parallel()
	s := newShop(t, graphql.Options{})
	r := s.query(t, `query($t: Time!){at(time:$t)}`, "t", "yesterday")
	require.Equal(t, graphql.CodeBadUserInput, r.code(t))
	require.Equal(t, "time", r.Errors[0].Extensions["argument"])
	require.Equal(t, []any{"at"}, r.Errors[0].Path)

	r = s.query(t, `mutation($i: NewItem!){addItem(input:$i){id}}`, "i", map[string]any{"name": "x", "madeAt": strings.Repeat("s3cret", 500)})
	require.Equal(t, graphql.CodeBadUserInput, r.code(t))
	require.Equal(t, "input.madeAt", r.Errors[0].Extensions["argument"])
	require.Less(t, len(r.Text), 1000, "the answer is a copy of the request")
	require.Zero(t, s.Calls.Load())

	r = s.query(t, `mutation($i: NewItem!){addItem(input:$i){id}}`, "i", map[string]any{"stock": 1})
	require.Equal(t, "GRAPHQL_VALIDATION_FAILED", r.code(t))
	require.Equal(t, []any{"variable", "i", "name"}, r.Errors[0].Path)

	r = s.query(t, `mutation($i: NewItem!){addItem(input:$i){id}}`, "i", map[string]any{"name": "x", strings.Repeat("k", 400_000): 1})
	require.Equal(t, "GRAPHQL_VALIDATION_FAILED", r.code(t))
	require.Less(t, len(r.Text), 2000, "the answer is a copy of the request")
}

// A panic is an internal error; the log has its value and stack.
//
// Covers: T18.
func TestPanics(t *testing.T) {
	t.Parallel()
	s := newShop(t, graphql.Options{})
	s.Fail = func(context.Context) error { panic("secret") }
	r := s.query(t, "{a:fail items(first:1){edges{node{broken}}}}")
	require.Len(t, r.Errors, 2)
	require.NotContains(t, r.Text, "secret")
	lines := s.log.lines(t, "graphql: internal error")
	require.Len(t, lines, 2)
	for _, line := range lines {
		require.Equal(t, "secret", line["panic"])
		require.Contains(t, line["stack"], "TestPanics")
	}

	// Outside of any field.
	s = newShop(t, graphql.Options{Extensions: []gqlgen.HandlerExtension{around(func(context.Context) { panic("secret") })}})
	r = s.query(t, "{fail}")
	require.Equal(t, 500, r.Status)
	require.Equal(t, graphql.CodeInternal, r.code(t))
	require.NotContains(t, r.Text, "secret")
	require.Len(t, s.log.lines(t, "graphql: request"), 1)
}

// Extensions that are not JSON are a fault of the server, not a torn answer.
func TestExtensionsThatAreNotJSON(t *testing.T) {
	t.Parallel()
	s := newShop(t, graphql.Options{}).failing(&graphql.UserError{
		Code: "X", Extensions: map[string]any{"ratio": math.NaN()},
	})
	r := s.query(t, "{fail}")
	require.Equal(t, 500, r.Status)
	require.Equal(t, graphql.CodeInternal, r.code(t))
}

// At most five errors come back, whatever their kind; the rest are counted,
// and the log is not flooded either.
func TestErrorsAreLimited(t *testing.T) {
	t.Parallel()
	s := newShop(t, graphql.Options{}).failing(errors.New("secret"))
	r := s.query(t, "{items(first:40){edges{node{broken}}}}")
	require.Len(t, r.Errors, 5)
	require.EqualValues(t, 35, r.Extensions["omittedErrors"])
	require.Len(t, s.log.lines(t, "graphql: internal error"), 5)
	require.NotEmpty(t, r.Data)
	require.EqualValues(t, 40, s.log.lines(t, "graphql: request")[0]["errors"])

	r = s.query(t, "{"+strings.Repeat("nope ", 12)+"}")
	require.Len(t, r.Errors, 5)
	require.EqualValues(t, 7, r.Extensions["omittedErrors"])

	r = newShop(t, graphql.Options{Limits: graphql.Limits{Errors: -1}}).
		failing(errors.New("x")).query(t, "{items(first:40){edges{node{broken}}}}")
	require.Len(t, r.Errors, 40)
}

// An operation that runs out of time ends with TIMEOUT, also when the driver
// tells of it in words of its own, and what was ready is answered.
func TestTimeout(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func(context.Context) error{
		"context error": func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() },
		"driver error": func(ctx context.Context) error {
			<-ctx.Done()
			return errors.New("pq: canceling statement due to user request")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t, graphql.Options{Timeout: 20 * time.Millisecond})
			s.Fail = fail
			r := s.query(t, `{echo(text:"x") fail}`)
			require.Equal(t, graphql.CodeTimeout, r.code(t))
			require.JSONEq(t, `{"echo":"x","fail":null}`, string(r.Data))
			require.NotContains(t, r.Text, "pq:")
			require.Empty(t, s.log.lines(t, "graphql: internal error"))
		})
	}
	t.Run("before it began", func(t *testing.T) {
		t.Parallel()
		s := newShop(t, graphql.Options{
			Timeout:    time.Millisecond,
			Extensions: []gqlgen.HandlerExtension{around(func(ctx context.Context) { <-ctx.Done() })},
		})
		r := s.query(t, "{fail}")
		require.Equal(t, graphql.CodeTimeout, r.code(t))
		require.Equal(t, 503, r.Status)
		require.Zero(t, s.Calls.Load())
	})
	t.Run("default and none", func(t *testing.T) {
		t.Parallel()
		for timeout, want := range map[time.Duration]bool{0: true, -1: false} {
			s := newShop(t, graphql.Options{Timeout: timeout})
			s.Fail = func(ctx context.Context) error {
				deadline, ok := ctx.Deadline()
				require.Equal(t, want, ok)
				require.True(t, !ok || time.Until(deadline) > 8*time.Second)
				return nil
			}
			require.Empty(t, s.query(t, "{fail}").Errors)
		}
	})
}

// A client that goes away gets no error into the log.
func TestCancel(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s := newShop(t, graphql.Options{})
	s.Fail = func(ctx context.Context) error {
		cancel()
		<-ctx.Done()
		return fmt.Errorf("query: %w", ctx.Err())
	}
	r := s.do(t, newPost(ctx, `{"query":"{fail}"}`))
	require.Equal(t, graphql.CodeCanceled, r.code(t))
	require.Empty(t, s.log.lines(t, "graphql: internal error"))
}

// around is an extension that calls itself before each operation.
type around func(context.Context)

func (around) ExtensionName() string                  { return "Around" }
func (around) Validate(gqlgen.ExecutableSchema) error { return nil }
func (f around) InterceptOperation(ctx context.Context, next gqlgen.OperationHandler) gqlgen.ResponseHandler {
	f(ctx)
	return next(ctx)
}
