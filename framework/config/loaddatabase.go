package config

import (
	"fmt"
	"regexp"
	"strings"
)

// maxConnections is a bound that no real pool passes.
const maxConnections = 10_000

var charsetPattern = regexp.MustCompile(`^[a-z0-9_]+$`)

func (l *loader) database() Database {
	db := Database{}
	db.URL, db.Source = l.chooseURL()
	if !l.detailed {
		l.checkUnused()
	}
	db.Pool = l.pool(db.URL.Dialect)
	db.Charset, db.Collation = l.charset(db.URL)
	db.Autocommit, _ = l.doc.boolean("database.autocommit")
	db.Autoflush, _ = l.doc.boolean("database.autoflush")
	db.EchoSQL = l.echoSQL()
	db.SlowTransaction, _ = l.doc.duration("database.slow_transaction", true)
	settled := db.WithDefaults()
	if db.URL.Memory && l.doc.has("database.pool_size", "database.max_overflow", "database.pool_recycle") && settled.Pool != db.Pool {
		l.notice("pool_size, max_overflow and pool_recycle are ignored: a SQLite database in memory lives in one connection")
	}
	return settled
}

// pool starts from the dialect's defaults, so that an explicit "max_overflow: 0"
// or "pool_pre_ping: false" is told from a key that is not there.
func (l *loader) pool(dialect Dialect) Pool {
	pool := Pool{}.WithDefaults(dialect)
	if size, ok := l.doc.integer("database.pool_size", 1, maxConnections); ok {
		pool.Size = size
	}
	if overflow, ok := l.doc.integer("database.max_overflow", Unlimited, maxConnections); ok {
		pool.MaxOverflow = overflow
	}
	if timeout, ok := l.doc.duration("database.pool_timeout", false); ok {
		pool.Timeout = timeout
	}
	if recycle, ok := l.doc.duration("database.pool_recycle", true); ok {
		pool.Recycle = recycle
	}
	if ping, ok := l.doc.boolean("database.pool_pre_ping"); ok {
		pool.PrePing = ping
	}
	return pool
}

// charset reads the character set and the collation, which MySQL alone has; those
// in the URL win. They end up in CREATE DATABASE, where nothing can be bound,
// hence the strict form.
func (l *loader) charset(u URL) (charset, collation string) {
	charset, collation = l.word("database.charset"), l.word("database.collation")
	if u.Dialect == "" {
		return "", ""
	}
	if u.Dialect != MySQL {
		for _, key := range []string{"database.charset", "database.collation"} {
			if l.doc.has(key) {
				l.notice(key + " is ignored: only MySQL and MariaDB have it")
			}
		}
		return "", ""
	}
	for name, value := range map[string]*string{"charset": &charset, "collation": &collation} {
		// The driver takes a list of character sets, the best first.
		inURL, _, _ := strings.Cut(u.Params.Get(name), ",")
		if inURL != "" && !charsetPattern.MatchString(inURL) {
			l.problem(&Error{Key: "database URL", Reason: "its " + name + " is not a name of small letters, digits and _"})
			continue
		}
		*value = orDefault(inURL, *value)
	}
	base := orDefault(charset, defaultCharset)
	// MariaDB's uca1400 collations fit several character sets.
	if collation != "" && collation != base && !strings.HasPrefix(collation, base+"_") && !strings.HasPrefix(collation, "uca1400_") {
		l.problem(&Error{
			Key: "database.collation", File: ormFile, Line: l.doc.values["database.collation"].line,
			Reason: fmt.Sprintf("%q does not belong to the character set %q", collation, base),
			Hint:   "use one that begins with " + base + "_",
		})
	}
	return charset, collation
}

// word returns a name of small letters, digits and _.
func (l *loader) word(key string) string {
	text, ok := l.doc.text(key)
	if ok && !charsetPattern.MatchString(text) {
		l.doc.mismatch(l.doc.values[key], "a name of small letters, digits and _")
		return ""
	}
	return text
}

func (l *loader) echoSQL() bool {
	echo, direct := l.doc.boolean("database.echo_sql")
	nested, below := l.doc.boolean("database.logging.echo_sql")
	if direct && below && echo != nested {
		l.doc.fail(l.doc.values["database.logging.echo_sql"], "contradicts database.echo_sql", "keep one of them")
	}
	return echo || nested
}
