package database

import (
	"context"
	"database/sql/driver"
	"errors"
	"sync"
	"time"

	"github.com/framefox-go/framefox/framework/config"
)

// pingAfter is how long a connection may be idle and still be trusted.
const pingAfter = time.Second

// pingTimeout bounds the proof that a connection is alive.
const pingTimeout = 5 * time.Second

// errClosed is what using a closed database gives.
var errClosed = errors.New("database: the database is closed")

// source gives connections to database/sql, which keeps none itself: its own pool
// cannot bound the wait for a connection.
type source interface {
	acquire(ctx context.Context) (lease, error)
	stats() Stats
	close() error
}

// lease is the use of one connection until release, which is called once.
type lease interface {
	conn() driver.Conn
	release(healthy bool)
}

// pool keeps connections of a driver that has no pool of its own.
//
// A slot is the right to use one connection. Whoever has a slot takes an idle
// connection or dials a new one; since a connection becomes idle before its slot
// becomes free, a waiter finds it.
type pool struct {
	dial      func(context.Context) (driver.Conn, error)
	limits    config.Pool
	pingAfter time.Duration
	embedded  bool // there is no network that could break connections
	slots     *semaphore

	afterClose func() // nil is nothing

	mu      sync.Mutex
	idle    []*pooled // the last one is the most recent
	inUse   int
	suspect time.Time // connections idle since before this may be dead as well
	closed  bool
	created int64
}

func newPool(limits config.Pool, dial func(context.Context) (driver.Conn, error)) *pool {
	size := limits.Size + limits.MaxOverflow
	if limits.MaxOverflow == config.Unlimited {
		size = -1
	}
	return &pool{
		dial: dial, limits: limits, pingAfter: pingAfter,
		slots: newSemaphore(size, limits.Timeout, ErrPoolTimeout),
	}
}

// pooled is a connection of a pool.
type pooled struct {
	pool      *pool
	base      driver.Conn
	created   time.Time
	idleSince time.Time
	spare     bool // used beside the slots
}

func (c *pooled) conn() driver.Conn { return c.base }

func (c *pooled) release(healthy bool) {
	spare := c.spare
	c.spare = false
	c.pool.put(c, healthy)
	if !spare {
		c.pool.slots.release()
	}
}

// acquire takes a slot and a connection. The holder of SQLite's write lock needs
// no slot: otherwise those who have one and wait for the lock could starve it.
func (p *pool) acquire(ctx context.Context) (lease, error) {
	spare := holdIn(ctx) != nil
	if !spare {
		if err := p.slots.acquire(ctx); err != nil {
			return nil, err
		}
	}
	c, err := p.take(ctx)
	if err != nil {
		if !spare {
			p.slots.release()
		}
		return nil, err
	}
	c.spare = spare
	return c, nil
}

func (p *pool) take(ctx context.Context) (*pooled, error) {
	for {
		c, doubtful, err := p.pop()
		if err != nil {
			return nil, err
		}
		if c == nil {
			break
		}
		if p.alive(ctx, c, doubtful) {
			return c, nil
		}
		p.discard(c)
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	base, err := p.dial(ctx)
	if err != nil {
		p.leave()
		return nil, err
	}
	p.mu.Lock()
	p.created++
	p.mu.Unlock()
	return &pooled{pool: p, base: base, created: time.Now()}, nil
}

// pop counts one more connection in use and returns an idle one, if there is one.
func (p *pool) pop() (c *pooled, doubtful bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, false, errClosed
	}
	p.inUse++
	n := len(p.idle)
	if n == 0 {
		return nil, false, nil
	}
	c = p.idle[n-1]
	p.idle[n-1] = nil
	p.idle = p.idle[:n-1]
	return c, time.Since(c.idleSince) > p.pingAfter || c.idleSince.Before(p.suspect), nil
}

// alive reports whether an idle connection may be used again.
func (p *pool) alive(ctx context.Context, c *pooled, doubtful bool) bool {
	if p.expired(c) {
		return false
	}
	if p.embedded {
		return true
	}
	if resetter, ok := c.base.(driver.SessionResetter); ok && resetter.ResetSession(ctx) != nil {
		return false
	}
	if !p.limits.PrePing || !doubtful {
		return true
	}
	pinger, ok := c.base.(driver.Pinger)
	if !ok {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	return pinger.Ping(ctx) == nil
}

func (p *pool) expired(c *pooled) bool {
	return p.limits.Recycle > 0 && time.Since(c.created) > p.limits.Recycle
}

// put keeps a connection for the next user or closes it.
func (p *pool) put(c *pooled, healthy bool) {
	if cleaner, ok := c.base.(interface{ clean() error }); ok {
		healthy = cleaner.clean() == nil
	}
	if !healthy || p.expired(c) {
		if !healthy {
			p.mu.Lock()
			p.suspect = time.Now()
			p.mu.Unlock()
		}
		p.discard(c)
		return
	}
	p.mu.Lock()
	if keep := !p.closed && len(p.idle) < p.limits.Size; keep {
		c.idleSince = time.Now()
		p.idle = append(p.idle, c)
		p.inUse--
		p.mu.Unlock()
		return
	}
	p.mu.Unlock()
	p.discard(c)
}

// discard closes a connection that was in use. That it does not close cleanly
// changes nothing: it is given up either way.
func (p *pool) discard(c *pooled) {
	p.leave()
	_ = c.base.Close()
}

func (p *pool) leave() {
	p.mu.Lock()
	p.inUse--
	p.mu.Unlock()
}

func (p *pool) stats() Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	return Stats{
		Open: p.inUse + len(p.idle), InUse: p.inUse, Idle: len(p.idle), Max: cap(p.slots.slots), Created: p.created,
		Waits: p.slots.waits.Load(), WaitTime: time.Duration(p.slots.waitTime.Load()),
	}
}

// close closes the idle connections. Those in use close when they are released.
func (p *pool) close() error {
	p.mu.Lock()
	idle := p.idle
	p.idle, p.closed = nil, true
	p.mu.Unlock()
	var errs []error
	for _, c := range idle {
		errs = append(errs, c.base.Close())
	}
	if p.afterClose != nil {
		p.afterClose()
	}
	return errors.Join(errs...)
}
