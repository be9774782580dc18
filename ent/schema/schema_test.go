package schema_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/entc"
	"entgo.io/ent/entc/gen"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/expose"
	"github.com/framefox-go/framefox/framework/rule"
)

// model is the schemas as the generator sees them.
type model struct {
	graph  *gen.Graph
	tables []*schema.Table
}

func (m model) field(t *testing.T, entity, name string) *gen.Field {
	t.Helper()
	for _, n := range m.graph.Nodes {
		for _, f := range n.Fields {
			if n.Name == entity && f.Name == name {
				return f
			}
		}
	}
	t.Fatalf("%s has no field %s", entity, name)
	return nil
}

// annotation reads an annotation of the schema; the zero value if it has none.
func annotation[T interface{ Name() string }](t *testing.T, from map[string]any) T {
	t.Helper()
	var a T
	if raw, ok := from[a.Name()]; ok {
		data, err := json.Marshal(raw)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(data, &a))
	}
	return a
}

func TestSchema(t *testing.T) {
	t.Parallel()
	// Loading compiles the schemas, so all tests share one load.
	graph, err := entc.LoadGraph(".", &gen.Config{
		Package: "github.com/framefox-go/framefox/ent",
		Target:  t.TempDir(),
	})
	require.NoError(t, err)
	tables, err := graph.Tables()
	require.NoError(t, err)
	m := model{graph, tables}

	for name, test := range map[string]func(*testing.T, model){
		"tables":       testTables,
		"columns":      testColumns,
		"rules":        testRules,
		"defaults":     testDefaults,
		"edges":        testEdges,
		"foreign keys": testForeignKeys,
		"indexes":      testIndexes,
		"exposure":     testExposure,
		"no logic":     testNoLogic,
		"database":     testDatabase,
	} {
		t.Run(name, func(t *testing.T) { test(t, m) })
	}
}

// Covers: B01, B35, C32, L34, X07.
func testTables(t *testing.T, m model) {
	want := []string{
		"advanced_entities", "comments", "organizations", "ownership_logs", "post_likes", "post_ratings",
		"post_shares", "post_tags", "post_views", "posts", "products", "roles", "scenarios", "tags",
		"transfer_logs", "user_groups", "user_logs", "user_profiles", "user_roles", "user_sessions", "users",
	}
	got := make([]string, 0, len(want))
	for _, table := range m.tables {
		got = append(got, table.Name)
	}
	require.ElementsMatch(t, want, got)
	require.Len(t, m.graph.Nodes, len(want))
	for _, n := range m.graph.Nodes {
		require.NotNil(t, n.EntSQL(), n.Name)
		require.Equal(t, n.Table(), n.EntSQL().Table, "%s names its table", n.Name)
	}
}

// Covers: B28, L01, L02, L08, L14, L15, L16, L21, L27, X48.
func testRules(t *testing.T, m model) {
	n := func(v int) *int { return &v }
	f := func(v float64) *float64 { return &v }
	slug := rule.Set{MinLen: n(1), MaxLen: n(255), Trim: true, Lower: true, Pattern: `\A[a-z0-9]+(-[a-z0-9]+)*\z`}
	email := rule.Set{MaxLen: n(255), Email: true, Trim: true, Lower: true}
	line := func(low, high int) rule.Set { return rule.Set{MinLen: n(low), MaxLen: n(high), Trim: true} }
	upTo := func(high int) rule.Set { return rule.Set{MaxLen: n(high), Trim: true} }
	url := func(high int) rule.Set { return rule.Set{MaxLen: n(high), URL: true, Trim: true} }
	for name, want := range map[string]rule.Set{
		"User.username":            {MinLen: n(3), MaxLen: n(100), Trim: true, Lower: true},
		"User.email":               email,
		"User.first_name":          upTo(100),
		"User.last_name":           upTo(100),
		"User.avatar_url":          url(500),
		"User.new_email_format":    {MaxLen: n(320)},
		"Product.name":             line(1, 255),
		"Product.slug":             slug,
		"Product.price":            {GT: f(0)},
		"Product.stock":            {GE: f(0)},
		"Product.weight":           {GT: f(0)},
		"AdvancedEntity.email":     email,
		"Post.title":               line(1, 255),
		"Post.slug":                slug,
		"Post.view_count":          {GE: f(0)},
		"PostRating.rating":        {GE: f(1), LE: f(5)},
		"UserProfile.phone":        upTo(20),
		"UserProfile.avatar_url":   url(500),
		"UserProfile.website":      url(255),
		"UserProfile.linkedin_url": url(255),
		"UserProfile.github_url":   url(255),
		"UserProfile.timezone":     line(1, 50),
		"UserProfile.language":     line(2, 5),
		"UserRole.active_key":      {GE: f(1), LE: f(1)},
	} {
		entity, field, _ := strings.Cut(name, ".")
		require.Equal(t, want, annotation[rule.Set](t, m.field(t, entity, field).Annotations), name)
	}
	require.Equal(t, int64(255), annotation[entsql.Annotation](t, m.field(t, "User", "password").Annotations).Size)

	// Text that is one line has a limit, so that every database can index it.
	for _, n := range m.graph.Nodes {
		for _, f := range n.Fields {
			if f.IsString() && f.Column().Size == 0 {
				set := annotation[rule.Set](t, f.Annotations)
				size := annotation[entsql.Annotation](t, f.Annotations).Size
				require.True(t, set.MaxLen != nil || size > 0, "%s.%s has no limit", n.Name, f.Name)
			}
		}
	}
}

