package migration

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"sort"
	"strings"

	"ariga.io/atlas/sql/migrate"
)

// Dir is a folder with the migrations of one dialect: the *.sql files directly
// in it, ordered by name, and atlas.sum, their checksums. Its folder down holds
// the files that undo them, with checksums of their own. Other files and
// folders are not seen.
type Dir struct {
	files fs.FS
	path  string // "" if it cannot be written
}

// NewDir returns the migrations in fsys, usually embedded in the program with
// //go:embed. They can be applied but not added to. Take the folder of one
// dialect out of a larger tree with [fs.Sub].
func NewDir(fsys fs.FS) *Dir { return &Dir{files: fsys} }

// OpenDir returns the migrations in the folder at path. The folder need not
// exist: it is then empty, and made when the first migration is written.
func OpenDir(path string) *Dir { return &Dir{files: confined(path), path: path} }

// confined is a folder that no link in it leads out of: migrations may come
// from anyone's branch, and what is wrong with a file is quoted in errors.
type confined string

// Open implements [fs.FS].
func (c confined) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	return os.OpenInRoot(string(c), name)
}

// Path is the folder's place in the file system, "" for [NewDir].
func (d *Dir) Path() string { return d.path }

// Migrations lists the folder in the order in which it is applied, after
// checking it as Verify does.
func (d *Dir) Migrations() ([]Migration, error) {
	c, err := d.read()
	if err != nil {
		return nil, err
	}
	list := make([]Migration, len(c.files))
	for i, f := range c.files {
		list[i] = c.describe(f)
	}
	return list, nil
}

// Read returns the text of a migration and of the file that undoes it, which is
// nil if there is none. A version that the folder lacks is an
// *UnknownVersionError.
func (d *Dir) Read(version string) (up, down []byte, err error) {
	c, err := d.read()
	if err != nil {
		return nil, nil, err
	}
	f, ok := c.file(version)
	if !ok {
		return nil, nil, &UnknownVersionError{Version: version, Known: newHistory(c, nil).nearest(version)}
	}
	if undo, ok := c.down(version); ok {
		down = undo.Bytes()
	}
	return f.Bytes(), down, nil
}

// Verify checks the folder and its down files against their checksums and the
// file names against each other. It returns a *ChecksumError, a
// *DuplicateVersionError, a *FileNameError, a *DownFileError or, for an atlas.sum
// that git could not merge, a *ConflictError.
func (d *Dir) Verify() error {
	_, err := d.read()
	return err
}

// byteOrderMark is what some editors write before everything else.
const byteOrderMark = "\ufeff"

// contents is a verified folder, read once.
type contents struct {
	mem     *migrate.MemDir
	files   []migrate.File // in order
	downMem *migrate.MemDir
	downs   []migrate.File // of the folder down, in order
}

// Known returns nil if the folder has the version, else an
// *[UnknownVersionError], or the error of Verify.
func (d *Dir) Known(version string) error {
	c, err := d.read()
	if err != nil {
		return err
	}
	if _, ok := c.file(version); !ok {
		return &UnknownVersionError{Version: version, Known: newHistory(c, nil).nearest(version)}
	}
	return nil
}

// read loads and verifies the folder. All later work is done on that copy, so
// that a file cannot change between its check and its use.
func (d *Dir) read() (*contents, error) {
	c, err := d.load()
	if err != nil {
		return nil, err
	}
	if err := migrate.Validate(c.mem); err != nil {
		return nil, checksumError(c.mem, err, "")
	}
	if err := migrate.Validate(c.downMem); err != nil {
		return nil, checksumError(c.downMem, err, downFolder)
	}
	return c, nil
}

// load reads the folder and checks all but the checksums.
func (d *Dir) load() (c *contents, err error) {
	c = &contents{}
	if c.mem, c.files, err = d.loadFiles("."); err != nil {
		return nil, err
	}
	if c.downMem, c.downs, err = d.loadFiles(downFolder); err != nil {
		return nil, err
	}
	if err := checkNames(c.files); err != nil {
		return nil, err
	}
	return c, c.checkDowns()
}

