package testkit_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/testkit"
)

// failures keeps what a test would have failed with.
type failures struct {
	testing.TB

	list []string
}

func (f *failures) Errorf(format string, args ...any) {
	f.list = append(f.list, fmt.Sprintf(format, args...))
}

// Covers: T14, C24.
func TestCountStatements(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		run := func(query string) {
			_, err := db.SQL().ExecContext(t.Context(), query)
			require.NoError(t, err)
		}
		run("CREATE TABLE t (n int)")
		count := testkit.Count(t, db)
		ran := count.Of(func() {
			tx, err := db.SQL().BeginTx(t.Context(), nil)
			require.NoError(t, err)
			_, err = tx.ExecContext(t.Context(), "INSERT INTO t (n) VALUES (1)")
			require.NoError(t, err)
			require.NoError(t, tx.Commit())
		})
		require.Equal(t, []string{"INSERT INTO t (n) VALUES (1)"}, ran)
		loop := func() {
			for range 3 {
				run("UPDATE t SET n = 2")
			}
			run("DELETE FROM t")
		}
		fake := &failures{TB: t}
		testkit.MaxStatements(fake, db, 4, loop)
		require.Empty(t, fake.list)
		testkit.MaxStatements(fake, db, 3, loop)
		require.Equal(t, []string{"testkit: 4 statements ran, and 3 are the most:\n    3 × UPDATE t SET n = 2\n    1 × DELETE FROM t\n"}, fake.list)
		require.Equal(t, 4, count.Statements())
	})
}
