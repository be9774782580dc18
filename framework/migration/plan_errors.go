package migration

import "fmt"

// ChecksumError says that a folder does not match its atlas.sum: a file was
// edited, added or removed by hand.
type ChecksumError struct {
	// File is the first file that differs, such as "20260101120000_init.sql" or
	// "down/20260101120000_init.down.sql". If an atlas.sum itself is at fault it
	// is "" or, for that of the down files, "down/atlas.sum".
	File   string
	Reason string // "edited", "added", "removed", "missing" or "malformed"
}

func (e *ChecksumError) Error() string {
	const out = "; if this is intended, refresh the checksums with: framefox database rehash"
	sum := e.File
	if sum == "" {
		sum = "atlas.sum"
	}
	switch e.Reason {
	case "missing":
		return "migration: " + sum + " is missing beside the migrations" + out
	case "malformed":
		return "migration: " + sum + " is malformed" + out
	default:
		return fmt.Sprintf("migration: checksum mismatch: %s was %s since atlas.sum was written%s", e.File, e.Reason, out)
	}
}

// DownFileError says that a file in the folder down does not fit the
// migrations.
type DownFileError struct {
	File   string // "down/20260101120000_init.down.sql"
	Reason string // what is wrong, and the way out
}

func (e *DownFileError) Error() string {
	return fmt.Sprintf("migration: cannot use %s: %s", e.File, e.Reason)
}

// RenameError says that a rename that was asked for does not fit the schemas.
type RenameError struct {
	Rename Rename
	Reason string
}

func (e *RenameError) Error() string {
	return fmt.Sprintf("migration: cannot plan the rename %s: %s", e.Rename, e.Reason)
}

// DownExistsError says that a migration has a file already that undoes it, which
// may have been written by hand.
type DownExistsError struct {
	File string // "down/20260101120000_init.down.sql"
}

func (e *DownExistsError) Error() string {
	return fmt.Sprintf("migration: %s exists and says something else; it is replaced only with force", e.File)
}
