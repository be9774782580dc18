package database

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/framefox-go/framefox/framework/config"
)

// never is long enough for what pgxpool wants a duration for.
const never = 100 * 365 * 24 * time.Hour

// closeTimeout bounds the wait for connections that are still in use at Close.
const closeTimeout = 5 * time.Second

// pgxSource leases the connections of a pgxpool.Pool, and keeps to the limits that
// pgxpool does not have.
type pgxSource struct {
	pool      *pgxpool.Pool
	connector driver.Connector
	limits    config.Pool
}

func newPgx(ctx context.Context, cfg config.Database, pingAfter time.Duration) (*pgxSource, error) {
	dsn, err := postgresURL(cfg.URL, nil)
	if err != nil {
		return nil, err
	}
	poolConfig, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	limits := cfg.Pool
	poolConfig.MaxConns = math.MaxInt16
	if limits.MaxOverflow != config.Unlimited {
		poolConfig.MaxConns = int32(min(limits.Size+limits.MaxOverflow, math.MaxInt16)) //nolint:gosec // bounded
	}
	poolConfig.MinConns, poolConfig.MinIdleConns = 0, 0
	poolConfig.MaxConnIdleTime = never
	poolConfig.MaxConnLifetime = never
	if limits.Recycle > 0 {
		poolConfig.MaxConnLifetime = limits.Recycle
	}
	poolConfig.PingTimeout = pingTimeout
	poolConfig.ShouldPing = func(_ context.Context, params pgxpool.ShouldPingParams) bool {
		return limits.PrePing && params.IdleDuration > pingAfter
	}
	poolConfig.AfterConnect = func(_ context.Context, conn *pgx.Conn) error {
		conn.TypeMap().RegisterType(&pgtype.Type{
			Name: "timestamptz", OID: pgtype.TimestamptzOID,
			Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC},
		})
		return nil
	}
	pool, err := pgxpool.NewWithConfig(ctx, poolConfig)
	if err != nil {
		return nil, err
	}
	return &pgxSource{pool: pool, connector: stdlib.GetPoolConnector(pool), limits: limits}, nil
}

func (s *pgxSource) acquire(ctx context.Context) (lease, error) {
	waiting, cancel := context.WithTimeout(ctx, s.limits.Timeout)
	defer cancel()
	base, err := s.connector.Connect(waiting)
	if err != nil {
		return nil, s.explain(ctx, err)
	}
	return &pgxLease{source: s, base: base.(*stdlib.Conn)}, nil
}

// explain tells a full pool from the caller's own context.
func (s *pgxSource) explain(ctx context.Context, err error) error {
	if ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) && s.pool.Stat().TotalConns() > 0 {
		return ErrPoolTimeout
	}
	return err
}

// surplus reports whether there are as many idle connections as are to be kept.
func (s *pgxSource) surplus() bool {
	if s.limits.MaxOverflow == 0 {
		return false
	}
	stat := s.pool.Stat()
	return int(stat.TotalConns()) > s.limits.Size && int(stat.IdleConns()) >= s.limits.Size
}

func (s *pgxSource) stats() Stats {
	stat := s.pool.Stat()
	stats := Stats{
		Open: int(stat.TotalConns()), InUse: int(stat.AcquiredConns()), Idle: int(stat.IdleConns()), Max: int(stat.MaxConns()), Created: stat.NewConnsCount(),
		Waits: stat.EmptyAcquireCount(), WaitTime: stat.EmptyAcquireWaitTime(),
	}
	if s.limits.MaxOverflow == config.Unlimited {
		stats.Max = 0
	}
	return stats
}

// close closes the pool. pgxpool waits for connections in use: not longer than
// closeTimeout here; those close when they are released.
func (s *pgxSource) close() error {
	done := make(chan struct{})
	go func() {
		s.pool.Close()
		close(done)
	}()
	timer := time.NewTimer(closeTimeout)
	defer timer.Stop()
	select {
	case <-done:
		return nil
	case <-timer.C:
		return fmt.Errorf("database: closed while %d connections are in use", s.pool.Stat().AcquiredConns())
	}
}

// pgxLease is the use of one connection by way of database/sql.
type pgxLease struct {
	source *pgxSource
	base   *stdlib.Conn
}

func (l *pgxLease) conn() driver.Conn { return l.base }

func (l *pgxLease) release(healthy bool) {
	if !healthy || l.source.surplus() {
		closeConn(context.Background(), l.base.Conn())
	}
	_ = l.base.Close() // gives the connection back, and cannot fail at it
}

// closeConn closes a connection; its pool sees that and forgets it.
func closeConn(ctx context.Context, conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), pingTimeout)
	defer cancel()
	_ = conn.Close(ctx)
}

// PgxPool returns the pool of pgx that SQL and Driver share, nil for every other
// driver. The pool's own Acquire does not know the pool_timeout; see WithPgx.
func (db *DB) PgxPool() *pgxpool.Pool {
	if source, ok := db.source.(*pgxSource); ok {
		return source.pool
	}
	return nil
}

// WithPgx runs use with a connection of pgx, for what database/sql cannot do:
// batches, COPY, notifications. It waits for the connection as everything else
// does, with ErrPoolTimeout at the end. The connection must not be kept. Without
// pgx the error is errors.ErrUnsupported.
func (db *DB) WithPgx(ctx context.Context, use func(*pgx.Conn) error) error {
	source, ok := db.source.(*pgxSource)
	if !ok {
		return fmt.Errorf("database: cannot use pgx on %s: %w", db.url.Dialect, errors.ErrUnsupported)
	}
	waiting, cancel := context.WithTimeout(ctx, source.limits.Timeout)
	conn, err := source.pool.Acquire(waiting)
	cancel()
	if err != nil {
		return source.explain(ctx, err)
	}
	defer func() {
		if source.surplus() {
			closeConn(ctx, conn.Conn())
		}
		conn.Release()
	}()
	return use(conn.Conn())
}
