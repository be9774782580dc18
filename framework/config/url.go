package config

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// memoryPath is the Database of a SQLite database that lives in memory.
const memoryPath = ":memory:"

// URL is a parsed database URL. String, %#v, slog and JSON redact the password;
// only Reveal gives it.
type URL struct {
	Dialect  Dialect
	Driver   string     // "pgx" or "pq" for PostgreSQL; "" is the dialect's default
	Host     string     // a name, an IP address without brackets, or the absolute path of a Unix socket
	Port     int        // default 5432 for PostgreSQL, 3306 for MySQL; 0 for SQLite
	User     string     // decoded; "" leaves the choice to the driver
	Password Secret     // decoded
	Database string     // name of the database; for SQLite the absolute file path, or ":memory:"
	Memory   bool       // SQLite in memory
	Params   url.Values // all that the query says beyond the fields above, unchanged; never nil after ParseURL
	Notices  []string   // what ParseURL accepted but did not use, a line each
}

// String returns the URL with the password, and parameters that look like
// secrets, replaced by xxxxx.
func (u URL) String() string {
	shown := u
	if u.Password != "" {
		shown.Password = hidden
	}
	shown.Params = url.Values{}
	for name, values := range u.Params {
		if secretParam(name) {
			values = []string{hidden}
		}
		shown.Params[name] = values
	}
	return shown.Reveal()
}

// Reveal returns the URL in one canonical form with the credentials in it,
// percent-encoded. ParseURL turns it back into the same URL. It is no driver's
// DSN: the database package translates.
func (u URL) Reveal() string {
	var b strings.Builder
	b.WriteString(string(u.Dialect) + "://")
	params := url.Values{}
	maps.Copy(params, u.Params)
	switch {
	case u.Dialect == "":
		return ""
	case u.Memory:
		b.WriteString("/" + memoryPath)
	case u.Dialect == SQLite:
		b.WriteString("/" + (&url.URL{Path: filepath.ToSlash(u.Database)}).EscapedPath())
	default:
		b.WriteString(u.authority() + "/" + url.PathEscape(u.Database))
		if u.Socket() {
			params.Set("host", u.Host)
		}
	}
	if u.Driver != "" {
		params.Set("driver", u.Driver)
	}
	if len(params) > 0 {
		b.WriteString("?" + params.Encode())
	}
	return b.String()
}

// Socket reports whether Host is the path of a Unix socket: for PostgreSQL the
// folder that holds it, for MySQL the socket itself.
func (u URL) Socket() bool { return strings.HasPrefix(u.Host, "/") }

// Target names the database for messages, without credentials or parameters:
// "db.example.org:5432/shop", "/srv/app/app.db" or ":memory:".
func (u URL) Target() string {
	switch {
	case u.Dialect == SQLite:
		return u.Database
	case u.Socket():
		return u.Host + " " + u.Database
	default:
		return net.JoinHostPort(u.Host, strconv.Itoa(u.Port)) + "/" + u.Database
	}
}

// GoString redacts the URL under %#v.
func (u URL) GoString() string { return fmt.Sprintf("config.URL(%q)", u.String()) }

// Format redacts the URL under every verb.
func (u URL) Format(state fmt.State, verb rune) { formatRedacted(state, verb, u) }

// LogValue redacts the URL in structured logs.
func (u URL) LogValue() slog.Value { return slog.StringValue(u.String()) }

// MarshalText redacts the URL in text encodings.
func (u URL) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// MarshalJSON redacts the URL in JSON.
func (u URL) MarshalJSON() ([]byte, error) { return json.Marshal(u.String()) }

// MarshalYAML redacts the URL in YAML.
func (u URL) MarshalYAML() (any, error) { return u.String(), nil }

// authority is user:password@host:port, encoded. A socket has no place in it.
func (u URL) authority() string {
	var b strings.Builder
	switch {
	case u.Password != "":
		b.WriteString(url.UserPassword(u.User, u.Password.Reveal()).String() + "@")
	case u.User != "":
		b.WriteString(url.User(u.User).String() + "@")
	}
	host := u.Host
	if u.Socket() {
		host = ""
	}
	b.WriteString(net.JoinHostPort(host, strconv.Itoa(u.Port)))
	return b.String()
}

// hidden replaces secrets inside URLs, where brackets would need encoding.
const hidden = "xxxxx"

// secretParam reports whether a parameter of this name may hold a secret
// (sslpassword, _auth_pass, _key). Hiding one too many does no harm.
func secretParam(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{"pass", "secret", "token", "key", "auth"}, func(word string) bool {
		return strings.Contains(name, word)
	})
}
