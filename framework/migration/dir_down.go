package migration

import (
	"path"
	"strings"

	"ariga.io/atlas/sql/migrate"
)

// The files that undo migrations are in a folder of their own, which the stock
// atlas does not look into: beside the others it would apply them.
const (
	downFolder = "down"
	downSuffix = ".down.sql"
)

// down finds the file that undoes a migration.
func (c *contents) down(version string) (migrate.File, bool) {
	for _, f := range c.downs {
		if downVersion(f.Name()) == version {
			return f, true
		}
	}
	return nil, false
}

// describe is the package's describe and what the down file says.
func (c *contents) describe(f migrate.File) Migration {
	m := describe(f)
	if undo, ok := c.down(f.Version()); ok {
		head := describe(undo)
		m.Down, m.Irreversible, m.DownRisks = undo.Name(), head.Irreversible, head.Risks
	}
	return m
}

// downName is the name of the file in the folder down that undoes a file:
// "20260101120000_init.down.sql".
func downName(up string) string { return strings.TrimSuffix(up, ".sql") + downSuffix }

// downVersion is the version that a file in the folder down undoes, or "".
func downVersion(name string) string {
	stem, ok := strings.CutSuffix(name, downSuffix)
	if !ok {
		return ""
	}
	version, _, _ := strings.Cut(stem, "_")
	return version
}

// checkDowns refuses down files that belong to no migration, or to one that
// has another.
func (c *contents) checkDowns() error {
	seen := map[string]string{}
	for _, f := range c.downs {
		fail := func(reason string) error {
			return &DownFileError{File: path.Join(downFolder, f.Name()), Reason: reason}
		}
		version := downVersion(f.Name())
		if version == "" {
			return fail("name it as the migration that it undoes, YYYYMMDDHHMMSS_description" + downSuffix)
		}
		if _, ok := c.file(version); !ok {
			return fail("there is no migration of version " + version + "; restore that, or delete this file and refresh the checksums with: framefox database rehash")
		}
		if other, ok := seen[version]; ok {
			return fail("it undoes the same version as " + path.Join(downFolder, other) + "; keep one of them")
		}
		seen[version] = f.Name()
	}
	return nil
}
