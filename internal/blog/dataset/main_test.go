package dataset_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/internal/blog/blogtest"
	"github.com/framefox-go/framefox/internal/blog/dataset"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// newClient is a client of a database that the application's migrations made.
func newClient(t testing.TB, db *database.DB) *ent.Client {
	t.Helper()
	blogtest.Migrate(t, db)
	return ent.NewClient(ent.Driver(db.Driver()))
}

func sqlite(t testing.TB) *ent.Client {
	t.Helper()
	return newClient(t, testkit.Open(t, testkit.SQLite))
}

// loadFile loads a file of testdata.
func loadFile(t testing.TB, client *ent.Client, name string, opts dataset.Options) dataset.Report {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", name))
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	report, err := dataset.Load(t.Context(), client, dataset.Packages(file), opts)
	require.NoError(t, err)
	return report
}

// dump is every row of every table, deleted ones included.
func dump(t testing.TB, client *ent.Client) string {
	t.Helper()
	ctx := entity.WithTrashed(t.Context())
	var b strings.Builder
	byID := ent.Asc("id")
	rows(t, ctx, &b, client.Organization.Query().Order(byID))
	rows(t, ctx, &b, client.Role.Query().Order(byID))
	rows(t, ctx, &b, client.Tag.Query().Order(byID))
	rows(t, ctx, &b, client.Product.Query().Order(byID))
	rows(t, ctx, &b, client.User.Query().Order(byID))
	rows(t, ctx, &b, client.UserProfile.Query().Order(byID))
	rows(t, ctx, &b, client.UserGroup.Query().Order(byID))
	rows(t, ctx, &b, client.UserRole.Query().Order(byID))
	rows(t, ctx, &b, client.UserLog.Query().Order(byID))
	rows(t, ctx, &b, client.Scenario.Query().Order(byID))
	rows(t, ctx, &b, client.AdvancedEntity.Query().Order(byID))
	rows(t, ctx, &b, client.TransferLog.Query().Order(byID))
	rows(t, ctx, &b, client.OwnershipLog.Query().Order(byID))
	rows(t, ctx, &b, client.Post.Query().Order(byID))
	rows(t, ctx, &b, client.PostTag.Query().Order(ent.Asc("post_id", "tag_id")))
	rows(t, ctx, &b, client.Comment.Query().Order(byID))
	rows(t, ctx, &b, client.PostLike.Query().Order(byID))
	rows(t, ctx, &b, client.PostRating.Query().Order(byID))
	rows(t, ctx, &b, client.PostShare.Query().Order(byID))
	rows(t, ctx, &b, client.PostView.Query().Order(byID))
	rows(t, ctx, &b, client.UserSession.Query().Order(byID))
	for _, s := range client.UserSession.Query().Order(byID).AllX(ctx) {
		b.WriteString(s.TokenHash + "\n") // JSON leaves it out
	}
	for _, u := range client.User.Query().Order(byID).AllX(ctx) {
		b.WriteString(u.Password + "\n")
	}
	return b.String()
}

func rows[T any](t testing.TB, ctx context.Context, b *strings.Builder, query interface { //nolint:revive // t first
	All(ctx context.Context) ([]T, error)
},
) {
	t.Helper()
	list, err := query.All(ctx)
	require.NoError(t, err)
	for _, row := range list {
		text, err := json.Marshal(row)
		require.NoError(t, err)
		fmt.Fprintf(b, "%T %s\n", row, text)
	}
}

// sameOnEach runs fn on each dialect and makes sure that it returns the same.
func sameOnEach(t *testing.T, fn func(t *testing.T, client *ent.Client) string) {
	t.Helper()
	var mu sync.Mutex
	results := map[string]string{}
	t.Run("dialect", func(t *testing.T) {
		testkit.EachDialect(t, func(t *testing.T, db *database.DB) {
			result := fn(t, newClient(t, db))
			mu.Lock()
			defer mu.Unlock()
			results[string(db.Dialect())] = result
		})
	})
	for dialect, result := range results {
		if result != results["sqlite"] {
			require.Fail(t, "not what SQLite has", "%s\n%s", dialect, firstDifference(results["sqlite"], result))
		}
	}
}

func firstDifference(a, b string) string {
	left, right := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(left), len(right)) {
		if left[i] != right[i] {
			return fmt.Sprintf("line %d\n%s\n%s", i, left[i], right[i])
		}
	}
	return fmt.Sprintf("%d and %d lines", len(left), len(right))
}
