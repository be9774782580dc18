package query_test

import (
	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
)

// offline is a source of statements that are never run.
type offline struct{}

func (offline) Driver() dialect.Driver { return sql.NewDriver(dialect.SQLite, sql.Conn{}) }
