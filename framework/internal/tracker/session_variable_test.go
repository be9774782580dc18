package tracker_test

import (
	"testing"

	"entgo.io/ent/dialect/sql"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
)

// Ent's session variables, which would carry text into SQL unescaped and stay
// on a pooled connection after their transaction, are refused before anything
// runs, with the safe way in the error.
//
// Covers: T22.
func TestSessionVariables(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		client := app.Client
		client.Label.Create().SetName("kept").ExecX(t.Context())
		ctx := sql.WithVar(t.Context(), "app.tenant", "x'; DELETE FROM labels; --")
		_, err := client.Label.Query().All(ctx)
		require.ErrorIs(t, err, database.ErrSessionVariable)
		require.ErrorIs(t, client.Label.Create().SetName("more").Exec(ctx), database.ErrSessionVariable)
		_, err = client.ExecContext(ctx, "DELETE FROM labels")
		require.ErrorIs(t, err, database.ErrSessionVariable)
		_, err = client.QueryContext(ctx, "SELECT 1") //nolint:rowserrcheck // there are no rows
		require.ErrorIs(t, err, database.ErrSessionVariable)

		tx, err := client.Tx(t.Context())
		require.NoError(t, err)
		_, err = tx.Label.Query().All(ctx)
		require.ErrorIs(t, err, database.ErrSessionVariable)
		_, err = tx.Label.Delete().Exec(ctx)
		require.ErrorIs(t, err, database.ErrSessionVariable)
		require.NoError(t, tx.Rollback())
		require.Equal(t, 1, client.Label.Query().CountX(t.Context()))
	})
}
