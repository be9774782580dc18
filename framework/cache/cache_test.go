package cache_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/cache"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/project"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/schema"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/query"
	"github.com/framefox-go/framefox/framework/testkit"
)

func newCache(t *testing.T, db *database.DB, cfg cache.Config) *cache.Cache {
	t.Helper()
	c, err := cache.New(db, ent.Entities(), cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	return c
}

// onSQLite is the tracker with a cache on one dialect, for what no dialect has to
// do with.
func onSQLite(t *testing.T, cfg cache.Config) (*trackertest.App, *cache.Cache) {
	t.Helper()
	app := trackertest.New(t, testkit.Open(t, testkit.SQLite))
	return app, newCache(t, app.DB, cfg)
}

// reader counts how often it reads.
type reader struct {
	c     *cache.Cache
	key   string
	reads int
	opts  []cache.Option
}

// names reads the names of projects.
func (r *reader) names(t *testing.T, ctx context.Context, client *ent.Client) []string { //nolint:revive // t first
	t.Helper()
	got, err := cache.Get(ctx, r.c, r.key, func(ctx context.Context) ([]string, error) {
		r.reads++
		return client.Project.Query().Order(project.ByName()).Select(project.FieldName).Strings(ctx)
	}, r.opts...)
	require.NoError(t, err)
	return got
}

// What was read is found again until something is written that it depends on,
// whatever way the write takes; it takes effect with its commit, and not at all
// if it is rolled back. Inside of a transaction one's own writes are seen.
//
// Covers: I02, I20, I21, I23, I24, I34, I37, I38, I43, I44, I46.
func TestWritesInvalidate(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		c, client := newCache(t, app.DB, cache.Config{}), app.Client
		r := &reader{c: c, key: "list:projects"}
		ctx := t.Context()
		expect := func(reads int, names ...string) {
			t.Helper()
			for range 2 {
				require.Equal(t, names, r.names(t, ctx, client))
			}
			require.Equal(t, reads, r.reads)
			r.reads = 0
		}
		moon := client.Project.Create().SetName("Moon").SetCode("MOON").SaveX(ctx)
		expect(1, "Moon")
		expect(0, "Moon")

		client.Person.Create().SetEmail("a@example.org").SetName("Ann").ExecX(ctx)
		expect(0, "Moon") // another table

		client.Project.Create().SetName("Mars").SetCode("MARS").ExecX(ctx)
		expect(1, "Mars", "Moon")
		client.Project.UpdateOne(moon).SetName("Luna").ExecX(ctx)
		expect(1, "Luna", "Mars")
		_, err := query.Exec(ctx, client, `UPDATE projects SET name = ? WHERE code = ?`, "Ares", "MARS")
		require.NoError(t, err)
		expect(1, "Ares", "Luna")
		_, err = app.DB.SQL().ExecContext(ctx, `UPDATE projects SET name = 'Mars' WHERE code = 'MARS'`)
		require.NoError(t, err)
		expect(1, "Luna", "Mars")
		_, err = client.Project.CreateBulk(client.Project.Create().SetName("Zoo").SetCode("ZOO")).Save(ctx)
		require.NoError(t, err)
		expect(1, "Luna", "Mars", "Zoo")
		client.Project.Delete().Where(project.Code("ZOO")).ExecX(ctx)
		expect(1, "Luna", "Mars")

		require.NoError(t, database.Transact(ctx, client.Driver(), func(ctx context.Context) error {
			client.Project.Create().SetName("Venus").SetCode("VENUS").ExecX(ctx)
			require.Equal(t, []string{"Luna", "Mars", "Venus"}, r.names(t, ctx, client), "its own writes")
			r.reads = 0
			require.Equal(t, []string{"Luna", "Mars"}, r.names(t, t.Context(), client), "not before COMMIT") //nolint:contextcheck // the one outside
			require.Zero(t, r.reads)
			return nil
		}))
		expect(1, "Luna", "Mars", "Venus")

		failed := errors.New("failed")
		require.ErrorIs(t, database.Transact(ctx, client.Driver(), func(ctx context.Context) error {
			client.Project.Create().SetName("Pluto").SetCode("PLUTO").ExecX(ctx)
			require.Contains(t, r.names(t, ctx, client), "Pluto")
			return failed
		}), failed)
		r.reads = 0
		expect(0, "Luna", "Mars", "Venus")

		// A client of a transaction that no context carries.
		tx, err := client.Tx(ctx)
		require.NoError(t, err)
		tx.Project.Create().SetName("Io").SetCode("IO").ExecX(ctx)
		own := &reader{c: c, key: "list:own"}
		require.Contains(t, own.names(t, ctx, tx.Client()), "Io")
		require.NoError(t, tx.Rollback())
		require.NotContains(t, own.names(t, ctx, client), "Io", "what was never committed was not kept")

		_, err = app.DB.SQL().ExecContext(ctx, `CREATE TABLE more (id INT)`)
		require.NoError(t, err)
		expect(1, "Luna", "Mars", "Venus") // DDL may be anything
	})
}

