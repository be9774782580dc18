package entity

import (
	"context"
	"database/sql"
	"reflect"
	"testing"

	"entgo.io/ent"
	entsql "entgo.io/ent/dialect/sql"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/policy"
	"github.com/framefox-go/framefox/framework/testkit"
)

// Rows of others refuse a delete as well, but an error tells neither how many
// there are nor which.
func TestBlockersOfOthers(t *testing.T) {
	t.Parallel()
	testkit.EachDialect(t, func(t *testing.T, db *database.DB) {
		ctx := t.Context()
		for _, statement := range []string{
			"CREATE TABLE notes (id BIGINT PRIMARY KEY, owner_id BIGINT, tenant_id VARCHAR(10), author_id BIGINT)",
			"INSERT INTO notes VALUES (1, 1, 'a', 1), (2, 1, 'b', 1), (3, 1, 'b', 1), (4, 1, 'b', 2)",
		} {
			require.NoError(t, db.Driver().Exec(ctx, statement, []any{}, new(sql.Result)))
		}
		id := &Field{Name: "id", Column: "id", GoType: reflect.TypeFor[int64]()}
		owner := &Entity{Name: "Owner", Table: "owners", Fields: []*Field{id}}
		note := &Entity{Name: "Note", Table: "notes", Fields: []*Field{id}, Rows: NewRows("Note", RowsConfig{
			Tenant: "tenant_id", TenantType: reflect.TypeFor[string](), Private: true,
		})}
		note.Rows.Use(ent.Interceptor(RowFilter(func(context.Context) (Condition, error) {
			return func(row Row) *entsql.Predicate { return entsql.EQ(row.C("author_id"), 1) }, nil
		})))
		for tenant, want := range map[string]string{
			"a": "Owner is still in use: 1 Note (Owner.notes), and others, not to be seen by the caller",
			"b": "Owner is still in use: 2 Note (Owner.notes), and others, not to be seen by the caller",
			"c": "Owner is still in use: Note (Owner.notes), not to be seen by the caller",
			"":  "Owner is still in use: Note (Owner.notes), not to be seen by the caller",
		} {
			err := inTx(WithTenant(ctx, tenant), db.Driver(), func(w *work) error {
				r := &removal{work: w, root: owner}
				r.doomed.of(owner).add(int64(1))
				owner.referredBy = []*reference{{from: note, to: owner, column: "owner_id", back: "notes", onDelete: policy.Restrict, onPurge: policy.Restrict}}
				return r.checkFree()
			})
			require.EqualError(t, err, want)
			var conflict *ConflictError
			require.ErrorAs(t, err, &conflict)
			blocker := conflict.ErrorExtensions()["blockers"].([]map[string]any)[0]
			require.Equal(t, true, blocker["hidden"])
			require.Len(t, conflict.Blockers[0].Keys, blocker["count"].(int))
		}
		err := inTx(WithoutTenant(ctx), db.Driver(), func(w *work) error {
			r := &removal{work: w, root: owner}
			r.doomed.of(owner).add(int64(2))
			return r.checkFree()
		})
		require.NoError(t, err)
	})
}
