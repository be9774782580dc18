package config

import "time"

// Dialect is the SQL dialect of a database. Its text is also the name of the
// dialect's migration folder.
type Dialect string

// The dialects that the framework supports.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
	MySQL    Dialect = "mysql" // MySQL and MariaDB
)

// Database is how to reach one database and how to pool its connections.
type Database struct {
	URL        URL
	Source     string // where the URL came from: "DATABASE_URL in .env:3", "database.url in config/orm.yaml:4", …
	Pool       Pool
	Charset    string // MySQL only; default utf8mb4
	Collation  string // MySQL only; default utf8mb4_bin
	Autocommit bool   // each repository call is a transaction of its own
	Autoflush  bool   // the entity manager flushes before it queries
	EchoSQL    bool   // log each statement

	// SlowTransaction is how long a transaction may be open before a warning is
	// logged; default 5 s, Forever is no warning.
	SlowTransaction time.Duration
}

// Pool bounds the connections of one database. The zero value means the
// dialect's defaults; see WithDefaults.
type Pool struct {
	Size        int           // connections kept open when idle
	MaxOverflow int           // further connections under load; 0 is none, -1 is Unlimited
	Timeout     time.Duration // longest wait for a free connection
	Recycle     time.Duration // connections older than this are replaced; -1 is Forever
	PrePing     bool          // prove an idle connection alive before its next use
}
