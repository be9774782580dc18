package migration

import (
	"context"
	"regexp"
	"slices"

	"ariga.io/atlas/sql/migrate"
	atlas "ariga.io/atlas/sql/schema"
)

const ident = "[`\"]?(\\w+)[`\"]?"

var (
	writtenColumn = regexp.MustCompile(`(?i)^\s*ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?` + ident + `\s+RENAME\s+(?:COLUMN\s+)?` + ident + `\s+TO\s+` + ident + `\s*;?\s*$`)
	writtenTable  = regexp.MustCompile(`(?i)^\s*(?:ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?` + ident + `\s+RENAME\s+TO|RENAME\s+TABLE\s+` + ident + `\s+TO)\s+` + ident + `\s*;?\s*$`)
	comments      = regexp.MustCompile(`(?m)^\s*(?:--|#).*$`)
)

// renamedBy finds what a file in the folder has renamed: what its statements
// say, what the caller says, and what the caller answers.
func (s *scratch) renamedBy(ctx context.Context, f migrate.File, before *origin, cfg PlanConfig) ([]Rename, error) {
	after, err := s.inspect(ctx)
	if err != nil {
		return nil, err
	}
	list, err := s.renamesWritten(f)
	if err != nil {
		return nil, err
	}
	list = append(slices.DeleteFunc(list, func(r Rename) bool { return !happened(r, before.schema, after) }), cfg.Renames...)
	if cfg.Ask == nil {
		return list, nil
	}
	for _, guess := range slices.Concat(likelyTables(before.schema, after), likelyColumns(before.schema, after)) {
		if settled(list, guess) {
			continue
		}
		yes, err := cfg.Ask(ctx, guess)
		if err != nil {
			return nil, err
		}
		if yes {
			list = append(list, guess)
		}
	}
	return list, nil
}

func (s *scratch) renamesWritten(f migrate.File) (list []Rename, err error) {
	stmts, err := statements(s.driver, f)
	if err != nil {
		return nil, err
	}
	for _, stmt := range stmts {
		text := comments.ReplaceAllString(stmt.Text, "")
		if m := writtenTable.FindStringSubmatch(text); m != nil {
			list = append(list, Rename{From: m[1] + m[2], To: m[3]})
		} else if m := writtenColumn.FindStringSubmatch(text); m != nil {
			list = append(list, Rename{Table: m[1], From: m[2], To: m[3]})
		}
	}
	return list, nil
}

// happened reports whether the schemas show a rename. One within the rebuild of
// a table they do not.
func happened(r Rename, before, after *atlas.Schema) bool {
	if r.Table == "" {
		_, was := before.Table(r.From)
		_, is := after.Table(r.To)
		return was && is
	}
	t, ok := after.Table(r.Table)
	if !ok {
		return false
	}
	_, is := t.Column(r.To)
	_, still := t.Column(r.From)
	return is && !still
}
