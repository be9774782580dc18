package migration

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"ariga.io/atlas/sql/migrate"
)

// rebase is a migration on its way to a later version.
type rebase struct {
	from, to         string // versions
	oldUp, newUp     string // file names
	oldDown, newDown string // "" if there is none
	after            *contents
}

// rebase finds the files and gives them their new names and headers, in memory.
func (d *Dir) rebase(name string, now time.Time) (*rebase, error) {
	ups, downs, err := d.rawFiles()
	if err != nil {
		return nil, err
	}
	i, err := fileNamed(ups, name)
	if err != nil {
		return nil, err
	}
	last := ups[len(ups)-1].Version()
	r := &rebase{from: ups[i].Version(), oldUp: ups[i].Name()}
	if r.to, err = nextVersion(now, last); err != nil {
		return nil, err
	}
	rest := slices.Delete(slices.Clone(ups), i, i+1)
	revises := base
	if len(rest) > 0 {
		revises = rest[len(rest)-1].Version()
	}
	r.newUp = r.to + strings.TrimPrefix(r.oldUp, r.from)
	up := withVersion(ups[i].Bytes(), r.to, headRevises, revises)
	r.after = &contents{files: append(rest, migrate.NewLocalFile(r.newUp, up))}
	r.after.downs = downs
	if j := slices.IndexFunc(downs, func(f migrate.File) bool { return f.Name() == downName(r.oldUp) }); j >= 0 {
		r.oldDown, r.newDown = downs[j].Name(), downName(r.newUp)
		down := withVersion(downs[j].Bytes(), r.to, headReverts, revises)
		r.after.downs = append(slices.Delete(slices.Clone(downs), j, j+1), migrate.NewLocalFile(r.newDown, down))
	}
	if err := checkNames(r.after.files); err != nil {
		return nil, err
	}
	return r, r.after.checkDowns()
}

// rawFiles reads the folder without the checks that a rebase is to satisfy. The
// checksums must be right, except for a conflict in them.
func (d *Dir) rawFiles() (ups, downs []migrate.File, err error) {
	for _, folder := range []string{".", downFolder} {
		if err := d.refuseConflicts(folder); err != nil {
			return nil, nil, err
		}
	}
	if _, ups, err = d.loadFiles("."); err != nil {
		return nil, nil, err
	}
	if _, downs, err = d.loadFiles(downFolder); err != nil {
		return nil, nil, err
	}
	if _, err := d.branchSums("", ups); err != nil {
		return nil, nil, err
	}
	_, err = d.branchSums(downFolder, downs)
	return ups, downs, err
}

// fileNamed finds a file by its version or its name.
func fileNamed(files []migrate.File, name string) (int, error) {
	name = filepath.Base(name)
	found := -1
	for i, f := range files {
		switch {
		case f.Name() == name:
			return i, nil
		case f.Version() == name && found >= 0:
			return 0, &DuplicateVersionError{Version: name, Files: []string{files[found].Name(), f.Name()}}
		case f.Version() == name:
			found = i
		}
	}
	if found < 0 {
		return 0, &UnknownVersionError{Version: name}
	}
	return found, nil
}

// withVersion writes the version and the parent of a header anew.
func withVersion(text []byte, version, parentKey, parent string) []byte {
	for key, value := range map[string]string{headRevision: version, parentKey: parent} {
		line := regexp.MustCompile(`(?m)^(--\s*` + regexp.QuoteMeta(key) + `:).*$`)
		if at := line.FindIndex(text); at != nil {
			text = slices.Concat(text[:at[0]], []byte("-- "+key+": "+value), text[at[1]:])
		}
	}
	return text
}

// write puts the new files beside the old ones, writes the checksums and then
// removes the old ones, so that no failure loses a file.
func (r *rebase) write(d *Dir) error {
	if err := writeNew(filepath.Join(d.path, r.newUp), r.text(r.after.files, r.newUp)); err != nil {
		return err
	}
	if r.newDown != "" {
		if err := writeNew(filepath.Join(d.path, downFolder, r.newDown), r.text(r.after.downs, r.newDown)); err != nil {
			return errors.Join(err, os.Remove(filepath.Join(d.path, r.newUp)))
		}
	}
	if err := d.writeSum("", r.after.files); err != nil {
		return err
	}
	if len(r.after.downs) > 0 {
		if err := d.writeSum(downFolder, r.after.downs); err != nil {
			return err
		}
	}
	for _, name := range []string{r.oldUp, path.Join(downFolder, r.oldDown)} {
		if name == downFolder {
			continue
		}
		if err := os.Remove(filepath.Join(d.path, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("migration: cannot remove %s, which has a new name now; remove it by hand: %w", name, err)
		}
	}
	return nil
}

func (r *rebase) text(files []migrate.File, name string) []byte {
	i := slices.IndexFunc(files, func(f migrate.File) bool { return f.Name() == name })
	return files[i].Bytes()
}
