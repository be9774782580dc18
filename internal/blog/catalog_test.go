package blog_test

import (
	"strings"
	"testing"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/mysql"
	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlite"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/blogtest"
)

// inspect reads the tables out of the database's own catalog.
func inspect(t *testing.T, app *blog.App) *schema.Schema {
	t.Helper()
	open := map[config.Dialect]func(schema.ExecQuerier) (migrate.Driver, error){
		config.SQLite: sqlite.Open, config.Postgres: postgres.Open, config.MySQL: mysql.Open,
	}[app.DB.Dialect()]
	driver, err := open(app.DB.SQL())
	require.NoError(t, err)
	s, err := driver.InspectSchema(t.Context(), "", nil)
	require.NoError(t, err)
	return s
}

// deleteRules is the matrix of what happens to a row when the row that its
// foreign key points to goes.
func deleteRules() map[string]string {
	return map[string]string{
		"users.organization_id":       "organizations SET NULL",
		"user_groups.user_id":         "users CASCADE",
		"scenarios.creator_id":        "users RESTRICT",
		"advanced_entities.user_id":   "users CASCADE",
		"posts.user_id":               "users RESTRICT",
		"user_roles.user_id":          "users CASCADE",
		"user_roles.role_id":          "roles RESTRICT",
		"user_roles.assigned_by":      "users SET NULL",
		"user_roles.revoked_by":       "users SET NULL",
		"user_profiles.user_id":       "users CASCADE",
		"post_tags.post_id":           "posts CASCADE",
		"post_tags.tag_id":            "tags CASCADE",
		"comments.post_id":            "posts CASCADE",
		"comments.user_id":            "users RESTRICT",
		"post_likes.post_id":          "posts CASCADE",
		"post_likes.user_id":          "users CASCADE",
		"post_shares.post_id":         "posts CASCADE",
		"post_shares.user_id":         "users SET NULL",
		"post_ratings.post_id":        "posts CASCADE",
		"post_ratings.user_id":        "users CASCADE",
		"post_views.post_id":          "posts CASCADE",
		"transfer_logs.from_user_id":  "users SET NULL",
		"transfer_logs.to_user_id":    "users SET NULL",
		"ownership_logs.from_user_id": "users SET NULL",
		"ownership_logs.to_user_id":   "users SET NULL",
		"ownership_logs.post_id":      "posts SET NULL",
		"user_sessions.user_id":       "users CASCADE",
		"user_logs.user_id":           "users SET NULL",
	}
}

// Each foreign key is in the database, with its rule, and the first column of
// an index.
//
// Covers: B23, B33, C03, C05, C22, C23, C41, C43, X43.
func TestForeignKeys(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		rules := make(map[string]string)
		for _, table := range inspect(t, app).Tables {
			for _, fk := range table.ForeignKeys {
				require.Len(t, fk.Columns, 1)
				column := fk.Columns[0]
				rules[table.Name+"."+column.Name] = fk.RefTable.Name + " " + string(fk.OnDelete)
				require.True(t, leads(table, column), "%s.%s has no index", table.Name, column.Name)
			}
		}
		require.Equal(t, deleteRules(), rules)
	})
}

// leads reports whether an index or the primary key starts with the column.
func leads(table *schema.Table, column *schema.Column) bool {
	indexes := table.Indexes
	if table.PrimaryKey != nil {
		indexes = append([]*schema.Index{table.PrimaryKey}, indexes...)
	}
	for _, index := range indexes {
		if len(index.Parts) > 0 && index.Parts[0].C != nil && index.Parts[0].C.Name == column.Name {
			return true
		}
	}
	return false
}

// Covers: B01, B35, C32, L33, L34.
func TestTables(t *testing.T) {
	t.Parallel()
	want := []string{
		"users", "organizations", "user_groups", "scenarios", "products", "advanced_entities", "posts", "roles", "user_roles",
		"user_profiles", "tags", "post_tags", "comments", "post_likes", "post_shares", "post_ratings", "post_views",
		"transfer_logs", "ownership_logs", "user_sessions", "user_logs", "atlas_schema_revisions",
	}
	require.Len(t, want, 22)
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		var got []string
		for _, table := range inspect(t, app).Tables {
			if !strings.HasPrefix(table.Name, "posts_search") { // SQLite's index of words
				got = append(got, table.Name)
			}
		}
		require.ElementsMatch(t, want, got)
	})
}

// Covers: B38, B39, B40, C10, C33, L10, L17, X42.
func TestIndexes(t *testing.T) {
	t.Parallel()
	want := map[string][]string{ // unique ones first
		"uq_users_username":                        {"unique", "username"},
		"uq_users_email":                           {"unique", "email"},
		"uq_posts_slug":                            {"unique", "slug"},
		"uq_products_slug":                         {"unique", "slug"},
		"uq_products_external_id":                  {"unique", "external_id"},
		"uq_advanced_entities_email":               {"unique", "email"},
		"uq_roles_name":                            {"unique", "name"},
		"uq_tags_name":                             {"unique", "name"},
		"uq_user_sessions_token_hash":              {"unique", "token_hash"},
		"uq_user_profiles_user_id":                 {"unique", "user_id"},
		"uq_post_likes_post_id_user_id":            {"unique", "post_id", "user_id"},
		"uq_post_ratings_post_id_user_id":          {"unique", "post_id", "user_id"},
		"uq_post_views_post_id_view_date":          {"unique", "post_id", "view_date"},
		"uq_user_roles_user_id_role_id_active_key": {"unique", "user_id", "role_id", "active_key"},
		"ix_users_active_created":                  {"is_active", "created_at"},
		"ix_users_last_login":                      {"last_login"},
		"ix_posts_status":                          {"status"},
		"ix_posts_status_published_at":             {"status", "published_at"},
	}
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		got := make(map[string][]string)
		for _, table := range inspect(t, app).Tables {
			covered := make(map[string]string)
			for _, index := range table.Indexes {
				var columns []string
				if index.Unique {
					columns = append(columns, "unique")
				}
				for _, part := range index.Parts {
					// MySQL has no partial indexes; a computed column stands for the
					// condition.
					if part.C != nil && part.C.Name != index.Name+"_where" { // an index of words has an expression
						columns = append(columns, part.C.Name)
					}
				}
				if _, ok := want[index.Name]; ok {
					got[index.Name] = columns
				}
				if len(index.Parts) == 1 && index.Parts[0].C != nil && index.Name != "ix_users_active_only" {
					column := index.Parts[0].C.Name
					require.Empty(t, covered[column], "%s.%s is indexed twice", table.Name, column)
					covered[column] = index.Name
				}
			}
		}
		require.Equal(t, want, got)
	})
}
