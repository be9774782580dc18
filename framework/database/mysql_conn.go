package database

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"sync"
	"time"
)

// maxUptime is a century, in seconds.
const maxUptime = 100 * 366 * 24 * 3600

// endTimeout bounds the attempt to end what a lost connection left running.
const endTimeout = 2 * time.Second

// mysqlBase is what the driver's connections offer.
type mysqlBase interface {
	fullConn
	driver.NamedValueChecker
	driver.SessionResetter
	driver.Validator
}

// mysqlConn is a connection that leaves nothing running. When a context ends the
// driver only hangs up, and the server goes on with the statement, and keeps its
// locks, until it has something to send.
type mysqlConn struct {
	mysqlBase
	openRows
	state  reflect.Value
	id     uint64 // of the server
	dialed time.Time
	ender  *mysqlEnder
}

// Unwrap returns the driver's own connection.
func (c *mysqlConn) Unwrap() driver.Conn { return c.mysqlBase }

// Close closes the connection. If it is broken, the server's side is ended too.
func (c *mysqlConn) Close() error {
	broken := !c.IsValid()
	err := c.mysqlBase.Close()
	if broken {
		c.ender.end(c.id, c.dialed)
	}
	return err
}

// mysqlEnder ends what broken connections left on the server, from connections of
// its own and beside whoever gave the broken one up.
type mysqlEnder struct {
	connector driver.Connector
	running   sync.WaitGroup
}

func (e *mysqlEnder) end(id uint64, dialed time.Time) {
	e.running.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), endTimeout)
		defer cancel()
		_ = e.kill(ctx, id, dialed) // it may have ended by itself, or the network be gone
	})
}

func (e *mysqlEnder) kill(ctx context.Context, id uint64, dialed time.Time) (err error) {
	base, err := e.connector.Connect(ctx)
	if err != nil {
		return err
	}
	conn := base.(mysqlBase)
	defer func() { err = errors.Join(err, conn.Close()) }()
	uptime, err := mysqlNumber(ctx, conn, "SHOW GLOBAL STATUS LIKE 'Uptime'")
	if err != nil {
		return err
	}
	if time.Duration(min(uptime, maxUptime))*time.Second < time.Since(dialed)-time.Second {
		return nil // the server was restarted: somebody else may have that id
	}
	_, err = conn.ExecContext(ctx, "KILL "+strconv.FormatUint(id, 10), nil)
	return err
}

// mysqlNumber returns the number in the last column of the one row of a query.
func mysqlNumber(ctx context.Context, conn driver.QueryerContext, query string) (_ uint64, err error) {
	rows, err := conn.QueryContext(ctx, query, nil)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	row := make([]driver.Value, len(rows.Columns()))
	if err := rows.Next(row); err != nil {
		return 0, errors.Join(err, io.ErrUnexpectedEOF)
	}
	switch v := row[len(row)-1].(type) {
	case []byte:
		return strconv.ParseUint(string(v), 10, 64)
	default:
		return strconv.ParseUint(fmt.Sprint(v), 10, 64)
	}
}