// Covers: B14, B15, B18, B19, B20, B22, L03, L05, L14, L15, L16, L21.
func testDefaults(t *testing.T, m model) {
	for name, want := range map[string]any{
		"User.is_active":                  true,
		"User.is_admin":                   false,
		"User.is_verified":                false,
		"Product.stock":                   float64(0),
		"Product.is_featured":             false,
		"Product.is_digital":              false,
		"AdvancedEntity.status":           "active",
		"Post.status":                     "draft",
		"Post.view_count":                 float64(0),
		"UserProfile.timezone":            "UTC",
		"UserProfile.language":            "en",
		"UserProfile.email_notifications": true,
		"UserRole.is_active":              true,
		"UserRole.active_key":             float64(1),
	} {
		entity, field, _ := strings.Cut(name, ".")
		require.EqualValues(t, want, m.field(t, entity, field).DefaultValue(), name)
	}
	// Made anew for each row, and never NULL.
	for _, name := range []string{
		"User.role_names", "Role.permissions", "Product.metadata", "Product.specifications", "Product.external_id",
	} {
		entity, field, _ := strings.Cut(name, ".")
		f := m.field(t, entity, field)
		require.True(t, f.DefaultFunc(), name)
		require.False(t, f.Optional, name)
	}
	require.True(t, m.field(t, "Product", "external_id").Immutable)
	require.Equal(t, []string{"active", "inactive", "pending"}, m.field(t, "AdvancedEntity", "status").EnumValues())
	require.Equal(t, []string{"draft", "published", "archived"}, m.field(t, "Post", "status").EnumValues())
	require.Equal(t, "[]schema.Specification", m.field(t, "Product", "specifications").Type.Ident)
}

// Covers: L10, L17, B38, B39, B40, B41, C35, C37, X42.
func testIndexes(t *testing.T, m model) {
	var got []string
	for _, table := range m.tables {
		for _, idx := range table.Indexes {
			columns := make([]string, len(idx.Columns))
			for i, c := range idx.Columns {
				columns[i] = c.Name
			}
			s := idx.Name + " " + table.Name + "(" + strings.Join(columns, ", ") + ")"
			if idx.Unique {
				s = "unique " + s
			}
			if idx.Annotation != nil && idx.Annotation.Where != "" {
				s += " where " + idx.Annotation.Where
			}
			got = append(got, s)
			require.False(t, len(idx.Columns) == 1 && idx.Columns[0].Unique, "%s repeats a unique column", idx.Name)
		}
	}
	got = slices.DeleteFunc(got, func(s string) bool { return strings.HasSuffix(s, "(deleted_at)") }) // of the mixin
	require.ElementsMatch(t, []string{
		"ix_users_active_created users(is_active, created_at)",
		"ix_users_last_login users(last_login)",
		"ix_users_active_only users(id) where is_active",
		"ix_posts_status posts(status)",
		"ix_posts_status_published_at posts(status, published_at)",
		"unique uq_post_likes_post_id_user_id post_likes(post_id, user_id)",
		"unique uq_post_ratings_post_id_user_id post_ratings(post_id, user_id)",
		"unique uq_post_views_post_id_view_date post_views(post_id, view_date)",
		"unique uq_user_roles_user_id_role_id_active_key user_roles(user_id, role_id, active_key)",
	}, got)
}

// Covers: L31.
func testExposure(t *testing.T, m model) {
	var readOnly []string
	for _, n := range m.graph.Nodes {
		if show := annotation[expose.Exposure](t, n.Annotations); show.NoCreate && show.NoUpdate && show.NoDelete {
			readOnly = append(readOnly, n.Name)
		}
	}
	require.ElementsMatch(t, []string{
		"OwnershipLog", "PostTag", "PostView", "Role", "TransferLog", "UserLog", "UserRole", "UserSession",
	}, readOnly)

	for _, name := range []string{
		"User.is_admin", "User.is_verified", "User.role_names", "User.last_login", "User.deleted_at", "User.version",
		"User.created_at", "User.updated_at", "User.new_email_format", "Post.view_count", "Post.deleted_at",
	} {
		entity, field, _ := strings.Cut(name, ".")
		show := annotation[expose.Exposure](t, m.field(t, entity, field).Annotations)
		require.True(t, show.NoCreate && show.NoUpdate, "%s is not for clients to write", name)
	}
	// Posts change hands through a service, which logs it.
	show := annotation[expose.Exposure](t, m.field(t, "Post", "user_id").Annotations)
	require.True(t, show.NoUpdate && !show.NoCreate)

	require.True(t, m.field(t, "User", "password").Sensitive())
	token := m.field(t, "UserSession", "token_hash")
	require.True(t, token.Sensitive() && token.Unique)
	require.True(t, annotation[expose.Exposure](t, token.Annotations).NoRead)
}

// Covers: B47, X33.
func testNoLogic(t *testing.T, m model) {
	for _, n := range m.graph.Nodes {
		require.Zero(t, n.NumHooks(), n.Name)
		require.Zero(t, n.NumInterceptors(), n.Name)
		require.Zero(t, n.NumPolicy(), n.Name)
		for _, f := range n.Fields {
			require.Zero(t, f.Validators, "%s.%s has code that validates; use a rule", n.Name, f.Name)
		}
	}
}
