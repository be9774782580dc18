package database

import (
	"fmt"
	"maps"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/framefox-go/framefox/framework/config"
)

// postgresURL is the connection string of both PostgreSQL drivers. What it does
// not know by name, the server gets as a setting of the session, and refuses if
// it does not know it either.
func postgresURL(u config.URL, defaults map[string]string) (string, error) {
	params := url.Values{
		"timezone":         {"UTC"},
		"connect_timeout":  {"10"},
		"application_name": {"framefox"},
	}
	for name, value := range defaults {
		params.Set(name, value)
	}
	maps.Copy(params, u.Params)
	for name := range params {
		if strings.HasPrefix(name, "pool_") {
			return "", fmt.Errorf("database: parameter %q does not belong into the database URL: set database.pool_size and its neighbours in config/orm.yaml", name)
		}
		if strings.EqualFold(name, "timezone") && !strings.EqualFold(params.Get(name), "UTC") {
			return "", fmt.Errorf("database: parameter %s=%q is not possible: times are always UTC", name, params.Get(name))
		}
	}
	dsn := url.URL{Scheme: "postgres", Path: "/" + u.Database}
	if u.User != "" {
		dsn.User = url.UserPassword(u.User, u.Password.Reveal())
	}
	switch {
	case u.Socket():
		params.Set("host", u.Host)
		params.Set("port", strconv.Itoa(u.Port))
	case u.Port != 0:
		dsn.Host = net.JoinHostPort(u.Host, strconv.Itoa(u.Port))
	default:
		dsn.Host = u.Host
	}
	dsn.RawQuery = strings.ReplaceAll(params.Encode(), "+", "%20") // pgx takes a plus for a plus
	return dsn.String(), nil
}
