package tracker_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"entgo.io/ent/dialect/sql"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/testkit"
)

// Whatever statement of a unit of work fails, and however, COMMIT among them: the
// database holds all of the unit or nothing, the structs are as they were, and the
// same unit succeeds once nothing fails any more.
//
// Covers: F01, F04, F05, F06.
func TestUnitFaultAtEachStatement(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, faults := t.Context(), testkit.InjectFaults(t, app.DB)
		var before, after string
		var statements []string
		faults.Sweep(func(where string) {
			em := ent.NewEntityManager(app.Client)
			defer func() { _ = em.Close() }()
			var moved, gone, top, part *ent.Clause
			var contract *ent.Contract
			var label *ent.Label
			faults.Paused(func() {
				for _, table := range []string{"clauses", "contracts", "labels"} {
					require.NoError(t, app.DB.Driver().Exec(ctx, "DELETE FROM "+table, []any{}, nil))
				}
				old := app.Client.Contract.Create().SetNumber("1").SetTitle("old").SaveX(ctx)
				first := app.Client.Clause.Create().SetContract(old).SetPosition(1).SaveX(ctx)
				last := app.Client.Clause.Create().SetContract(old).SetPosition(2).SaveX(ctx)
				app.Client.Clause.Create().SetContract(old).SetPosition(3).SetParent(last).SaveX(ctx)
				before = contractsOf(t, app) //nolint:contextcheck // that of the test
				var err error
				moved, err = em.Clause.Find(ctx, first.ID)
				require.NoError(t, err)
				gone, err = em.Clause.Find(ctx, last.ID)
				require.NoError(t, err)
				contract = &ent.Contract{Number: "2", Title: "new"}
				top, part, label = &ent.Clause{Position: 1}, &ent.Clause{Position: 2}, &ent.Label{Name: "signed"}
				top.Edges.Contract, part.Edges.Contract, part.Edges.Parent = contract, contract, top
				moved.Position = 9
				require.NoError(t, em.Persist(part, label))
				require.NoError(t, em.Remove(gone))
			})
			err := em.Commit(ctx)
			failed := faults.Fired()
			faults.Paused(func() { //nolint:contextcheck // that of the test
				found := contractsOf(t, app)
				if err == nil {
					require.Empty(t, failed, "%s: it went unnoticed", where)
					after = found
					return
				}
				require.NotEmpty(t, failed, "%s: %v", where, err)
				if word, _, _ := strings.Cut(failed, " "); !slices.Contains(statements, word) {
					statements = append(statements, word)
				}
				if failed == "COMMIT" && strings.Contains(where, "late") {
					require.Equal(t, after, found, "%s: the server had committed", where)
				} else {
					require.Equal(t, before, found, "%s: %s", where, failed)
				}
				_ = em.Rollback() // of a connection that may be gone
				for _, id := range []int64{contract.ID, contract.Version, top.ID, part.ID, part.ContractID, label.ID} {
					require.Zero(t, id, where)
				}
				require.Nil(t, part.ParentID, where)
				require.Equal(t, []int64{9, 1}, []int64{moved.Position, moved.Version}, where)
				require.Nil(t, gone.DeletedAt, where)
				require.Zero(t, em.Stats().Held, where)
			})
		})
		require.Subset(t, statements, []string{"BEGIN", "INSERT", "UPDATE", "COMMIT"}, "what has failed once")
		require.NotEqual(t, before, after)
	})
}

// contractsOf lists what living contracts and clauses hold, by their natural keys.
func contractsOf(t *testing.T, app *trackertest.App) string {
	t.Helper()
	rows := &sql.Rows{}
	require.NoError(t, app.DB.Driver().Query(t.Context(), `
		SELECT k.number, c.position, COALESCE(p.position, 0), c.version, (SELECT COUNT(*) FROM labels)
		FROM clauses c JOIN contracts k ON k.id = c.contract_id LEFT JOIN clauses p ON p.id = c.parent_id
		WHERE c.deleted_at IS NULL ORDER BY k.number, c.position`, []any{}, rows))
	var list strings.Builder
	for rows.Next() {
		var number string
		var position, parent, version, labels int64
		require.NoError(t, rows.Scan(&number, &position, &parent, &version, &labels))
		fmt.Fprintln(&list, number, position, parent, version, labels)
	}
	require.NoError(t, rows.Err())
	require.NoError(t, rows.Close())
	return list.String()
}
