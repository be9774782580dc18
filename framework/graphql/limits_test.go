package graphql_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/graphql"
)

// Every limit refuses by default, with its own code and before any resolver
// runs; a request just within it is answered; and a negative value, or a
// raised one, lets the refused request through.
//
// Covers: T26.
func TestLimits(t *testing.T) {
	t.Parallel()
	deep := func(n int) string { // n fields above each other
		return "{item(id:1){" + strings.Repeat("parent{", n-2) + "id" + strings.Repeat("}", n)
	}
	times := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.ReplaceAll(format, "#", strconv.Itoa(i)))
		}
		return b.String()
	}
	// 2 to the power of n fields from n fragments, with neither an alias nor depth.
	bomb := func(n int) string {
		return "{item(id:1){...F0}}" + times(n, "fragment F# on Item{...G#}") +
			func() string {
				var b strings.Builder
				for i := range n {
					next := "id"
					if i+1 < n {
						next = fmt.Sprintf("...F%d ...F%d", i+1, i+1)
					}
					fmt.Fprintf(&b, "fragment G%d on Item{%s}", i, next)
				}
				return b.String()
			}()
	}
	for name, tt := range map[string]struct {
		within, beyond string
		code           string
		off            graphql.Limits
	}{
		"query text": {
			within: `{echo(text:"` + strings.Repeat("é", 15_000-len(`{echo(text:"")}`)) + `")}`,
			beyond: `{echo(text:"` + strings.Repeat("é", 15_001-len(`{echo(text:"")}`)) + `")}`,
			code:   graphql.CodeQueryTooLong,
			off:    graphql.Limits{QueryChars: -1},
		},
		"tokens": { // 11 tokens around the numbers
			within: "{count(lists:[[" + strings.Repeat("1 ", 989) + "]])}",
			beyond: "{count(lists:[[" + strings.Repeat("1 ", 990) + "]])}",
			code:   graphql.CodeTooManyTokens,
			off:    graphql.Limits{Tokens: -1},
		},
		"tokens of comments": {
			within: "{" + strings.Repeat("#\n", 997) + "__typename}",
			beyond: "{" + strings.Repeat("#\n", 998) + "__typename}",
			code:   graphql.CodeTooManyTokens,
			off:    graphql.Limits{Tokens: 1_001},
		},
		"depth": {
			within: deep(12), beyond: deep(13),
			code: graphql.CodeTooDeep,
			off:  graphql.Limits{Depth: 13},
		},
		"depth through fragments": {
			within: strings.Replace(deep(12), "id}", "...F}", 1) + " fragment F on Item{id}",
			beyond: strings.Replace(deep(12), "id}", "...F}", 1) + " fragment F on Item{parent{id}}",
			code:   graphql.CodeTooDeep,
			off:    graphql.Limits{Depth: -1},
		},
		"depth without edges and node": { // items, 10 times children, id: 12 levels
			within: "{items{edges{node{" + strings.Repeat("children(first:1){edges{node{", 10) + "id" + strings.Repeat("}", 34),
			beyond: "{items{edges{node{" + strings.Repeat("children(first:1){edges{node{", 11) + "id" + strings.Repeat("}", 37),
			code:   graphql.CodeTooDeep,
			off:    graphql.Limits{Depth: 13},
		},
		"aliases": {
			within: "{item(id:1){" + times(30, "a#:id ") + "}}",
			beyond: "{item(id:1){" + times(31, "a#:id ") + "}}",
			code:   graphql.CodeTooManyAliases,
			off:    graphql.Limits{Aliases: -1},
		},
		"aliases of a fragment that is spread twice": {
			within: "{item(id:1){...F parent{...F}}} fragment F on Item{" + times(15, "a#:id ") + "}",
			beyond: "{item(id:1){...F parent{...F}}} fragment F on Item{" + times(16, "a#:id ") + "}",
			code:   graphql.CodeTooManyAliases,
			off:    graphql.Limits{Aliases: 32},
		},
		"root fields": {
			within: "{" + times(20, "__typename ") + "}",
			beyond: "{" + times(21, "__typename ") + "}",
			code:   graphql.CodeTooManyRootFields,
			off:    graphql.Limits{RootFields: -1},
		},
		"root fields of fragments": {
			within: "{...F ...on Query{...F}} fragment F on Query{" + times(10, "__typename ") + "}",
			beyond: "{...F ...on Query{...F}} fragment F on Query{" + times(11, "__typename ") + "}",
			code:   graphql.CodeTooManyRootFields,
			off:    graphql.Limits{RootFields: 22},
		},
		"directives": {
			within: "{item(id:1){" + times(49, "id @skip(if:false) ") + "... @include(if:true){id}}}",
			beyond: "{item(id:1){" + times(50, "id @skip(if:false) ") + "... @include(if:true){id}}}",
			code:   graphql.CodeTooManyDirectives,
			off:    graphql.Limits{Directives: 51},
		},
		"fields of fragments that multiply": {
			within: bomb(11), beyond: bomb(12),
			code: graphql.CodeTooManyFields,
			off:  graphql.Limits{Fields: -1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t, graphql.Options{})

			refused := s.query(t, tt.beyond)
			require.Equal(t, tt.code, refused.code(t))
			require.Empty(t, refused.Data)
			require.NotNil(t, refused.Errors[0].Extensions["limit"])
			require.Zero(t, s.Calls.Load(), "a resolver ran")

			require.Empty(t, s.query(t, tt.within).Errors)
			require.Empty(t, newShop(t, graphql.Options{Limits: tt.off}).query(t, tt.beyond).Errors)
		})
	}
}

