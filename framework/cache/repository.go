package cache

import (
	"context"
	"fmt"
	"time"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/repository"
)

// Finder is what [Of] needs of a generated repository.
type Finder[T any, K comparable] interface {
	Entity() *entity.Entity
	Narrowed() bool
	Find(ctx context.Context, id K, opts ...repository.Option) (*T, error)
	FindOneBy(ctx context.Context, criteria repository.Criteria, opts ...repository.Option) (*T, error)
	FindBy(ctx context.Context, criteria repository.Criteria, opts ...repository.Option) ([]*T, error)
	Count(ctx context.Context, criteria repository.Criteria) (int, error)
}

// Rows reads the rows of one entity through a cache.
//
// They are detached: they have no client, so that they lead to no edges and are
// not changed by their methods; change the row that is read for that. They have no
// sensitive fields, and no added columns.
type Rows[T any, K comparable] struct {
	cache *Cache
	from  Finder[T, K]
	name  string
}

// Of returns the cached reads of a repository. One that was narrowed with Where is
// not known by its entity alone: it must have a name of its own, and Of panics if
// it has none.
//
//	users := cache.Of(c, ent.NewUserRepository(client))
//	ada, err := users.Find(ctx, 42)
//
//	active := cache.Of(c, repo.Where(user.IsActive(true)), "active")
func Of[T any, K comparable](c *Cache, from Finder[T, K], name ...string) *Rows[T, K] {
	if from.Narrowed() && len(name) == 0 {
		panic("cache: a repository that was narrowed needs a name, by which its rows are kept")
	}
	r := &Rows[T, K]{cache: c, from: from, name: from.Entity().Table}
	for _, n := range name {
		r.name += "." + n
	}
	return r
}

// Find returns the row with the key, or an *entity.NotFoundError, which is kept
// too, for a shorter time.
func (r *Rows[T, K]) Find(ctx context.Context, id K, opts ...Option) (*T, error) {
	return Get(ctx, r.cache, fmt.Sprintf("%s:%v", r.name, id), func(ctx context.Context) (*T, error) { return r.from.Find(ctx, id) }, opts...)
}

// FindOneBy returns the first row that matches the criteria, or an
// *entity.NotFoundError.
func (r *Rows[T, K]) FindOneBy(ctx context.Context, criteria repository.Criteria, opts ...Option) (*T, error) {
	return Get(ctx, r.cache, Key(r.name, "one", criteria), func(ctx context.Context) (*T, error) { return r.from.FindOneBy(ctx, criteria) }, opts...)
}

// List says which rows of those that match are found.
type List struct {
	Order         []repository.Order
	Limit, Offset int // 0 is all, and from the first
}

func (l List) options() (opts []repository.Option) {
	if len(l.Order) > 0 {
		opts = append(opts, repository.OrderBy(l.Order...))
	}
	if l.Limit != 0 {
		opts = append(opts, repository.Limit(l.Limit))
	}
	if l.Offset != 0 {
		opts = append(opts, repository.Offset(l.Offset))
	}
	return opts
}

// FindBy returns the rows that match the criteria.
func (r *Rows[T, K]) FindBy(ctx context.Context, criteria repository.Criteria, list List, opts ...Option) ([]*T, error) {
	opts = append([]Option{TTL(r.cache.listTTL())}, opts...)
	return Get(ctx, r.cache, Key(r.name, "list", criteria, list), func(ctx context.Context) ([]*T, error) {
		return r.from.FindBy(ctx, criteria, list.options()...)
	}, opts...)
}

// Count counts the rows that match the criteria.
func (r *Rows[T, K]) Count(ctx context.Context, criteria repository.Criteria, opts ...Option) (int, error) {
	opts = append([]Option{TTL(r.cache.listTTL())}, opts...)
	return Get(ctx, r.cache, Key(r.name, "count", criteria), func(ctx context.Context) (int, error) { return r.from.Count(ctx, criteria) }, opts...)
}

// Warm reads rows by their keys, those that are not kept in one statement for each
// thousand, and keeps each of them under the key of Find. It tells how many it
// read.
func (r *Rows[T, K]) Warm(ctx context.Context, ids []K, key func(*T) K) (read int, err error) {
	const batch = 1000
	name := r.from.Entity().ID().Name
	for len(ids) > 0 {
		n := min(batch, len(ids))
		var absent []K
		for _, id := range ids[:n] {
			if !r.cache.has(ctx, fmt.Sprintf("%s:%v", r.name, id)) {
				absent = append(absent, id)
			}
		}
		ids = ids[n:]
		if len(absent) == 0 {
			continue
		}
		keep := r.cache.batch(ctx)
		rows, err := r.from.FindBy(keep.ctx, repository.Criteria{name: absent}) //nolint:contextcheck // made of it
		if err != nil {
			return read, err
		}
		for _, row := range rows {
			if err := keep.row(fmt.Sprintf("%s:%v", r.name, key(row)), row); err != nil {
				return read, err
			}
		}
		read += len(rows)
	}
	return read, nil
}

func (c *Cache) listTTL() time.Duration {
	if c == nil {
		return 0
	}
	return c.config.ttl("list")
}
