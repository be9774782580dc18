package migration

import (
	"strings"

	atlas "ariga.io/atlas/sql/schema"
)

// generatedIndex begins the names that SQLite gives to the indexes of columns
// that are declared UNIQUE.
const generatedIndex = "sqlite_autoindex_"

// nameUnique gives such indexes the name by which Atlas creates them, while two
// schemas are compared: Atlas does so on one side only, and takes an index that
// both have for a missing and a new one.
func nameUnique(from, to *atlas.Schema) (restore func()) {
	names := map[*atlas.Index]string{}
	for _, t := range from.Tables {
		other, ok := to.Table(t.Name)
		if !ok {
			continue
		}
		has := map[string]bool{}
		for _, idx := range other.Indexes {
			has[uniqueName(other, idx)] = true
		}
		for _, idx := range t.Indexes {
			if name := uniqueName(t, idx); name != idx.Name && has[name] {
				names[idx], idx.Name = idx.Name, name
			}
		}
	}
	return func() {
		for idx, name := range names {
			idx.Name = name
		}
	}
}

// uniqueName is the table and the columns of an index that SQLite has named,
// and else its name.
func uniqueName(t *atlas.Table, idx *atlas.Index) string {
	if !strings.HasPrefix(idx.Name, generatedIndex) {
		return idx.Name
	}
	words := []string{t.Name}
	for _, p := range idx.Parts {
		if p.C != nil {
			words = append(words, p.C.Name)
		}
	}
	return strings.Join(words, "_")
}
