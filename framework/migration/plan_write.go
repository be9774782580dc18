package migration

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ariga.io/atlas/sql/migrate"
)

// Write adds the migration and the file that undoes it to their folders, brings
// the checksums up to date and returns the path of the new file; [Planned.DownPath]
// is that of the other. It writes all or nothing and refuses to overwrite a
// file.
func (p *Planned) Write() (path string, err error) {
	if p.dir.path == "" {
		return "", ErrReadOnly
	}
	path = filepath.Join(p.dir.path, p.File)
	var w writer
	defer func() {
		if err != nil {
			err = errors.Join(err, w.undo())
		}
	}()
	if err := w.folder(filepath.Join(p.dir.path, downFolder)); err != nil {
		return "", err
	}
	if !p.written {
		if err := w.create(path, p.Content); err != nil {
			return "", err
		}
	}
	if err := w.writeDown(p); err != nil {
		return "", err
	}
	return path, w.sums(p)
}

// DownPath is the place of the file that undoes the migration, "" for a folder
// that cannot be written.
func (p *Planned) DownPath() string {
	if p.dir.path == "" {
		return ""
	}
	return filepath.Join(p.dir.path, downFolder, p.Down)
}

// writer writes files so that all of it can be taken back.
type writer struct {
	undos []func() error // last first
}

func (w *writer) undo() error {
	var errs []error
	for _, undo := range slices.Backward(w.undos) {
		errs = append(errs, undo())
	}
	return errors.Join(errs...)
}

// folder makes a folder and those above it.
func (w *writer) folder(path string) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	if parent := filepath.Dir(path); parent != path {
		if err := w.folder(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(path, 0o750); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("migration: cannot make the folder of migrations: %w", err)
	}
	w.undos = append(w.undos, func() error {
		_ = os.Remove(path) // fails if somebody else has put a file there
		return nil
	})
	return nil
}

func (w *writer) create(path string, text []byte) error {
	if err := writeNew(path, text); err != nil {
		return err
	}
	w.undos = append(w.undos, func() error { return os.Remove(path) })
	return nil
}

// replace writes a file that may exist.
func (w *writer) replace(path string, text []byte) error {
	old, err := os.ReadFile(path) //nolint:gosec // a file of the folder
	switch {
	case errors.Is(err, fs.ErrNotExist):
		w.undos = append(w.undos, func() error {
			if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			return nil
		})
	case err != nil:
		return fmt.Errorf("migration: cannot read %s: %w", filepath.Base(path), err)
	default:
		w.undos = append(w.undos, func() error { return replaceFile(path, old) })
	}
	return replaceFile(path, text)
}

// writeDown writes the file that undoes the migration. Only that of a migration
// which is in the folder already may replace another.
func (w *writer) writeDown(p *Planned) error {
	if !p.written {
		return w.create(p.DownPath(), p.DownContent)
	}
	return w.replace(p.DownPath(), p.DownContent)
}

// sums writes the checksums of both folders.
func (w *writer) sums(p *Planned) error {
	ups, downs := slices.Clip(p.present.files), slices.Clip(p.present.downs)
	if !p.written {
		ups = append(ups, migrate.NewLocalFile(p.File, p.Content))
	}
	downs = slices.DeleteFunc(slices.Clone(downs), func(f migrate.File) bool { return f.Name() == p.Down })
	downs = append(downs, migrate.NewLocalFile(p.Down, p.DownContent))
	slices.SortFunc(downs, func(a, b migrate.File) int { return strings.Compare(a.Name(), b.Name()) })
	for _, folder := range []struct {
		name  string
		files []migrate.File
	}{{"", ups}, {downFolder, downs}} {
		text, err := sumOf(folder.files)
		if err != nil {
			return err
		}
		if err := w.replace(filepath.Join(p.dir.path, folder.name, migrate.HashFileName), text); err != nil {
			return err
		}
	}
	return nil
}

// sumOf is the text of the atlas.sum of files.
func sumOf(files []migrate.File) ([]byte, error) {
	sum, err := migrate.NewHashFile(files)
	if err != nil {
		return nil, fmt.Errorf("migration: cannot compute %s: %w", migrate.HashFileName, err)
	}
	text, err := sum.MarshalText()
	if err != nil {
		return nil, fmt.Errorf("migration: cannot compute %s: %w", migrate.HashFileName, err)
	}
	return text, nil
}

// writeNew writes a file that must not exist.
func writeNew(path string, text []byte) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) //nolint:gosec // source code of a project
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("migration: cannot write %s: it exists already", path)
	}
	if err != nil {
		return fmt.Errorf("migration: cannot write the migration: %w", err)
	}
	defer func() {
		if closeErr := f.Close(); err == nil && closeErr != nil {
			err = fmt.Errorf("migration: cannot write the migration: %w", closeErr)
		}
		if err != nil {
			err = errors.Join(err, os.Remove(path))
		}
	}()
	if _, err = f.Write(text); err != nil {
		return fmt.Errorf("migration: cannot write the migration: %w", err)
	}
	return nil
}

// replaceFile writes a file so that a reader sees the old text or the new.
func replaceFile(path string, text []byte) error {
	part := path + ".part"
	err := os.WriteFile(part, text, 0o644) //nolint:gosec // as above
	if err == nil {
		err = os.Rename(part, path)
	}
	if err != nil {
		_ = os.Remove(part) // it may be there in part, on a full disk
		return fmt.Errorf("migration: cannot write %s: %w", filepath.Base(path), err)
	}
	return nil
}
