package entity_test

import (
	"testing"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/entity"
)

// Rows that are held for an update can still be referred to on PostgreSQL:
// with FOR UPDATE, mutations that link rows crosswise are deadlocks.
func TestLockForUpdate(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		dialect.SQLite:   "SELECT * FROM `tasks`",
		dialect.Postgres: `SELECT * FROM "tasks" FOR NO KEY UPDATE`,
		dialect.MySQL:    "SELECT * FROM `tasks` FOR UPDATE",
	} {
		s := sql.Dialect(name).Select("*").From(sql.Table("tasks"))
		entity.LockForUpdate(s)
		text, _ := s.Query()
		require.Equal(t, want, text)
	}
}

// Rows that a write refers to are held as the check of a foreign key holds
// them, so that writes that refer to one row do not wait for each other.
func TestLockForReference(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		dialect.SQLite:   "SELECT * FROM `tasks`",
		dialect.Postgres: `SELECT * FROM "tasks" FOR KEY SHARE`,
		dialect.MySQL:    "SELECT * FROM `tasks` LOCK IN SHARE MODE",
	} {
		s := sql.Dialect(name).Select("*").From(sql.Table("tasks"))
		entity.LockForReference(s)
		text, _ := s.Query()
		require.Equal(t, want, text)
	}
}
