package cache

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/entity"
)

// Cache keeps what was read from one database. It is safe for concurrent use.
type Cache struct {
	config   Config
	dialect  config.Dialect
	identity string // of the application, the database and the schema
	views    *entity.Viewpoints
	tables   map[string]bool
	cascades map[string][]string // what goes along with deleted rows
	mentions sync.Map            // of SQL text to the tags of what it reads
	texts    atomic.Int64        // in mentions

	versions *versions
	memory   *box[*entry] // nil is none
	shared   *shared      // nil is none
	flights  flights
	counters counters

	background chan struct{} // a token for each refresh
	refreshing sync.Map      // of keys
	running    sync.WaitGroup
	life       context.Context //nolint:containedctx // of what runs in the background
	end        context.CancelFunc
	marks      atomic.Int64
	closing    sync.RWMutex
	closed     bool
}

// New returns a cache of what is read from the database. It comes before the first
// write to it: what was written before, it does not know. Entities tell it the
// tables, the foreign keys and the row filters.
//
// A Redis that does not answer is no error: the cache goes on without it.
func New(db *database.DB, entities entity.Registry, cfg Config) (*Cache, error) {
	cfg = cfg.WithDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	c := &Cache{
		config: cfg, dialect: db.Dialect(), views: entity.NewViewpoints(entities), tables: map[string]bool{},
		cascades: map[string][]string{}, versions: newVersions(), background: make(chan struct{}, cfg.Background),
	}
	for _, table := range entities.Tables() {
		c.tables[strings.ToLower(table)] = true
	}
	for from, to := range entities.Cascades() {
		c.cascades[strings.ToLower(from)] = lower(to)
	}
	url := db.URL()
	c.identity = hash(strings.Join([]string{
		string(url.Dialect), url.Target(), cmp.Or(cfg.Schema, fingerprint(entities)),
	}, "\x00"))[:12]
	if cfg.Memory > 0 {
		c.memory = newBox[*entry](cfg.Memory, func(place string) { c.counters.of(spaceOf(place)).evictions.Add(1) })
	}
	if cfg.Redis != "" {
		var err error
		if c.shared, err = newShared(&c.config, c.prefix(), c.versions); err != nil {
			return nil, err
		}
	}
	c.life, c.end = context.WithCancel(context.Background())
	db.ObserveWrites(c.written)
	return c, nil
}

// Close ends the cache: from then on everything is read from the database.
func (c *Cache) Close() error {
	c.closing.Lock()
	if c.closed {
		c.closing.Unlock()
		return nil
	}
	c.closed = true
	c.closing.Unlock()
	c.end()
	c.running.Wait()
	if c.memory != nil {
		c.memory.close()
	}
	if c.shared != nil {
		return c.shared.close()
	}
	return nil
}

func (c *Cache) ended() bool {
	c.closing.RLock()
	defer c.closing.RUnlock()
	return c.closed
}

// fingerprint tells the shapes of the entities apart.
func fingerprint(entities entity.Registry) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(entities)) {
		e := entities[name]
		fmt.Fprintf(&b, "%s %s\n", name, e.Table)
		for _, f := range e.Fields {
			fmt.Fprintf(&b, "%s %s %d %v %t %t\n", f.Name, f.Column, f.Kind, f.GoType, f.Nullable, f.Sensitive)
		}
	}
	return hash(b.String())
}

// prefix begins the keys in a store that is shared.
func (c *Cache) prefix() string { return c.config.App + ":" + c.identity + ":" }

// place is where the entry of a key is: the key itself, so that patterns find it,
// and a hash of all that tells entries apart.
func place(key, full string) string {
	const room = 160
	readable := strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' {
			return '_'
		}
		return r
	}, key)
	if len(readable) > room {
		readable = readable[:room]
	}
	return readable + "@" + hash(full)
}

// spaceOf is the namespace of the key at a place.
func spaceOf(place string) string { return namespace(place[:strings.LastIndexByte(place, '@')]) }

// tag is the name under which the version of a table, or of anything else, is
// kept.
func (c *Cache) tag(name string) string {
	if name == everything || name == anyWrite {
		return name
	}
	if table := strings.ToLower(name); c.tables[table] {
		return table
	}
	return bucket(name)
}

