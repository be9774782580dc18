package schema_test

import (
	"testing"

	"entgo.io/ent/entc/gen"
	"github.com/stretchr/testify/require"
)

// Covers: L06, L09, L12, L13, L18, L19, L20, L22, C01, C09, C11, C12, C13,
// C14, C33, C34, C35, C36, C37, C38, C39, C40, X45.
func testEdges(t *testing.T, m model) {
	want := map[string]map[string]string{
		"User": {
			"organization": "Organization M2O", "user_groups": "UserGroup O2M", "scenarios": "Scenario O2M",
			"posts": "Post O2M", "profile": "UserProfile O2O", "comments": "Comment O2M", "likes": "PostLike O2M",
			"shares": "PostShare O2M", "ratings": "PostRating O2M", "sessions": "UserSession O2M",
			"advanced_entities": "AdvancedEntity O2M", "logs": "UserLog O2M",
			"transfer_logs_from": "TransferLog O2M", "transfer_logs_to": "TransferLog O2M",
			"ownership_logs_from": "OwnershipLog O2M", "ownership_logs_to": "OwnershipLog O2M",
			// In place of User.roles, which would show revoked roles too.
			"role_assignments": "UserRole O2M", "assigned_roles": "UserRole O2M", "revoked_roles": "UserRole O2M",
		},
		"Organization": {"users": "User O2M"},
		"Post": {
			"author": "User M2O", "tags": "Tag M2M", "post_tags": "PostTag O2M", "comments": "Comment O2M",
			"likes": "PostLike O2M", "shares": "PostShare O2M", "ratings": "PostRating O2M", "views": "PostView O2M",
			"ownership_logs": "OwnershipLog O2M",
		},
		"Tag":            {"posts": "Post M2M", "post_tags": "PostTag O2M"},
		"PostTag":        {"post": "Post M2O", "tag": "Tag M2O"},
		"Role":           {"assignments": "UserRole O2M"},
		"UserRole":       {"user": "User M2O", "role": "Role M2O", "assigner": "User M2O", "revoker": "User M2O"},
		"UserProfile":    {"user": "User O2O"},
		"UserGroup":      {"user": "User M2O"},
		"Scenario":       {"creator": "User M2O"},
		"AdvancedEntity": {"user": "User M2O"},
		"Comment":        {"post": "Post M2O", "user": "User M2O"},
		"PostLike":       {"post": "Post M2O", "user": "User M2O"},
		"PostShare":      {"post": "Post M2O", "user": "User M2O"},
		"PostRating":     {"post": "Post M2O", "user": "User M2O"},
		"PostView":       {"post": "Post M2O"},
		"TransferLog":    {"from_user": "User M2O", "to_user": "User M2O"},
		"OwnershipLog":   {"from_user": "User M2O", "to_user": "User M2O", "post": "Post M2O"},
		"UserSession":    {"user": "User M2O"},
		"UserLog":        {"user": "User M2O"},
		"Product":        {},
	}
	got := map[string]map[string]string{}
	for _, n := range m.graph.Nodes {
		got[n.Name] = map[string]string{}
		for _, e := range n.Edges {
			got[n.Name][e.Name] = e.Type.Name + " " + e.Rel.Type.String()
			if e.Rel.Type != gen.M2M && e.OwnFK() {
				require.NotNil(t, e.Field(), "%s.%s has no field for its key", n.Name, e.Name)
			}
			if n.Name != "PostTag" && !e.M2M() {
				require.True(t, e.Ref != nil || e.Inverse != "" || e.Name == "post_tags", "%s.%s has no way back", n.Name, e.Name)
			}
		}
	}
	require.Equal(t, want, got)
}

// Covers: C12, C23, C40, C41.
func testForeignKeys(t *testing.T, m model) {
	want := map[string]string{
		"advanced_entities.user_id":   "users CASCADE",
		"comments.post_id":            "posts CASCADE",
		"comments.user_id":            "users RESTRICT",
		"ownership_logs.from_user_id": "users SET NULL",
		"ownership_logs.post_id":      "posts SET NULL",
		"ownership_logs.to_user_id":   "users SET NULL",
		"post_likes.post_id":          "posts CASCADE",
		"post_likes.user_id":          "users CASCADE",
		"post_ratings.post_id":        "posts CASCADE",
		"post_ratings.user_id":        "users CASCADE",
		"post_shares.post_id":         "posts CASCADE",
		"post_shares.user_id":         "users SET NULL",
		"post_tags.post_id":           "posts CASCADE",
		"post_tags.tag_id":            "tags CASCADE",
		"post_views.post_id":          "posts CASCADE",
		"posts.user_id":               "users RESTRICT",
		"scenarios.creator_id":        "users RESTRICT",
		"transfer_logs.from_user_id":  "users SET NULL",
		"transfer_logs.to_user_id":    "users SET NULL",
		"user_groups.user_id":         "users CASCADE",
		"user_logs.user_id":           "users SET NULL",
		"user_profiles.user_id":       "users CASCADE",
		"user_roles.assigned_by":      "users SET NULL",
		"user_roles.revoked_by":       "users SET NULL",
		"user_roles.role_id":          "roles RESTRICT",
		"user_roles.user_id":          "users CASCADE",
		"user_sessions.user_id":       "users CASCADE",
		"users.organization_id":       "organizations SET NULL",
	}
	got := map[string]string{}
	for _, table := range m.tables {
		for _, fk := range table.ForeignKeys {
			got[table.Name+"."+fk.Columns[0].Name] = fk.RefTable.Name + " " + string(fk.OnDelete)
		}
	}
	require.Equal(t, want, got)

	// Each rule is said in the schema, not left to Ent's default.
	for _, n := range m.graph.Nodes {
		for _, e := range n.Edges {
			if !e.IsInverse() && !e.M2M() && e.Name != "post_tags" {
				require.NotNil(t, e.EntSQL(), "%s.%s", n.Name, e.Name)
				require.NotEmpty(t, e.EntSQL().OnDelete, "%s.%s", n.Name, e.Name)
			}
		}
	}
}
