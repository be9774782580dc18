package pagetest

import (
	"testing"

	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

// fixture is the tracker's API on one dialect, with an eye on its statements.
type fixture struct {
	*trackertest.App
	*apitest.API
	ran *testkit.Counter
}

func each(t *testing.T, fn func(t *testing.T, f *fixture), opts ...ent.Option) {
	t.Helper()
	for _, engine := range testkit.Dialects() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			db := testkit.Open(t, engine)
			app := trackertest.New(t, db, opts...)
			fn(t, &fixture{app, trackertest.Serve(t, app), testkit.Count(t, db)})
		})
	}
}

// texts lists one field of the nodes of a connection, or of a list.
func texts(page any, field string) []any {
	list := []any{}
	if rows, ok := page.([]any); ok {
		for _, row := range rows {
			list = append(list, apitest.Get(row, field))
		}
		return list
	}
	for _, e := range apitest.Get(page, "edges").([]any) {
		list = append(list, apitest.Get(e, "node", field))
	}
	return list
}

func list(v ...any) []any { return v }
