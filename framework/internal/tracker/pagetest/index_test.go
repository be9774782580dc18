package pagetest

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"entgo.io/ent/dialect"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/task"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/relay"
	"github.com/framefox-go/framefox/framework/repository"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

// listener remembers the last query of a client.
type listener struct {
	dialect.Driver
	query string
	args  []any
}

func (l *listener) Query(ctx context.Context, query string, args, v any) error {
	l.query, l.args = query, args.([]any)
	return l.Driver.Query(ctx, query, args, v) //nolint:wrapcheck // as it is
}

// plan tells how the database runs the last query, a line for each step.
func (l *listener) plan(t *testing.T, app *trackertest.App) []string {
	t.Helper()
	explain := "EXPLAIN "
	if app.DB.Dialect() == config.SQLite {
		explain = "EXPLAIN QUERY PLAN "
	}
	rows, err := app.DB.SQL().QueryContext(t.Context(), explain+l.query, l.args...)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	columns, err := rows.Columns()
	require.NoError(t, err)
	var lines []string
	for rows.Next() {
		values, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		require.NoError(t, rows.Scan(into...))
		var line strings.Builder
		for i, v := range values {
			fmt.Fprintf(&line, "%s=%s ", columns[i], v.String)
		}
		lines = append(lines, line.String())
	}
	require.NoError(t, rows.Err())
	return lines
}

// requireRange fails unless the database finds the rows of the last query in a
// range of the index. From the first row on, the index as a whole is one.
func (l *listener) requireRange(t *testing.T, app *trackertest.App, index string, first bool) {
	t.Helper()
	if first && app.DB.Dialect() == config.MySQL {
		return // without a bound, MySQL may well sort as few rows as these
	}
	lines := l.plan(t, app)
	text := l.query + "\n" + strings.Join(lines, "\n")
	if app.DB.Dialect() != config.Postgres { // where the index lacks the id, it may find NULLs by that of the key
		require.Contains(t, text[len(l.query):], index, text)
	}
	for _, line := range lines {
		switch app.DB.Dialect() {
		case config.SQLite:
			if !first || !strings.Contains(line, index) {
				require.NotContains(t, line, "SCAN tasks", text)
			}
		case config.Postgres:
			require.NotContains(t, line, "Seq Scan", text)
		case config.MySQL:
			if strings.Contains(line, "table=tasks ") {
				require.True(t, strings.Contains(line, "type=range ") || strings.Contains(line, "type=ref "), text)
				require.Contains(t, line, "key="+index, text)
				require.NotContains(t, line, "filesort", text)
			}
		}
	}
	if app.DB.Dialect() == config.Postgres && !first {
		require.Contains(t, text[len(l.query):], "Index Cond", text)
	}
}

// withIndex is a tracker with many tasks, of which every third has no start,
// and with an index of what they are ordered by.
func withIndex(t *testing.T, fn func(t *testing.T, app *trackertest.App, l *listener)) {
	t.Helper()
	testkit.EachDialect(t, func(t *testing.T, db *database.DB) {
		app := trackertest.New(t, db)
		ctx, start := t.Context(), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		project := app.Client.Project.Create().SetName("p").SetCode("P").SaveX(ctx)
		_, err := ent.NewTaskRepository(app.Client).CreateMany(ctx, 3000, func(i int, b *ent.TaskCreate) {
			b.SetTitle("t").SetProject(project).SetState(task.StateOpen)
			if i%3 > 0 {
				b.SetStartedAt(start.Add(time.Duration(i/2) * time.Minute))
			}
		})
		require.NoError(t, err)
		_, err = db.SQL().ExecContext(ctx, "CREATE INDEX ix_started ON tasks (started_at)")
		require.NoError(t, err)
		require.NoError(t, db.Analyze(ctx))
		l := &listener{Driver: db.Driver()}
		app.Client = ent.NewClient(ent.Driver(l))
		fn(t, app, l)
	})
}

// What may be NULL is ordered by its index, and at any depth: a page is a range
// of it on every dialect, also where NULLs and others meet.
//
// Covers: D53, T05.
func TestNullsAreFoundByIndex(t *testing.T) {
	t.Parallel()
	withIndex(t, func(t *testing.T, app *trackertest.App, l *listener) {
		api := trackertest.Serve(t, app)
		want := app.Client.Task.Query().Order(task.ByID()).AllX(t.Context())
		slices.SortStableFunc(want, func(a, b *ent.Task) int { return compareValues(value(a.StartedAt), value(b.StartedAt)) })
		for _, back := range []bool{false, true} {
			for _, direction := range []string{"ASC", "DESC"} {
				args := vars{"orderBy": vars{"field": "STARTED_AT", "direction": direction}, "first": 30}
				more, place, next := "hasNextPage", "endCursor", "after"
				if back {
					delete(args, "first")
					args["last"], more, place, next = 30, "hasPreviousPage", "startCursor", "before"
				}
				var ids []string
				for first, further := true, true; further; first = false {
					page := api.Must(`query`+taskArgs+`{ tasks`+taskPage+` }`, args)["tasks"]
					l.requireRange(t, app, "ix_started", first)
					some, _ := pageIDs(page)
					if back {
						slices.Reverse(some)
					}
					ids = append(ids, some...)
					further = apitest.Get(page, "pageInfo", more).(bool)
					args[next] = apitest.Get(page, "pageInfo", place)
				}
				if back != (direction == "DESC") {
					slices.Reverse(ids)
				}
				require.Len(t, ids, len(want))
				for i, row := range want {
					require.Equal(t, row.GlobalID(), ids[i], "%s %v", direction, back)
				}
			}
		}
	})
}

// The same holds of the lists and pages of a repository.
//
// Covers: D03, D43, D53, D58.
func TestRepositoryFindsNullsByIndex(t *testing.T) {
	t.Parallel()
	withIndex(t, func(t *testing.T, app *trackertest.App, l *listener) {
		ctx, tasks := t.Context(), ent.NewTaskRepository(app.Client)
		for _, order := range []repository.Order{repository.Asc("started_at"), repository.Desc("started_at")} {
			by := repository.OrderBy(order)
			want, err := tasks.FindBy(ctx, nil, by)
			require.NoError(t, err)
			require.Len(t, want, 3000)
			got, err := tasks.FindBy(ctx, nil, by, repository.Limit(20), repository.Offset(5))
			require.NoError(t, err)
			l.requireRange(t, app, "ix_started", true)
			requireSame(t, want[5:25], got)
			for _, number := range []int{1, 50, 100, 150} {
				page, err := tasks.Paginate(ctx, number, 20, nil, by)
				require.NoError(t, err)
				require.Equal(t, 3000, page.Pagination.Total)
				requireSame(t, want[20*(number-1):20*number], page.Data)
			}
			var after relay.Cursor
			got = nil
			for first := true; first || after != ""; first = false {
				slice, err := tasks.Scroll(ctx, after, nil, by, repository.Limit(30))
				require.NoError(t, err)
				l.requireRange(t, app, "ix_started", first)
				got, after = append(got, slice.Data...), slice.Next
			}
			requireSame(t, want, got)
			got = nil
			for row, err := range tasks.Each(ctx, nil, by, repository.Batch(100)) {
				require.NoError(t, err)
				got = append(got, row)
			}
			requireSame(t, want, got)
		}
	})
}

func requireSame(t *testing.T, want, got []*ent.Task) {
	t.Helper()
	require.Len(t, got, len(want))
	for i := range want {
		require.Equal(t, want[i].ID, got[i].ID)
	}
}
