package graphql_test

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/framefox-go/framefox/framework/graphql"
)

// FuzzPost posts any body: the answer is always GraphQL, never a panic, and
// never holds what a resolver failed with.
func FuzzPost(f *testing.F) {
	for _, seed := range []string{
		``, `[]`, `null`, `{}`, `{"query":"{fail}"}`, `{"query":"{items(first:2){edges{node{broken brokenRequired}}}}"}`,
		`{"query":"query($t: Time!){at(time:$t)}","variables":{"t":[1,{"a":null}]}}`,
		`{"query":"mutation($i: NewItem!){addItem(input:$i){id}}","variables":{"i":{"name":1e999,"tags":"x"}}}`,
		`{"query":"query($l: [[Int!]!]){count(lists:$l)}","variables":{"l":[[1],2,null]}}`,
		`{"query":"{...A} fragment A on Query{...A}"}`, `{"query":"{item(id:\"\\uD800\"){id}}"}`,
		`{"query":"query A{fail} query B{__typename}","operationName":"B","extensions":{"persistedQuery":1}}`,
		`{"query":"{item(id:1) @skip(if:$x) {id}}"}`, `{"query":"\"\"\""}`, `{"query":"query($a:Int=1,$a:Int){count}"}`,
	} {
		f.Add(seed)
	}
	s := newShop(f, graphql.Options{Introspection: true, Logger: slog.New(slog.DiscardHandler)}).failing(errors.New("s3cret"))
	f.Fuzz(func(t *testing.T, body string) {
		w := httptest.NewRecorder()
		s.handler.ServeHTTP(w, newPost(t.Context(), body))
		var r reply
		if err := json.Unmarshal(w.Body.Bytes(), &r); err != nil {
			t.Fatalf("answered %q: %v", w.Body, err)
		}
		if w.Code >= 500 {
			t.Fatalf("status %d: %s", w.Code, w.Body)
		}
		if strings.Contains(w.Body.String(), "s3cret") && !strings.Contains(body, "s3cret") {
			t.Fatalf("leaked: %s", w.Body)
		}
		for _, e := range r.Errors {
			if e.Extensions["code"] == nil {
				t.Fatalf("an error without a code: %s", w.Body)
			}
		}
	})
}
