package database_test

import (
	"fmt"
	"testing"

	"entgo.io/ent/dialect/sql/sqlgraph"
	"entgo.io/ent/schema/field"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/testkit"
)

func constraintTables(t *testing.T, db *database.DB) {
	t.Helper()
	id := pick(db, "integer PRIMARY KEY", "bigserial PRIMARY KEY", "bigint AUTO_INCREMENT PRIMARY KEY")
	exec(t, db, `CREATE TABLE parents (id `+id+`, name varchar(50) NOT NULL, email varchar(50), age int,
		CONSTRAINT uq_parents_email UNIQUE (name, email), CONSTRAINT ck_parents_age CHECK (age >= 0))`)
	exec(t, db, `CREATE TABLE children (id `+id+`, parent_id bigint NOT NULL,
		CONSTRAINT fk_children_parent FOREIGN KEY (parent_id) REFERENCES parents (id))`)
	exec(t, db, `INSERT INTO parents (name, email, age) VALUES (?, ?, ?)`, "Ann", "it's 'a', b", 30)
	exec(t, db, `INSERT INTO children (parent_id) VALUES (?)`, 1)
}

// Covers: D61, T18, T25, T33.
func TestConstraintErrorsNameTheConstraint(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		constraintTables(t, db)
		for name, c := range map[string]struct {
			query string
			args  []any
			want  database.ConstraintError
		}{
			"unique": {
				`INSERT INTO parents (name, email) VALUES (?, ?)`,
				[]any{"Ann", "it's 'a', b"},
				database.ConstraintError{Kind: database.Unique, Table: "parents", Columns: []string{"name", "email"}, Constraint: "uq_parents_email"},
			},
			"missing parent": {
				`INSERT INTO children (parent_id) VALUES (?)`,
				[]any{77},
				database.ConstraintError{Kind: database.ForeignKey, Table: "children", Columns: []string{"parent_id"}, Constraint: "fk_children_parent"},
			},
			"parent in use": {
				`DELETE FROM parents WHERE id = ?`,
				[]any{1},
				database.ConstraintError{Kind: database.ForeignKey, Constraint: "fk_children_parent"},
			},
			"null": {
				`INSERT INTO parents (name) VALUES (?)`,
				[]any{nil},
				database.ConstraintError{Kind: database.NotNull, Table: "parents", Columns: []string{"name"}},
			},
			"left out": {
				`INSERT INTO parents (age) VALUES (?)`,
				[]any{3},
				database.ConstraintError{Kind: database.NotNull, Table: "parents", Columns: []string{"name"}},
			},
			"check": {
				`INSERT INTO parents (name, age) VALUES (?, ?)`,
				[]any{"Bob", -1},
				database.ConstraintError{Kind: database.Check, Table: "parents", Constraint: "ck_parents_age"},
			},
		} {
			t.Run(name, func(t *testing.T) {
				_, err := db.SQL().ExecContext(t.Context(), bind(db, c.query), c.args...)
				require.Error(t, err)
				got, ok := database.AsConstraint(fmt.Errorf("wrapped: %w", err))
				require.True(t, ok, "%v", err)
				require.Equal(t, c.want.Kind, got.Kind)
				require.ErrorIs(t, got, err)
				require.NotContains(t, got.Error(), "it's")
				compareNames(t, db, c.want, *got)
			})
		}
		_, ok := database.AsConstraint(nil)
		require.False(t, ok)
		_, err := db.SQL().ExecContext(t.Context(), `SELECT nothing FROM nowhere`)
		require.Error(t, err)
		_, ok = database.AsConstraint(err)
		require.False(t, ok)
	})
}

// compareNames compares what db's dialect tells; see the table at ConstraintError.
func compareNames(t *testing.T, db *database.DB, want, got database.ConstraintError) {
	t.Helper()
	switch db.Dialect() {
	case config.Postgres:
		if want.Table != "" {
			require.Equal(t, want.Table, got.Table)
			if want.Kind != database.Check {
				require.Equal(t, want.Columns, got.Columns)
			}
		}
		require.Equal(t, want.Constraint, got.Constraint)
	case config.MySQL:
		require.Equal(t, want.Constraint, got.Constraint)
		if want.Kind == database.NotNull || want.Kind == database.ForeignKey && want.Table != "" {
			require.Equal(t, want.Columns, got.Columns)
		}
	case config.SQLite:
		switch want.Kind {
		case database.Check:
			require.Equal(t, want.Constraint, got.Constraint)
		case database.Unique, database.NotNull:
			require.Equal(t, want.Table, got.Table)
			require.Equal(t, want.Columns, got.Columns)
		case database.ForeignKey, database.Value:
		}
	}
}

// Covers: T25.
func TestConstraintErrorsAreFoundThroughEnt(t *testing.T) {
	t.Parallel()
	testkit.EachDialect(t, func(t *testing.T, db *database.DB) {
		constraintTables(t, db)
		err := sqlgraph.CreateNode(t.Context(), db.Driver(), &sqlgraph.CreateSpec{
			Table: "children",
			ID:    &sqlgraph.FieldSpec{Column: "id", Type: field.TypeInt64},
			Fields: []*sqlgraph.FieldSpec{
				{Column: "parent_id", Type: field.TypeInt64, Value: int64(4711)},
			},
		})
		require.Error(t, err)
		got, ok := database.AsConstraint(err)
		require.True(t, ok)
		require.Equal(t, database.ForeignKey, got.Kind)
	})
}
