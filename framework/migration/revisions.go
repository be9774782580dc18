package migration

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ariga.io/atlas/sql/migrate"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
)

// RevisionsTable is Atlas' table of applied migrations. It has exactly the
// columns of Atlas, whose own commands drop any other.
const RevisionsTable = "atlas_schema_revisions"

// cloudMark is a row that Atlas writes for its own purposes.
const cloudMark = ".atlas_cloud_identifier"

func revisionColumns() []string {
	return []string{
		"version", "description", "type", "applied", "total", "executed_at",
		"execution_time", "error", "error_stmt", "hash", "partial_hashes", "operator_version",
	}
}

// createRevisions is the table as Atlas itself creates it.
func createRevisions(d config.Dialect) string {
	switch d {
	case config.SQLite:
		return "CREATE TABLE `atlas_schema_revisions` (`version` text NOT NULL, `description` text NOT NULL, " +
			"`type` integer NOT NULL DEFAULT (2), `applied` integer NOT NULL DEFAULT (0), `total` integer NOT NULL DEFAULT (0), " +
			"`executed_at` datetime NOT NULL, `execution_time` integer NOT NULL, `error` text NULL, `error_stmt` text NULL, " +
			"`hash` text NOT NULL, `partial_hashes` json NULL, `operator_version` text NOT NULL, PRIMARY KEY (`version`))"
	case config.Postgres:
		return `CREATE TABLE "atlas_schema_revisions" ("version" character varying NOT NULL, "description" character varying NOT NULL, ` +
			`"type" bigint NOT NULL DEFAULT 2, "applied" bigint NOT NULL DEFAULT 0, "total" bigint NOT NULL DEFAULT 0, ` +
			`"executed_at" timestamptz NOT NULL, "execution_time" bigint NOT NULL, "error" text NULL, "error_stmt" text NULL, ` +
			`"hash" character varying NOT NULL, "partial_hashes" jsonb NULL, "operator_version" character varying NOT NULL, PRIMARY KEY ("version"))`
	default:
		return "CREATE TABLE `atlas_schema_revisions` (`version` varchar(255) NOT NULL, `description` varchar(255) NOT NULL, " +
			"`type` bigint unsigned NOT NULL DEFAULT 2, `applied` bigint NOT NULL DEFAULT 0, `total` bigint NOT NULL DEFAULT 0, " +
			"`executed_at` timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP, `execution_time` bigint NOT NULL, `error` longtext NULL, `error_stmt` longtext NULL, " +
			"`hash` varchar(255) NOT NULL, `partial_hashes` json NULL, `operator_version` varchar(255) NOT NULL, PRIMARY KEY (`version`)) " +
			"CHARSET utf8mb4 COLLATE utf8mb4_bin"
	}
}

// revisions reads and writes the table of applied migrations.
type revisions struct {
	dialect config.Dialect
	db      querier
}

// on is the same table, read and written through db.
func (r *revisions) on(db querier) *revisions { return &revisions{dialect: r.dialect, db: db} }

var _ migrate.RevisionReadWriter = (*revisions)(nil)

// Ident implements [migrate.RevisionReadWriter].
func (r *revisions) Ident() *migrate.TableIdent { return &migrate.TableIdent{Name: RevisionsTable} }

// ReadRevisions implements [migrate.RevisionReadWriter]. Without a table there
// are no revisions.
func (r *revisions) ReadRevisions(ctx context.Context) ([]*migrate.Revision, error) {
	exists, err := r.exists(ctx)
	if err != nil || !exists {
		return nil, err
	}
	return r.query(ctx, "WHERE version <> "+r.mark(1)+" ORDER BY version", cloudMark)
}

// ReadRevision implements [migrate.RevisionReadWriter].
func (r *revisions) ReadRevision(ctx context.Context, version string) (*migrate.Revision, error) {
	list, err := r.query(ctx, "WHERE version = "+r.mark(1), version)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, migrate.ErrRevisionNotExist
	}
	return list[0], nil
}

// WriteRevision implements [migrate.RevisionReadWriter].
func (r *revisions) WriteRevision(ctx context.Context, rev *migrate.Revision) error {
	var hashes any
	if len(rev.PartialHashes) > 0 {
		text, err := json.Marshal(rev.PartialHashes)
		if err != nil {
			return fmt.Errorf("migration: cannot write revision %s: %w", rev.Version, err)
		}
		hashes = string(text)
	}
	marks := make([]string, len(revisionColumns()))
	for i := range marks {
		marks[i] = r.mark(i + 1)
	}
	_, err := r.db.ExecContext(ctx, upsert(r.dialect, marks),
		rev.Version, rev.Description, rev.Type, rev.Applied, rev.Total, rev.ExecutedAt.UTC(),
		int64(rev.ExecutionTime), optional(rev.Error), optional(rev.ErrorStmt), rev.Hash, hashes, rev.OperatorVersion)
	if err != nil {
		return fmt.Errorf("migration: cannot write revision %s: %w", rev.Version, err)
	}
	return nil
}

