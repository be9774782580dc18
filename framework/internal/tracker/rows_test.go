package tracker_test

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"entgo.io/ent/dialect/sql"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/account"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/binder"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/entry"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/memo"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/note"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/person"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/project"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/schema"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/task"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
)

// world is two projects, of which the second has a living and two dead tasks.
type world struct {
	moon, mars *ent.Project
	ann, bob   *ent.Person // bob is deleted
	alive      *ent.Task
}

func newWorld(t *testing.T, c *ent.Client) world {
	t.Helper()
	ctx := t.Context()
	w := world{
		moon: c.Project.Create().SetName("Moon").SetCode("MOON").SaveX(ctx),
		mars: c.Project.Create().SetName("Mars").SetCode("MARS").SaveX(ctx),
		ann:  c.Person.Create().SetEmail("ann@example.org").SetName("Ann").SaveX(ctx),
		bob:  c.Person.Create().SetEmail("bob@example.org").SetName("Bob").SaveX(ctx),
	}
	c.Project.UpdateOne(w.moon).SetLead(w.bob).AddMembers(w.bob).ExecX(ctx)
	c.Project.UpdateOne(w.mars).SetLead(w.ann).AddMembers(w.ann, w.bob).ExecX(ctx)
	w.alive = c.Task.Create().SetTitle("alive").SetProject(w.mars).SetAssignee(w.ann).SaveX(ctx)
	for _, title := range []string{"dead 1", "dead 2"} {
		dead := c.Task.Create().SetTitle(title).SetProject(w.moon).SetAssignee(w.ann).SetParent(w.alive).SaveX(ctx)
		c.Task.UpdateOne(dead).SetDeletedAt(time.Now()).ExecX(ctx)
	}
	// What a delete would do to other rows is not in question here.
	c.Person.UpdateOne(w.bob).SetDeletedAt(time.Now()).ExecX(ctx)
	return w
}

