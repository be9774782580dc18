package migration_test

import (
	"fmt"
	"strings"
	"testing"

	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/schema/field"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
)

// migrated plans the tables and applies the plan to a new database.
func migrated(t *testing.T, d config.Dialect, tables []*schema.Table) *database.DB {
	t.Helper()
	db, cfg := open(t, d)
	dir := migration.OpenDir(t.TempDir())
	plan(t, cfg, dir, "init", tables)
	_, err := migrator(t, db, dir).Upgrade(t.Context(), migration.UpgradeOptions{})
	require.NoError(t, err)
	return db
}

const insertUser = "INSERT INTO users (username, email) VALUES ('%s', '%s')"

// The named checks, unique keys and defaults are in the database itself: raw
// statements meet them too, with the same names on every dialect.
//
// Covers: B32, B36, B37, B38, B58, H39.
func TestConstraintsHoldInTheDatabase(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db := migrated(t, d, richTables())
		refused := func(constraint, statement string) {
			t.Helper()
			_, err := db.SQL().ExecContext(t.Context(), statement)
			require.Error(t, err, statement)
			violated, ok := database.AsConstraint(err)
			require.True(t, ok, err)
			require.Equal(t, constraint, violated.Constraint)
		}
		// é is two bytes: three characters are enough, two are not.
		run(t, db, fmt.Sprintf(insertUser, "éàü", "a@b.c"))
		refused("ck_users_username_length", fmt.Sprintf(insertUser, "éà", "c@d.e"))
		refused("ck_users_email_format", fmt.Sprintf(insertUser, "bob", "nowhere"))
		refused("ck_users_status_values", "INSERT INTO users (username, email, status) VALUES ('bob', 'b@b.c', 'ACTIVE')")
		run(t, db, "INSERT INTO users (username, email, status) VALUES ('bob', 'b@b.c', 'it''s')")
		require.Equal(t, 1, count(t, db, "SELECT count(*) FROM users WHERE username = 'éàü' AND status = 'active' AND is_active = true AND created_at IS NOT NULL AND updated_at IS NOT NULL"))

		_, err := db.SQL().ExecContext(t.Context(), fmt.Sprintf(insertUser, "eve", "a@b.c"))
		require.Error(t, err)
		require.Equal(t, 0, count(t, db, "SELECT count(*) FROM users WHERE username = 'eve'"))
		indexes := indexColumns(t, db, "users")
		require.Equal(t, "email", indexes["uq_users_email"])
		require.Equal(t, "username", indexes["uq_users_username"])
		for name, columns := range indexes { // no second index on a unique column
			if columns == "email" || columns == "username" {
				require.Contains(t, []string{"uq_users_email", "uq_users_username"}, name)
			}
		}
	})
}

// Covers: B39, B40, B41, H36.
func TestIndexes(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db := migrated(t, d, richTables())
		indexes := indexColumns(t, db, "users")
		require.Equal(t, "is_active,created_at", indexes["ix_users_active_created"])
		require.Equal(t, "best_post_id", indexes["ix_users_best_post_id"])
		if d == config.MySQL {
			require.NotContains(t, indexes, "ix_users_active_only")
		} else {
			require.Equal(t, "created_at", indexes["ix_users_active_only"])
			definition := map[config.Dialect]string{
				config.SQLite:   "SELECT count(*) FROM sqlite_master WHERE name = 'ix_users_active_only' AND sql LIKE '%WHERE is_active = true'",
				config.Postgres: "SELECT count(*) FROM pg_indexes WHERE indexname = 'ix_users_active_only' AND indexdef LIKE '%WHERE (is_active = true)'",
			}[d]
			require.Equal(t, 1, count(t, db, definition))
		}
	})
}

// A unique index with a condition is a rule, and holds exactly where the
// condition does, on MySQL too.
func TestPartialUniqueIndex(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		users := table("users",
			&schema.Column{Name: "id", Type: field.TypeInt64, Increment: true},
			&schema.Column{Name: "email", Type: field.TypeString, Size: 255},
			&schema.Column{Name: "deleted_at", Type: field.TypeTime, Nullable: true},
		)
		users.Indexes = []*schema.Index{{
			Name: "uq_users_email", Unique: true, Columns: users.Columns[1:2],
			Annotation: &entsql.IndexAnnotation{Where: "deleted_at IS NULL"},
		}}
		db := migrated(t, d, []*schema.Table{users})
		const alive, gone = "INSERT INTO users (email) VALUES ('a@b.c')", "UPDATE users SET deleted_at = '2026-01-02 03:04:05'"
		run(t, db, alive)
		_, err := db.SQL().ExecContext(t.Context(), alive)
		require.Error(t, err)
		run(t, db, gone, alive, gone, alive)
		_, err = db.SQL().ExecContext(t.Context(), alive)
		require.Error(t, err)
		require.Equal(t, 3, count(t, db, "SELECT count(*) FROM users"))
	})
}