// upsert is the statement that writes a row; values are in the order of
// revisionColumns.
func upsert(d config.Dialect, values []string) string {
	columns := revisionColumns()
	updates := make([]string, len(columns)-1)
	onConflict, from, end := " ON CONFLICT (version) DO UPDATE SET ", "excluded.", ""
	if d == config.MySQL {
		onConflict, from, end = " ON DUPLICATE KEY UPDATE ", "VALUES(", ")"
	}
	for i, column := range columns[1:] {
		updates[i] = column + " = " + from + column + end
	}
	return "INSERT INTO " + RevisionsTable + " (" + strings.Join(columns, ", ") + ") VALUES (" +
		strings.Join(values, ", ") + ")" + onConflict + strings.Join(updates, ", ")
}

// DeleteRevision implements [migrate.RevisionReadWriter].
func (r *revisions) DeleteRevision(ctx context.Context, version string) error {
	if _, err := r.db.ExecContext(ctx, "DELETE FROM "+RevisionsTable+" WHERE version = "+r.mark(1), version); err != nil {
		return fmt.Errorf("migration: cannot delete revision %s: %w", version, err)
	}
	return nil
}

func (r *revisions) query(ctx context.Context, condition string, args ...any) (list []*migrate.Revision, err error) {
	query := "SELECT " + strings.Join(revisionColumns(), ", ") + " FROM " + RevisionsTable + " " + condition
	err = each(ctx, r.db, "read the history", query, func(rows *sql.Rows) error {
		rev, err := scanRevision(rows)
		list = append(list, rev)
		return err
	}, args...)
	return list, err
}

func scanRevision(rows *sql.Rows) (*migrate.Revision, error) {
	var (
		rev                        migrate.Revision
		kind                       uint
		took                       int64
		failure, statement, hashes sql.NullString
		at                         sql.NullTime
	)
	if err := rows.Scan(&rev.Version, &rev.Description, &kind, &rev.Applied, &rev.Total, &at, &took,
		&failure, &statement, &rev.Hash, &hashes, &rev.OperatorVersion); err != nil {
		return nil, err
	}
	rev.Type, rev.ExecutionTime, rev.ExecutedAt = migrate.RevisionType(kind), time.Duration(took), at.Time.UTC()
	rev.Error, rev.ErrorStmt = failure.String, statement.String
	if hashes.String != "" {
		if err := json.Unmarshal([]byte(hashes.String), &rev.PartialHashes); err != nil {
			return nil, fmt.Errorf("partial_hashes of %s: %w", rev.Version, err)
		}
	}
	return &rev, nil
}

// tables lists the tables of the database, in order.
func (r *revisions) tables(ctx context.Context) (list []string, err error) {
	query := map[config.Dialect]string{
		config.SQLite:   "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
		config.Postgres: "SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = current_schema() ORDER BY tablename",
		config.MySQL:    "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' ORDER BY table_name",
	}[r.dialect]
	err = each(ctx, r.db, "list tables", query, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		list = append(list, name)
		return err
	})
	return list, err
}

// Empty reports whether a database has no tables but those of the history.
func Empty(ctx context.Context, db *database.DB) (bool, error) {
	list, err := (&revisions{dialect: db.Dialect(), db: db.SQL()}).tables(ctx)
	return !slices.ContainsFunc(list, func(name string) bool { return name != RevisionsTable && name != DataTable }), err
}

func (r *revisions) exists(ctx context.Context) (bool, error) {
	list, err := r.tables(ctx)
	return slices.Contains(list, RevisionsTable), err
}

// prepare makes the table, unless the database already has one. Tables without
// it mean that someone else has shaped this database, unless they are stamped.
func (r *revisions) prepare(ctx context.Context) error {
	list, err := r.tables(ctx)
	switch {
	case err != nil || slices.Contains(list, RevisionsTable):
		return err
	case len(list) > 0:
		return &NotEmptyError{Tables: list}
	default:
		return r.exec(ctx, createRevisions(r.dialect))
	}
}

func (r *revisions) exec(ctx context.Context, statement string) error {
	if _, err := r.db.ExecContext(ctx, statement); err != nil {
		return fmt.Errorf("migration: cannot %s: %w", firstWords(statement), err)
	}
	return nil
}

// mark is the placeholder of the n-th argument.
func (r *revisions) mark(n int) string {
	if r.dialect == config.Postgres {
		return "$" + strconv.Itoa(n)
	}
	return "?"
}

func optional(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// firstWords names a statement in an error: "CREATE TABLE", "BEGIN IMMEDIATE".
func firstWords(statement string) string {
	words := strings.Fields(statement)
	return strings.Join(words[:min(2, len(words))], " ")
}