// The client sees tombstones in no predicate, order or loaded edge, and in all
// of them with a context that opens the view, also in queries that start from an
// edge and in updates of one row.
//
// Covers: T06, T11.
func TestClientSeesTheLiving(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		c, ctx := app.Client, t.Context()
		w := newWorld(t, c)
		trash := entity.WithTrashed(ctx)

		for name, q := range map[string]struct {
			query         func() *ent.ProjectQuery
			living, trash []string
		}{
			"has to many": {func() *ent.ProjectQuery { return c.Project.Query().Where(project.HasTasks()) }, []string{"MARS"}, []string{"MARS", "MOON"}},
			"has none":    {func() *ent.ProjectQuery { return c.Project.Query().Where(project.Not(project.HasTasks())) }, []string{"MOON"}, nil},
			"has with": {func() *ent.ProjectQuery {
				return c.Project.Query().Where(project.HasTasksWith(task.TitleContains("dead")))
			}, nil, []string{"MOON"}},
			"has to one":       {func() *ent.ProjectQuery { return c.Project.Query().Where(project.HasLead()) }, []string{"MARS"}, []string{"MARS", "MOON"}},
			"has many to many": {func() *ent.ProjectQuery { return c.Project.Query().Where(project.HasMembersWith(person.Name("Bob"))) }, nil, []string{"MARS", "MOON"}},
			"nested": {func() *ent.ProjectQuery {
				return c.Project.Query().Where(project.HasMembersWith(person.HasTasksWith(task.TitleContains("dead"))))
			}, nil, []string{"MARS"}},
			"from an edge": {func() *ent.ProjectQuery { return w.ann.QueryMemberships().Where(project.HasTasks()) }, []string{"MARS"}, []string{"MARS"}},
			"from filtered rows": {func() *ent.ProjectQuery {
				return c.Person.Query().Where(person.HasTasksWith(task.TitleContains("dead"))).QueryMemberships()
			}, nil, []string{"MARS"}},
			"from an edge of all":    {func() *ent.ProjectQuery { return c.Person.Query().QueryMemberships() }, []string{"MARS"}, []string{"MARS", "MOON"}},
			"from an edge, narrowed": {func() *ent.ProjectQuery { return c.Task.Query().QueryProject().Where(project.HasTasks()) }, []string{"MARS"}, []string{"MARS", "MOON"}},
		} {
			for view, ctx := range map[string]context.Context{"living": ctx, "trash": trash} {
				want := map[string][]string{"living": q.living, "trash": q.trash}[view]
				var codes, selected []string
				for _, p := range q.query().AllX(ctx) {
					codes = append(codes, p.Code)
				}
				require.ElementsMatch(t, want, codes, "%s %s", name, view)
				require.Equal(t, len(want), q.query().CountX(ctx), "%s %s", name, view)
				q.query().Select(project.FieldCode).ScanX(ctx, &selected)
				slices.Sort(selected) // with one for each way that leads there
				require.ElementsMatch(t, want, slices.Compact(selected), "%s %s", name, view)
			}
		}
		loaded := c.Project.Query().WithTasks().WithLead().WithMembers().Where(project.Code("MOON")).OnlyX(ctx)
		require.Empty(t, loaded.Edges.Tasks)
		require.Nil(t, loaded.Edges.Lead)
		require.Empty(t, loaded.Edges.Members)
		loaded = c.Project.Query().WithTasks().WithLead().WithMembers().Where(project.Code("MOON")).OnlyX(trash)
		require.Len(t, loaded.Edges.Tasks, 2)
		require.NotNil(t, loaded.Edges.Lead)
		require.Len(t, loaded.Edges.Members, 1)

		// The moon has more tasks, but they are dead.
		order := func(ctx context.Context, o project.OrderOption) []string {
			return c.Project.Query().Order(o, project.ByCode()).Select(project.FieldCode).StringsX(ctx)
		}
		require.Equal(t, []string{"MARS", "MOON"}, order(ctx, project.ByTasksCount(sql.OrderDesc())))
		require.Equal(t, []string{"MOON", "MARS"}, order(trash, project.ByTasksCount(sql.OrderDesc())))
		require.Equal(t, []string{"MARS", "MOON"}, order(ctx, project.ByMembersCount(sql.OrderDesc())))
		require.Equal(t, []string{"MARS", "MOON"}, order(ctx, project.ByLeadField(person.FieldName, sql.OrderDesc())))
		require.Equal(t, []string{"MOON", "MARS"}, order(trash, project.ByLeadField(person.FieldName, sql.OrderDesc())))
		require.Equal(t, []string{"MOON", "MARS"}, order(ctx, project.ByTasks(sql.OrderBySum(task.FieldID))), "the moon's sum is NULL, the smallest value")
		counted := c.Project.Query().Where(project.Code("MOON")).Order(project.ByTasksCount(sql.OrderSelectAs("n"))).OnlyX(ctx)
		n, err := counted.Value("n")
		require.NoError(t, err)
		require.EqualValues(t, 0, n)

		// Updates and deletes look at edges in the same way.
		require.Zero(t, c.Project.Update().Where(project.HasTasksWith(task.TitleContains("dead"))).SetArchived(true).SaveX(ctx))
		require.True(t, ent.IsNotFound(c.Project.UpdateOne(w.moon).Where(project.HasTasks()).SetArchived(true).Exec(ctx)))
		require.NoError(t, c.Project.UpdateOne(w.moon).Where(project.HasTasks()).SetArchived(true).Exec(trash))
		require.Zero(t, c.Note.Delete().Where(note.HasAuthorWith(person.Name("Bob"))).ExecX(ctx))
	})
}

