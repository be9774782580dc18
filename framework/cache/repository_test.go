package cache_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/cache"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/person"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/repository"
	"github.com/framefox-go/framefox/framework/testkit"
)

// Rows are found by key, by unique value and in lists, as the repository finds
// them, detached; they are read in one statement to warm the cache, under the keys
// by which they are asked for.
//
// Covers: I11, I20, I22, I30, I33, I46.
func TestRows(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		c, client, ctx := newCache(t, app.DB, cache.Config{}), app.Client, t.Context()
		people := cache.Of(c, ent.NewPersonRepository(client))
		statements := testkit.Count(t, app.DB)
		var ids []int64
		for _, name := range []string{"ann", "bob", "eve"} {
			ids = append(ids, client.Person.Create().SetEmail(name+"@example.org").SetName(name).SaveX(ctx).ID)
		}
		statements.Reset()
		n, err := people.Warm(ctx, append(ids, 99), func(p *ent.Person) int64 { return p.ID })
		require.NoError(t, err)
		require.Equal(t, 3, n)
		require.Equal(t, 1, statements.Statements())
		n, err = people.Warm(ctx, ids, func(p *ent.Person) int64 { return p.ID })
		require.NoError(t, err)
		require.Zero(t, n)
		statements.Reset()
		for i, id := range ids {
			p, err := people.Find(ctx, id)
			require.NoError(t, err)
			require.Equal(t, []string{"ann", "bob", "eve"}[i], p.Name)
			require.Panics(t, func() { _ = p.Update().Exec(ctx) }, "it has no client")
		}
		require.Zero(t, statements.Statements(), "kept by Warm")
		fresh := client.Person.GetX(ctx, ids[0])
		kept, err := people.Find(ctx, ids[0])
		require.NoError(t, err)
		require.Equal(t, fresh.Email, kept.Email)
		require.Panics(t, func() { cache.Of(c, ent.NewPersonRepository(client).Where(person.Name("ann"))) })

		for range 2 {
			byEmail, err := people.FindOneBy(ctx, repository.Criteria{"email": "Ann@example.org"})
			require.NoError(t, err)
			require.Equal(t, ids[0], byEmail.ID)
			_, err = people.Find(ctx, 99)
			require.ErrorIs(t, err, entity.ErrNotFound)
			list, err := people.FindBy(ctx, nil, cache.List{Limit: 2, Offset: 1, Order: []repository.Order{repository.Desc("name")}})
			require.NoError(t, err)
			require.Equal(t, []string{"bob", "ann"}, []string{list[0].Name, list[1].Name})
			count, err := people.Count(ctx, repository.Criteria{"name": []string{"ann", "eve"}})
			require.NoError(t, err)
			require.Equal(t, 2, count)
		}
		client.Person.UpdateOneID(ids[0]).SetEmail("new@example.org").ExecX(ctx)
		_, err = people.FindOneBy(ctx, repository.Criteria{"email": "ann@example.org"})
		require.ErrorIs(t, err, entity.ErrNotFound)
		renamed, err := people.FindOneBy(ctx, repository.Criteria{"email": "new@example.org"})
		require.NoError(t, err)
		require.Equal(t, ids[0], renamed.ID)
	})
}

// Secrets are in no entry: what JSON leaves out never gets to Redis.
//
// Covers: I31.
func TestNoSecrets(t *testing.T) {
	t.Parallel()
	app := trackertest.New(t, testkit.Open(t, testkit.SQLite))
	url := redisURL(t)
	c := newCache(t, app.DB, cache.Config{Redis: url, App: t.Name(), Timeout: 10 * time.Second})
	type login struct {
		Name string
		Hash string `json:"-"`
	}
	v, err := cache.Get(t.Context(), c, "user:1", func(context.Context) (login, error) { return login{"ann", "$argon2id$secret"}, nil })
	require.NoError(t, err)
	require.Equal(t, login{Name: "ann"}, v, "nor does it show on the first call")
	options, err := redis.ParseURL(url)
	require.NoError(t, err)
	client := redis.NewClient(options)
	defer func() { require.NoError(t, client.Close()) }()
	keys, err := client.Keys(t.Context(), t.Name()+":*user:1@*").Result()
	require.NoError(t, err)
	require.Len(t, keys, 1)
	raw, err := client.Get(t.Context(), keys[0]).Bytes()
	require.NoError(t, err)
	require.True(t, bytes.Contains(raw, []byte("ann")))
	require.False(t, bytes.Contains(raw, []byte("argon2id")))
}
