// Package database opens a SQLite, PostgreSQL, MySQL or MariaDB database by its
// URL and makes the four drivers behave alike.
//
//	url, err := config.ParseURL("postgres://app:secret@db:5432/shop", root)
//	…
//	db, err := database.Open(ctx, config.Database{URL: url})
//	if err != nil {
//		return err
//	}
//	defer db.Close()
//	client := ent.NewClient(ent.Driver(db.Driver()))
//
// # Drivers
//
// SQLite is github.com/mattn/go-sqlite3 in a binary that is built with cgo and
// the tag sqlite_fts5, without which that driver has no full-text search. In any
// other binary it is modernc.org/sqlite, which is slower and otherwise does the
// same. PostgreSQL is pgx, whose pool [DB.PgxPool] gives, or
// lib/pq with ?driver=pq. MySQL and MariaDB are github.com/go-sql-driver/mysql.
//
// # What is the same everywhere
//
//   - A time.Time is sent in UTC, cut to microseconds, and read in UTC.
//   - Text with a zero byte is refused: PostgreSQL cannot store it.
//   - Constraints hold (SQLite's foreign keys too), and [AsConstraint] tells which
//     one a statement broke.
//   - A read-only transaction refuses to write.
//   - The pool follows [config.Pool], and waiting too long for a connection is
//     [ErrPoolTimeout].
//
// # SQLite
//
// A file is in WAL mode: readers run in parallel, next to one writer. Within a
// process the writers queue for a lock, first come first served, so that they
// never get SQLITE_BUSY from one another. A transaction is taken for a writer
// from its beginning unless it is read-only, hence give reports
// sql.TxOptions{ReadOnly: true}. A database in memory lives in one connection,
// which statements use one after another.
package database