// The view of what a query returns, and of what else it looks at, can differ.
//
// Covers: B34.
func TestViews(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		c, ctx := app.Client, t.Context()
		w := newWorld(t, c)
		titles := func(ctx context.Context, q *ent.TaskQuery) []string {
			return q.Order(task.ByID()).Select(task.FieldTitle).StringsX(ctx)
		}
		only := entity.OnlyTrashed(ctx)
		require.Equal(t, []string{"alive"}, titles(ctx, c.Task.Query()))
		require.Equal(t, []string{"alive", "dead 1", "dead 2"}, titles(entity.WithTrashed(ctx), c.Task.Query()))
		require.Equal(t, []string{"dead 1", "dead 2"}, titles(only, c.Task.Query()))
		require.Equal(t, []string{"dead 1", "dead 2"}, titles(only, c.Task.Query().Where(task.HasProject(), task.HasParent())), "others are seen dead or alive")
		require.Equal(t, []string{"dead 1", "dead 2"}, titles(only, c.Project.Query().QueryTasks()), "the projects that it starts from live")
		require.Equal(t, []string{"dead 1", "dead 2"}, titles(only, c.Task.Query().QueryChildren()), "their parent lives, of the same type")
		dead := c.Task.Query().Where(task.Title("dead 1")).WithParent().WithProject().OnlyX(only)
		require.Equal(t, "alive", dead.Edges.Parent.Title)
		require.Equal(t, w.moon.ID, dead.Edges.Project.ID)

		// What was deleted of the view itself, and nothing else.
		own := entity.WithView(ctx, entity.Everything)
		require.Equal(t, []string{"alive"}, titles(own, c.Task.Query().Where(task.Not(task.HasParent()))))
		require.Zero(t, c.Project.Query().Where(project.HasLeadWith(person.Name("Bob"))).CountX(own))
		require.Equal(t, 2, c.Task.Update().SetUrgent(true).SaveX(only))
		require.Equal(t, 2, c.Task.Query().Where(task.Urgent(true)).CountX(only))
		require.Zero(t, c.Task.Query().Where(task.Urgent(true)).CountX(ctx))
	})
}

// Covers: T11.
func TestHooksRunOnce(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		c, ctx := app.Client, t.Context()
		var ran atomic.Int64
		count := func(next ent.Mutator) ent.Mutator {
			return ent.MutateFunc(func(ctx context.Context, m ent.Mutation) (ent.Value, error) {
				ran.Add(1)
				return next.Mutate(ctx, m)
			})
		}
		c.Person.Use(count)
		c.Use(count)
		ann := c.Person.Create().SetEmail("ann@example.org").SetName("Ann").SaveX(ctx)
		steps := map[string]func(){
			"update":      func() { c.Person.UpdateOne(ann).SetName("Anna").ExecX(ctx) },
			"update many": func() { c.Person.Update().SetName("Anne").ExecX(ctx) },
			"delete":      func() { c.Person.DeleteOne(ann).ExecX(ctx) },
			"restore":     func() { c.Person.UpdateOne(ann).ClearDeletedAt().ExecX(entity.WithTrashed(ctx)) },
			"delete many": func() { c.Person.Delete().ExecX(ctx) },
			"purge":       func() { c.Person.Delete().ExecX(entity.WithPurge(ctx)) },
		}
		for _, name := range []string{"update", "update many", "delete", "restore", "delete many", "purge"} {
			ran.Store(0)
			steps[name]()
			require.EqualValues(t, 2, ran.Load(), "%s runs each of the two hooks once", name)
		}
	})
}

