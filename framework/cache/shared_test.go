package cache_test

import (
	"bytes"
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/cache"
	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/testkit"
)

// process is what a process has: its own connections, client and cache.
type process struct {
	db     *database.DB
	client *ent.Client
	cache  *cache.Cache
	reads  atomic.Int64
}

// count counts the projects.
func (p *process) count(ctx context.Context) (int, error) {
	return cache.Get(ctx, p.cache, "stats:projects", func(ctx context.Context) (int, error) {
		p.reads.Add(1)
		return p.client.Project.Query().Count(ctx)
	})
}

func (p *process) add(ctx context.Context, code string) error {
	return p.client.Project.Create().SetName(code).SetCode(code).Exec(ctx)
}

// processes are several on one database.
func processes(t *testing.T, engine testkit.Engine, configs ...cache.Config) []*process {
	t.Helper()
	where := testkit.Create(t, engine)
	var all []*process
	for i, cfg := range configs {
		where.Pool = config.Pool{Size: 4, MaxOverflow: 4, Timeout: 30 * time.Second, Recycle: config.Forever, PrePing: true}
		db, err := database.Open(t.Context(), where)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		if i == 0 {
			trackertest.Migrate(t, db)
		}
		cfg.App = t.Name()
		all = append(all, &process{db: db, client: ent.NewClient(ent.Driver(db.Driver())), cache: newCache(t, db, cfg)})
	}
	return all
}

// What one process read others find, and what one process writes none finds once
// the bound has passed; the one that wrote at once.
//
// Covers: I07, I08, I21, I38.
func TestProcessesShare(t *testing.T) {
	t.Parallel()
	const bound = 200 * time.Millisecond
	shared := cache.Config{Redis: redisURL(t), Timeout: 10 * time.Second, MaxStale: bound}
	for _, engine := range testkit.Dialects() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			ps := processes(t, engine, shared, shared)
			a, b, ctx := ps[0], ps[1], t.Context()
			for i, code := range []string{"A", "B", "C"} {
				for _, p := range ps {
					require.Eventually(t, func() bool { n, err := p.count(ctx); return err == nil && n == i }, 10*time.Second, time.Millisecond)
				}
				require.NoError(t, a.add(ctx, code))
				n, err := a.count(ctx)
				require.NoError(t, err)
				require.Equal(t, i+1, n, "in the same process at once")
				time.Sleep(bound) //nolint:forbidigo // the bound is what is tried
				n, err = b.count(ctx)
				require.NoError(t, err)
				require.Equal(t, i+1, n, "in another one after the bound")
				require.Positive(t, b.cache.Stats()["stats"].Shared+a.cache.Stats()["stats"].Shared)
			}
			removed, err := a.cache.Clear(ctx)
			require.NoError(t, err)
			require.Positive(t, removed)
			time.Sleep(bound) //nolint:forbidigo // the bound is what is tried
			before := b.reads.Load()
			_, err = b.count(ctx)
			require.NoError(t, err)
			require.Equal(t, before+1, b.reads.Load(), "cleared for all")
		})
	}
}

// A Redis that fails is done without: reads and writes succeed, what is read is
// right, it is logged once, and it is used again once it answers. What was written
// meanwhile is not forgotten.
//
// Covers: I42.
func TestRedisFails(t *testing.T) {
	t.Parallel()
	server := started(t, redisServer())
	var log bytes.Buffer
	cfg := cache.Config{
		Redis: "redis://" + server.address(), Timeout: 2 * time.Second, Retry: 20 * time.Millisecond, MaxStale: 50 * time.Millisecond,
		Logger: slog.New(slog.NewTextHandler(&log, nil)),
	}
	other := cfg
	other.Logger = slog.New(slog.DiscardHandler)
	ps := processes(t, testkit.SQLite, cfg, other)
	a, b, ctx := ps[0], ps[1], t.Context()
	n, err := a.count(ctx)
	require.NoError(t, err)
	require.Zero(t, n)

	server.kill()
	require.NoError(t, a.add(ctx, "A"))
	for _, p := range ps {
		require.Eventually(t, func() bool { n, err := p.count(ctx); return err == nil && n == 1 }, 10*time.Second, time.Millisecond)
	}
	require.NoError(t, a.add(ctx, "B"))
	for range 10 {
		for _, p := range ps {
			n, err := p.count(ctx)
			require.NoError(t, err)
			require.Equal(t, 2, n, "read from the database")
		}
	}
	require.Equal(t, 1, bytes.Count(log.Bytes(), []byte("Redis does not answer")), log.String())

	require.NoError(t, server.start())
	require.Eventually(t, func() bool {
		before := b.reads.Load()
		n, err := b.count(ctx)
		require.NoError(t, err)
		require.Equal(t, 2, n)
		return b.reads.Load() == before // kept again
	}, 10*time.Second, 5*time.Millisecond)
	require.Eventually(t, func() bool { return a.cache.Up() && b.cache.Up() }, 10*time.Second, 5*time.Millisecond)
	require.NoError(t, b.add(ctx, "C"))
	require.Eventually(t, func() bool { n, err := a.count(ctx); return err == nil && n == 3 }, 10*time.Second, 5*time.Millisecond)
}
