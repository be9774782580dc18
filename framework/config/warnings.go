package config

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Warnings lists what works but should not be left so, a line each: secrets in
// files, and in production an unencrypted connection to another host, a database
// in memory, no secret, or an open playground.
func (c *Config) Warnings() []string {
	warnings := slices.Clone(c.warnings)
	if !c.Production() {
		return warnings
	}
	warn := func(format string, args ...any) { warnings = append(warnings, fmt.Sprintf(format, args...)) }
	u := c.Database.URL
	if !u.local() && !u.encrypted() {
		way := "add ?sslmode=verify-full, or at least sslmode=require, to the database URL"
		if u.Dialect == MySQL {
			way = "add ?tls=true to the database URL"
		}
		warn("the connection to %s is not encrypted: %s", u.Target(), way)
	}
	if u.Memory {
		warn("the database is SQLite in memory: its data ends with the process")
	}
	if c.Server.Secret == "" {
		warn("APP_SECRET is not set: cursors are signed with a key of this process, and end with it; make one with: openssl rand -hex 32")
	}
	if c.Server.Playground {
		warn("the GraphQL playground is served: set server.playground to false")
	}
	if c.Server.Introspection {
		warn("GraphQL introspection is answered: set server.introspection to false")
	}
	return warnings
}

// local reports whether the connection stays on this machine.
func (u URL) local() bool {
	if u.Dialect == SQLite || u.Socket() || u.Host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(u.Host)
	return err == nil && address.IsLoopback()
}

// encrypted reports whether the parameters demand TLS. Those that merely prefer it
// fall back to plain text, so they do not count.
func (u URL) encrypted() bool {
	if u.Dialect == Postgres {
		return slices.Contains([]string{"require", "verify-ca", "verify-full"}, u.Params.Get("sslmode"))
	}
	if slices.ContainsFunc([]string{"tls-ca", "tls-cert", "tls-key"}, u.Params.Has) {
		return true
	}
	// Any other name is a TLS configuration that the application registered.
	return !slices.Contains([]string{"", "false", "0", "preferred"}, strings.ToLower(u.Params.Get("tls")))
}