// Tables that join others, and what foreign keys do to other tables, count as
// written.
//
// Covers: I25, I38, I39.
func TestCascadesInvalidate(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		c, client, ctx := newCache(t, app.DB, cache.Config{}), app.Client, t.Context()
		ann := client.Person.Create().SetEmail("a@example.org").SetName("Ann").SaveX(ctx)
		moon := client.Project.Create().SetName("Moon").SetCode("MOON").SaveX(ctx)
		task := client.Task.Create().SetTitle("Land").SetProject(moon).SaveX(ctx)
		client.Note.Create().SetText("soon").SetTask(task).SetAuthor(ann).ExecX(ctx)
		count := func(key string, fn func(ctx context.Context) (int, error)) int {
			n, err := cache.Get(ctx, c, key, fn)
			require.NoError(t, err)
			want, err := fn(ctx)
			require.NoError(t, err)
			require.Equal(t, want, n, key)
			return n
		}
		members := func() int {
			return count("members:1", func(ctx context.Context) (int, error) { return moon.QueryMembers().Count(ctx) })
		}
		notes := func() int {
			return count("notes:all", func(ctx context.Context) (int, error) {
				all, err := query.One[int](ctx, client, `SELECT COUNT(*) FROM notes`)
				return all, err
			})
		}
		require.Zero(t, members())
		client.Project.UpdateOne(moon).AddMembers(ann).ExecX(ctx)
		require.Equal(t, 1, members())
		client.Project.UpdateOne(moon).RemoveMembers(ann).ExecX(ctx)
		require.Zero(t, members())

		require.Equal(t, 1, notes())
		// The database removes tasks and notes along with the project.
		_, err := query.Exec(ctx, client, `DELETE FROM projects WHERE code = ?`, "MOON")
		require.NoError(t, err)
		require.Zero(t, notes())
	})
}

// Values come back with the types they had, on the first call as on later ones,
// and each reader has its own.
//
// Covers: I21, I28, I32, I35.
func TestValuesKeepTheirTypes(t *testing.T) {
	t.Parallel()
	_, c := onSQLite(t, cache.Config{})
	type inner struct{ At *time.Time }
	type value struct {
		N     int64
		F     float64
		At    time.Time
		Born  *time.Time
		ID    uuid.UUID
		Raw   []byte
		Names map[string][]inner
		none  int
	}
	at := time.Date(2025, 2, 3, 4, 5, 6, 789_000, time.UTC)
	want := value{
		N: 1<<62 + 1, F: 0.1, At: at, Born: &at, ID: uuid.MustParse("018f4d2e-0000-7000-8000-000000000001"),
		Raw: []byte{0, 255}, Names: map[string][]inner{"a": {{&at}, {}}},
	}
	reads := 0
	read := func() *value {
		v, err := cache.Get(t.Context(), c, "value:1", func(context.Context) (*value, error) {
			reads++
			mine := want
			mine.none = 1
			return &mine, nil
		})
		require.NoError(t, err)
		return v
	}
	for range 3 {
		v := read()
		require.Equal(t, &want, v)
		v.Names["a"][0].At, v.Raw[0] = nil, 9 // changes nobody else's
	}
	require.Equal(t, 1, reads)

	unkept := func() (func(), error) {
		return cache.Get(t.Context(), c, "value:func", func(context.Context) (func(), error) { reads++; return func() {}, nil })
	}
	for range 2 {
		fn, err := unkept()
		require.NoError(t, err)
		require.NotNil(t, fn, "what cannot be encoded is returned, and not kept")
	}
	require.Equal(t, 3, reads)
	require.Equal(t, int64(2), c.Stats()["value"].Errors)
}

