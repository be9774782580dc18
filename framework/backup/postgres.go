package backup

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
)

// pgSource is a PostgreSQL database that is open to be copied.
type pgSource struct {
	cfg  config.Database
	db   *database.DB
	dump tool
}

func openPostgres(ctx context.Context, cfg config.Database) (source, error) {
	cfg.Pool = config.Pool{Size: 1}
	db, err := database.Open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	s := &pgSource{cfg: cfg, db: db}
	if s.dump, err = pgTool(ctx, db, "pg_dump"); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if _, err = pgTool(ctx, db, "pg_restore"); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

func (s *pgSource) Close() error { return s.db.Close() }

// write dumps the snapshot of the transaction in which it counts.
func (s *pgSource) write(ctx context.Context, path string, opts CopyOptions) (Result, error) {
	var want contents
	err := inSnapshot(ctx, s.db, func(conn *sql.Conn) error {
		var id string
		err := conn.QueryRowContext(ctx, "SELECT pg_export_snapshot()").Scan(&id)
		if err != nil {
			return fmt.Errorf("backup: cannot export a snapshot: %w", err)
		}
		if want, err = pgContents(ctx, conn); err != nil {
			return err
		}
		return s.dump.into(ctx, path, opts.Progress, "--format=custom", "--no-password", "--snapshot="+id, pgName(s.cfg.URL.Database))
	})
	if err != nil {
		return Result{}, err
	}
	opts.Progress(Progress{Stage: "verifying"})
	return s.verify(ctx, path, want, opts.Verify)
}

func (s *pgSource) verify(ctx context.Context, path string, want contents, how Verification) (Result, error) {
	if how != Read {
		var got contents
		made, err := inScratch(ctx, s.cfg, func(scratch config.Database) (err error) {
			// Roles and grants belong to the server, and what talks to other
			// servers must not begin to.
			err = pgRestore(ctx, scratch, path, "--no-owner", "--no-privileges", "--no-publications", "--no-subscriptions")
			if err == nil {
				got, err = pgLook(ctx, scratch)
			}
			return err
		})
		if err != nil && !made {
			return Result{}, err
		}
		if err != nil {
			return Result{}, &IntegrityError{Path: path, Problems: []string{
				"cannot restore it into a scratch database, which --verify read does without: " + err.Error(),
			}}
		}
		if made {
			return Result{Tables: got.rows, Verified: Restored}, compare(path, want, got)
		}
	}
	rows, err := readArchive(ctx, s.db, path)
	if err != nil {
		return Result{}, err
	}
	return Result{Tables: rows, Verified: Read}, compare(path, contents{rows: want.rows}, contents{rows: rows})
}

// pgLook counts what is in a database.
func pgLook(ctx context.Context, cfg config.Database) (found contents, err error) {
	err = withDB(ctx, cfg, func(db *database.DB) error {
		return inSnapshot(ctx, db, func(conn *sql.Conn) error {
			found, err = pgContents(ctx, conn)
			return err
		})
	})
	return found, err
}

// pgRestore fills an empty database from an archive.
func pgRestore(ctx context.Context, cfg config.Database, path string, flags ...string) error {
	return withDB(ctx, cfg, func(db *database.DB) error {
		restore, err := pgTool(ctx, db, "pg_restore")
		if err != nil {
			return err
		}
		flags = append(flags, "--exit-on-error", "--no-password", pgName(cfg.URL.Database), path)
		return restore.run(ctx, nil, io.Discard, flags...)
	})
}

// readArchive reads an archive from beginning to end and counts its rows.
func readArchive(ctx context.Context, db *database.DB, path string) (rows map[string]int64, err error) {
	restore, err := pgTool(ctx, db, "pg_restore")
	if err != nil {
		return nil, err
	}
	err = restore.reading(ctx, func(r io.Reader) error {
		rows, err = countCopies(r)
		return err
	}, "--file=-", path)
	if failed, ok := errors.AsType[*RunError](err); ok {
		return nil, &IntegrityError{Path: path, Problems: []string{failed.Error()}}
	}
	return rows, err
}

// pgTool finds a program that is not older than the server, which would refuse
// to talk to it.
func pgTool(ctx context.Context, db *database.DB, name string) (tool, error) {
	var number string
	if err := db.SQL().QueryRowContext(ctx, "SHOW server_version_num").Scan(&number); err != nil {
		return tool{}, fmt.Errorf("backup: cannot read the version of the server: %w", err)
	}
	n, err := strconv.Atoi(number)
	if err != nil {
		return tool{}, fmt.Errorf("backup: cannot read the version of the server: %w", err)
	}
	server := n / 10000
	pkg := fmt.Sprintf("the package postgresql-client-%d (or postgresql-client, postgresql)", server)
	own := fmt.Sprintf("/usr/lib/postgresql/%d/bin", server)
	path, err := find([]string{name}, pkg, own, "/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
	if err != nil {
		return tool{}, err
	}
	t := tool{path: path, env: pgEnvironment(db.URL())}
	version, have, err := t.pgVersion(ctx)
	if err == nil && have < server {
		// PATH has an old one; a newer one may be beside it.
		t.path = filepath.Join(own, name)
		if _, statErr := os.Stat(t.path); statErr == nil {
			version, have, err = t.pgVersion(ctx)
		}
	}
	if err == nil && have < server {
		err = &ToolError{
			Tool: name, Package: pkg, Path: os.Getenv("PATH"),
			Reason: fmt.Sprintf("it is older than the server: %s, and the server is version %d", version, server),
		}
	}
	return t, err
}

func (t tool) pgVersion(ctx context.Context) (text string, number int, err error) {
	if text, err = t.version(ctx); err != nil {
		return "", 0, err
	}
	number, err = major(text)
	return text, number, err
}

// pgName is the argument that names the database, whatever is in its name.
func pgName(database string) string {
	quoted := strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(database)
	return "--dbname=dbname='" + quoted + "'"
}

// pgEnvironment tells a program of PostgreSQL how to reach the server. Others see
// the arguments of a program, but not its environment.
func pgEnvironment(u config.URL) []string {
	env := []string{"PGHOST=" + u.Host, "PGAPPNAME=framefox", "PGCONNECT_TIMEOUT=10", "PGDATABASE=" + u.Database}
	if u.Port != 0 {
		env = append(env, "PGPORT="+strconv.Itoa(u.Port))
	}
	if u.User != "" {
		env = append(env, "PGUSER="+u.User)
	}
	if password := u.Password.Reveal(); password != "" {
		env = append(env, "PGPASSWORD="+password)
	}
	for _, p := range [][2]string{
		{"sslmode", "PGSSLMODE"},
		{"sslrootcert", "PGSSLROOTCERT"},
		{"sslcert", "PGSSLCERT"},
		{"sslkey", "PGSSLKEY"},
		{"sslcrl", "PGSSLCRL"},
		{"sslsni", "PGSSLSNI"},
		{"sslnegotiation", "PGSSLNEGOTIATION"},
		{"ssl_min_protocol_version", "PGSSLMINPROTOCOLVERSION"},
		{"ssl_max_protocol_version", "PGSSLMAXPROTOCOLVERSION"},
		{"channel_binding", "PGCHANNELBINDING"},
		{"gssencmode", "PGGSSENCMODE"},
		{"krbsrvname", "PGKRBSRVNAME"},
		{"target_session_attrs", "PGTARGETSESSIONATTRS"},
		{"passfile", "PGPASSFILE"},
		{"connect_timeout", "PGCONNECT_TIMEOUT"},
		{"options", "PGOPTIONS"},
	} {
		if value := u.Params.Get(p[0]); value != "" {
			env = append(env, p[1]+"="+value)
		}
	}
	return env
}
