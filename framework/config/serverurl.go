package config

import (
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
)

// Longest database names, in bytes.
const (
	maxPostgresName = 63
	maxMySQLName    = 64
)

var (
	hostPattern   = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9._-]{0,253}[A-Za-z0-9_.])?$`)
	namePattern   = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_$-]*$`)
	socketPattern = regexp.MustCompile(`^(?:([^/@]*)@)?unix\((/[^()@]*)\)(/.*)?$`)
)

// parseServer reads user:password@host:port/name. The query is looked at only
// to recognise a password that was not encoded.
func (u *draft) parseServer(body, query string) error {
	if match := socketPattern.FindStringSubmatch(body); match != nil {
		socket, err := decode(match[2], "socket")
		if err != nil {
			return err
		}
		u.Host = socket
		body = match[1] + "@" + match[3]
	}
	authority, path, _ := strings.Cut(body, "/")
	credentials, address, found := strings.Cut(authority, "@")
	if !found {
		credentials, address = "", authority
	}
	// Without credentials, an @ in the query would close a password that holds a ?.
	if strings.Contains(address+path, "@") || strings.Count(credentials, ":") > 1 || (!found && strings.Contains(query, "@")) {
		return errUnencoded()
	}
	if err := u.parseCredentials(credentials); err != nil {
		return err
	}
	if err := u.parseAddress(address); err != nil {
		return err
	}
	name, err := decode(path, "database name")
	if err != nil {
		return err
	}
	u.Database = name
	return nil
}

func (u *draft) parseCredentials(text string) error {
	user, password, _ := strings.Cut(text, ":")
	user, err := decode(user, "user")
	if err != nil {
		return err
	}
	password, err = decode(password, "password")
	if err != nil {
		return err
	}
	u.User, u.Password = user, Secret(password)
	return nil
}

// parseAddress reads host:port, [::1]:port or an encoded socket. Its errors do
// not repeat the text, which may be a piece of a password.
func (u *draft) parseAddress(text string) error {
	host, port, hasPort := strings.Cut(text, ":")
	if strings.HasPrefix(text, "[") {
		inside, after, closed := strings.Cut(text[1:], "]")
		if !closed || (after != "" && after[0] != ':') {
			return urlError("the host begins with [ but is no IPv6 address in brackets", "write it as [::1]:5432")
		}
		host, hasPort = inside, after != ""
		port = strings.TrimPrefix(after, ":")
		if address, err := netip.ParseAddr(host); err != nil || !address.Is6() {
			return urlError("the host in brackets is no IPv6 address", "write it as [::1]:5432")
		}
	} else if strings.ContainsAny(text, "()") {
		return urlError("the host holds parentheses, as in a DSN of the Go driver", "write the host alone: mysql://user:password@host:3306/name, or a socket as ?host=/path")
	}
	if hasPort && port != "" {
		number, err := parsePort(port)
		if err != nil {
			return err
		}
		u.Port = number
	}
	host, err := decode(host, "host")
	if err != nil {
		return err
	}
	if u.Host == "" {
		u.Host = host
	}
	return nil
}

func parsePort(text string) (int, error) {
	port, err := strconv.Atoi(text)
	if err != nil || port < 1 || port > 65535 {
		return 0, urlError("the port is not a number from 1 to 65535", "leave it out for the default; a : in the user or the password is written %3A")
	}
	return port, nil
}

// liftServer moves the parameters that name the server into the fields of u, so
// that no driver sees them twice.
func (u *draft) liftServer() error {
	switch u.Dialect {
	case Postgres:
		return u.liftPostgres()
	case MySQL:
		for _, name := range []string{"host", "unix_socket", "socket"} {
			if err := u.liftText(name, &u.Host); err != nil {
				return err
			}
		}
	case SQLite:
		if u.Params.Get("mode") == "memory" {
			u.Memory, u.Database = true, memoryPath
			u.Params.Del("mode")
		}
	}
	return nil
}

// liftPostgres moves what libpq also takes as parameters.
func (u *draft) liftPostgres() error {
	password := u.Password.Reveal()
	for _, lift := range []struct {
		name  string
		field *string
	}{
		{"host", &u.Host},
		{"user", &u.User},
		{"password", &password},
		{"dbname", &u.Database},
	} {
		if err := u.liftText(lift.name, lift.field); err != nil {
			return err
		}
	}
	u.Password = Secret(password)
	if !u.Params.Has("port") {
		return nil
	}
	port, err := parsePort(u.Params.Get("port"))
	if err != nil {
		return err
	}
	if u.Port != 0 && u.Port != port {
		return urlError("gives two different ports", "keep the one before the / or the one after the ?")
	}
	u.Port = port
	u.Params.Del("port")
	return nil
}

func (u *draft) liftText(name string, field *string) error {
	if !u.Params.Has(name) {
		return nil
	}
	value := u.Params.Get(name)
	if *field != "" && *field != value {
		return urlError(fmt.Sprintf("gives the %s twice, differently", name), "keep it before the ? or after it")
	}
	*field = value
	u.Params.Del(name)
	return nil
}

// fillServer fills the defaults of what locates a server.
func (u *draft) fillServer() {
	port := 3306
	if u.Dialect == Postgres {
		port = 5432
	}
	u.Port = orDefault(u.Port, port)
	u.Host = orDefault(u.Host, "localhost")
}

// checkServer validates what locates a server.
func (u *draft) checkServer() error {
	if err := checkHost(u.Host); err != nil {
		return err
	}
	return checkName(u.Database, u.Dialect)
}

func checkHost(host string) error {
	if strings.HasPrefix(host, "/") && !strings.ContainsRune(host, 0) {
		return nil
	}
	if _, err := netip.ParseAddr(host); err == nil || hostPattern.MatchString(host) {
		return nil
	}
	return urlError("the host is no host name, IP address or absolute socket path", "give one host; an IPv6 address stands in brackets")
}

// checkName guards the name because CREATE DATABASE cannot bind it as a value.
func checkName(name string, dialect Dialect) error {
	longest := maxPostgresName
	if dialect == MySQL {
		longest = maxMySQLName
	}
	switch {
	case name == "":
		return urlError("names no database", "end it with /name")
	case len(name) > longest:
		return urlError(fmt.Sprintf("the database name is longer than %d bytes", longest), "shorten it")
	case !namePattern.MatchString(name):
		return urlError("the database name may hold only letters, digits, _ - and $, and may not begin with - or $", "rename the database, or percent-encode a password that was split at its /")
	}
	return nil
}

func orDefault[T comparable](value, fallback T) T {
	var zero T
	if value == zero {
		return fallback
	}
	return value
}
