package scaffold

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/framefox-go/framefox/framework/internal/filelock"
)

// lock takes the project for this run. Files below .framefox are no part of the
// project: the folder ignores itself.
func (p *Project) lock() (*filelock.Lock, error) {
	path := p.path(lockFile)
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, fmt.Errorf("scaffold: cannot make the folder of the journal: %w", err)
	}
	ignore := filepath.Join(filepath.Dir(path), ".gitignore")
	if !exists(ignore) {
		if err := os.WriteFile(ignore, []byte("*\n"), 0o600); err != nil {
			return nil, fmt.Errorf("scaffold: cannot write %s: %w", ignore, err)
		}
	}
	lock, err := filelock.Try(path)
	if err != nil {
		return nil, fmt.Errorf("scaffold: cannot lock the project: %w", err)
	}
	if lock == nil {
		return nil, &BusyError{p.Root}
	}
	return lock, nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
