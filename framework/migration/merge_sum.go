package migration

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"ariga.io/atlas/sql/migrate"
)

// How git marks what it cannot merge.
const (
	conflictOurs   = "<<<<<<< "
	conflictBase   = "||||||| "
	conflictMiddle = "======="
	conflictTheirs = ">>>>>>> "
)

// loadMerged reads a folder whose checksums may be those of one branch, or of
// two with the marks of a conflict. It reports whether they have to be written
// anew.
func (d *Dir) loadMerged() (c *contents, rehash bool, err error) {
	for _, folder := range []string{".", downFolder} {
		if err := d.refuseConflicts(folder); err != nil {
			return nil, false, err
		}
	}
	if c, err = d.load(); err != nil {
		return nil, false, err
	}
	for _, part := range []struct {
		folder string
		files  []migrate.File
	}{{"", c.files}, {downFolder, c.downs}} {
		wrong, err := d.branchSums(part.folder, part.files)
		if err != nil {
			return nil, false, err
		}
		rehash = rehash || wrong
	}
	return c, rehash, nil
}

// refuseConflicts returns an error for a conflict within a migration, which
// only its authors can settle.
func (d *Dir) refuseConflicts(folder string) error {
	names, err := fs.Glob(d.files, path.Join(folder, "*.sql"))
	if err != nil {
		return fmt.Errorf("migration: cannot list migrations: %w", err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(d.files, name)
		if err != nil {
			return fmt.Errorf("migration: cannot read %s: %w", path.Join(d.path, name), err)
		}
		if line := conflictLine(text); line > 0 {
			return &ConflictError{File: name, Line: line}
		}
	}
	return nil
}

// branchSums reports whether the checksums of a folder have to be written anew.
// Those of each branch must be right for the files that they name.
func (d *Dir) branchSums(folder string, files []migrate.File) (wrong bool, err error) {
	name := path.Join(folder, migrate.HashFileName)
	text, err := fs.ReadFile(d.files, name)
	if errors.Is(err, fs.ErrNotExist) {
		if len(files) > 0 {
			return false, &ChecksumError{File: sumName(folder), Reason: "missing"}
		}
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("migration: cannot read %s: %w", name, err)
	}
	sides := splitConflict(text)
	seen := map[string]bool{}
	for _, side := range sides {
		var noted migrate.HashFile
		if err := noted.UnmarshalText(side); err != nil {
			return false, &ChecksumError{File: sumName(folder), Reason: "malformed"}
		}
		if err := checkBranch(folder, noted, files); err != nil {
			return false, err
		}
		for _, entry := range noted {
			seen[entry.N] = true
		}
	}
	missing := slices.ContainsFunc(files, func(f migrate.File) bool { return !seen[f.Name()] })
	return len(sides) > 1 || missing, nil
}

// sumName is how a ChecksumError names the checksums themselves.
func sumName(folder string) string {
	if folder == "" {
		return ""
	}
	return path.Join(folder, migrate.HashFileName)
}

// checkBranch compares the checksums of a branch with the files that it has.
func checkBranch(folder string, noted migrate.HashFile, files []migrate.File) error {
	var branch []migrate.File
	for _, entry := range noted {
		i := slices.IndexFunc(files, func(f migrate.File) bool { return f.Name() == entry.N })
		if i < 0 {
			return &ChecksumError{File: path.Join(folder, entry.N), Reason: "removed"}
		}
		branch = append(branch, files[i])
	}
	found, err := migrate.NewHashFile(branch)
	if err != nil {
		return fmt.Errorf("migration: cannot compute %s: %w", path.Join(folder, migrate.HashFileName), err)
	}
	for i, entry := range noted {
		if i >= len(found) || found[i] != entry {
			return &ChecksumError{File: path.Join(folder, entry.N), Reason: "edited"}
		}
	}
	return nil
}

// splitConflict returns the text of each branch, or the text itself if it has
// no marks.
func splitConflict(text []byte) [][]byte {
	if conflictLine(text) == 0 {
		return [][]byte{text}
	}
	var ours, theirs bytes.Buffer
	side := ""
	for line := range bytes.Lines(text) {
		switch mark := string(line); {
		case strings.HasPrefix(mark, conflictOurs):
			side = conflictOurs
		case strings.HasPrefix(mark, conflictBase):
			side = conflictBase
		case strings.HasPrefix(mark, conflictMiddle) && side != "":
			side = conflictTheirs
		case strings.HasPrefix(mark, conflictTheirs):
			side = ""
		default:
			if side == "" || side == conflictOurs {
				ours.Write(line)
			}
			if side == "" || side == conflictTheirs {
				theirs.Write(line)
			}
		}
	}
	return [][]byte{ours.Bytes(), theirs.Bytes()}
}
