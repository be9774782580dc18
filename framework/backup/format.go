package backup

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/framefox-go/framefox/framework/config"
)

// Format is the kind of a backup file, told by its content.
type Format string

// The formats.
const (
	Unknown     Format = ""
	SQLiteFile  Format = "a SQLite database"
	Archive     Format = "an archive of pg_dump"
	MySQLDump   Format = "a dump of MySQL or MariaDB"
	PostgresSQL Format = "a plain dump of PostgreSQL" // recognised only: restore it with psql
)

// formatOf is the format of the backups of a dialect.
func formatOf(d config.Dialect) (Format, error) {
	switch d {
	case config.SQLite:
		return SQLiteFile, nil
	case config.Postgres:
		return Archive, nil
	case config.MySQL:
		return MySQLDump, nil
	default:
		return Unknown, fmt.Errorf("backup: dialect %q: %w", d, config.ErrUnsupportedDialect)
	}
}

// extension ends the names of backups in this format.
func (f Format) extension() string {
	switch f {
	case SQLiteFile:
		return ".db"
	case Archive:
		return ".dump"
	case MySQLDump, PostgresSQL, Unknown:
	}
	return ".sql"
}

// Detect tells the format of a file by its first bytes.
func Detect(path string) (Format, error) {
	file, err := os.Open(path) //nolint:gosec // the backup that the caller names
	if err != nil {
		return Unknown, fmt.Errorf("backup: cannot open the backup: %w", err)
	}
	defer func() { _ = file.Close() }() // it was only read
	head := make([]byte, 512)
	n, err := io.ReadFull(file, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return Unknown, fmt.Errorf("backup: cannot read %s: %w", path, err)
	}
	head = head[:n]
	switch {
	case bytes.HasPrefix(head, []byte("SQLite format 3\x00")):
		return SQLiteFile, nil
	case bytes.HasPrefix(head, []byte("PGDMP")):
		return Archive, nil
	case bytes.Contains(head, []byte("-- MariaDB dump")), bytes.Contains(head, []byte("-- MySQL dump")):
		return MySQLDump, nil
	case bytes.Contains(head, []byte("-- PostgreSQL database dump")):
		return PostgresSQL, nil
	}
	return Unknown, nil
}

// checkFormat refuses a file that is not a backup of the dialect.
func checkFormat(path string, d config.Dialect) error {
	want, err := formatOf(d)
	if err != nil {
		return err
	}
	found, err := Detect(path)
	if err != nil {
		return err
	}
	if found != want {
		return &FormatError{Path: path, Found: found, Want: want}
	}
	return nil
}