// That there is no row is kept too, for a shorter time, until one is written;
// other errors are not kept.
//
// Covers: I20, I22.
func TestNothingIsKeptToo(t *testing.T) {
	t.Parallel()
	app, c := onSQLite(t, cache.Config{})
	ctx, reads := t.Context(), 0
	find := func(name string) (*ent.Person, error) {
		return cache.Get(ctx, c, "person:name:"+name, func(ctx context.Context) (*ent.Person, error) {
			reads++
			return ent.NewPersonRepository(app.Client).FindOneBy(ctx, map[string]any{"name": name})
		})
	}
	for range 2 {
		_, err := find("Ann")
		require.ErrorIs(t, err, entity.ErrNotFound)
	}
	require.Equal(t, 1, reads)
	ann := app.Client.Person.Create().SetEmail("a@example.org").SetName("Ann").SaveX(ctx)
	found, err := find("Ann")
	require.NoError(t, err)
	require.Equal(t, ann.ID, found.ID)
	app.Client.Person.UpdateOne(ann).SetName("Eve").ExecX(ctx) // neither the old name nor the new one is wrong
	_, err = find("Ann")
	require.ErrorIs(t, err, entity.ErrNotFound)
	_, err = find("Eve")
	require.NoError(t, err)

	failed, calls := errors.New("failed"), 0
	for range 2 {
		_, err := cache.Get(ctx, c, "x:1", func(context.Context) (int, error) { calls++; return 0, failed })
		require.ErrorIs(t, err, failed)
	}
	require.Equal(t, 2, calls)
	for range 2 {
		_, err := cache.Get(ctx, c, "x:2", func(context.Context) (int, error) { calls++; return 0, entity.ErrNotFound }, cache.Negative(0))
		require.ErrorIs(t, err, entity.ErrNotFound)
	}
	require.Equal(t, 4, calls)
}

// Contexts that see different rows have different entries: deleted rows, tenants
// and what a privacy filter hides.
//
// Covers: I11, I12.
func TestViewersAreApart(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		c, client, ctx := newCache(t, app.DB, cache.Config{}), app.Client, t.Context()
		client.Project.Create().SetName("Moon").SetCode("MOON").ExecX(ctx)
		gone := client.Project.Create().SetName("Gone").SetCode("GONE").SaveX(ctx)
		client.Project.DeleteOne(gone).ExecX(ctx)
		everybody := entity.WithoutTenant(ctx)
		for _, author := range []string{"ann", "bob"} {
			client.Memo.Create().SetText("of " + author).SetAuthor(author).ExecX(everybody)
		}
		contexts := []context.Context{ctx, entity.WithTrashed(ctx), entity.OnlyTrashed(ctx), schema.WithViewer(ctx, "ann"), schema.WithViewer(ctx, "bob")}
		for range 2 {
			for i, ctx := range contexts {
				names, err := cache.Get(ctx, c, "list:projects", func(ctx context.Context) ([]string, error) {
					return client.Project.Query().Order(project.ByName()).Select(project.FieldName).Strings(ctx)
				})
				require.NoError(t, err)
				require.Equal(t, client.Project.Query().Order(project.ByName()).Select(project.FieldName).StringsX(ctx), names, i)
				if i < 3 {
					continue
				}
				n, err := cache.Get(ctx, c, "stats:memos", func(ctx context.Context) (int, error) { return client.Memo.Query().Count(ctx) })
				require.NoError(t, err)
				require.Equal(t, 1, n)
				text, err := cache.Get(ctx, c, "memo:text", func(ctx context.Context) (string, error) {
					m, err := client.Memo.Query().Only(ctx)
					if err != nil {
						return "", err
					}
					return m.Text, nil
				})
				require.NoError(t, err)
				require.Equal(t, []string{"of ann", "of bob"}[i-3], text)
			}
		}
	})
}

