// Command stream reads many rows of a SQLite table in three ways and prints how
// long each took, as a ratio to the first, and how much memory it needed after a
// tenth of the rows and at the end.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"text/tabwriter"
	"time"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/query"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, out, errs io.Writer) int {
	flags := flag.NewFlagSet("stream", flag.ContinueOnError)
	flags.SetOutput(errs)
	rows := flags.Int("rows", 10_000_000, "number of rows")
	dir := flags.String("dir", os.TempDir(), "folder for the database")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if *rows < 10 {
		_, _ = fmt.Fprintln(errs, "stream: -rows must be at least 10")
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := measure(ctx, *rows, *dir, out, errs); err != nil {
		_, _ = fmt.Fprintln(errs, "stream:", err)
		return 1
	}
	return 0
}

// row is what a loop sees of a row.
type row struct {
	ID        int64
	Action    string
	Timestamp time.Time
}

// way is one way of reading all rows.
type way struct {
	name string
	rows iter.Seq2[row, error]
}

func measure(ctx context.Context, n int, dir string, out, errs io.Writer) (err error) {
	folder, err := os.MkdirTemp(dir, "framefox-stream-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	url, err := config.ParseURL("sqlite:///stream.db?mode=rwc", folder)
	if err != nil {
		return err
	}
	db, err := database.Open(ctx, config.Database{URL: url})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	client := ent.NewClient(ent.Driver(db.Driver()))
	if err := fill(ctx, db, client, n, errs); err != nil {
		return err
	}

	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintf(table, "%d rows\ttime\tMiB after a tenth\tMiB at the end\t\n", n)
	var reference time.Duration
	var grown error
	for _, w := range []way{
		{"database/sql", plain(ctx, db)},
		{"query.Each", query.Each[row](ctx, db, "SELECT id, action, timestamp FROM user_logs ORDER BY id")},
		{"repository Each", entities(ctx, client)},
	} {
		took, early, late, err := read(w.rows, n)
		if err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
		if reference == 0 {
			reference = took
		}
		_, _ = fmt.Fprintf(table, "%s\t%.2f\t%.1f\t%.1f\t\n", w.name, float64(took)/float64(reference), early, late)
		if late > 2*early+16 {
			grown = errors.Join(grown, fmt.Errorf("%s: memory grew from %.1f to %.1f MiB with the rows", w.name, early, late))
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "\n%s, file %s\n", runtime.Version(), size(filepath.Join(folder, "stream.db")))
	return grown
}

// fill makes the table and its rows.
func fill(ctx context.Context, db *database.DB, client *ent.Client, n int, errs io.Writer) error {
	if err := client.Schema.Create(ctx); err != nil {
		return err
	}
	const step = 500_000
	for from := 0; from < n; from += step {
		_, err := query.Exec(ctx, db, `
			WITH RECURSIVE numbers(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM numbers WHERE i + 1 < ?)
			INSERT INTO user_logs (action, details) SELECT 'action ' || (i % 100), 'what was done, number ' || i FROM numbers`,
			from, min(from+step, n))
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(errs, "\r%d of %d rows written", min(from+step, n), n)
	}
	_, _ = fmt.Fprintln(errs)
	return nil
}

func plain(ctx context.Context, db *database.DB) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		rows, err := db.SQL().QueryContext(ctx, "SELECT id, action, timestamp FROM user_logs ORDER BY id")
		if err != nil {
			yield(row{}, err)
			return
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var r row
			if err := rows.Scan(&r.ID, &r.Action, &r.Timestamp); err != nil {
				yield(row{}, err)
				return
			}
			if !yield(r, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(row{}, err)
		}
	}
}

func entities(ctx context.Context, client *ent.Client) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		for log, err := range ent.NewUserLogRepository(client).Each(ctx, nil) {
			if err != nil {
				yield(row{}, err)
				return
			}
			if !yield(row{log.ID, log.Action, log.Timestamp}, nil) {
				return
			}
		}
	}
}

// read goes through the rows and returns the heap, in MiB and after a
// collection, once a tenth of them was read and at the end.
func read(rows iter.Seq2[row, error], n int) (took time.Duration, early, late float64, err error) {
	start, last := time.Now(), int64(0)
	var count int
	for r, err := range rows {
		if err != nil {
			return 0, 0, 0, err
		}
		if r.ID <= last {
			return 0, 0, 0, fmt.Errorf("row %d came after row %d", r.ID, last)
		}
		last = r.ID
		switch count++; count {
		case n / 10:
			early = heap()
		case n:
			late = heap()
		}
	}
	if count != n {
		return 0, 0, 0, fmt.Errorf("%d rows came, not %d", count, n)
	}
	return time.Since(start), early, late, nil
}

func heap() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}

func size(file string) string {
	info, err := os.Stat(file)
	if err != nil {
		return "unknown"
	}
	return fmt.Sprintf("%d MiB", info.Size()>>20)
}
