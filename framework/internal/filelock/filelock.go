// Package filelock locks files against other processes. The system frees such a
// lock when the processes that have the file open have ended, however they end.
//
//	lock, err := filelock.Try("app.db.lock")
//	if err != nil {
//		return err
//	}
//	if lock == nil {
//		return errBusy
//	}
//	defer lock.Close()
package filelock

import "os"

// Lock is an exclusive lock on an open file. Systems without such locks give
// one that excludes nobody.
type Lock struct {
	file *os.File // nil where the system has no locks
}

// File is the open file, for a child process that is to hold the lock too; nil
// where there are no locks.
func (l *Lock) File() *os.File { return l.file }
