package backup

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/framefox-go/framefox/framework/config"
)

// DefaultDir is the folder of backups, relative to the working folder.
const DefaultDir = "backups"

// Verification says how a dump is verified. SQLite files are always opened and
// checked.
type Verification string

// The ways to verify.
const (
	// Restored: restored into a scratch database on the same server, which needs
	// as much room again for a while. Where no database may be created, Read takes
	// its place.
	Restored Verification = "restored"
	// Read: read from beginning to end, and its rows counted.
	Read Verification = "read"
	// Opened: opened as a SQLite database, and its pages checked.
	Opened Verification = "opened"
)

// CopyOptions say where a copy goes. The zero value is the default.
type CopyOptions struct {
	Dir      string         // of the copies; default DefaultDir
	Now      time.Time      // in the name, in UTC; default now
	Verify   Verification   // of a dump: Restored, the default, or Read
	Progress func(Progress) // called now and then, from one goroutine; may be nil
}

// Progress is how far a copy or a restore is.
type Progress struct {
	Stage string // "copying", "verifying", …
	Done  int64  // bytes
	Total int64  // bytes; 0 if not known
}

// Result is what was copied or restored.
type Result struct {
	Path     string           // of the backup
	Size     int64            // of the backup, in bytes
	Tables   map[string]int64 // rows of each table in the backup
	Verified Verification     // how it was verified
	Changed  []string         // tables that were written to meanwhile, so that their rows could not be compared; MySQL only
	Previous string           // backup of what a restore has replaced; MySQL only
}

// Rows is the number of rows in all tables.
func (r Result) Rows() (n int64) {
	for _, rows := range r.Tables {
		n += rows
	}
	return n
}

// Copy writes a backup of the database and verifies it. The database may be in
// use. If anything fails, nothing is left in the folder.
//
// The error is [ErrMemory], [database.ErrNotExist], a *[ToolError], a *[RunError]
// or an *[IntegrityError], or tells what is wrong with the folder.
func Copy(ctx context.Context, cfg config.Database, opts CopyOptions) (result Result, err error) {
	if cfg.URL.Memory {
		return Result{}, ErrMemory
	}
	format, err := formatOf(cfg.URL.Dialect)
	if err != nil {
		return Result{}, err
	}
	opts = opts.withDefaults()
	open := map[config.Dialect]opener{config.SQLite: openSQLite, config.Postgres: openPostgres, config.MySQL: openMySQL}[cfg.URL.Dialect]
	source, err := open(ctx, cfg)
	if err != nil {
		return Result{}, err
	}
	defer func() {
		if closeErr := source.Close(); err == nil && closeErr != nil {
			err = fmt.Errorf("backup: cannot close the database: %w", closeErr)
		}
	}()
	p, err := newPlace(opts.Dir, cfg.URL.Database, opts.Now, format.extension())
	if err != nil {
		return Result{}, err
	}
	defer p.discard()
	if result, err = source.write(ctx, p.path, opts); err != nil {
		return Result{}, err
	}
	info, err := os.Stat(p.path)
	if err != nil {
		return Result{}, fmt.Errorf("backup: cannot find the backup: %w", err)
	}
	result.Size = info.Size()
	result.Path, err = p.keep()
	return result, err
}

// source is a database that is open to be copied.
type source interface {
	// write fills the empty file at path and verifies it.
	write(ctx context.Context, path string, opts CopyOptions) (Result, error)
	Close() error
}

type opener func(context.Context, config.Database) (source, error)

func (o CopyOptions) withDefaults() CopyOptions {
	if o.Dir == "" {
		o.Dir = DefaultDir
	}
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	if o.Verify == "" {
		o.Verify = Restored
	}
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	return o
}
