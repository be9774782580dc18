package migration_test

import (
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/schema/field"
)

// richTables is a schema with every kind of thing that a migration can hold,
// as ent generates it.
func richTables() []*schema.Table {
	decimal := map[string]string{"sqlite3": "decimal(10,2)", "postgres": "decimal(10,2)", "mysql": "decimal(10,2)"}
	date := map[string]string{"sqlite3": "date", "postgres": "date", "mysql": "date"}

	users := table("users",
		&schema.Column{Name: "id", Type: field.TypeInt64, Increment: true},
		&schema.Column{Name: "username", Type: field.TypeString, Size: 100},
		&schema.Column{Name: "email", Type: field.TypeString, Unique: true, Size: 255},
		&schema.Column{Name: "bio", Type: field.TypeString, Nullable: true, Size: 2147483647},
		&schema.Column{Name: "status", Type: field.TypeEnum, Enums: []string{"pending", "active", "it's"}, Default: "active"},
		&schema.Column{Name: "is_active", Type: field.TypeBool, Default: true},
		&schema.Column{Name: "created_at", Type: field.TypeTime, Default: "CURRENT_TIMESTAMP"},
		&schema.Column{Name: "updated_at", Type: field.TypeTime, Default: schema.Expr("CURRENT_TIMESTAMP")},
		&schema.Column{Name: "deleted_at", Type: field.TypeTime, Nullable: true},
		&schema.Column{Name: "best_post_id", Type: field.TypeInt64, Nullable: true},
	)
	users.Annotation = &entsql.Annotation{Checks: map[string]string{
		"ck_users_email_format":    "email LIKE '%@%.%'",
		"ck_users_username_length": "char_length(username) >= 3",
	}}
	users.Indexes = []*schema.Index{
		{Name: "uq_users_username", Unique: true, Columns: []*schema.Column{users.Columns[1]}},
		{Name: "ix_users_active_created", Columns: []*schema.Column{users.Columns[5], users.Columns[6]}},
		{
			Name: "ix_users_active_only", Columns: []*schema.Column{users.Columns[6]},
			Annotation: &entsql.IndexAnnotation{Where: "is_active = true"},
		},
		{
			Name: "uq_users_bio_name_alive", Unique: true, Columns: []*schema.Column{users.Columns[1], users.Columns[4]},
			Annotation: &entsql.IndexAnnotation{Where: "deleted_at IS NULL"},
		},
		{
			Name: "ix_users_updated_desc", Columns: []*schema.Column{users.Columns[7], users.Columns[1]},
			Annotation: &entsql.IndexAnnotation{DescColumns: map[string]bool{"updated_at": true}},
		},
	}

	posts := table("posts",
		&schema.Column{Name: "id", Type: field.TypeInt64, Increment: true},
		&schema.Column{Name: "title", Type: field.TypeString, Default: "it's untitled"},
		&schema.Column{Name: "meta", Type: field.TypeJSON, Nullable: true},
		&schema.Column{Name: "price", Type: field.TypeFloat64, SchemaType: decimal, Default: "0.00"},
		&schema.Column{Name: "published_on", Type: field.TypeTime, Nullable: true, SchemaType: date},
		&schema.Column{Name: "key", Type: field.TypeUUID, Unique: true},
		&schema.Column{Name: "author_id", Type: field.TypeInt64},
		&schema.Column{Name: "editor_id", Type: field.TypeInt64, Nullable: true},
		&schema.Column{Name: "parent_id", Type: field.TypeInt64, Nullable: true},
	)
	kinds := table("kinds",
		&schema.Column{Name: "code", Type: field.TypeString, Size: 64},
		&schema.Column{Name: "i8", Type: field.TypeInt8, Default: -8},
		&schema.Column{Name: "i16", Type: field.TypeInt16, Nullable: true},
		&schema.Column{Name: "i32", Type: field.TypeInt32, Default: 0},
		&schema.Column{Name: "i64", Type: field.TypeInt64, Default: 7},
		&schema.Column{Name: "u8", Type: field.TypeUint8, Nullable: true},
		&schema.Column{Name: "u16", Type: field.TypeUint16, Nullable: true},
		&schema.Column{Name: "u32", Type: field.TypeUint32, Nullable: true},
		&schema.Column{Name: "u64", Type: field.TypeUint64, Nullable: true},
		&schema.Column{Name: "f32", Type: field.TypeFloat32, Nullable: true},
		&schema.Column{Name: "f64", Type: field.TypeFloat64, Default: 1.5},
		&schema.Column{Name: "raw", Type: field.TypeBytes, Nullable: true},
		&schema.Column{Name: "flag", Type: field.TypeBool, Default: false},
		&schema.Column{Name: "order", Type: field.TypeEnum, Enums: []string{"a", "b"}, Nullable: true},
	)
	tags := table("tags",
		&schema.Column{Name: "id", Type: field.TypeUUID},
		&schema.Column{Name: "kind_code", Type: field.TypeString, Size: 64, Nullable: true},
	)
	postTags := table("post_tags",
		&schema.Column{Name: "post_id", Type: field.TypeInt64},
		&schema.Column{Name: "tag_id", Type: field.TypeUUID},
	)
	postTags.PrimaryKey = postTags.Columns

	// users and posts refer to each other; posts also to themselves.
	refer(users, "best_post_id", posts, schema.SetNull)
	refer(posts, "author_id", users, schema.Cascade)
	refer(posts, "editor_id", users, schema.SetNull)
	refer(posts, "parent_id", posts, schema.NoAction)
	refer(tags, "kind_code", kinds, schema.Restrict)
	refer(postTags, "post_id", posts, schema.Cascade)
	refer(postTags, "tag_id", tags, schema.Cascade)
	return []*schema.Table{users, posts, kinds, tags, postTags}
}

// table makes a table whose first column is the primary key.
func table(name string, columns ...*schema.Column) *schema.Table {
	return &schema.Table{Name: name, Columns: columns, PrimaryKey: columns[:1]}
}

func refer(from *schema.Table, column string, to *schema.Table, onDelete schema.ReferenceOption) {
	from.ForeignKeys = append(from.ForeignKeys, &schema.ForeignKey{
		Symbol: from.Name + "_" + column + "_fkey", Columns: []*schema.Column{find(from, column)},
		RefTable: to, RefColumns: to.PrimaryKey, OnDelete: onDelete,
	})
}

func find(t *schema.Table, column string) *schema.Column {
	for _, c := range t.Columns {
		if c.Name == column {
			return c
		}
	}
	panic("no column " + column)
}
