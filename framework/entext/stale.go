package entext

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/mod/modfile"
)

// files remembers the generated files of a folder as they were before a run.
type files map[string]time.Time

// snapshot lists the generated files below a folder and marks each, so that
// those that a run does not write again can be told.
func snapshot(dir string) (files, error) {
	// A time that no run writes: sweep removes what still has it.
	stamp := time.Unix(1, 0)
	list := files{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			return err
		}
		if d.IsDir() || filepath.Ext(path) != ".go" || !generated(path) {
			return nil
		}
		if err := os.Chtimes(path, stamp, stamp); err != nil { //nolint:gosec // the application's own files
			return err
		}
		list[path] = stamp
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("entext: cannot list the generated files: %w", err)
	}
	return list, nil
}

// sweep removes the files that the run left as they were, and folders that
// this empties.
func (f files) sweep() error {
	for path, stamp := range f {
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("entext: cannot look at %s: %w", path, err)
		}
		if !info.ModTime().Equal(stamp) {
			continue
		}
		if err := os.Remove(path); err != nil {
			return fmt.Errorf("entext: cannot remove the stale file %s: %w", path, err)
		}
		_ = os.Remove(filepath.Dir(path)) // fails while the folder holds anything
	}
	return nil
}

// generated reports whether the file says that a program wrote it.
func generated(path string) bool {
	data, err := os.ReadFile(path) //nolint:gosec // a file of the application
	if err != nil {
		return false
	}
	head, _, _ := bytes.Cut(data, []byte("\npackage "))
	return bytes.Contains(head, []byte("Code generated ")) && bytes.Contains(head, []byte("DO NOT EDIT"))
}

// importPath finds the import path of a folder by the go.mod above it.
func importPath(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("entext: cannot find %s: %w", dir, err)
	}
	for root := abs; ; root = filepath.Dir(root) {
		data, err := os.ReadFile(filepath.Join(root, "go.mod")) //nolint:gosec // the module's own file
		if err == nil {
			rel, err := filepath.Rel(root, abs)
			if err != nil {
				return "", fmt.Errorf("entext: cannot find %s in its module: %w", dir, err)
			}
			return modfile.ModulePath(data) + "/" + filepath.ToSlash(rel), nil
		}
		if root == filepath.Dir(root) {
			return "", fmt.Errorf("entext: no go.mod above %s; run the generator inside a module", abs)
		}
	}
}
