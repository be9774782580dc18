package tracker_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
)

// Edges are loaded by name and by path, along with the rows or after them, and
// a name that is no edge is an error that lists those there are.
//
// Covers: C24, C25, C26.
func TestLoadByName(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, client := t.Context(), app.Client
		ann := client.Person.Create().SetName("Ann").SetEmail("ann@example.org").SaveX(ctx)
		gone := client.Person.Create().SetName("Gone").SetEmail("gone@example.org").SaveX(ctx)
		moon := client.Project.Create().SetName("Moon").SetCode("MOON").SetLead(ann).AddMembers(ann, gone).SaveX(ctx)
		fly := client.Task.Create().SetTitle("Fly").SetProject(moon).SaveX(ctx)
		client.Task.Create().SetTitle("Land").SetProject(moon).SetParent(fly).SaveX(ctx)
		client.Note.Create().SetText("Soon").SetTask(fly).SetAuthor(ann).ExecX(ctx)
		client.Person.DeleteOne(gone).ExecX(ctx)

		check := func(p *ent.Project) {
			t.Helper()
			require.Equal(t, "Ann", p.Edges.Lead.Name)
			require.Len(t, p.Edges.Members, 1) // the other is deleted
			require.Len(t, p.Edges.Tasks, 2)
			for _, task := range p.Edges.Tasks {
				notes, err := task.Edges.NotesOrErr()
				require.NoError(t, err)
				if task.ID == fly.ID {
					require.Len(t, notes, 1)
					require.Equal(t, "Ann", notes[0].Edges.Author.Name)
				} else {
					require.Empty(t, notes)
				}
			}
		}
		paths := []string{"lead", "members", "tasks.notes.author", "tasks"}
		query, err := client.Project.Query().WithEdges(paths...)
		require.NoError(t, err)
		check(query.OnlyX(ctx))

		bare := client.Project.GetX(ctx, moon.ID)
		_, err = bare.Edges.TasksOrErr()
		require.True(t, ent.IsNotLoaded(err))
		twin := client.Project.GetX(ctx, moon.ID)
		half := client.Project.Query().WithTasks().OnlyX(ctx)
		kept := half.Edges.Tasks[0]
		require.NoError(t, client.Project.LoadMissing(ctx, []*ent.Project{bare, half, twin, bare}, paths...))
		check(bare)
		check(twin)
		check(half)
		require.Same(t, kept, half.Edges.Tasks[0]) // what was there stays

		var unknown *entity.UnknownEdgeError
		_, err = client.Project.Query().WithEdges("tasks.nots")
		require.ErrorAs(t, err, &unknown)
		require.Equal(t, "nots", unknown.Name)
		require.Contains(t, unknown.Known, "notes")
		err = client.Project.LoadMissing(ctx, nil, "name")
		require.ErrorAs(t, err, &unknown)
		require.EqualError(t, err, `Project has no edge "name" (in "name"); it has: attachments, lead, members, tasks`)
		require.NoError(t, client.Project.LoadMissing(ctx, nil, "tasks"))
	})
}
