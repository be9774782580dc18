package advice

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/framefox-go/framefox/framework/config"
)

// Redundant is an index that another one makes superfluous.
type Redundant struct {
	Table string `json:"table"`
	Index string `json:"index"`
	By    string `json:"by"`   // the other
	Same  bool   `json:"same"` // they are of the same columns; else it is the beginning of the other
}

// Unused is an index that nothing was looked up in.
type Unused struct {
	Table  string `json:"table"`
	Index  string `json:"index"`
	Source string `json:"source"` // who says so: the database, or the recorded statements alone
}

// redundant compares the indexes of each table.
func redundant(tables map[string]*Table) (list []Redundant) {
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		t := tables[name]
		for n, index := range t.Indexes {
			if index.Unique || slices.Contains(index.Columns, "") {
				continue
			}
			if begins(t.Primary, index.Columns) && index.Where == "" {
				list = append(list, Redundant{t.Name, index.Name, "PRIMARY KEY", len(t.Primary) == len(index.Columns)})
				continue
			}
			for m, other := range t.Indexes {
				same := len(other.Columns) == len(index.Columns)
				if m == n || !begins(other.Columns, index.Columns) || other.Where != "" && other.Where != index.Where {
					continue
				}
				if same && !other.Unique && other.Where == index.Where && m > n { // one of both stays
					continue
				}
				list = append(list, Redundant{t.Name, index.Name, other.Name, same})
				break
			}
		}
	}
	return list
}

// unused asks the database what it has counted; where it has not, the plans of
// the recorded statements say.
func (w *workload) unused(ctx context.Context) (list []Unused, err error) {
	idle, source, err := w.idle(ctx)
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(w.tables)) {
		t := w.tables[name]
		for _, index := range t.Indexes {
			if index.Unique || t.supports(index) || !idle(t.Name, index.Name) {
				continue
			}
			list = append(list, Unused{t.Name, index.Name, source})
		}
	}
	return list, nil
}

// supports reports whether the index serves a foreign key: deletes of what that
// refers to look it up, which no plan shows.
func (t *Table) supports(index Existing) bool {
	return slices.ContainsFunc(t.Keys, func(key []string) bool { return begins(index.Columns, key) })
}

func (w *workload) idle(ctx context.Context) (idle func(table, index string) bool, source string, err error) {
	query := ""
	switch w.db.Dialect() {
	case config.Postgres:
		query = "SELECT relname || '/' || indexrelname FROM pg_stat_user_indexes WHERE idx_scan > 0 AND schemaname = current_schema()"
	case config.MySQL:
		var counted string
		if w.db.SQL().QueryRowContext(ctx, "SELECT @@userstat").Scan(&counted) == nil && counted == "1" { // MariaDB
			query = "SELECT CONCAT(table_name, '/', index_name) FROM information_schema.index_statistics WHERE table_schema = DATABASE()"
		} else if w.db.SQL().QueryRowContext(ctx, "SELECT @@performance_schema").Scan(&counted) == nil && counted == "1" {
			query = `SELECT CONCAT(object_name, '/', index_name) FROM performance_schema.table_io_waits_summary_by_index_usage
				WHERE object_schema = DATABASE() AND index_name IS NOT NULL AND count_read > 0`
		}
	default:
	}
	used := map[string]bool{}
	if query == "" {
		for _, it := range w.items {
			for _, name := range it.used {
				used[name] = true
			}
		}
		return func(_, index string) bool { return !used[index] }, "recorded statements", nil
	}
	rows, err := w.db.SQL().QueryContext(ctx, query)
	if err != nil {
		return nil, "", fmt.Errorf("advice: cannot ask which indexes are used: %w", err)
	}
	defer func() { _ = rows.Close() }() // rows.Err says more
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			return nil, "", fmt.Errorf("advice: cannot read which indexes are used: %w", err)
		}
		used[key] = true
	}
	return func(table, index string) bool { return !used[table+"/"+index] }, "database", rows.Err()
}
