package migration

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"ariga.io/atlas/sql/migrate"
	atlas "ariga.io/atlas/sql/schema"
	"entgo.io/ent/dialect/sql/schema"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
)

// ErrInSync means that a database is already as the entities ask.
var ErrInSync = errors.New("migration: the database is already as the entities ask")

// SyncConfig says what to bring in line. All fields are required.
type SyncConfig struct {
	DB     *database.DB
	Tables []*schema.Table // what the entities ask for; they are not changed

	// Server is where a scratch database is made and dropped again, as for
	// [Plan].
	Server config.Database
}

// SyncPlan is what has to be done to a database.
type SyncPlan struct {
	Statements []string
	Risks      []Risk

	db      *database.DB
	dialect config.Dialect
}

// Sync finds the statements that bring a database directly to what the entities
// ask for, without migrations: for prototypes, whose data may go. Tables that
// no entity asks for are dropped. The statements are tried on a scratch
// database with the same schema; the database itself is changed by
// [SyncPlan.Apply]. A database with a history of migrations is refused with a
// *[HasHistoryError]; one that needs no change is [ErrInSync].
func Sync(ctx context.Context, cfg SyncConfig) (p *SyncPlan, err error) {
	if cfg.DB == nil || cfg.DB.Dialect() != cfg.Server.URL.Dialect {
		return nil, errors.New("migration: SyncConfig.DB and a SyncConfig.Server of its dialect are required")
	}
	live, h, err := readLive(ctx, cfg.DB, &contents{})
	if err != nil {
		return nil, err
	}
	if len(h.revs) > 0 {
		return nil, &HasHistoryError{Current: h.current()}
	}
	s, err := openScratch(ctx, cfg.Server)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close(ctx)) }()
	want, err := s.desired(ctx, cfg.Server, cfg.Tables)
	if err != nil {
		return nil, err
	}
	if err := s.imitate(ctx, cfg.DB, live); err != nil {
		return nil, err
	}
	have, err := s.inspect(ctx)
	if err != nil {
		return nil, err
	}
	changes, err := s.compare(have, want)
	if err != nil {
		return nil, err
	}
	companions, err := companions(s.dialect, cfg.Tables)
	if err != nil {
		return nil, err
	}
	p = &SyncPlan{db: cfg.DB, dialect: s.dialect, Risks: risks(s.dialect, have, changes)}
	d := &draft{scratch: s, name: "sync", fills: map[string]string{}}
	if err := d.dropCompanions(ctx, companions); err != nil {
		return nil, err
	}
	if err := d.lead(ctx, want, asPlanned); err != nil {
		return nil, err
	}
	if err := d.createCompanions(ctx, companions); err != nil {
		return nil, err
	}
	if len(d.changes) == 0 {
		return nil, ErrInSync
	}
	p.Statements = d.statements()
	return p, nil
}

// imitate gives an empty scratch database the schema of another database: on
// SQLite all of it, elsewhere the tables.
func (s *scratch) imitate(ctx context.Context, db *database.DB, live *snapshot) error {
	if s.dialect == config.SQLite {
		return s.copySchema(ctx, db.SQL())
	}
	if err := (&draft{scratch: s, name: "imitate", fills: map[string]string{}}).lead(ctx, live.schema, asPlanned); err != nil {
		return fmt.Errorf("migration: cannot make the tables of the database on a scratch database: %w", err)
	}
	return nil
}

// asPlanned takes the steps of a draft as Atlas plans them.
func asPlanned(context.Context, *atlas.Schema, []atlas.Change) error { return nil }

// Destructive reports whether rows or values may be lost.
func (p *SyncPlan) Destructive() bool {
	for _, r := range p.Risks {
		if r.Kind == Destructive || r.Kind == Lossy {
			return true
		}
	}
	return false
}

// Apply runs the statements: in one transaction, except on MySQL, which commits
// each change of the schema by itself.
func (p *SyncPlan) Apply(ctx context.Context) error {
	return withConn(ctx, p.db, func(conn *sql.Conn, _ migrate.Driver) error {
		switch p.dialect {
		case config.SQLite:
			return p.applySQLite(ctx, conn)
		case config.Postgres:
			return p.within(ctx, conn, nil)
		default:
			return p.run(ctx, conn)
		}
	})
}

// applySQLite keeps foreign keys off while tables are rebuilt.
func (p *SyncPlan) applySQLite(ctx context.Context, conn *sql.Conn) (err error) {
	restore, err := foreignKeysOff(ctx, conn)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, restore()) }()
	before, err := violations(ctx, conn)
	if err != nil {
		return err
	}
	return p.within(ctx, conn, func(tx *sql.Tx) error { return checkForeignKeys(ctx, "sync", before, tx) })
}

// within runs the statements, and check after them, in a transaction.
func (p *SyncPlan) within(ctx context.Context, conn *sql.Conn, check func(*sql.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("migration: cannot begin: %w", err)
	}
	tx, err := conn.BeginTx(context.WithoutCancel(ctx), nil) // its statements follow ctx, see session.within
	if err != nil {
		return fmt.Errorf("migration: cannot begin: %w", err)
	}
	err = p.run(ctx, tx)
	if err == nil && check != nil {
		err = check(tx)
	}
	if err != nil {
		_ = tx.Rollback() // fails only where nothing is left to roll back
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("migration: cannot commit: %w", err)
	}
	return nil
}

func (p *SyncPlan) run(ctx context.Context, db querier) error {
	for i, text := range p.Statements {
		if p.dialect == config.SQLite && strings.HasPrefix(text, "PRAGMA foreign_keys") {
			continue // is off already, and cannot be set in a transaction
		}
		if _, err := db.ExecContext(ctx, text); err != nil {
			state := "nothing was changed"
			if p.dialect == config.MySQL {
				state = fmt.Sprintf("%d of %d statements stay applied; run it again when the cause is gone", i, len(p.Statements))
			}
			return fmt.Errorf("migration: cannot sync: statement %d failed: %w; %s\n  %s", i+1, err, state, strings.ReplaceAll(text, "\n", "\n  "))
		}
	}
	return nil
}