func (c *Cache) tagsOf(names []string) []string {
	tags := make([]string, len(names))
	for i, name := range names {
		tags[i] = c.tag(name)
	}
	slices.Sort(tags)
	return slices.Compact(tags)
}

func lower(names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = strings.ToLower(name)
	}
	return out
}

// Invalidate voids all entries with one of the tags: tables, or what [Tags] named.
// Within a transaction it does so once that is committed.
func (c *Cache) Invalidate(ctx context.Context, tags ...string) {
	all := c.tagsOf(tags)
	database.AfterCommit(ctx, func(context.Context) { c.change(all) }) //nolint:contextcheck // it is done whatever becomes of the caller
}

// change gives tags a new version, here and elsewhere.
func (c *Cache) change(tags []string) { c.begin(tags)(true) }

// Delete removes the entries of keys, whoever asked for them.
func (c *Cache) Delete(ctx context.Context, keys ...string) {
	for _, key := range keys {
		_, _ = c.DeletePattern(ctx, Escape(key)) // well formed; a shared level that fails is void by the tag
	}
}

// DeletePattern removes the entries whose keys match the pattern, see [Store], and
// tells how many this process and Redis had. Other processes, and readers under
// way, lose those of the whole namespace, or all if the pattern does not name one.
func (c *Cache) DeletePattern(ctx context.Context, pattern string) (n int, err error) {
	if _, err := matcher(pattern); err != nil {
		return 0, err
	}
	begin := literalPrefix(pattern)
	tag := everything
	switch {
	case begin != "" && Escape(begin) == pattern:
		tag = bucket("key " + begin)
	case strings.Contains(begin, ":"):
		tag = bucket("namespace " + namespace(begin))
	}
	end := c.begin([]string{tag}) //nolint:contextcheck // it is done whatever becomes of the caller
	defer end(true)
	if c.memory != nil {
		if n, err = c.memory.deletePattern(pattern + "@*"); err != nil {
			return n, err
		}
	}
	if c.shared != nil && !c.shared.isDown() {
		removed, err := c.shared.store.DeletePattern(ctx, pattern+"@*")
		n = max(n, removed)
		if err != nil {
			c.shared.fail(err)
		}
	}
	return n, nil
}

// Clear removes all entries of the application and tells how many there were.
func (c *Cache) Clear(ctx context.Context) (int, error) { return c.DeletePattern(ctx, "*") }

// Bypass returns a context with which everything is read from the database.
func Bypass(ctx context.Context) context.Context { return context.WithValue(ctx, bypassKey{}, true) }

type bypassKey struct{}

// bypassed reports whether the cache is of no use: within a transaction a reader
// sees what others do not see yet, or no longer.
func (c *Cache) bypassed(ctx context.Context) bool {
	return ctx.Value(bypassKey{}) != nil || database.TransactionOf(ctx) != nil || c.ended()
}

// refresh reads a value anew in the background, if there is room for it.
func (c *Cache) refreshLater(ctx context.Context, space, full string, read func(context.Context)) {
	if _, busy := c.refreshing.LoadOrStore(full, true); busy {
		return
	}
	c.closing.RLock()
	defer c.closing.RUnlock()
	select {
	case c.background <- struct{}{}:
	default:
		c.refreshing.Delete(full)
		return
	}
	if c.closed {
		<-c.background
		c.refreshing.Delete(full)
		return
	}
	c.config.Logger.Debug(fmt.Sprintf("Scheduling background refresh for %s (%s)", keyOf(full), space))
	c.running.Go(func() {
		defer func() {
			if recover() != nil {
				c.counters.of(space).errors.Add(1)
			}
			c.refreshing.Delete(full)
			<-c.background
		}()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), refreshTimeout)
		defer cancel()
		defer context.AfterFunc(c.life, cancel)() //nolint:contextcheck // it outlives the caller
		read(ctx)
	})
}

// refreshTimeout bounds a refresh in the background.
const refreshTimeout = time.Minute

// Up reports whether the level that processes share is in use: false if there is
// none, or if it does not answer at present.
func (c *Cache) Up() bool { return c.shared != nil && !c.shared.isDown() }
