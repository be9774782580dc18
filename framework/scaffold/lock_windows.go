package scaffold

import (
	"errors"
	"os"
	"os/exec"

	"golang.org/x/sys/windows"
)

// fileLock is an exclusive lock on an open file. The system frees it when the
// process ends, however it ends.
type fileLock struct{ file *os.File }

// tryLockFile locks the file at path, which it makes if need be. It returns
// nil without an error if another holds the lock.
func tryLockFile(path string) (*fileLock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // within the project
	if err != nil {
		return nil, err
	}
	err = windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &windows.Overlapped{})
	switch {
	case err == nil:
		return &fileLock{f}, nil
	case errors.Is(err, windows.ERROR_LOCK_VIOLATION), errors.Is(err, windows.ERROR_IO_PENDING):
		return nil, f.Close()
	default:
		return nil, errors.Join(err, f.Close())
	}
}

// share does nothing: children do not inherit files here.
func (*fileLock) share(*exec.Cmd) {}

// Close frees the lock.
func (l *fileLock) Close() error { return l.file.Close() }

// stopTogether leaves the command as it is.
func stopTogether(*exec.Cmd) {}
