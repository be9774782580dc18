package config

import "time"

// Forever as Pool.Recycle keeps connections for as long as they work, and as
// Database.SlowTransaction lets transactions last.
const Forever time.Duration = -1

// Unlimited as Pool.MaxOverflow sets no bound on connections.
const Unlimited = -1

// defaultCharset holds all of Unicode; MySQL's "utf8" does not.
const defaultCharset = "utf8mb4"

// WithDefaults fills what p leaves open.
//
//	            SQLite file   PostgreSQL, MySQL
//	Size        8             20
//	MaxOverflow 0             10
//	Timeout     30 s          30 s
//	Recycle     never         30 min
//	PrePing     false         true
//
// Size, Timeout and Recycle are open when zero, since none of them can be zero
// in earnest. MaxOverflow and PrePing are open only in a Pool that is zero as a
// whole: as soon as any field is set, 0 means no overflow and false no ping. A
// Pool that Load made has every field settled, and WithDefaults leaves it alone.
func (p Pool) WithDefaults(d Dialect) Pool {
	defaults := Pool{Size: 20, MaxOverflow: 10, Timeout: 30 * time.Second, Recycle: 30 * time.Minute, PrePing: true}
	if d == SQLite {
		defaults = Pool{Size: 8, Timeout: 30 * time.Second, Recycle: Forever}
	}
	if p == (Pool{}) {
		return defaults
	}
	p.Size = orDefault(p.Size, defaults.Size)
	p.Timeout = orDefault(p.Timeout, defaults.Timeout)
	p.Recycle = orDefault(p.Recycle, defaults.Recycle)
	return p
}

// defaultSlowTransaction is far beyond what a transaction should take.
const defaultSlowTransaction = 5 * time.Second

// WithDefaults fills the pool, the character set, the collation and what counts
// as a slow transaction. A SQLite
// database in memory always gets one connection that is never replaced: each
// further connection would see a database of its own, and the data would go with
// the connection.
func (d Database) WithDefaults() Database {
	d.Pool = d.Pool.WithDefaults(d.URL.Dialect)
	d.SlowTransaction = orDefault(d.SlowTransaction, defaultSlowTransaction)
	if d.URL.Memory {
		d.Pool.Size, d.Pool.MaxOverflow, d.Pool.Recycle = 1, 0, Forever
	}
	if d.URL.Dialect == MySQL {
		d.Charset = orDefault(d.Charset, defaultCharset)
		d.Collation = orDefault(d.Collation, binaryCollation(d.Charset))
	}
	return d
}

// binaryCollation compares by code point, as SQLite and PostgreSQL do.
func binaryCollation(charset string) string {
	if charset == "binary" {
		return charset
	}
	return charset + "_bin"
}
