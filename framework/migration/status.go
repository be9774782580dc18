package migration

import (
	"context"
	"slices"
	"strings"
	"time"

	"ariga.io/atlas/sql/migrate"
)

// State says how far one migration is.
type State string

// The states of a migration.
const (
	Applied State = "applied"
	Pending State = "pending"
	Partial State = "partial"  // it stopped half-way; the next Upgrade resumes it
	Undoing State = "undoing"  // a downgrade stopped half-way; the next Downgrade resumes it
	Skipped State = "skipped"  // older than the newest applied one, and not applied
	Missing State = "missing"  // applied, but no longer in the folder
	Covered State = "baseline" // not run: the database began after it

	// Folded is applied, and was folded into the checkpoint with which the
	// folder begins.
	Folded State = "squashed"
)

// Status is how far a database is.
type Status struct {
	Current    string       // newest version of which all is applied; "" if none
	Migrations []StatusItem // the folder and the history, in order
	Problem    error        // why Upgrade would refuse to work; nil if it would not

	// Heads are the versions that no other migration revises: several after
	// branches were merged, see [Merge].
	Heads []string
}

// StatusItem is one migration as the folder and the database see it.
type StatusItem struct {
	Migration
	State     State
	Current   bool          // the database is at this version
	AppliedAt time.Time     // zero if it was never begun
	Took      time.Duration // of the last run
	Applied   int           // statements that are applied
	Total     int           // statements, as counted when it was begun
	Error     string        // of the last run, if that failed half-way
	Statement string        // that failed
	Edited    bool          // its file was changed after it was applied
	Data      DataState     // of its Go part; "" if it has none
}

// Pending lists the migrations that are not, or not wholly, applied, among them
// those of which only the Go part is missing.
func (s Status) Pending() []StatusItem {
	var list []StatusItem
	for _, item := range s.Migrations {
		if item.State == Pending || item.State == Partial || item.State == Applied && item.Data != "" && item.Data != DataDone {
			list = append(list, item)
		}
	}
	return list
}

// Dirty reports whether a migration stopped half-way, up or down.
func (s Status) Dirty() bool {
	for _, item := range s.Migrations {
		if item.State == Partial || item.State == Undoing {
			return true
		}
	}
	return false
}

// Status reads how far the database is. It changes nothing, takes no lock, and
// works on a database that was never migrated. A folder that cannot be trusted
// (see [Dir.Verify]) is an error; a folder that does not fit the database is
// reported as Problem.
func (m *Migrator) Status(ctx context.Context) (Status, error) {
	c, err := m.readDir()
	if err != nil {
		return Status{}, err
	}
	db := m.db.SQL()
	revs, err := (&revisions{dialect: m.dialect, db: db}).ReadRevisions(ctx)
	if err != nil {
		return Status{}, err
	}
	status := newHistory(c, revs).status()
	for i := range status.Migrations {
		item := &status.Migrations[i]
		if item.Data, err = m.dataState(ctx, db, item.Version); err != nil {
			return Status{}, err
		}
	}
	return status, nil
}

func (h *history) status() Status {
	status := Status{Current: h.current()}
	_, status.Problem = h.pending()
	for _, f := range heads(h.all.files) {
		status.Heads = append(status.Heads, f.Version())
	}
	changed := map[string]bool{}
	for _, e := range h.edited() {
		changed[e.rev.Version] = true
	}
	missing := h.missing()
	for _, f := range h.all.files {
		for len(missing) > 0 && missing[0].Version < f.Version() {
			status.Migrations = append(status.Migrations, h.gone(missing[0]))
			missing = missing[1:]
		}
		if state := h.state(f); state != "" {
			item := h.item(h.all.describe(f), state)
			item.Edited = changed[item.Version]
			status.Migrations = append(status.Migrations, item)
		}
	}
	for _, rev := range missing {
		status.Migrations = append(status.Migrations, h.gone(rev))
	}
	return status
}

// gone is a migration of which only the revision is left.
func (h *history) gone(rev *migrate.Revision) StatusItem {
	state := Folded
	if slices.Contains(h.unknown(), rev.Version) {
		state = Missing
	}
	return h.item(Migration{Version: rev.Version, Description: printable(spaced(rev.Description))}, state)
}

func (h *history) item(m Migration, state State) StatusItem {
	item := StatusItem{Migration: m, State: state, Current: m.Version == h.current()}
	if rev := h.revision(m.Version); rev != nil {
		item.AppliedAt, item.Took = rev.ExecutedAt, rev.ExecutionTime
		item.Applied, item.Total = rev.Applied, rev.Total
		item.Error, item.Statement = strings.TrimSpace(intentMark.ReplaceAllString(rev.Error, "")), rev.ErrorStmt
	}
	return item
}

// state is how far a file is, "" for a checkpoint that was not used.
func (h *history) state(f migrate.File) State {
	rev := h.revision(f.Version())
	switch {
	case rev != nil && undoing(rev):
		return Undoing
	case rev != nil && partial(rev):
		return Partial
	case rev != nil && rev.Type == migrate.RevisionTypeBaseline:
		return Covered
	case rev != nil:
		return Applied
	case isCheckpoint(f):
		return ""
	case len(h.revs) == 0, f.Version() > h.revs[len(h.revs)-1].Version:
		return Pending
	case f.Version() < h.revs[0].Version:
		return Covered
	case h.expected(f):
		return Pending
	default:
		return Skipped
	}
}