// Readers of one key wait for one of them, and one who comes after a commit never
// gets what was read before it.
//
// Covers: I37, I43.
func TestOneReadsForAll(t *testing.T) {
	t.Parallel()
	app, c := onSQLite(t, cache.Config{})
	ctx := t.Context()
	var reads atomic.Int64
	slow, release := make(chan struct{}, 100), make(chan struct{})
	read := func(ctx context.Context) (int, error) {
		return cache.Get(ctx, c, "stats:projects", func(ctx context.Context) (int, error) {
			reads.Add(1)
			n, err := app.Client.Project.Query().Count(ctx)
			slow <- struct{}{}
			<-release
			return n, err
		})
	}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			n, err := read(ctx)
			if err != nil || n != 0 {
				t.Errorf("%d %v", n, err)
			}
		})
	}
	<-slow
	require.Eventually(t, func() bool { return reads.Load() == 1 }, time.Second, time.Millisecond)
	// A write comes while they wait; who reads after it must see it.
	late := make(chan int, 1)
	close(release)
	all.Wait()
	require.Equal(t, int64(1), reads.Load())

	release = make(chan struct{})
	app.Client.Project.Create().SetName("A").SetCode("A").ExecX(ctx)
	for len(slow) > 0 {
		<-slow
	}
	all.Go(func() { _, _ = read(ctx) })
	<-slow // it has read 1
	app.Client.Project.Create().SetName("B").SetCode("B").ExecX(ctx)
	all.Go(func() {
		n, err := read(ctx)
		if err != nil {
			t.Error(err)
		}
		late <- n
	})
	time.Sleep(10 * time.Millisecond) //nolint:forbidigo // it waits for the one before, most likely
	close(release)
	require.Equal(t, 2, <-late)
	all.Wait()
	n, err := read(ctx)
	require.NoError(t, err)
	require.Equal(t, 2, n, "nothing old was kept")

	// Who gives up keeps nobody else from reading.
	gone, cancel := context.WithCancel(ctx)
	cancel()
	c.Delete(ctx, "stats:projects")
	_, err = read(gone)
	require.ErrorIs(t, err, context.Canceled)
	_, err = read(ctx)
	require.NoError(t, err)
}

// Times follow the namespace and are shortened at random; keys and patterns remove
// entries; what the value depends on elsewhere is told by its tags.
//
// Covers: I03, I04, I06, I09, I10, I36, I37, I40.
func TestTimesKeysAndTags(t *testing.T) {
	t.Parallel()
	cfg := cache.Config{}.WithDefaults()
	require.Equal(t, time.Hour, cfg.TTL)
	require.Equal(t, map[string]time.Duration{
		"user": 3600 * time.Second, "list": 1800 * time.Second, "search": 900 * time.Second, "stats": 300 * time.Second,
	}, cfg.TTLs)

	app, c := onSQLite(t, cache.Config{TTLs: map[string]time.Duration{"brief": 30 * time.Millisecond}})
	ctx, reads := t.Context(), 0
	read := func(key string, opts ...cache.Option) int {
		before := reads
		_, err := cache.Get(ctx, c, key, func(context.Context) (int, error) { reads++; return reads, nil }, opts...)
		require.NoError(t, err)
		return reads - before
	}
	require.Equal(t, 1, read("brief:1"))
	require.Eventually(t, func() bool { return read("brief:1") == 1 }, 10*time.Second, 5*time.Millisecond)
	require.Equal(t, 1, read("user:1"))
	require.Equal(t, 1, read("user:2"))
	require.Equal(t, 1, read("users:1"))
	c.Delete(ctx, "user:1", "user:77")
	require.Equal(t, []int{1, 0, 0}, []int{read("user:1"), read("user:2"), read("users:1")})
	n, err := c.DeletePattern(ctx, "user:*")
	require.NoError(t, err)
	require.Equal(t, 2, n)
	require.Equal(t, []int{1, 1, 0}, []int{read("user:1"), read("user:2"), read("users:1")})

	require.Equal(t, 1, read("rates:eur", cache.Tags("rates")))
	require.NoError(t, app.DB.Transact(ctx, func(ctx context.Context) error {
		c.Invalidate(ctx, "rates")
		return nil
	}))
	require.Equal(t, 1, read("rates:eur", cache.Tags("rates")))
	require.Error(t, app.DB.Transact(ctx, func(ctx context.Context) error {
		c.Invalidate(ctx, "rates")
		return errors.New("no")
	}))
	require.Equal(t, 0, read("rates:eur", cache.Tags("rates")))

	n, err = c.Clear(ctx)
	require.NoError(t, err)
	require.Positive(t, n)
	require.Equal(t, 1, read("user:1"))
}

