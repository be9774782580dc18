package migration

import (
	"cmp"
	"fmt"
	"strings"
	"time"
	"unicode"

	"ariga.io/atlas/sql/migrate"
)

// Migration is one file of a folder.
type Migration struct {
	Version     string // orders the files: "20260101120000"
	Description string // from the header, else from the file's name
	Revises     string // the version before, if the header says so
	File        string // the file's name

	Created      time.Time // from the header; zero if it does not say
	Risks        []string  // from the header: "destructive: drops table posts"
	Down         string    // name of the file in down/ that undoes it; "" if there is none
	DownRisks    []string  // as Risks, of the file that undoes it
	Irreversible string    // why it cannot be undone, as the down file says; "" if it can
}

// The keys of a file's header.
const (
	headDescription  = "Description"
	headRevision     = "Revision ID"
	headRevises      = "Revises"
	headReverts      = "Reverts to" // of a down file
	headCreated      = "Create Date"
	headRisk         = "Risk"         // may be repeated
	headIrreversible = "Irreversible" // of a down file
	base             = "base"         // stands for "no migration" in headers
	createdLayout    = "2006-01-02 15:04:05 UTC"
)

// describe reads a file's header: the comments above its first empty line.
func describe(f migrate.File) Migration {
	m := Migration{Version: f.Version(), File: f.Name(), Description: printable(spaced(f.Desc()))}
	for line := range strings.Lines(string(f.Bytes())) {
		comment, ok := strings.CutPrefix(strings.TrimSpace(line), "--")
		if !ok {
			break
		}
		key, value, _ := strings.Cut(comment, ":")
		m.take(strings.TrimSpace(key), strings.TrimSpace(value))
	}
	return m
}

// take keeps the value of one line of a header.
func (m *Migration) take(key, value string) {
	value = printable(value)
	switch key {
	case headDescription:
		m.Description = value
	case headRevises:
		if value != base {
			m.Revises = value
		}
	case headCreated:
		if created, err := time.Parse(createdLayout, value); err == nil {
			m.Created = created
		}
	case headRisk:
		m.Risks = append(m.Risks, value)
	case headIrreversible:
		m.Irreversible = value
	}
}

// header is the comment at the top of a planned file.
func (m *Migration) header() string { return m.head(headRevises) }

// downHeader is the comment at the top of the file that undoes it. The risks
// are those of undoing.
func (m *Migration) downHeader(risks []string, irreversible string) string {
	undone := *m
	undone.Risks, undone.Irreversible = risks, irreversible
	return undone.head(headReverts)
}

func (m *Migration) head(parent string) string {
	var text strings.Builder
	line := func(key, value string) { fmt.Fprintf(&text, "-- %s: %s\n", key, printable(oneLine(value, ""))) }
	line(headDescription, m.Description)
	line(headRevision, m.Version)
	line(parent, cmp.Or(m.Revises, base))
	line(headCreated, m.Created.UTC().Format(createdLayout))
	for _, risk := range m.Risks {
		line(headRisk, risk)
	}
	if m.Irreversible != "" {
		line(headIrreversible, m.Irreversible)
	}
	return text.String()
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

// printable replaces what a terminal would obey instead of showing it.
func printable(s string) string {
	const joiners = "\u200c\u200d" // of letters and emoji
	return strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cc, unicode.Cf) && !strings.ContainsRune(joiners, r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// spaced turns the description in a file name back into words.
func spaced(s string) string { return strings.ReplaceAll(s, "_", " ") }