// Every column of a foreign key leads an index, and the keys act.
//
// Covers: C05, C43, H38.
func TestForeignKeysAreIndexedAndAct(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		tables := richTables()
		db := migrated(t, d, tables)
		for _, table := range tables {
			leading := map[string]bool{}
			for _, columns := range indexColumns(t, db, table.Name) {
				leading[strings.Split(columns, ",")[0]] = true
			}
			for _, fk := range table.ForeignKeys {
				require.True(t, leading[fk.Columns[0].Name], "%s.%s", table.Name, fk.Columns[0].Name)
			}
		}
		const post = "INSERT INTO posts (%s, author_id, editor_id) VALUES ('%s', %d, %d)"
		key := map[config.Dialect]string{config.SQLite: "`key`", config.Postgres: `"key"`, config.MySQL: "`key`"}[d]
		run(t, db,
			fmt.Sprintf(insertUser, "ann", "a@b.c"), fmt.Sprintf(insertUser, "bob", "b@b.c"),
			fmt.Sprintf(post, key, "019a0000-0000-7000-8000-000000000001", 1, 2),
			fmt.Sprintf(post, key, "019a0000-0000-7000-8000-000000000002", 2, 1),
			"UPDATE users SET best_post_id = 1",
			"DELETE FROM users WHERE id = 1", // takes post 1, empties the editor of post 2
		)
		require.Equal(t, 1, count(t, db, "SELECT count(*) FROM posts"))
		require.Equal(t, 1, count(t, db, "SELECT count(*) FROM posts WHERE id = 2 AND editor_id IS NULL"))
		require.Equal(t, 1, count(t, db, "SELECT count(*) FROM users WHERE id = 2 AND best_post_id IS NULL"))
		_, err := db.SQL().ExecContext(t.Context(), "UPDATE posts SET author_id = 99")
		require.Error(t, err)
	})
}

// Text is ordered and compared byte by byte everywhere, also an enum, which
// MySQL by itself would order by position.
func TestTextIsOrderedAlike(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db := migrated(t, d, []*schema.Table{table("words",
			&schema.Column{Name: "word", Type: field.TypeString, Size: 50},
			&schema.Column{Name: "level", Type: field.TypeEnum, Enums: []string{"low", "high", "Mid"}},
		)})
		run(t, db, "INSERT INTO words (word, level) VALUES ('a', 'low'), ('B', 'high'), ('A', 'Mid'), ('é', 'low'), ('b', 'low')")
		list := func(query string) (words []string) {
			rows, err := db.SQL().QueryContext(t.Context(), query)
			require.NoError(t, err)
			defer func() { require.NoError(t, rows.Close()) }()
			for rows.Next() {
				var w string
				require.NoError(t, rows.Scan(&w))
				words = append(words, w)
			}
			require.NoError(t, rows.Err())
			return words
		}
		require.Equal(t, []string{"A", "B", "a", "b", "é"}, list("SELECT word FROM words ORDER BY word"))
		require.Equal(t, []string{"Mid", "high", "low"}, list("SELECT DISTINCT level FROM words ORDER BY level"))
		require.Equal(t, []string{"a"}, list("SELECT word FROM words WHERE word = 'a'"))
	})
}

// indexColumns maps the indexes of a table, its primary key too, to their
// columns. Computed columns are left out.
func indexColumns(t *testing.T, db *database.DB, table string) map[string]string {
	t.Helper()
	query := map[config.Dialect]string{
		config.SQLite: `SELECT l.name, i.name FROM pragma_index_list(?) l, pragma_index_info(l.name) i ORDER BY l.name, i.seqno`,
		config.Postgres: `SELECT c.relname, a.attname FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid
			JOIN pg_attribute a ON a.attrelid = c.oid WHERE x.indrelid = $1::regclass ORDER BY c.relname, a.attnum`,
		config.MySQL: `SELECT index_name, column_name FROM information_schema.statistics
			WHERE table_schema = DATABASE() AND table_name = ? AND column_name NOT LIKE '%\_where' ORDER BY index_name, seq_in_index`,
	}[db.Dialect()]
	rows, err := db.SQL().QueryContext(t.Context(), query, table)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	indexes := map[string]string{}
	for rows.Next() {
		var index, column string
		require.NoError(t, rows.Scan(&index, &column))
		indexes[index] = strings.TrimPrefix(indexes[index]+","+column, ",")
	}
	require.NoError(t, rows.Err())
	if db.Dialect() == config.SQLite {
		indexes["primary"] = "id" // a rowid has no index of its own
	}
	return indexes
}