// Keys of searches are the same for the same question, and no others.
//
// Covers: I18, I19, I26, I27.
func TestKeys(t *testing.T) {
	t.Parallel()
	require.Equal(t, cache.Key("search", cache.Fold("  Hello   World "), map[string]any{"b": 1, "a": 2}, 50),
		cache.Key("search", "hello world", map[string]any{"a": 2, "b": 1}, 50))
	seen := map[string]string{}
	for _, args := range [][]any{{}, {nil}, {""}, {"a", "b"}, {"ab"}, {"a\",\"b"}, {1}, {"1"}, {[]int{1}}, {map[string]any{}}, {"a", 20}, {"a", 50}} {
		key := cache.Key("search", args...)
		require.NotContains(t, seen, key)
		seen[key] = fmt.Sprint(args)
		require.Regexp(t, `^search:[0-9a-f]{32}$`, key)
	}
}

// Within a request what was found is found again; a write of this process shows
// there too.
//
// Covers: I13, I21, I41.
func TestRequests(t *testing.T) {
	t.Parallel()
	app, c := onSQLite(t, cache.Config{Memory: -1}) // no other level
	r := &reader{c: c, key: "list:projects"}
	ctx := cache.WithRequest(t.Context())
	require.Empty(t, r.names(t, ctx, app.Client))
	require.Empty(t, r.names(t, ctx, app.Client))
	require.Equal(t, 1, r.reads)
	app.Client.Project.Create().SetName("A").SetCode("A").ExecX(ctx)
	require.Equal(t, []string{"A"}, r.names(t, ctx, app.Client))
	require.Equal(t, []string{"A"}, r.names(t, cache.WithRequest(t.Context()), app.Client))
	require.Equal(t, 3, r.reads)
	require.Equal(t, cache.Stats{Hits: 1, Misses: 3, Loads: 3, Sets: 3}, c.Stats()["list"])
	require.InDelta(t, 0.25, c.Stats()["list"].HitRate(), 0)
}

// A value that is asked for shortly before it goes is read anew in the background.
//
// Covers: I29.
func TestRefreshAhead(t *testing.T) {
	t.Parallel()
	_, c := onSQLite(t, cache.Config{})
	var reads atomic.Int64
	read := func() int64 {
		v, err := cache.Get(t.Context(), c, "stats:x", func(context.Context) (int64, error) { return reads.Add(1), nil },
			cache.TTL(2*time.Second), cache.RefreshAhead())
		require.NoError(t, err)
		return v
	}
	require.Equal(t, int64(1), read())
	require.Eventually(t, func() bool { return read() == 2 }, 30*time.Second, 10*time.Millisecond)
}

// A value that another one is made of is one of the things that it depends on.
//
// Covers: I39.
func TestValuesOfValues(t *testing.T) {
	t.Parallel()
	app, c := onSQLite(t, cache.Config{})
	ctx := t.Context()
	inner := func(ctx context.Context) (int, error) {
		return cache.Get(ctx, c, "stats:projects", func(ctx context.Context) (int, error) { return app.Client.Project.Query().Count(ctx) })
	}
	outer := func() int {
		n, err := cache.Get(ctx, c, "stats:twice", func(ctx context.Context) (int, error) {
			n, err := inner(ctx)
			return 2 * n, err
		})
		require.NoError(t, err)
		return n
	}
	_, err := inner(ctx)
	require.NoError(t, err)
	require.Zero(t, outer()) // made of what was kept
	app.Client.Project.Create().SetName("A").SetCode("A").ExecX(ctx)
	require.Equal(t, 2, outer())
}
