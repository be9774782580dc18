package migration

import (
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"

	"ariga.io/atlas/sql/migrate"
)

// Changed lists what was changed by hand since the checksums were written:
// "20260101120000_init.sql (edited)". It refuses a folder whose file names are
// wrong, with the errors of [Dir.Verify].
//
// Checksums build on those before them. So of several edited files only the
// first is sure to be, and only that is listed; files that were added or
// removed are all listed.
func (d *Dir) Changed() ([]string, error) {
	c, err := d.load()
	if err != nil {
		return nil, err
	}
	ups, err := changedFiles(c.mem, c.files, "")
	if err != nil {
		return nil, err
	}
	downs, err := changedFiles(c.downMem, c.downs, downFolder)
	return append(ups, downs...), err
}

// Rehash writes the checksums of the folder and of its down files anew, so that
// what was changed by hand is trusted again. It returns what Changed does.
func (d *Dir) Rehash() (changed []string, err error) {
	if d.path == "" {
		return nil, ErrReadOnly
	}
	if changed, err = d.Changed(); err != nil || len(changed) == 0 {
		return nil, err
	}
	c, err := d.load()
	if err != nil {
		return nil, err
	}
	if err := d.writeSum("", c.files); err != nil {
		return nil, err
	}
	if _, err := readSum(c.downMem); err != nil && len(c.downs) == 0 {
		return changed, nil // there is no folder down
	}
	return changed, d.writeSum(downFolder, c.downs)
}

// changedFiles says how files differ from their checksums.
func changedFiles(mem *migrate.MemDir, files []migrate.File, folder string) (list []string, err error) {
	found, err := migrate.NewHashFile(files)
	if err != nil {
		return nil, fmt.Errorf("migration: cannot compute %s: %w", migrate.HashFileName, err)
	}
	if migrate.Validate(mem) == nil {
		return nil, nil
	}
	note := func(name, reason string) {
		list = append(list, fmt.Sprintf("%s (%s)", path.Join(folder, name), reason))
	}
	var noted migrate.HashFile
	if text, err := readSum(mem); err != nil {
		note(migrate.HashFileName, "missing")
		return list, nil //nolint:nilerr // that is what was found
	} else if err := noted.UnmarshalText(text); err != nil {
		note(migrate.HashFileName, "malformed")
		return list, nil //nolint:nilerr // that is what was found
	}
	for i, f := range noted {
		hash, err := found.SumByName(f.N)
		switch {
		case err != nil:
			note(f.N, "removed")
		case len(list) == 0 && i < len(found) && found[i].N == f.N && hash != f.H:
			note(f.N, "edited")
		}
	}
	for _, f := range found {
		if _, err := noted.SumByName(f.N); err != nil {
			note(f.N, "added")
		}
	}
	return list, nil
}

func readSum(mem *migrate.MemDir) (text []byte, err error) {
	f, err := mem.Open(migrate.HashFileName)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(f)
}

// writeSum writes the checksums of files in the folder, or in its folder down.
func (d *Dir) writeSum(folder string, files []migrate.File) error {
	text, err := sumOf(files)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(d.path, folder), 0o750); err != nil {
		return fmt.Errorf("migration: cannot make the folder of migrations: %w", err)
	}
	return replaceFile(filepath.Join(d.path, folder, migrate.HashFileName), text)
}
