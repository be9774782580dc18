package scaffold_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/scaffold"
)

// PascalCase and snake_case name the same entity.
//
// Covers: K04, X26.
func TestEntityName(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]scaffold.Names{
		"User":       {"User", "user", "users", "user"},
		"user":       {"User", "user", "users", "user"},
		"UserRole":   {"UserRole", "user_role", "user_roles", "user role"},
		"user_role":  {"UserRole", "user_role", "user_roles", "user role"},
		"userRole":   {"UserRole", "user_role", "user_roles", "user role"},
		"api_key":    {"APIKey", "api_key", "api_keys", "api key"},
		"HTTPServer": {"HTTPServer", "http_server", "http_servers", "http server"},
	} {
		got, err := scaffold.EntityName(given)
		require.NoError(t, err, given)
		require.Equal(t, want, got)
	}
}

// What is no name in Go, SQL and GraphQL, or is taken there, is refused with
// the reason.
//
// Covers: K14.
func TestEntityNameRefuses(t *testing.T) {
	t.Parallel()
	for given, reason := range map[string]string{
		"":             "it is empty",
		"1User":        "begins with a digit",
		"../User":      "contains a path",
		"a/b":          "contains a path",
		`a\b`:          "contains a path",
		"User.go":      "U+002E",
		"User Role":    "U+0020",
		"User\x00":     "U+0000",
		"Usеr":         "U+0435", // a Cyrillic letter that looks like e
		"User\u202e":   "U+202E",
		"\xff":         "not valid UTF-8",
		"_User":        "underscores",
		"user_":        "underscores",
		"user__role":   "underscores",
		"type":         "keyword of Go",
		"Func":         "keyword of Go",
		"Error":        "predeclared in Go",
		"String":       "predeclared in Go",
		"Client":       "the generated code uses",
		"Hook":         "the generated code uses",
		"Config":       "the generated code uses",
		"Value":        "the generated code uses",
		"Time":         "the generated code uses",
		"Query":        "the generated code uses",
		"Mutation":     "the generated code uses",
		"Schema":       "the generated code uses",
		"Noder":        "the generated client",
		"Node":         "GraphQL has the type",
		"PageInfo":     "GraphQL has the type",
		"Subscription": "GraphQL has the type",
		"BigInt":       "GraphQL has the type",
		"Abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl": "longer than 63",
	} {
		_, err := scaffold.EntityName(given)
		var wrong *scaffold.NameError
		require.ErrorAs(t, err, &wrong, given)
		require.Contains(t, wrong.Reason, reason, given)
		require.NotEmpty(t, wrong.Hint, given)
	}
}