// Rows belong to the tenant of the context: it is stamped, and nothing is seen,
// changed or referred to across it.
//
// Covers: T11.
func TestTenants(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		c := app.Client
		ours, theirs := entity.WithTenant(t.Context(), "ours"), entity.WithTenant(t.Context(), "theirs")
		a := c.Account.Create().SetName("a").SaveX(ours)
		b := c.Account.Create().SetName("a").SaveX(theirs)
		topic := c.Topic.Create().SetName("x").SaveX(theirs)
		e := c.Entry.Create().SetText("e").SetAccount(a).SaveX(ours)
		require.Equal(t, "ours", a.TenantID)
		require.Equal(t, "theirs", b.TenantID)

		require.Equal(t, []int64{a.ID}, c.Account.Query().IDsX(ours))
		require.Len(t, c.Account.Query().IDsX(entity.WithoutTenant(t.Context())), 2)
		require.Equal(t, []int64{a.ID}, c.Account.Query().IDsX(entity.WithTrashed(ours)), "the trash is the tenant's own")
		require.Zero(t, c.Account.Update().Where(account.ID(b.ID)).SetName("stolen").SaveX(ours))
		require.True(t, ent.IsNotFound(c.Account.UpdateOne(b).SetName("stolen").Exec(ours)))
		require.True(t, ent.IsNotFound(c.Account.DeleteOne(b).Exec(ours)))
		require.Zero(t, c.Account.Delete().Where(account.ID(b.ID)).ExecX(entity.WithPurge(ours)))
		require.True(t, ent.IsNotFound(c.Entry.DeleteOne(e).Exec(theirs)))
		require.ErrorIs(t, c.Entry.UpdateOne(e).AddTopicIDs(topic.ID).Exec(theirs), entity.ErrNotFound, "an update of nothing but edges")

		var refused *entity.ConflictError
		for name, fail := range map[string]func() error{
			"create":      func() error { return c.Entry.Create().SetText("x").SetAccountID(b.ID).Exec(ours) },
			"update":      func() error { return c.Entry.UpdateOne(e).SetAccountID(b.ID).Exec(ours) },
			"update many": func() error { return c.Entry.Update().SetAccountID(b.ID).Exec(ours) },
			"bulk": func() error {
				return c.Entry.CreateBulk(c.Entry.Create().SetText("x").SetAccount(a), c.Entry.Create().SetText("x").SetAccountID(b.ID)).Exec(ours)
			},
			"the other end": func() error { return c.Account.UpdateOne(b).AddEntryIDs(e.ID).Exec(theirs) },
		} {
			require.ErrorAs(t, fail(), &refused, name)
			require.Equal(t, entity.ForeignKey, refused.Code, name)
		}
		require.ErrorAs(t, c.Entry.UpdateOne(e).AddTopicIDs(topic.ID).Exec(ours), &refused)
		require.Equal(t, []string{"topics"}, refused.Fields)
		require.Equal(t, a.ID, c.Entry.GetX(ours, e.ID).AccountID)
		require.Equal(t, 1, c.Entry.Query().CountX(entity.WithoutTenant(t.Context())))

		// No tenant is an error, in every shape, and never all rows.
		for _, ctx := range []context.Context{t.Context(), entity.WithTenant(t.Context(), ""), entity.WithTenant(t.Context(), 7)} {
			require.ErrorIs(t, err(c.Account.Query().All(ctx)), entity.ErrNoTenant)
			require.ErrorIs(t, err(c.Account.Query().Count(ctx)), entity.ErrNoTenant)
			require.ErrorIs(t, c.Account.Create().SetName("z").Exec(ctx), entity.ErrNoTenant)
			require.ErrorIs(t, c.Account.Update().SetName("z").Exec(ctx), entity.ErrNoTenant)
			require.ErrorIs(t, err(c.Account.Delete().Exec(ctx)), entity.ErrNoTenant)
			require.ErrorIs(t, c.Account.DeleteOne(a).Exec(ctx), entity.ErrNoTenant)
		}
		system := entity.WithoutTenant(t.Context())
		var invalid *entity.ValidationError
		require.ErrorAs(t, c.Account.Create().SetName("z").Exec(system), &invalid, "whose is it?")
		require.NoError(t, c.Account.Create().SetName("z").SetTenantID("third").Exec(system))
		require.ErrorAs(t, c.Account.Create().SetName("z").SetTenantID("theirs").Exec(ours), &invalid, "not ours")
		var conflict *entity.ConflictError
		require.ErrorAs(t, c.Account.Create().SetName("a").Exec(ours), &conflict, "unique among ours")
		require.Equal(t, 1, c.Entry.Query().Where(entry.HasAccount()).CountX(ours))
	})
}

