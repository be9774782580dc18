//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package scaffold

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// fileLock is an exclusive lock on an open file. The system frees it when all
// processes that have the file open have ended, however they end.
type fileLock struct{ file *os.File }

// tryLockFile locks the file at path, which it makes if need be. It returns
// nil without an error if another holds the lock.
func tryLockFile(path string) (*fileLock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // within the project
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

// share lets a child hold the lock too.
func (l *fileLock) share(cmd *exec.Cmd) { cmd.ExtraFiles = append(cmd.ExtraFiles, l.file) }

// Close frees the lock, in whatever process still has the file open.
func (l *fileLock) Close() error {
	return errors.Join(syscall.Flock(int(l.file.Fd()), syscall.LOCK_UN), l.file.Close())
}

// stopTogether makes the end of the context end the children of the command as
// well, which else would go on writing files.
func stopTogether(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
