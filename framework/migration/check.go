package migration

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"ariga.io/atlas/sql/migrate"
	atlas "ariga.io/atlas/sql/schema"
	"entgo.io/ent/dialect/sql/schema"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
)

// Severity says how much a [Finding] matters.
type Severity string

// The severities.
const (
	SeverityError   Severity = "error"   // it is broken, or will be
	SeverityWarning Severity = "warning" // it may hurt: look before you apply it
	SeverityHint    Severity = "hint"    // it could be better
)

// The codes of findings, beside those of a [Risk].
const (
	CodeConflict         = "conflict-marker"   // a file holds the marks of an unfinished merge
	CodeFileName         = "file-name"         // no usable version in the name
	CodeDuplicateVersion = "duplicate-version" // two files of one version
	CodeDownFile         = "down-file"         // a down file without its migration
	CodeChecksum         = "checksum"          // edited, added or removed by hand
	CodeHeads            = "heads"             // branches that were merged without saying so
	CodeDescription      = "description"       // a name that says nothing
	CodeReplay           = "replay"            // the files do not run on an empty database
	CodeNoDown           = "no-down"           // nothing undoes the file
	CodeIrreversible     = "irreversible"      // it says that it cannot be undone
	CodeDownFails        = "down-fails"        // the down file does not run
	CodeDownDiffers      = "down-differs"      // the down file does not lead back
	CodeMissingMigration = "missing-migration" // the entities ask for more than the files give
	CodeNoHistory        = "no-history"        // the database has tables and no history
	CodeHistory          = "history"           // Upgrade would refuse, for another reason
	CodeAppliedEdited    = "applied-edited"    // a file was changed after it was applied
	CodeAppliedMissing   = "applied-missing"   // a file was deleted after it was applied
	CodeOutOfOrder       = "out-of-order"      // older than the newest applied one
	CodeHalfApplied      = "half-applied"      // it stopped half-way
	CodeDrift            = "drift"             // the database was changed by hand
	CodeDroppedTable     = "dropped-table"     // a table was dropped by hand
	CodeInvalidIndex     = "invalid-index"     // left by a failed CREATE INDEX CONCURRENTLY
	CodePendingFails     = "pending-fails"     // a pending file does not run on the database as it is
	CodeLostClause       = "lost-clause"       // a rebuild of a SQLite table leaves out a COLLATE, ON CONFLICT or DEFERRABLE
	CodeLostTrigger      = "lost-trigger"      // a rebuild would drop a trigger of the database
	CodeRows             = "rows"              // rows stand in the way of a pending file
)

// Finding is one thing that Check has to say.
type Finding struct {
	Code     string   `json:"code"` // stable: one of the Code constants, or that of a [Risk]
	Severity Severity `json:"severity"`
	File     string   `json:"file,omitempty"` // as seen from the folder
	Line     int      `json:"line,omitempty"` // counted from 1; 0 if it is no line's
	Table    string   `json:"table,omitempty"`
	Message  string   `json:"message"`
	Advice   string   `json:"advice,omitempty"` // the way out
}

// Place is where to look: "20260101120000_init.sql:3", a table, or "".
func (f Finding) Place() string {
	switch {
	case f.File != "" && f.Line > 0:
		return fmt.Sprintf("%s:%d", f.File, f.Line)
	case f.File != "":
		return f.File
	default:
		return f.Table
	}
}

// Report is what Check has found, in the order in which it looked.
type Report struct {
	Findings []Finding
	Files    int  // in the folder
	Pending  int  // files that the database lacks; 0 without a database
	Live     bool // a database was looked at
}

// Failed reports whether there are errors or, if strict, warnings.
func (r Report) Failed(strict bool) bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool {
		return f.Severity == SeverityError || strict && f.Severity == SeverityWarning
	})
}