// The floods that hold a core of a stock server for seconds: each is refused
// by its tokens or its length, whichever is allowed to be reached.
//
// Covers: T26.
func TestFloods(t *testing.T) {
	t.Parallel()
	var aliases strings.Builder
	for i := range 50_000 {
		fmt.Fprintf(&aliases, "a%d:__typename ", i)
	}
	for name, query := range map[string]string{
		"6,000 repeated fields":     "{" + strings.Repeat("item(id:1){id}", 6_000) + "}",
		"50,000 aliases":            "{" + aliases.String() + "}",
		"400 KB nested list":        "{count(lists:" + strings.Repeat("[", 200_000) + strings.Repeat("]", 200_000) + ")}",
		"400 KB nested object":      "{count(lists:" + strings.Repeat("{a:", 100_000) + "1" + strings.Repeat("}", 100_000) + ")}",
		"nested list without end":   "{count(lists:" + strings.Repeat("[", 400_000),
		"nested fields without end": strings.Repeat("{item", 100_000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t, graphql.Options{})
			require.Equal(t, graphql.CodeQueryTooLong, s.query(t, query).code(t))
			require.Zero(t, s.Calls.Load())

			s = newShop(t, graphql.Options{Limits: graphql.Limits{QueryChars: -1}})
			require.Equal(t, graphql.CodeTooManyTokens, s.query(t, query).code(t))
			require.Zero(t, s.Calls.Load())
		})
	}
}

// Fragments that spread each other are the validator's to refuse, and must not
// catch the counting in a circle.
func TestFragmentCycle(t *testing.T) {
	t.Parallel()
	s := newShop(t, graphql.Options{})
	r := s.query(t, "{...A} fragment A on Query{...B} fragment B on Query{...A item(id:1){...C}} fragment C on Item{parent{...C}}")
	require.NotEmpty(t, r.Errors)
	require.Equal(t, "GRAPHQL_VALIDATION_FAILED", r.Errors[0].Extensions["code"])
	require.Zero(t, s.Calls.Load())
}

// With introspection on, GraphiQL's own query passes, one that circles through
// the types does not, and depth below __schema has its own limit.
func TestIntrospectionLimits(t *testing.T) {
	t.Parallel()
	s := newShop(t, graphql.Options{Introspection: true})
	require.Empty(t, s.query(t, introspectionQuery).Errors)

	circle := "{__schema{types{" + strings.Repeat("fields{type{", 4) + "name" + strings.Repeat("}}", 4) + "}}}"
	require.Equal(t, "GRAPHQL_VALIDATION_FAILED", s.query(t, circle).code(t))

	deep := "{__schema{types{" + strings.Repeat("ofType{", 18) + "name" + strings.Repeat("}", 18) + "}}}"
	require.Equal(t, graphql.CodeIntrospectionTooDeep, s.query(t, deep).code(t))
}

// introspectionQuery is the one of graphql-js 16, as GraphiQL sends it.
const introspectionQuery = `query IntrospectionQuery { __schema { description
  queryType { name } mutationType { name } subscriptionType { name }
  types { ...FullType }
  directives { name description locations args(includeDeprecated: true) { ...InputValue } } } }
fragment FullType on __Type { kind name description
  fields(includeDeprecated: true) { name description
    args(includeDeprecated: true) { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason }
  inputFields(includeDeprecated: true) { ...InputValue }
  interfaces { ...TypeRef }
  enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
  possibleTypes { ...TypeRef } }
fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue isDeprecated deprecationReason }
fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
  ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }`
