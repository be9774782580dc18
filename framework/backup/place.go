package backup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// PartSuffix ends the name of a backup that is not complete. What a killed
// process leaves behind can be removed.
const PartSuffix = ".part"

// stampFormat is the time in the name of a backup.
const stampFormat = "20060102_150405"

// place is where a backup is written: under a name of its own until it is
// complete, and in a folder that only its owner can enter.
type place struct {
	base, ext string // of the final name, before and after the number of a collision
	path      string // of the part
}

// newPlace makes the folder, and an empty part in it.
func newPlace(dir, database string, now time.Time, ext string) (*place, error) {
	dir, err := filepath.Abs(dir)
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		return nil, fmt.Errorf("backup: cannot make the folder of the backups: %w", err)
	}
	p := &place{base: filepath.Join(dir, fileName(database)+"_backup_"+now.UTC().Format(stampFormat)), ext: ext}
	for n := 1; ; n++ {
		p.path = p.numbered(n) + PartSuffix
		file, err := os.OpenFile(p.path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue // another copy of the same second
		}
		if err != nil {
			return nil, fmt.Errorf("backup: cannot make the backup: %w", err)
		}
		return p, file.Close()
	}
}

func (p *place) numbered(n int) string {
	if n == 1 {
		return p.base + p.ext
	}
	return fmt.Sprintf("%s_%d%s", p.base, n, p.ext)
}

// keep gives the part its final name, which is one that no file has.
func (p *place) keep() (path string, err error) {
	if err := flush(p.path); err != nil {
		return "", err
	}
	for n := 1; ; n++ {
		path = p.numbered(n)
		switch err := publish(p.path, path); {
		case errors.Is(err, fs.ErrExist):
			continue
		case err != nil:
			return "", fmt.Errorf("backup: cannot keep the backup: %w", err)
		}
		return path, flush(filepath.Dir(path))
	}
}

// publish renames a file unless the new name is taken, which a plain rename
// would not notice.
func publish(from, to string) error {
	err := os.Link(from, to)
	if err == nil {
		return os.Remove(from)
	}
	if errors.Is(err, fs.ErrExist) {
		return err
	}
	// A file system without links: reserve the name, then take it.
	file, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // a name of ours
	if err != nil {
		return err
	}
	if err := errors.Join(file.Close(), os.Rename(from, to)); err != nil {
		return errors.Join(err, os.Remove(to))
	}
	return nil
}

// discard removes the part, and what SQLite may have put beside it.
func (p *place) discard() {
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		_ = os.Remove(p.path + suffix) // nobody waits for it
	}
}

// flush makes sure that a file, or the names in a folder, survive a power cut.
func flush(path string) error {
	file, err := os.Open(path) //nolint:gosec // a file of ours
	if err != nil {
		return fmt.Errorf("backup: cannot open %s: %w", path, err)
	}
	err = file.Sync()
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, os.ErrInvalid) && !errors.Is(err, os.ErrPermission) {
		return fmt.Errorf("backup: cannot write %s to disk: %w", path, err)
	}
	return nil
}

// fileName makes the name of a database the beginning of a file's name.
func fileName(database string) string {
	name := filepath.Base(filepath.ToSlash(database))
	for _, ext := range []string{".db", ".sqlite", ".sqlite3"} {
		name = strings.TrimSuffix(name, ext)
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, strings.TrimLeft(name, "."))
}
