package migration

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/framefox-go/framefox/framework/config"
)

// The states of a record. They are texts in the table.
const (
	recordRunning = "running"
	recordDone    = "done"
	recordUndoing = "undoing"
)

// createDataTable is the table of records.
func createDataTable(d config.Dialect) string {
	switch d {
	case config.SQLite:
		return "CREATE TABLE IF NOT EXISTS `framefox_data_migrations` (`version` text NOT NULL, `state` text NOT NULL, `marker` text NULL, " +
			"`processed` integer NOT NULL DEFAULT 0, `failed` integer NOT NULL DEFAULT 0, `failures` text NULL, " +
			"`started_at` datetime NOT NULL, `finished_at` datetime NULL, `error` text NULL, PRIMARY KEY (`version`))"
	case config.Postgres:
		return `CREATE TABLE IF NOT EXISTS "framefox_data_migrations" ("version" character varying NOT NULL, "state" character varying NOT NULL, "marker" text NULL, ` +
			`"processed" bigint NOT NULL DEFAULT 0, "failed" bigint NOT NULL DEFAULT 0, "failures" text NULL, ` +
			`"started_at" timestamptz NOT NULL, "finished_at" timestamptz NULL, "error" text NULL, PRIMARY KEY ("version"))`
	default:
		return "CREATE TABLE IF NOT EXISTS `framefox_data_migrations` (`version` varchar(255) NOT NULL, `state` varchar(16) NOT NULL, `marker` longtext NULL, " +
			"`processed` bigint NOT NULL DEFAULT 0, `failed` bigint NOT NULL DEFAULT 0, `failures` longtext NULL, " +
			"`started_at` datetime(6) NOT NULL, `finished_at` datetime(6) NULL, `error` longtext NULL, PRIMARY KEY (`version`)) " +
			"CHARSET utf8mb4 COLLATE utf8mb4_bin"
	}
}

// dataRecord is how far one data migration is: a row of the table.
type dataRecord struct {
	version  string
	state    string
	parts    []dataPart // the marker: what was begun, in order
	failures []dataFailure
}

// dataPart is one use of a [DataStep].
type dataPart struct {
	What string `json:"what"` // "batches users", "exec", "tx": to notice that the code has changed
	Done bool   `json:"done,omitempty"`
	Rows int64  `json:"rows,omitempty"` // affected, or walked over

	// Of a walk through a table:
	After     []keyValue `json:"after,omitempty"` // the last key that is done
	Pass      int        `json:"pass,omitempty"`  // how often it has begun again
	PassRows  int64      `json:"passRows,omitempty"`
	Remaining bool       `json:"remaining,omitempty"` // rows that are done still match the condition
}

// dataFailure is a row that failed, as it is kept.
type dataFailure struct {
	Part  int        `json:"part"`
	Table string     `json:"table"`
	Key   []keyValue `json:"key"`
	Err   string     `json:"error"`
}

// clone returns a copy that shares nothing that changes.
func (r *dataRecord) clone() *dataRecord {
	c := *r
	c.parts, c.failures = slices.Clone(r.parts), slices.Clone(r.failures)
	return &c
}

// processed counts the rows of all parts.
func (r *dataRecord) processed() (n int64) {
	for _, p := range r.parts {
		n += p.Rows
	}
	return n
}

// dataTableExists looks for the table of records.
func dataTableExists(ctx context.Context, d config.Dialect, db querier) (bool, error) {
	list, err := (&revisions{dialect: d, db: db}).tables(ctx)
	return slices.Contains(list, DataTable), err
}

// readDataRecord returns the record of a version, or nil; also where there is
// no table.
func readDataRecord(ctx context.Context, d config.Dialect, db querier, version string) (record *dataRecord, err error) {
	exists, err := dataTableExists(ctx, d, db)
	if err != nil || !exists {
		return nil, err
	}
	query, args, err := rewrite(d, "SELECT state, marker, failures FROM "+DataTable+" WHERE version = ?", []any{version}, 1)
	if err != nil {
		return nil, err
	}
	err = each(ctx, db, "read how far data migration "+version+" is", query, func(rows *sql.Rows) error {
		var marker, failures sql.NullString
		record = &dataRecord{version: version}
		if err := rows.Scan(&record.state, &marker, &failures); err != nil {
			return err
		}
		if err := decode(marker, &record.parts); err != nil {
			return err
		}
		return decode(failures, &record.failures)
	}, args...)
	return record, err
}

