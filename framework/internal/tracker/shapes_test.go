package tracker_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/attachment"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/project"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/task"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

// An entity may be its own parent, and may hang on one of several kinds of
// owner, of which the database wants exactly one.
//
// Covers: C46.
func TestTreesAndOwners(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, client := t.Context(), app.Client
		moon := client.Project.Create().SetName("Moon").SetCode("MOON").SaveX(ctx)
		root := client.Task.Create().SetTitle("Fly").SetProject(moon).SaveX(ctx)
		child := client.Task.Create().SetTitle("Launch").SetProject(moon).SetParent(root).SaveX(ctx)
		client.Task.Create().SetTitle("Count down").SetProject(moon).SetParent(child).ExecX(ctx)
		data := trackertest.Serve(t, app).Must(`{ tasks(first: 9, where: {not: {hasParent: true}}) { edges { node { title children(first: 9) { edges { node {
			title parent { title } children(first: 9) { edges { node { title } } } } } } } } } }`, nil)
		roots := apitest.Get(data, "tasks", "edges").([]any)
		require.Len(t, roots, 1)
		launch := apitest.Get(roots[0], "node", "children", "edges", 0, "node")
		require.Equal(t, "Fly", apitest.Get(launch, "parent", "title"))
		require.Equal(t, "Count down", apitest.Get(launch, "children", "edges", 0, "node", "title"))
		require.Equal(t, child.ID, client.Task.Query().Where(task.HasParentWith(task.Title("Fly"))).OnlyX(ctx).ID)

		client.Attachment.Create().SetFile("map.png").SetTask(root).ExecX(ctx)
		client.Attachment.Create().SetFile("plan.pdf").SetProject(moon).ExecX(ctx)
		require.Equal(t, "plan.pdf", client.Attachment.Query().Where(attachment.HasProjectWith(project.Code("MOON"))).OnlyX(ctx).File)
		for _, wrong := range []error{
			client.Attachment.Create().SetFile("none").Exec(ctx),
			client.Attachment.Create().SetFile("both").SetTask(root).SetProject(moon).Exec(ctx),
		} {
			var conflict *entity.ConflictError
			require.ErrorAs(t, wrong, &conflict)
			require.Equal(t, entity.Check, conflict.Code)
			require.Equal(t, "ck_attachments_owner", conflict.Constraint)
		}
	})
}
