//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package migration

import (
	"errors"
	"os"
	"syscall"
)

// fileLock is an exclusive lock on an open file. The system frees it when the
// process ends, however it ends.
type fileLock struct{ file *os.File }

// tryLockFile locks the file at path, which it makes if need be. It returns
// nil without an error if another holds the lock.
func tryLockFile(path string) (*fileLock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // beside the configured database
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	switch {
	case err == nil:
		return &fileLock{f}, nil
	case errors.Is(err, syscall.EWOULDBLOCK):
		return nil, f.Close()
	default:
		return nil, errors.Join(err, f.Close())
	}
}

// Close frees the lock.
func (l *fileLock) Close() error { return l.file.Close() }
