// Package query reads and changes rows with SQL: text that is written by hand,
// and statements that are built.
//
// # SQL by hand
//
// It runs the same on every dialect, and always takes its values as parameters:
// ?, or :name with [Named]. A list is for IN (?). On PostgreSQL, the operators
// ?, ?| and ?& are written ??, ??| and ??&.
//
//	type Author struct {
//		Name       string
//		PostsCount int        // the column posts_count; a tag sql:"…" or json:"…" says another
//		LastLogin  *time.Time // NULL is nil
//	}
//	authors, err := query.All[Author](ctx, db, `
//		SELECT u.name, COUNT(p.id) AS posts_count, u.last_login
//		FROM users u LEFT JOIN posts p ON p.user_id = u.id
//		WHERE u.status IN (?) GROUP BY u.id, u.name, u.last_login`, []string{"active", "new"})
//
// Columns and fields must match, both ways. Times are UTC, JSON goes into maps,
// slices and structs, and decimals are exact in a string. Rows also become
// map[string]any, and rows of one column scalars. A generated entity takes all of
// its columns. A broken constraint is an *entity.ConflictError.
//
// A context that carries a transaction has the statement run in it. Row filters
// know nothing of SQL by hand: it sees deleted rows, and those of other tenants.
//
// # Statements that are built
//
// [From] begins one on the rows of an entity. Names are checked against the
// schema, values are bound, and row filters hold for all tables of the statement.
//
//	posts, err := query.From[*ent.Post](client).
//		Where(post.FieldStatus, "=", post.StatusPublished).
//		Join("author").Where("author.is_active", "=", true).
//		OrderBy(post.FieldPublishedAt, query.Desc).
//		Limit(20).
//		Get(ctx)
//
// [GetAs] reads into structs, [Builder.Update] and [Builder.Delete] write as the
// generated client does.
package query
