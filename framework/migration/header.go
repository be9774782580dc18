package migration

import (
	"fmt"
	"strings"
	"time"

	"ariga.io/atlas/sql/migrate"
)

// Migration is one file of a folder.
type Migration struct {
	Version     string // orders the files: "20260101120000"
	Description string // from the header, else from the file's name
	Revises     string // the version before, if the header says so
	File        string // the file's name
}

// The keys of a file's header.
const (
	headDescription = "Description"
	headRevision    = "Revision ID"
	headRevises     = "Revises"
	headCreated     = "Create Date"
	base            = "base" // stands for "no migration" in headers
)

// describe reads a file's header: the comments above its first empty line.
func describe(f migrate.File) Migration {
	m := Migration{Version: f.Version(), File: f.Name(), Description: spaced(f.Desc())}
	for line := range strings.Lines(string(f.Bytes())) {
		comment, ok := strings.CutPrefix(strings.TrimSpace(line), "--")
		if !ok {
			break
		}
		key, value, _ := strings.Cut(comment, ":")
		value = strings.TrimSpace(value)
		switch strings.TrimSpace(key) {
		case headDescription:
			m.Description = value
		case headRevises:
			if value != base {
				m.Revises = value
			}
		}
	}
	return m
}

// header is the comment at the top of a planned file.
func header(description, version, revises string, created time.Time) string {
	if revises == "" {
		revises = base
	}
	return fmt.Sprintf("-- %s: %s\n-- %s: %s\n-- %s: %s\n-- %s: %s\n",
		headDescription, description, headRevision, version, headRevises, revises,
		headCreated, created.UTC().Format("2006-01-02 15:04:05 UTC"))
}

// withHeader puts the header above the text of a file. Atlas wants its
// directives (-- atlas:…) before all other comments, and the whole block
// apart from the first statement.
func withHeader(head string, text []byte) []byte {
	var directives strings.Builder
	rest := string(text)
	for strings.HasPrefix(rest, "-- atlas:") {
		line, after, _ := strings.Cut(rest, "\n")
		directives.WriteString(line + "\n")
		rest = after
	}
	return []byte(directives.String() + head + "\n" + strings.TrimLeft(rest, "\n"))
}

// spaced turns the description in a file name back into words.
func spaced(s string) string { return strings.ReplaceAll(s, "_", " ") }
