package dataset_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// newClient is a client of the database, with the tables.
func newClient(t testing.TB, db *database.DB) *ent.Client {
	t.Helper()
	client := ent.NewClient(ent.Driver(db.Driver()))
	require.NoError(t, client.Schema.Create(context.Background()))
	return client
}