// CheckConfig says what to check. Dir and Server.URL.Dialect are required.
type CheckConfig struct {
	Dir *Dir

	// Tables are what the entities ask for. Without them it is not checked
	// whether a migration is missing.
	Tables []*schema.Table

	// Server is where scratch databases are made and dropped again, as for
	// [Plan].
	Server config.Database

	// DB is a database to compare with the files; it is only read. Without it
	// only the files are checked.
	DB *database.DB

	// Since limits the checks of single files to those after this version.
	// Without it downs are checked in all files, and risks in those that DB
	// lacks or, without DB, in the newest file.
	Since string

	Progress func(string) // told what is being done; may be nil
}

// Check looks for what is wrong, or may go wrong, with a folder of migrations
// and with a database that was made from it. It changes neither. What it finds
// is in the report; an error means that it could not look.
//
// A file that begins with the line "-- atlas:nolint" is not warned about, with
// "-- atlas:nolint drop-table irreversible" not under these codes.
func Check(ctx context.Context, cfg CheckConfig) (Report, error) {
	if cfg.Dir == nil {
		return Report{}, errors.New("migration: CheckConfig.Dir is required")
	}
	if cfg.DB != nil && cfg.DB.Dialect() != cfg.Server.URL.Dialect {
		return Report{}, errors.New("migration: CheckConfig.DB and CheckConfig.Server must be of one dialect")
	}
	if cfg.Progress == nil {
		cfg.Progress = func(string) {}
	}
	c := &checker{cfg: cfg, dialect: cfg.Server.URL.Dialect, changes: map[string][]atlas.Change{}}
	if !c.folder() {
		return c.report, nil
	}
	if _, ok := c.contents.file(cfg.Since); cfg.Since != "" && !ok {
		return c.report, &UnknownVersionError{Version: cfg.Since, Known: newHistory(c.contents, nil).nearest(cfg.Since)}
	}
	if err := c.readHistory(ctx); err != nil {
		return c.report, err
	}
	replayed, err := c.replay(ctx)
	if err != nil {
		return c.report, err
	}
	if cfg.DB != nil {
		if err := c.live(ctx, replayed); err != nil {
			return c.report, err
		}
	}
	return c.report, nil
}

// checker is one run of Check.
type checker struct {
	cfg      CheckConfig
	dialect  config.Dialect
	contents *contents
	history  *history // nil without a database
	report   Report

	scratch *scratch                  // on which the files are replayed
	changes map[string][]atlas.Change // by version: what the file changes
}

func (c *checker) find(f Finding) {
	if f.File != "" && f.Severity != SeverityError && c.contents != nil && c.contents.accepts(f.File, f.Code) {
		return
	}
	c.report.Findings = append(c.report.Findings, f)
}

// accepts reports whether a file says that it is not to be warned about.
func (c *contents) accepts(file, code string) bool {
	for _, f := range c.files {
		if f.Name() != file {
			continue
		}
		local, ok := f.(*migrate.LocalFile)
		return ok && slices.ContainsFunc(local.Directive("nolint"), func(codes string) bool {
			return codes == "" || slices.Contains(fields(codes), code)
		})
	}
	return false
}

// since reports whether a file is among those that Since asks for.
func (c *checker) since(f migrate.File) bool { return f.Version() > c.cfg.Since }

// risky reports whether a file is to be looked through for risks.
func (c *checker) risky(f migrate.File) bool {
	switch {
	case c.cfg.Since != "":
		return c.since(f)
	case c.history != nil:
		return slices.Contains(c.pending(), f.Version())
	default:
		return f.Version() == c.contents.last()
	}
}

// pending lists the versions that the database lacks.
func (c *checker) pending() (versions []string) {
	for _, f := range replayable(c.contents) {
		switch state := c.history.state(f); {
		case state == Pending, state == Partial, state == Skipped, isCheckpoint(f) && len(c.history.revs) == 0:
			versions = append(versions, f.Version())
		}
	}
	return versions
}

// replayable are the files that an empty database gets: from the last
// checkpoint on.
func replayable(c *contents) []migrate.File {
	for i, f := range slices.Backward(c.files) {
		if isCheckpoint(f) {
			return c.files[i:]
		}
	}
	return c.files
}
