package tracker_test

import (
	"context"
	"testing"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/migrate"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/schema"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/testkit/leaktest"
)

// Rows that are deleted, of another tenant, or private show nowhere.
//
// Covers: T06, T11.
func TestNothingLeaks(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		viewer := func(ctx context.Context) context.Context {
			return schema.WithViewer(entity.WithTenant(ctx, "ours"), "ann")
		}
		api := trackertest.Serve(t, app)
		api.Context = viewer
		leaktest.Run(t, leaktest.Config{
			DB: app.DB, Client: app.Client, Entities: ent.Entities(), Tables: migrate.Tables, API: api, Viewer: viewer,
			Hidden: map[string]leaktest.Values{"Memo": {"author": "mallory", "public": false}},
			Seen:   map[string]leaktest.Values{"Memo": {"author": "ann"}},
		})
	})
}
