package query_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/note"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/task"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/query"
	"github.com/framefox-go/framefox/framework/testkit"
)

// A union adds a statement as it is: with its own limit, order and unions.
//
// Covers: E12, E40.
func TestUnionsKeepWhatTheyAdd(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		world(t, app)
		points := query.From[*ent.Task](app.Client).Select(task.FieldPoints)
		got := func(b builder, want ...int) {
			t.Helper()
			rows, err := query.GetAs[int](t.Context(), b)
			require.NoError(t, err)
			require.ElementsMatch(t, want, rows)
			n, err := b.Count(t.Context())
			require.NoError(t, err)
			require.Len(t, want, n)
		}
		one := points.Where(task.FieldPoints, "=", 1)
		top := points.OrderBy(task.FieldPoints, query.Desc).Limit(2)
		got(one.UnionAll(top), 1, 5, 4)
		got(one.UnionAll(top).OrderBy(task.FieldPoints, query.Desc).Limit(2), 5, 4)
		got(one.Union(points.OrderBy(task.FieldPoints, query.Asc)), 1, 2, 3, 4, 5)
		got(one.UnionAll(one.Union(one)), 1, 1)
		got(one.Union(one.UnionAll(one)), 1)
		got(one.UnionAll(points.WithRaw("low", "SELECT 2 AS n").JoinTable("low", "low.n", "=", "tasks.points")), 1, 2)
	})
}

// Covers: E06, E10, E11, E13, E14, E18, E75.
func TestGroupsAndSubqueriesAreTheSameEverywhere(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx := t.Context()
		world(t, app)
		tasks, notes := query.From[*ent.Task](app.Client), query.From[*ent.Note](app.Client)
		byTitle := tasks.OrderBy(task.FieldTitle, query.Asc)

		require.Equal(t, []string{"t1"}, titles(ctx, t, tasks.WhereIn(task.FieldID, notes.Select(note.FieldTaskID).OrderBy(note.FieldID, query.Asc).Limit(2))))
		require.Len(t, titles(ctx, t, byTitle.WhereNotIn(task.FieldID, notes.Select(note.FieldTaskID).Limit(1))), 4)

		// What makes one row of many has no order by id.
		for _, sum := range []query.Expr{query.Sum(task.FieldPoints), query.Coalesce(query.Sum(task.FieldPoints), query.Value(0)), query.Raw("SUM(points)")} {
			n, err := query.FirstAs[int](ctx, tasks.SelectAs("n", sum))
			require.NoError(t, err)
			require.Equal(t, 15, n)
		}
		n, err := query.FirstAs[int](ctx, tasks.SelectAs("n", query.CountAll()).Where(task.FieldPoints, ">", 3))
		require.NoError(t, err)
		require.Equal(t, 2, n)
		running, err := query.FirstAs[int](ctx, tasks.SelectAs("n", query.Over(query.Sum(task.FieldPoints), query.Window{OrderBy: []query.Order{{Column: task.FieldID, Direction: query.Asc}}})))
		require.NoError(t, err)
		require.Equal(t, 1, running)

		groups := tasks.GroupBy(task.FieldUrgent)
		count, err := groups.Count(ctx)
		require.NoError(t, err)
		require.Equal(t, 2, count)
		count, err = tasks.Join("labels").GroupBy(task.FieldUrgent, "labels.name").Having(query.CountAll(), ">", 1).Count(ctx)
		require.NoError(t, err)
		require.Equal(t, 1, count)
		is, err := groups.Exists(ctx)
		require.NoError(t, err)
		require.True(t, is)
		_, err = groups.Get(ctx)
		require.ErrorContains(t, err, "a group of several rows is no entity")
		_, err = groups.First(ctx)
		require.Error(t, err)

		// An order is checked where it does not matter, too; its case does not.
		var unknown *query.UnknownNameError
		wrong := tasks.OrderBy("titel", query.Asc)
		_, err = wrong.Count(ctx)
		require.ErrorAs(t, err, &unknown)
		_, err = wrong.Exists(ctx)
		require.ErrorAs(t, err, &unknown)
		last, err := tasks.OrderBy(task.FieldTitle, "desc").First(ctx)
		require.NoError(t, err)
		require.Equal(t, "t5", last.Title)
		last, err = tasks.OrderBy(task.FieldTitle, "asc").Last(ctx)
		require.NoError(t, err)
		require.Equal(t, "t5", last.Title)
		_, err = tasks.OrderBy(task.FieldTitle, "down").Last(ctx)
		require.ErrorAs(t, err, &unknown)

		all, err := query.From[*ent.Task](query.With(app.Client, query.MaxRows(math.MaxInt))).Get(ctx)
		require.NoError(t, err)
		require.Len(t, all, 5)
	})
}

