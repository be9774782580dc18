package database

import (
	"context"
	"database/sql/driver"
)

// Interceptor stands around every statement that a connection runs; BEGIN,
// COMMIT and ROLLBACK are statements too, with these texts. It calls run once or
// not at all, and what it returns is the error of the statement: package testkit
// makes statements fail with it. An error that tells of a lost connection, such
// as a *net.OpError, ends the connection.
type Interceptor func(ctx context.Context, query string, run func() error) error

// WithInterceptor puts an interceptor around the statements. One that is given
// later stands within those before it.
func WithInterceptor(i Interceptor) Option {
	return func(o *options) {
		outer := o.interceptor
		if outer == nil {
			o.interceptor = i
			return
		}
		o.interceptor = func(ctx context.Context, query string, run func() error) error {
			return outer(ctx, query, func() error { return i(ctx, query, run) })
		}
	}
}

// run runs a statement by way of the interceptor, and notices when the
// connection breaks.
func (s *session) run(ctx context.Context, query string, args int, statement func() error) error {
	defer s.connector.log.start(ctx, query, args).end()
	if s.broken {
		return driver.ErrBadConn
	}
	if err := s.ready(); err != nil {
		return err
	}
	if s.connector.interceptor == nil {
		return s.note(statement())
	}
	return s.note(s.connector.interceptor(ctx, query, statement))
}

// query is run for a statement that returns rows.
func (s *session) query(ctx context.Context, query string, args int, statement func() (driver.Rows, error)) (driver.Rows, error) {
	var rows driver.Rows
	err := s.run(ctx, query, args, func() (err error) {
		rows, err = statement()
		return err
	})
	if err != nil {
		if rows != nil {
			_ = rows.Close() // the error that was returned is what counts
		}
		return nil, err
	}
	return rows, nil
}
