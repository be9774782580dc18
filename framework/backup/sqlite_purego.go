//go:build !cgo || !(sqlite_fts5 || fts5)

package backup

import (
	"database/sql/driver"
	"fmt"

	"modernc.org/sqlite"
)

// copyConn copies the main database of an open connection into the empty file of
// uri, some pages at a time.
func copyConn(from driver.Conn, uri string, pages int, stepped func() error) error {
	source, ok := from.(interface {
		NewBackup(uri string) (*sqlite.Backup, error)
	})
	if !ok {
		return fmt.Errorf("unexpected connection %T", from)
	}
	work, err := source.NewBackup(uri)
	if err != nil {
		return err
	}
	for {
		more, err := work.Step(int32(pages)) //nolint:gosec // a small constant
		if err == nil {
			err = stepped()
		}
		if err != nil {
			_ = work.Finish() // it fails in the same way
			return err
		}
		if !more {
			return work.Finish()
		}
	}
}