func decode(text sql.NullString, into any) error {
	if text.String == "" {
		return nil
	}
	return json.Unmarshal([]byte(text.String), into)
}

// encode is the JSON of a list, NULL if it is empty.
func encode[T any](list []T) (any, error) {
	if len(list) == 0 {
		return nil, nil //nolint:nilnil // NULL
	}
	text, err := json.Marshal(list)
	return string(text), err
}

// insert begins a record, and the table before the first one.
func (r *dataRecord) insert(ctx context.Context, d config.Dialect, db querier) error {
	if _, err := db.ExecContext(ctx, createDataTable(d)); err != nil {
		return fmt.Errorf("migration: cannot create table %s: %w", DataTable, err)
	}
	return r.write(ctx, d, db, "INSERT INTO "+DataTable+" (version, state, started_at) VALUES (?, ?, ?)", r.version, r.state, time.Now())
}

// save writes how far the migration is. The failures, which may be many, are
// written only if they differ from before.
func (r *dataRecord) save(ctx context.Context, d config.Dialect, db querier, before *dataRecord) error {
	marker, err := encode(r.parts)
	if err != nil {
		return fmt.Errorf("migration: cannot write the marker of data migration %s: %w", r.version, err)
	}
	set := []string{"state = ?", "marker = ?", "processed = ?", "error = NULL"}
	args := []any{r.state, marker, r.processed()}
	if before == nil || !slices.EqualFunc(before.failures, r.failures, sameFailure) {
		failures, err := encode(r.failures)
		if err != nil {
			return fmt.Errorf("migration: cannot write the failures of data migration %s: %w", r.version, err)
		}
		set, args = append(set, "failures = ?", "failed = ?"), append(args, failures, len(r.failures))
	}
	return r.write(ctx, d, db, "UPDATE "+DataTable+" SET "+strings.Join(set, ", ")+" WHERE version = ?", append(args, r.version)...)
}

func sameFailure(a, b dataFailure) bool {
	return a.Part == b.Part && a.Err == b.Err && keyID(a.Key) == keyID(b.Key)
}

// finish notes that all is done. The failures that were tolerated stay.
func (r *dataRecord) finish(ctx context.Context, d config.Dialect, db querier) error {
	return r.write(ctx, d, db, "UPDATE "+DataTable+" SET state = ?, marker = NULL, finished_at = ?, error = NULL WHERE version = ?",
		recordDone, time.Now(), r.version)
}

// fail notes why the last run ended.
func (r *dataRecord) fail(ctx context.Context, d config.Dialect, db querier, reason error) error {
	return r.write(ctx, d, db, "UPDATE "+DataTable+" SET error = ? WHERE version = ?", errorText(reason), r.version)
}

func (r *dataRecord) write(ctx context.Context, d config.Dialect, db querier, text string, args ...any) error {
	query, args, err := rewrite(d, text, args, 1)
	if err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("migration: cannot note how far data migration %s is: %w", r.version, err)
	}
	return nil
}

// deleteDataRecords forgets what the condition names, and the table if it is
// empty then: at its beginning a database is clean, also for the stock atlas.
func deleteDataRecords(ctx context.Context, d config.Dialect, db querier, condition string, args ...any) error {
	query, args, err := rewrite(d, "DELETE FROM "+DataTable+" "+condition, args, 1)
	if err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("migration: cannot delete from %s: %w", DataTable, err)
	}
	left := false
	err = each(ctx, db, "read "+DataTable, "SELECT 1 FROM "+DataTable+" LIMIT 1", func(*sql.Rows) error {
		left = true
		return nil
	})
	if err != nil || left {
		return err
	}
	if _, err := db.ExecContext(ctx, "DROP TABLE "+DataTable); err != nil {
		return fmt.Errorf("migration: cannot drop table %s: %w", DataTable, err)
	}
	return nil
}
