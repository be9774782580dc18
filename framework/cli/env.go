package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
)

// Env is what a command works with: the streams, the configuration and the
// database. It serves one run of the program and one goroutine.
type Env struct {
	In  io.Reader
	Out io.Writer // results
	Err io.Writer // all else

	app         App
	environment string
	json        bool
	outStyle    style
	errStyle    style
	config      *config.Config  // loaded once
	lines       *bufio.Reader   // of In, once a question was asked
	terminal    io.Writer       // for questions, where stderr is redirected
	stopped     <-chan struct{} // closed when the command was interrupted
	unprinted   error           // why a part of the result is missing
}

func newEnv(app App, stdin io.Reader, stdout, stderr io.Writer) *Env {
	return &Env{
		In: stdin, Out: stdout, Err: stderr, app: app.withDefaults(),
		outStyle: styleOf(stdout), errStyle: styleOf(stderr),
	}
}

// JSON reports whether the result is to be printed as one JSON document; see
// PrintJSON.
func (e *Env) JSON() bool { return e.json }

// Config is the configuration of the environment that --env chose. What it has
// to say about ignored settings goes to stderr, once.
func (e *Env) Config() (*config.Config, error) {
	if e.config != nil {
		return e.config, nil
	}
	cfg, err := config.Load(config.Options{Environment: e.environment, DefaultURL: e.app.DefaultURL})
	if err != nil {
		return nil, err
	}
	for _, notice := range cfg.Notices {
		e.Warn("%s", notice)
	}
	e.config = cfg
	return cfg, nil
}

// Open opens the configured database. The caller closes it.
func (e *Env) Open(ctx context.Context) (*database.DB, error) {
	cfg, err := e.Config()
	if err != nil {
		return nil, err
	}
	db, err := database.Open(ctx, cfg.Database)
	if errors.Is(err, database.ErrNotExist) {
		return nil, &missingError{name: e.databaseName(cfg), program: e.app.Name}
	}
	return db, err
}

// missingError says that the database does not exist.
type missingError struct{ name, program string }

func (e *missingError) Error() string {
	return fmt.Sprintf("the database '%s' does not exist; create it with: %s database create", e.name, e.program)
}

func (e *missingError) Unwrap() error { return database.ErrNotExist }

// Migrations is the folder to apply to the configured database: the one in the
// project or, in production and where there is none, the one in the program.
func (e *Env) Migrations() (*migration.Dir, error) {
	cfg, err := e.Config()
	if err != nil {
		return nil, err
	}
	dialect := cfg.Database.URL.Dialect
	path := e.migrationsPath(cfg, dialect)
	info, err := os.Stat(path)
	onDisk := err == nil && info.IsDir()
	if e.app.Migrations == nil || onDisk && !cfg.Production() {
		return migration.OpenDir(path), nil
	}
	return e.embedded(dialect)
}

// embedded is the folder of a dialect in the program, nil if that has none at
// all.
func (e *Env) embedded(d config.Dialect) (*migration.Dir, error) {
	if e.app.Migrations == nil {
		return nil, nil //nolint:nilnil // there is none is a result here
	}
	folder, err := fs.Sub(e.app.Migrations, string(d))
	if err != nil {
		return nil, fmt.Errorf("cannot find the migrations of %s in the program: %w", d, err)
	}
	return migration.NewDir(folder), nil
}

func (e *Env) migrationsPath(cfg *config.Config, d config.Dialect) string {
	dir := e.app.MigrationsDir
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(cfg.Root, dir)
	}
	return filepath.Join(dir, string(d))
}

// databaseName is what messages call the database: the path of a file as seen
// from the project, or the name on the server.
func (e *Env) databaseName(cfg *config.Config) string {
	url := cfg.Database.URL
	if url.Dialect != config.SQLite || url.Memory {
		return url.Database
	}
	return relative(cfg.Root, url.Database)
}

// relative shortens a path within root.
func relative(root, path string) string {
	short, err := filepath.Rel(root, path)
	if err != nil || short == ".." || strings.HasPrefix(short, ".."+string(filepath.Separator)) {
		return path
	}
	return short
}
