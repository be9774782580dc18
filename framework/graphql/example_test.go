package graphql_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/framefox-go/framefox/framework/graphql"
	"github.com/framefox-go/framefox/framework/graphql/internal/fixture"
)

// A handler is made from any executable schema of gqlgen.
func ExampleNewHandler() {
	schema := fixture.NewExecutableSchema(fixture.Config{Resolvers: &fixture.Resolver{}})
	handler, err := graphql.NewHandler(schema, graphql.Options{
		Limits: graphql.Limits{Depth: 3},
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, query := range []string{
		`{item(id: 7) {name}}`,
		`{item(id: 7) {parent {parent {name}}}}`,
	} {
		fmt.Println(ask(handler, query))
	}
	// Output:
	// {"data":{"item":{"name":"item 7"}}}
	// {"errors":[{"message":"the request is refused: it has more than 3 levels of fields","extensions":{"code":"QUERY_TOO_DEEP","limit":3}}]}
}

// A resolver returns a ClientError for what the client may know.
func ExampleUserError() {
	shop := &fixture.Resolver{Fail: func(context.Context) error {
		return fmt.Errorf("buy: %w", &graphql.UserError{Code: "SOLD_OUT", Message: "no tickets are left"})
	}}
	handler, err := graphql.NewHandler(
		fixture.NewExecutableSchema(fixture.Config{Resolvers: shop}),
		graphql.Options{Logger: slog.New(slog.DiscardHandler)},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(ask(handler, `{fail}`))
	// Output:
	// {"errors":[{"message":"no tickets are left","path":["fail"],"locations":[{"line":1,"column":2}],"extensions":{"code":"SOLD_OUT"}}],"data":{"fail":null}}
}

// ask posts a query and returns the answer.
func ask(handler *graphql.Handler, query string) string {
	r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/graphql",
		strings.NewReader(fmt.Sprintf(`{"query":%q}`, query)))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	body, _ := io.ReadAll(w.Body)
	return string(body)
}
