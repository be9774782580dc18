package tracker_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/testkit"
)

// recorder is a slog.Handler that keeps the first words of the statements of a
// database.
type recorder struct {
	mu   sync.Mutex
	list []string
}

func (*recorder) Enabled(context.Context, slog.Level) bool { return true }
func (r *recorder) WithAttrs([]slog.Attr) slog.Handler     { return r }
func (r *recorder) WithGroup(string) slog.Handler          { return r }

func (r *recorder) Handle(_ context.Context, record slog.Record) error {
	record.Attrs(func(a slog.Attr) bool {
		if a.Key != "query" {
			return true
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.list = append(r.list, a.Value.String())
		return false
	})
	return nil
}

// of returns the kinds of the statements that run while fn does.
func (r *recorder) of(fn func()) (verbs, all []string) {
	r.mu.Lock()
	r.list = nil
	r.mu.Unlock()
	fn()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.list {
		verb, _, _ := strings.Cut(s, " ")
		switch verb {
		case "BEGIN", "COMMIT", "SELECT", "INSERT", "UPDATE", "DELETE":
			verbs = append(verbs, verb)
		}
	}
	return verbs, r.list
}

// eachRecorded runs fn on every dialect with an eye on the statements.
func eachRecorded(t *testing.T, fn func(t *testing.T, app *trackertest.App, statements *recorder)) {
	t.Helper()
	for _, engine := range testkit.Dialects() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			r := &recorder{}
			db := testkit.Open(t, engine, testkit.WithOptions(database.WithLogger(slog.New(r))))
			fn(t, trackertest.New(t, db), r)
		})
	}
}

// An update costs no statement that is not needed.
//
// Covers: T21.
func TestStatementsOfAnUpdate(t *testing.T) {
	t.Parallel()
	eachRecorded(t, func(t *testing.T, app *trackertest.App, statements *recorder) {
		api, ctx, c := trackertest.Serve(t, app), t.Context(), app.Client
		row := c.Task.Create().SetTitle("t").SetProject(newProject(t, app, "P")).SaveX(ctx)
		inTx, alone := []string{"BEGIN", "UPDATE", "SELECT", "COMMIT"}, []string{"BEGIN", "UPDATE", "SELECT", "COMMIT"}
		if app.DB.Driver().Dialect() == "postgres" {
			inTx, alone = []string{"BEGIN", "UPDATE", "COMMIT"}, []string{"UPDATE"}
		}
		verbs, all := statements.of(func() {
			row = c.Task.UpdateOne(row).SetTitle("u").SetMeta(map[string]any{"a": "b"}).AppendWatchers([]string{"w"}).ExpectVersion(1).SaveX(ctx)
		})
		if app.DB.Driver().Dialect() != "postgres" {
			require.Equal(t, alone, verbs, all)
		}
		require.Equal(t, "u", row.Title)
		require.Equal(t, []string{"w"}, row.Watchers)
		require.Equal(t, map[string]any{"a": "b"}, row.Meta)
		require.EqualValues(t, 2, row.Version)
		stored := c.Task.GetX(ctx, row.ID)
		require.Equal(t, stored.String(), row.String(), "what the update gives back is what is stored")

		verbs, all = statements.of(func() { c.Task.UpdateOne(row).SetTitle("v").ClearMeta().ExpectVersion(2).ExecX(ctx) })
		require.Equal(t, alone, verbs, all)
		verbs, all = statements.of(func() {
			api.Must(updateTask, vars{"id": row.GlobalID(), "i": vars{"title": "w"}, "v": 3})
		})
		require.Equal(t, inTx, verbs, all)
		// Nothing hangs on a note.
		note := c.Note.Create().SetText("n").SetTask(row).SetAuthor(newPerson(t, app, "bob")).SaveX(ctx)
		verbs, all = statements.of(func() {
			api.Must(`mutation($id: ID!) { deleteNote(id: $id) }`, vars{"id": note.GlobalID()})
		})
		require.Equal(t, []string{"BEGIN", "UPDATE", "COMMIT"}, verbs, all)
	})
}

// The statements of a mutation do not grow with the number of nested rows.
//
// Covers: C29, T14.
func TestStatementsOfNestedWrites(t *testing.T) {
	t.Parallel()
	eachRecorded(t, func(t *testing.T, app *trackertest.App, statements *recorder) {
		api := trackertest.Serve(t, app)
		p, ann := newProject(t, app, "P"), newPerson(t, app, "ann")
		run := func(n int) (verbs []string) {
			notes, labels := list(), list()
			for i := range n {
				name := fmt.Sprintf("%d-%d", n, i)
				notes = append(notes, vars{"text": name, "authorID": ann.GlobalID()})
				labels = append(labels, vars{"where": vars{"name": name}, "create": vars{"name": name}})
			}
			verbs, _ = statements.of(func() {
				api.Must(createTask, vars{"i": vars{
					"title": "t", "projectID": p.GlobalID(),
					"notes": vars{"create": notes}, "labels": vars{"connectOrCreate": labels},
				}})
			})
			return verbs
		}
		require.Equal(t, run(2), run(50))
	})
}