// Covers: E15, E39.
func TestCommentsInFragmentsEndThere(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		world(t, app)
		tasks := query.From[*ent.Task](app.Client)
		require.Equal(t, []string{"t5", "t4"}, titles(t.Context(), t, tasks.OrderByRaw("tasks.points -- the most", query.Desc).Limit(2)))
		require.Equal(t, []string{"t5"}, titles(t.Context(), t, tasks.WhereRaw("points > ? -- but\n /* not */ AND points>?AND points>3 -- all", 1, 4)))
	})
}

// A parameter is a word of its own, also where no space is around it.
//
// Covers: E39.
func TestParametersStandAlone(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		type row struct{ A, B int }
		got, err := query.One[row](t.Context(), db, "SELECT ?+0 AS a, 2 AS b WHERE 1=1 AND?=1 AND 2=?AND 1 IN(?)", 1, 1, 2, []int{1})
		require.NoError(t, err)
		require.Equal(t, row{1, 2}, got)
		scalar(t, db, "x", "SELECT CASE WHEN 1=?THEN 'x' END", 1)
	})
}

// Covers: E39.
func TestNamesInArrays(t *testing.T) {
	t.Parallel()
	db := testkit.Open(t, testkit.Postgres)
	got, err := query.One[int](t.Context(), db, `SELECT (ARRAY[:a::int, :b, (SELECT 5 WHERE true AND :a = 7)])[:i] + (ARRAY[1,2,3])[1:2][1]`, query.Named{"a": 7, "b": 8, "i": 2})
	require.ErrorContains(t, err, "operator") // a number and a slice of one; the names were found
	require.Zero(t, got)
	got, err = query.One[int](t.Context(), db, `SELECT (ARRAY[:a::int, :b, (SELECT 5 WHERE true AND :a = 7)])[:i]`, query.Named{"a": 7, "b": 8, "i": 3})
	require.NoError(t, err)
	require.Equal(t, 5, got)
}

// vault is an entity with a secret.
type vault struct {
	ID       int64    `json:"id,omitempty"`
	Owner    string   `json:"owner,omitempty"`
	Password string   `json:"-"`
	Note     string   `json:"note,omitempty"`
	Edges    struct{} `json:"edges"`
}

var vaults = entity.New(entity.Entity{Name: "Vault", Table: "vaults", Fields: []*entity.Field{
	{Name: "id", Column: "id", Kind: entity.BigInt},
	{Name: "owner", Column: "owner_name", Kind: entity.String},
	{Name: "password", Column: "password", Kind: entity.String, Sensitive: true},
	{Name: "note", Column: "note", Kind: entity.String, Nullable: true},
}})

func (*vault) EntityType() *entity.Entity { return vaults }

// A name that someone chooses never reads or compares what is secret.
//
// Covers: E02.
func TestSensitiveColumnsAreAskedForByName(t *testing.T) {
	t.Parallel()
	testkit.EachDialect(t, func(t *testing.T, db *database.DB) {
		ctx := t.Context()
		exec(t, db, `CREATE TABLE vaults (id bigint PRIMARY KEY, owner_name varchar(50) NOT NULL, password varchar(50) NOT NULL, note varchar(50))`)
		exec(t, db, `INSERT INTO vaults VALUES (1, 'ada', 'hash', NULL)`)
		all := query.From[*vault](db)
		other := query.From[*vault](db).As("o")
		for _, b := range []*query.Builder[*vault]{
			all.Select("password"), all.Select("vaults.password"), all.SelectAs("p", query.Max("password")),
			all.Select("id").Where("password", "LIKE", "h%"), all.Select("id").WhereColumn("id", "=", "password"), all.Select("id").WhereContains("password", "a"),
			all.Select("id").OrderBy("password", query.Asc), all.Select("id").GroupBy("password"), all.Select("id").WhereExists(other.WhereColumn("o.password", "=", "vaults.owner")),
			all.Select("id").WhereGroup(func(g *query.Group) { g.Where("id", "=", 1).OrWhere("password", "=", "x") }),
		} {
			_, err := query.GetAs[string](ctx, b)
			require.ErrorIs(t, err, query.ErrSensitive)
			_, err = b.Count(ctx)
			require.ErrorIs(t, err, query.ErrSensitive)
		}
		type leak struct{ Owner, Password string }
		_, err := query.GetAs[leak](ctx, all)
		require.ErrorIs(t, err, query.ErrSensitive)

		hash, err := query.FirstAs[string](ctx, all.SelectAs("hash", query.Secret("password")).WhereExpr(query.Secret("password"), query.Like, "h%"))
		require.NoError(t, err)
		require.Equal(t, "hash", hash)

		// SQL by hand reads an entity whole.
		rows, err := query.All[*vault](ctx, db, "SELECT * FROM vaults")
		require.NoError(t, err)
		require.Equal(t, []*vault{{ID: 1, Owner: "ada", Password: "hash"}}, rows)
	})
}
