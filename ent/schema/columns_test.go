package schema_test

import (
	"strings"
	"testing"

	"entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/schema/field"
	"github.com/stretchr/testify/require"
)

// The columns of each table: ? marks those that may be NULL, ! the unique ones.
func wantColumns() map[string]string {
	return map[string]string{
		"users": `id int64, username string!, email string!, password string, name string?, first_name string?,
			last_name string?, display_name string?, bio text?, avatar_url string?, new_email_format string?,
			is_active bool, is_admin bool, is_verified bool, role_names json, created_at time, updated_at time,
			last_login time?, deleted_at time?, version int64, organization_id uuid?`,
		"organizations": `id uuid, name string, created_at time`,
		"user_groups":   `id int64, user_id int64, name string, joined_at time`,
		"scenarios":     `id int64, creator_id int64, title string, created_at time`,
		"products": `id int64, name string, description text?, slug string!, price int64, stock int32, weight float64?,
			metadata json, specifications json, is_featured bool, is_digital bool, created_at time, updated_at time,
			external_id uuid!, version int64`,
		"advanced_entities": `id int64, email string!, status enum, user_id int64, deleted_at time?`,
		"posts": `id int64, user_id int64, title string, slug string!, content text?, excerpt text?, category string?,
			status enum, view_count int64, published_at time?, created_at time, updated_at time, deleted_at time?,
			version int64`,
		"roles": `id int64, name string!, description text?, permissions json`,
		"user_roles": `id int64, user_id int64, role_id int64, assigned_at time, assigned_by int64?, expires_at time?,
			is_active bool, revoked_at time?, revoked_by int64?, active_key int8?`,
		"user_profiles": `id int64, user_id int64!, bio text?, avatar_url string?, phone string?, address text?,
			date_of_birth date?, website string?, linkedin_url string?, github_url string?, timezone string,
			language string, email_notifications bool, created_at time`,
		"tags":           `id int64, name string!`,
		"post_tags":      `post_id int64, tag_id int64`,
		"comments":       `id int64, post_id int64, user_id int64, content text, created_at time, deleted_at time?`,
		"post_likes":     `id int64, post_id int64, user_id int64, created_at time`,
		"post_shares":    `id int64, post_id int64, user_id int64?, created_at time`,
		"post_ratings":   `id int64, post_id int64, user_id int64, rating int32`,
		"post_views":     `id int64, post_id int64, view_date date, view_count int64`,
		"transfer_logs":  `id int64, from_user_id int64?, to_user_id int64?, posts_transferred int32, transfer_date time`,
		"ownership_logs": `id int64, from_user_id int64?, to_user_id int64?, post_id int64?, created_at time`,
		"user_sessions":  `id int64, user_id int64, token_hash string!, is_active bool, expires_at time, created_at time`,
		"user_logs":      `id int64, user_id int64?, action string, details text?, timestamp time`,
	}
}

// Covers: B03, B04, B06, B23, B25, B26, B27, B29, C03, C07, C08, L01, L02, L03,
// L04, L05, L06, L07, L08, L11, L12, L13, L14, L15, L16, L19, L20, L21, L22,
// L23, L24, L25, L26, L27, L28, L29, L30, L31, L32, X11, X11b, X12, X13, X28.
func testColumns(t *testing.T, m model) {
	want := wantColumns()
	for _, table := range m.tables {
		var got []string
		for _, c := range table.Columns {
			got = append(got, describe(c))
		}
		require.ElementsMatch(t, strings.Split(strings.Join(strings.Fields(want[table.Name]), " "), ", "), got, table.Name)

		key := make([]string, len(table.PrimaryKey))
		for i, c := range table.PrimaryKey {
			key[i] = c.Name
		}
		wantKey := []string{"id"}
		if table.Name == "post_tags" {
			wantKey = []string{"post_id", "tag_id"}
		}
		require.Equal(t, wantKey, key, table.Name)
	}
}

// describe writes a column as wantColumns does.
func describe(c *schema.Column) string {
	s := c.Name + " "
	switch {
	case c.SchemaType["sqlite3"] == "date" && c.SchemaType["postgres"] == "date" && c.SchemaType["mysql"] == "date":
		s += "date"
	case c.Type == field.TypeString && c.Size > 1<<16:
		s += "text"
	default:
		s += strings.ToLower(strings.TrimPrefix(c.Type.ConstName(), "Type"))
	}
	if c.Nullable {
		s += "?"
	}
	if c.Unique {
		s += "!"
	}
	return s
}
