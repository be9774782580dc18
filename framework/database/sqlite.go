package database

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/framefox-go/framefox/framework/config"
)

// sqlitePragmas are the settings of every SQLite connection, in the order in
// which they are made, under the name that a URL parameter has after its _.
func sqlitePragmas() []pragma {
	return []pragma{
		{"busy_timeout", "5000"}, // first: the next one may have to wait
		{"journal_mode", "WAL"},
		{"synchronous", "NORMAL"},
		{"foreign_keys", "ON"},
		{"case_sensitive_like", "ON"}, // LIKE tells a from A, as on the other databases
	}
}

type pragma struct{ name, value string }

// sqliteAliases are the short names that go-sqlite3 knows.
func sqliteAliases() map[string]string {
	return map[string]string{
		"timeout": "busy_timeout", "journal": "journal_mode", "sync": "synchronous", "fk": "foreign_keys",
		"vacuum": "auto_vacuum", "cslike": "case_sensitive_like", "rt": "recursive_triggers", "locking": "locking_mode",
	}
}

// sqliteSettable are further pragmas that a URL may set.
func sqliteSettable() []string {
	return []string{
		"auto_vacuum", "cache_size", "cache_spill", "case_sensitive_like", "ignore_check_constraints",
		"journal_size_limit", "locking_mode", "mmap_size", "page_size", "query_only", "recursive_triggers",
		"secure_delete", "temp_store", "trusted_schema", "wal_autocheckpoint",
	}
}

// sqliteOptions is what a SQLite URL says.
type sqliteOptions struct {
	dsn     string   // for the driver
	setup   string   // statements for each new connection
	reading string   // those for a file that may not be written
	mode    string   // ro, rw or rwc; "" in memory
	pragmas []pragma // setup, one by one
}

func parseSQLite(u config.URL) (sqliteOptions, error) {
	options := sqliteOptions{mode: "rw", pragmas: sqlitePragmas()}
	uri := url.Values{}
	for name, values := range u.Params {
		if err := options.set(uri, name, values); err != nil {
			return sqliteOptions{}, err
		}
	}
	if u.Memory {
		options.mode = ""
		options.dsn = "file::memory:"
	} else {
		uri.Set("mode", options.mode)
		options.dsn = (&url.URL{Scheme: "file", Path: filepath.ToSlash(u.Database)}).String()
	}
	options.dsn += "?" + sqliteParams(uri).Encode()
	for _, p := range options.pragmas {
		statement := "PRAGMA " + p.name + "=" + p.value + ";"
		options.setup += statement
		if p.name != "journal_mode" {
			options.reading += statement
		}
	}
	options.reading += "PRAGMA schema_version" // reads, and so fails now if it fails at all
	if options.mode == "ro" {
		options.setup = options.reading
	}
	return options, nil
}

// prepare makes the settings of a new connection. A file that may not be written
// keeps its journal mode, and can be read.
func (o *sqliteOptions) prepare(ctx context.Context, conn sqliteBase) error {
	_, err := conn.ExecContext(ctx, o.setup, nil)
	if sqliteCode(err) == sqliteReadOnly {
		_, err = conn.ExecContext(ctx, o.reading, nil)
	}
	return err
}

// set takes one parameter of the URL. The drivers would ignore one that they do
// not know.
func (o *sqliteOptions) set(uri url.Values, name string, values []string) error {
	value := values[0]
	switch name {
	case "mode":
		if !slices.Contains([]string{"ro", "rw", "rwc"}, value) {
			return fmt.Errorf("database: parameter mode=%q is unknown: use ro, rw or rwc, or sqlite:///:memory: for a database in memory", value)
		}
		o.mode = value
		return nil
	case "immutable", "nolock", "vfs":
		uri.Set(name, value)
		return nil
	case "_pragma":
		for _, text := range values {
			pragmaName, pragmaValue, ok := strings.Cut(strings.TrimSuffix(text, ")"), "(")
			if !ok {
				pragmaName, pragmaValue, _ = strings.Cut(text, "=")
			}
			if err := o.setPragma(pragmaName, pragmaValue); err != nil {
				return err
			}
		}
		return nil
	}
	short, ok := strings.CutPrefix(name, "_")
	if !ok {
		return unknownParam(name)
	}
	if long := sqliteAliases()[short]; long != "" {
		short = long
	}
	return o.setPragma(short, value)
}

func (o *sqliteOptions) setPragma(name, value string) error {
	name = strings.ToLower(strings.TrimSpace(name))
	value = strings.TrimSpace(value)
	isWord := value != "" && strings.IndexFunc(value, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r != '_' && r != '-'
	}) < 0
	i := slices.IndexFunc(o.pragmas, func(p pragma) bool { return p.name == name })
	switch {
	case i < 0 && !slices.Contains(sqliteSettable(), name):
		return unknownParam("_" + name)
	case !isWord:
		return fmt.Errorf("database: parameter _%s=%q is not a number or a word", name, value)
	case i >= 0:
		o.pragmas[i].value = value
	default:
		o.pragmas = append(o.pragmas, pragma{name, value})
	}
	return nil
}

func unknownParam(name string) error {
	return fmt.Errorf("database: parameter %q of the database URL is unknown to SQLite: known are mode, immutable, nolock, vfs, _pragma and pragmas such as _busy_timeout", name)
}

// newSQLite prepares the pool of a SQLite database, and the lock of its writers.
func newSQLite(cfg config.Database) (*pool, *writeLock, error) {
	options, err := parseSQLite(cfg.URL)
	if err != nil {
		return nil, nil, err
	}
	if err := checkFile(cfg.URL, options.mode); err != nil {
		return nil, nil, err
	}
	var lock *writeLock
	if !cfg.URL.Memory {
		lock = newWriteLock(cfg.Pool.Timeout)
	}
	p := newPool(cfg.Pool, func(ctx context.Context) (driver.Conn, error) {
		base, err := openSQLite(options.dsn)
		if err != nil {
			return nil, err
		}
		conn := base.(sqliteBase)
		if err := options.prepare(ctx, conn); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
		return &sqliteConn{sqliteBase: conn, lock: lock, file: cfg.URL.Target()}, nil
	})
	p.embedded = true
	return p, lock, nil
}

// checkFile makes sure that the file of a database exists, where it may be made
// by making it, so that nobody else can read it.
func checkFile(u config.URL, mode string) error {
	if u.Memory {
		return nil
	}
	if mode == "rwc" {
		_, err := createFile(u.Database)
		return err
	}
	info, err := os.Stat(u.Database)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return ErrNotExist
	case err != nil:
		return err
	case info.IsDir():
		return errors.New("it is a folder")
	}
	return nil
}

// createFile makes an empty database that only its owner can read. It reports
// false if the file was there.
func createFile(path string) (created bool, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return false, fmt.Errorf("cannot make the folder of the database: %w", err)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // the file that the configuration names
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, file.Close()
}

// removeFiles removes a database, what SQLite keeps beside it, and the lock of
// its migrations.
func removeFiles(path string) (removed bool, err error) {
	err = os.Remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	for _, suffix := range []string{"-wal", "-shm", "-journal", ".migrate-lock"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return true, err
		}
	}
	return true, nil
}

// lower replaces SQLite's function of that name, which knows ASCII only, so that
// comparisons that ignore case agree with the other databases.
func lower(v any) any {
	switch t := v.(type) {
	case nil:
		return nil
	case string:
		return strings.ToLower(t)
	case []byte:
		if t == nil { // what go-sqlite3 makes of NULL
			return nil
		}
		return strings.ToLower(string(t))
	}
	return strings.ToLower(fmt.Sprint(v))
}
