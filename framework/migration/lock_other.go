//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd || windows)

package migration

// fileLock stands for a lock that this system does not offer. SQLite's own
// lock, taken for each file of migrations, still excludes other writers.
type fileLock struct{}

func tryLockFile(string) (*fileLock, error) { return &fileLock{}, nil }

// Close does nothing.
func (*fileLock) Close() error { return nil }
