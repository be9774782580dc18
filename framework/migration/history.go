package migration

import (
	"fmt"
	"slices"

	"ariga.io/atlas/sql/migrate"
)

// history is a folder of migrations beside what a database has of it.
type history struct {
	files []migrate.File      // of the folder, without checkpoints, in order
	revs  []*migrate.Revision // of the database, in order
	all   *contents
}

func newHistory(c *contents, revs []*migrate.Revision) *history {
	return &history{files: migrate.SkipCheckpointFiles(c.files), revs: revs, all: c}
}

// current is the newest version of which all is applied, or "".
func (h *history) current() string {
	for _, rev := range slices.Backward(h.revs) {
		if !partial(rev) {
			return rev.Version
		}
	}
	return ""
}

// partial reports whether a revision stopped half-way, up or down.
func partial(rev *migrate.Revision) bool { return rev.Applied < rev.Total || undoing(rev) }

// pending lists the files to apply, in order. A file that stopped half-way
// comes first. It returns an error if the folder and the database have gone
// different ways.
func (h *history) pending() ([]migrate.File, error) {
	if len(h.revs) == 0 {
		files, err := migrate.FilesFromLastCheckpoint(h.all.mem)
		if err != nil {
			return nil, fmt.Errorf("migration: cannot list pending migrations: %w", err)
		}
		return files, nil
	}
	if unknown := h.unknown(); len(unknown) > 0 {
		return nil, &UnknownRevisionError{Versions: unknown}
	}
	newest := h.revs[len(h.revs)-1]
	if needs := squashedUpTo(h.all.files); needs != "" && newest.Version < needs {
		return nil, &SquashedError{Current: newest.Version, Needs: needs}
	}
	for _, rev := range h.revs {
		if undoing(rev) {
			return nil, &HalfUndoneError{Version: rev.Version, State: rev.Error}
		}
	}
	if files := h.outOfOrder(); len(files) > 0 {
		return nil, &OutOfOrderError{Files: files, Current: newest.Version}
	}
	pending := h.merged()
	for _, rev := range h.revs {
		if f, ok := h.all.file(rev.Version); ok && partial(rev) {
			pending = append(pending, f)
		}
	}
	for _, f := range h.files {
		if f.Version() > newest.Version {
			pending = append(pending, f)
		}
	}
	return pending, nil
}

// unknown lists the revisions without a file. Where the folder begins with a
// checkpoint, those before it were squashed into it.
func (h *history) unknown() (versions []string) {
	squashed := ""
	if len(h.all.files) > 0 && isCheckpoint(h.all.files[0]) {
		squashed = h.all.files[0].Version()
	}
	for _, rev := range h.missing() {
		if rev.Version >= squashed {
			versions = append(versions, rev.Version)
		}
	}
	return versions
}

// missing lists the revisions without a file.
func (h *history) missing() (list []*migrate.Revision) {
	for _, rev := range h.revs {
		if _, ok := h.all.file(rev.Version); !ok {
			list = append(list, rev)
		}
	}
	return list
}

func isCheckpoint(f migrate.File) bool {
	checkpoint, ok := f.(migrate.CheckpointFile)
	return ok && checkpoint.IsCheckpoint()
}

// outOfOrder lists the files that are older than the newest revision and not
// applied, nor expected by a merge.
func (h *history) outOfOrder() (names []string) {
	for _, f := range h.skipped() {
		if !h.expected(f) {
			names = append(names, f.Name())
		}
	}
	return names
}

// merged lists the files that are older than the newest revision and not
// applied, because they came with a merge.
func (h *history) merged() []migrate.File {
	return slices.DeleteFunc(h.skipped(), func(f migrate.File) bool { return !h.expected(f) })
}

// skipped lists the files that are older than the newest revision and not
// applied. Those before the first revision are covered by a baseline or a
// checkpoint.
func (h *history) skipped() (files []migrate.File) {
	first, newest := h.revs[0].Version, h.revs[len(h.revs)-1].Version
	for _, f := range h.files {
		if v := f.Version(); v > first && v < newest && h.revision(v) == nil {
			files = append(files, f)
		}
	}
	return files
}

// expected reports whether a merge that is not applied yet comes after a file.
func (h *history) expected(f migrate.File) bool {
	var pending []migrate.File
	for _, other := range h.files {
		if h.revision(other.Version()) == nil {
			pending = append(pending, other)
		}
	}
	return mergedBefore(pending, f.Version())
}

func (h *history) revision(version string) *migrate.Revision {
	for _, rev := range h.revs {
		if rev.Version == version {
			return rev
		}
	}
	return nil
}

// upTo cuts pending after the version asked for; "" asks for all.
func (h *history) upTo(pending []migrate.File, version string) ([]migrate.File, error) {
	if version == "" {
		return pending, nil
	}
	if i := slices.IndexFunc(pending, func(f migrate.File) bool { return f.Version() == version }); i >= 0 {
		return pending[:i+1], nil
	}
	current := h.current()
	if _, ok := h.all.file(version); !ok {
		return nil, &UnknownVersionError{Version: version, Known: h.nearest(version)}
	}
	if version < current {
		return nil, &BehindError{Version: version, Current: current}
	}
	return nil, nil // the database is there already
}

// nearest is the version that starts like the one given, if only one does.
func (h *history) nearest(version string) (known string) {
	for _, f := range h.files {
		v := f.Version()
		if len(version) >= 4 && len(v) >= len(version) && v[:len(version)] == version || slug(version) == slug(f.Desc()) {
			if known != "" {
				return ""
			}
			known = v
		}
	}
	return known
}

// ordered lists the files among those given and those that are applied, in
// order.
func (h *history) ordered(files []migrate.File) (list []migrate.File) {
	for _, f := range h.all.files {
		rev := h.revision(f.Version())
		applied := rev != nil && !partial(rev) && rev.Type != migrate.RevisionTypeBaseline
		if applied || slices.ContainsFunc(files, func(g migrate.File) bool { return g.Version() == f.Version() }) {
			list = append(list, f)
		}
	}
	return list
}