// loadFiles reads the files of one folder and their checksums.
func (d *Dir) loadFiles(folder string) (*migrate.MemDir, []migrate.File, error) {
	names, err := fs.Glob(d.files, path.Join(folder, "*.sql"))
	if err != nil {
		return nil, nil, fmt.Errorf("migration: cannot list migrations: %w", err)
	}
	sort.Strings(names)
	mem := &migrate.MemDir{}
	var files []migrate.File
	for _, name := range names {
		text, err := fs.ReadFile(d.files, name)
		if err != nil {
			return nil, nil, fmt.Errorf("migration: cannot read %s: %w", path.Join(d.path, name), err)
		}
		if bytes.HasPrefix(text, []byte(byteOrderMark)) {
			return nil, nil, fmt.Errorf("migration: %s begins with a byte order mark, which the servers take for SQL; save it as UTF-8 without one", path.Join(d.path, name))
		}
		f := migrate.NewLocalFile(path.Base(name), text)
		if _, err := transactionMode(f); err != nil {
			return nil, nil, err
		}
		if err := mem.WriteFile(f.Name(), text); err != nil {
			return nil, nil, fmt.Errorf("migration: cannot keep %s: %w", name, err)
		}
		files = append(files, f)
	}
	name := path.Join(folder, migrate.HashFileName)
	sum, err := fs.ReadFile(d.files, name)
	if errors.Is(err, fs.ErrNotExist) {
		return mem, files, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("migration: cannot read %s: %w", path.Join(d.path, name), err)
	}
	if err := mem.WriteFile(migrate.HashFileName, sum); err != nil {
		return nil, nil, fmt.Errorf("migration: cannot keep %s: %w", name, err)
	}
	return mem, files, nil
}

// last is the newest version, or "".
func (c *contents) last() string {
	if len(c.files) == 0 {
		return ""
	}
	return c.files[len(c.files)-1].Version()
}

// file finds a migration by version.
func (c *contents) file(version string) (migrate.File, bool) {
	for _, f := range c.files {
		if f.Version() == version {
			return f, true
		}
	}
	return nil, false
}

// checkNames refuses what Atlas panics on or orders differently from what a
// reader expects. files are ordered by name.
func checkNames(files []migrate.File) error {
	for i, f := range files {
		version := f.Version()
		if version == "" || strings.Trim(version, "0123456789") != "" {
			return &FileNameError{File: f.Name(), Reason: "it does not begin with a number"}
		}
		if i == 0 {
			continue
		}
		before := files[i-1]
		switch previous := before.Version(); {
		case previous == version:
			twice := &DuplicateVersionError{Version: version, Files: []string{before.Name(), f.Name()}}
			for _, one := range []migrate.File{before, f} {
				if isCheckpoint(one) {
					twice.Checkpoint = one.Name()
				}
			}
			return twice
		case previous > version, len(previous) < 8 && digits(previous) > digits(version):
			// "10_b" sorts before "1_a" and before "9_c".
			return &FileNameError{File: f.Name(), Reason: "it is applied after " + before.Name() + " although its version is lower"}
		}
	}
	return nil
}

// digits is the length of a version without leading zeros.
func digits(version string) int { return len(strings.TrimLeft(version, "0")) }

// checksumError names files as seen from the folder of migrations.
func checksumError(files fs.FS, err error, folder string) error {
	if text, err := fs.ReadFile(files, migrate.HashFileName); err == nil && conflictLine(text) > 0 {
		return &ConflictError{File: path.Join(folder, migrate.HashFileName), Line: conflictLine(text)}
	}
	var mismatch *migrate.ChecksumError
	sum := ""
	if folder != "" {
		sum = path.Join(folder, migrate.HashFileName)
	}
	switch {
	case errors.As(err, &mismatch):
		return &ChecksumError{File: path.Join(folder, mismatch.File), Reason: mismatch.Reason.String()}
	case errors.Is(err, migrate.ErrChecksumNotFound):
		return &ChecksumError{File: sum, Reason: "missing"}
	case errors.Is(err, migrate.ErrChecksumFormat), errors.Is(err, migrate.ErrChecksumMismatch):
		return &ChecksumError{File: sum, Reason: "malformed"}
	default:
		return fmt.Errorf("migration: cannot verify the folder: %w", err)
	}
}
