package tracker_test

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/migrate"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/seed"
)

// Fixtures of entities with tenants say whose rows they are, or the caller does
// for all of them; a second run finds each within its tenant.
func TestSeedTenants(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ours, theirs := entity.WithTenant(t.Context(), "ours"), entity.WithTenant(t.Context(), "theirs")
		store, err := seed.NewStore(app.Client, ent.Entities(), migrate.Tables)
		require.NoError(t, err)
		files := fstest.MapFS{"a.yaml": {Data: []byte(`
accounts:
  mine: {name: cash}
  yours: {name: cash, tenant_id: theirs}
topics:
  key: name
  red: {name: red}
entries:
  key: text
  lunch: {text: lunch, account: "@accounts.mine", topics: ["@topics.red"]}
`)}}
		_, err = store.Apply(t.Context(), files, seed.ApplyOptions{})
		require.ErrorContains(t, err, "a.yaml:3: Account mine.tenant_id: is required: whose row it is; give it, or name one for all with --tenant")

		report, err := store.Apply(t.Context(), files, seed.ApplyOptions{Tenant: "ours"})
		require.NoError(t, err)
		require.Equal(t, 4, report.Inserted())
		require.Equal(t, "cash", app.Client.Account.Query().OnlyX(ours).Name)
		require.Equal(t, 1, app.Client.Account.Query().CountX(theirs))
		require.Equal(t, 1, app.Client.Entry.Query().QueryTopics().CountX(ours))

		// The context of a program names one as well.
		for _, again := range []seed.ApplyOptions{{}, {Update: true}} {
			report, err = store.Apply(ours, files, again)
			require.NoError(t, err)
			require.Zero(t, report.Inserted())
			for _, e := range report.Entities {
				require.Empty(t, e.Differences, e.Entity)
				require.Zero(t, e.Updated, e.Entity)
			}
		}

		// A row cannot refer to one of another tenant.
		files["b.yaml"] = &fstest.MapFile{Data: []byte("entries:\n  key: text\n  stolen: {text: stolen, tenant_id: theirs, account: \"@accounts.mine\"}\n")}
		_, err = store.Apply(ours, files, seed.ApplyOptions{})
		require.Error(t, err)
		require.Zero(t, app.Client.Entry.Query().CountX(theirs))
	})
}

// Generated rows belong to the tenant that is named, count within it, and are
// linked to rows of its own.
func TestGenerateForTenant(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		store, err := seed.NewStore(app.Client, ent.Entities(), migrate.Tables)
		require.NoError(t, err)
		counts := []seed.Count{{Entity: "entries", Rows: 5}, {Entity: "topics", Rows: 3}}
		_, err = store.Generate(t.Context(), seed.GenerateOptions{Counts: counts})
		require.ErrorContains(t, err, "its rows belong to tenants; name one with --tenant")
		for _, tenant := range []string{"ours", "theirs", "7"} {
			report, err := store.Generate(t.Context(), seed.GenerateOptions{Counts: counts, Tenant: tenant})
			require.NoError(t, err)
			require.Equal(t, 13, report.Inserted(), "with the accounts of the entries")
			own := entity.WithTenant(t.Context(), tenant)
			require.Equal(t, 5, app.Client.Entry.Query().CountX(own))
			require.Equal(t, 5, app.Client.Account.Query().CountX(own))
			require.Equal(t, 5, app.Client.Entry.Query().QueryAccount().QueryEntries().CountX(own), "within the tenant")
			report, err = store.Generate(own, seed.GenerateOptions{Counts: counts})
			require.NoError(t, err)
			require.Zero(t, report.Inserted())
		}
		_, err = store.Generate(t.Context(), seed.GenerateOptions{Counts: []seed.Count{{Entity: "people", Rows: 2}}})
		require.NoError(t, err, "nobody's rows")
	})
}