// A privacy filter holds wherever rows of its entity are looked at, is asked
// once for each statement, and hides all where it fails.
//
// Covers: T28, T29.
func TestPrivacy(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		c := app.Client
		ann, bob := schema.WithViewer(t.Context(), "ann"), schema.WithViewer(t.Context(), "bob")
		b := c.Binder.Create().SetName("b").SaveX(t.Context())
		own := c.Memo.Create().SetText("own").SetAuthor("ann").SetBinder(b).SaveX(ann)
		c.Memo.Create().SetText("open").SetAuthor("ann").SetPublic(true).SetParent(own).AddPinnedIn(b).SaveX(ann)

		require.Equal(t, 2, c.Memo.Query().CountX(ann))
		require.Equal(t, 1, c.Memo.Query().CountX(bob))
		require.Equal(t, 1, c.Binder.Query().Where(binder.HasMemos()).CountX(ann))
		require.Zero(t, c.Binder.Query().Where(binder.HasMemos()).CountX(bob))
		require.Zero(t, c.Memo.Query().Where(memo.HasParent()).CountX(bob))
		require.Equal(t, 1, c.Binder.Query().Where(binder.Not(binder.HasMemos())).CountX(bob))
		require.True(t, ent.IsNotFound(c.Memo.DeleteOne(own).Exec(bob)))
		require.True(t, ent.IsNotFound(c.Memo.UpdateOne(own).SetText("x").Exec(bob)))

		// Nobody looks: no shape answers.
		nobody := t.Context()
		require.ErrorIs(t, err(c.Memo.Query().All(nobody)), schema.ErrNoViewer)
		require.ErrorIs(t, err(c.Binder.Query().Where(binder.HasMemos()).All(nobody)), schema.ErrNoViewer)
		require.ErrorIs(t, err(c.Binder.Query().Where(binder.Not(binder.HasMemos())).Count(nobody)), schema.ErrNoViewer)
		require.ErrorIs(t, err(c.Binder.Query().Order(binder.ByMemosCount()).All(nobody)), schema.ErrNoViewer)
		require.ErrorIs(t, c.Binder.Update().Where(binder.Not(binder.HasMemos())).SetName("x").Exec(nobody), schema.ErrNoViewer)
		require.ErrorIs(t, err(c.Binder.Delete().Where(binder.Not(binder.HasMemosWith(memo.HasParent()))).Exec(nobody)), schema.ErrNoViewer)
		require.ErrorIs(t, c.Binder.UpdateOne(b).AddPinned(own).Exec(nobody), schema.ErrNoViewer)
		require.Equal(t, 1, c.Binder.Query().CountX(nobody), "binders are everybody's")

		api := trackertest.Serve(t, app)
		for _, query := range []string{
			`{ memos { totalCount } }`,
			`{ binders(where: {hasMemos: false}) { totalCount } }`,
			`{ binders(where: {not: {hasMemosWith: [{hasParent: true}]}}) { edges { node { id } } } }`,
			`mutation { updateBinder(id: "` + b.GlobalID() + `", input: {pinned: {connect: ["` + own.GlobalID() + `"]}}) { id } }`,
		} {
			api.Fail("INTERNAL", query, nil)
		}
		require.Equal(t, "b", c.Binder.GetX(nobody, b.ID).Name)
	})
}

// A filter that is given to a client, and not to a schema, would hold in some
// statements only: it is refused.
func TestFilterOutsideSchema(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		app.Client.Label.Intercept(entity.RowFilter(func(context.Context) (entity.Condition, error) {
			return nil, errors.New("is never asked")
		}))
		require.ErrorContains(t, err(app.Client.Label.Query().All(t.Context())), "not one of its schema")
	})
}

func err[T any](_ T, err error) error { return err }
