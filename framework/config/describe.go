package config

import (
	"strconv"
	"strings"
	"time"
)

// describe lists the settings of a finished Config with their sources.
func (l *loader) describe(c *Config) []Setting {
	db, pool, server := c.Database, c.Database.Pool, c.Server
	settings := []Setting{
		{"environment", c.Environment, l.env.chosenBy},
		{"root", c.Root, ""},
		{"files", strings.Join(c.Files, ", "), ""},
		{"database.url", db.URL.String(), db.Source},
		{"database.target", db.URL.Target(), db.Source},
	}
	add := func(key, value string) {
		settings = append(settings, Setting{key, value, l.doc.source(key)})
	}
	forced := func(key, value string) {
		add(key, value)
		if db.URL.Memory {
			settings[len(settings)-1].Source = "SQLite in memory"
		}
	}
	forced("database.pool_size", strconv.Itoa(pool.Size))
	forced("database.max_overflow", number(pool.MaxOverflow, Unlimited, "unlimited"))
	add("database.pool_timeout", pool.Timeout.String())
	forced("database.pool_recycle", number(pool.Recycle, Forever, "never"))
	add("database.pool_pre_ping", strconv.FormatBool(pool.PrePing))
	if db.URL.Dialect == MySQL {
		add("database.charset", db.Charset)
		add("database.collation", db.Collation)
	}
	add("database.autocommit", strconv.FormatBool(db.Autocommit))
	add("database.autoflush", strconv.FormatBool(db.Autoflush))
	add("database.echo_sql", strconv.FormatBool(db.EchoSQL))
	add("database.slow_transaction", number(db.SlowTransaction, Forever, "never"))
	settings = append(settings, Setting{"server.address", server.Address, l.addressSource})
	add("server.request_timeout", server.RequestTimeout.String())
	add("server.shutdown_timeout", server.ShutdownTimeout.String())
	add("server.max_body_bytes", strconv.FormatInt(server.MaxBodyBytes, 10))
	add("server.playground", strconv.FormatBool(server.Playground))
	add("server.introspection", strconv.FormatBool(server.Introspection))
	settings = append(settings, Setting{"server.secret", server.Secret.String(), l.secretSource})
	add("server.log_format", server.LogFormat)
	add("server.log_level", strings.ToLower(server.LogLevel.String()))
	return append(settings, l.describeMonitor(c.Monitor)...)
}

// number formats n, or the word for its special value.
func number[T int | time.Duration](n, special T, word string) string {
	if n == special {
		return word
	}
	if d, ok := any(n).(time.Duration); ok {
		return d.String()
	}
	return strconv.FormatInt(int64(n), 10)
}
