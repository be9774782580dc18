//go:build cgo && (sqlite_fts5 || fts5)

package backup

import (
	"database/sql/driver"
	"errors"
	"fmt"

	sqlite3 "github.com/mattn/go-sqlite3"
)

// copyConn copies the main database of an open connection into the empty file of
// uri, some pages at a time.
func copyConn(from driver.Conn, uri string, pages int, stepped func() error) (err error) {
	source, ok := from.(*sqlite3.SQLiteConn)
	if !ok {
		return fmt.Errorf("unexpected connection %T", from)
	}
	opened, err := (&sqlite3.SQLiteDriver{}).Open(uri)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	target, ok := opened.(*sqlite3.SQLiteConn)
	if !ok {
		return fmt.Errorf("unexpected connection %T", opened)
	}
	work, err := target.Backup("main", source, "main")
	if err != nil {
		return err
	}
	for {
		done, err := work.Step(pages)
		if err == nil {
			err = stepped()
		}
		if err != nil {
			_ = work.Finish() // it fails in the same way
			return err
		}
		if done {
			return work.Finish()
		}
	}
}
