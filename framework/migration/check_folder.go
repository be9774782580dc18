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

const adviceRehash = "restore the file or, if this is intended, run: framefox database rehash"

// folder checks what can be seen without running the files. It reports whether
// they can be run.
func (c *checker) folder() bool {
	c.cfg.Progress("Checking files and checksums")
	if c.conflicts() {
		return false
	}
	loaded, err := c.cfg.Dir.load()
	if err != nil {
		c.find(nameFinding(err))
		return false
	}
	c.contents, c.report.Files = loaded, len(loaded.files)
	c.checksums()
	c.heads()
	for _, f := range loaded.files {
		if describe(f).Description == slug("") {
			c.find(Finding{
				Code: CodeDescription, Severity: SeverityHint, File: f.Name(),
				Message: "the name says nothing", Advice: "give the next migration a name: framefox database create-migration \"add posts\"",
			})
		}
	}
	return true
}

func nameFinding(err error) Finding {
	var (
		name      *FileNameError
		duplicate *DuplicateVersionError
		down      *DownFileError
	)
	f := Finding{Code: CodeFileName, Severity: SeverityError, Message: strings.TrimPrefix(err.Error(), "migration: ")}
	switch {
	case errors.As(err, &name):
		f.File, f.Message, f.Advice = name.File, name.Reason, "name it YYYYMMDDHHMMSS_description.sql"
	case errors.As(err, &duplicate):
		f.Code, f.File = CodeDuplicateVersion, duplicate.Files[1]
		f.Message = fmt.Sprintf("version %s is used by %s", duplicate.Version, strings.Join(duplicate.Files, " and "))
		f.Advice = "give one of them a later version: framefox database merge --rebase " + duplicate.Files[1]
		if duplicate.Checkpoint != "" {
			f.Advice = duplicate.unsquash()
		}
	case errors.As(err, &down):
		f.Code, f.File = CodeDownFile, down.File
		f.Message, f.Advice, _ = strings.Cut(down.Reason, "; ")
	}
	return f
}

func (c *checker) checksums() {
	for _, part := range []struct {
		folder string
		mem    *migrate.MemDir
		files  []migrate.File
	}{{"", c.contents.mem, c.contents.files}, {downFolder, c.contents.downMem, c.contents.downs}} {
		changed, err := changedFiles(part.mem, part.files, part.folder)
		if err != nil {
			changed = []string{path.Join(part.folder, migrate.HashFileName) + " (unreadable)"}
		}
		for _, text := range changed {
			file, reason, _ := strings.Cut(strings.TrimSuffix(text, ")"), " (")
			c.find(Finding{
				Code: CodeChecksum, Severity: SeverityError, File: file,
				Message: fmt.Sprintf("was %s since atlas.sum was written", reason), Advice: adviceRehash,
			})
		}
	}
}

// conflicts finds the marks that git leaves in files that it cannot merge.
func (c *checker) conflicts() (found bool) {
	for _, pattern := range []string{"*.sql", "atlas.sum", downFolder + "/*.sql", downFolder + "/atlas.sum"} {
		names, err := fs.Glob(c.cfg.Dir.files, pattern)
		if err != nil {
			continue // the pattern is not bad
		}
		for _, name := range names {
			text, err := fs.ReadFile(c.cfg.Dir.files, name)
			if err != nil {
				continue // Dir.load says so
			}
			if line := conflictLine(text); line > 0 {
				found = true
				advice := "settle the conflict in the file, then run: framefox database merge"
				if path.Base(name) == migrate.HashFileName {
					advice = "run: framefox database merge"
				}
				c.find(Finding{
					Code: CodeConflict, Severity: SeverityError, File: name, Line: line,
					Message: "holds the marks of an unfinished merge", Advice: advice,
				})
			}
		}
	}
	return found
}

// conflictLine is the line, counted from 1, at which the marks begin, or 0.
func conflictLine(text []byte) int {
	for i, line := range bytes.Split(text, []byte("\n")) {
		if bytes.HasPrefix(line, []byte(conflictOurs)) || bytes.HasPrefix(line, []byte(conflictTheirs)) {
			return i + 1
		}
	}
	return 0
}

func (c *checker) heads() {
	list := heads(c.contents.files)
	if len(list) < 2 {
		return
	}
	names := make([]string, len(list))
	for i, f := range list {
		names[i] = f.Name()
	}
	c.find(Finding{
		Code: CodeHeads, Severity: SeverityError, File: names[len(names)-1],
		Message: "branches were merged: none of these migrations comes after the other: " + strings.Join(names, ", "),
		Advice:  "run: framefox database merge --message \"merge branches\"",
	})
}

// heads are the files that no other file revises: one, unless branches were
// merged. A file without a header revises the one before it.
func heads(files []migrate.File) (list []migrate.File) {
	revised := map[string]bool{}
	for i, f := range files {
		for _, parent := range parents(files, i) {
			if parent != f.Version() {
				revised[parent] = true
			}
		}
	}
	for _, f := range files {
		if !revised[f.Version()] {
			list = append(list, f)
		}
	}
	return list
}

// parents are the versions that files[i] revises. Those that the folder no
// longer has, because they were squashed, count as the one before the file.
func parents(files []migrate.File, i int) (list []string) {
	if i == 0 {
		return nil
	}
	text, ok := headerValue(files[i], headRevises)
	if text == base {
		return nil
	}
	for _, version := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		if slices.ContainsFunc(files[:i], func(f migrate.File) bool { return f.Version() == version }) {
			list = append(list, version)
		}
	}
	if !ok || len(list) == 0 {
		return []string{files[i-1].Version()}
	}
	return list
}

// headerValue is what a file's header says under a key.
func headerValue(f migrate.File, key string) (string, bool) {
	for line := range strings.Lines(string(f.Bytes())) {
		comment, ok := strings.CutPrefix(strings.TrimSpace(line), "--")
		if !ok {
			break
		}
		name, value, _ := strings.Cut(comment, ":")
		if strings.TrimSpace(name) == key {
			return strings.TrimSpace(value), true
		}
	}
	return "", false
}

// fields splits the codes of a directive.
func fields(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
}
