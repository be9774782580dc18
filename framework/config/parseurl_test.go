package config_test

import (
	"net/url"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
)

// Covers: A01, A04, A05, A06, A07, A08, A10, A11.
func TestParseURL(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	postgres := config.URL{Dialect: config.Postgres, Host: "h", Port: 5432, Database: "d"}
	mysql := config.URL{Dialect: config.MySQL, Host: "h", Port: 3306, Database: "d"}
	memory := config.URL{Dialect: config.SQLite, Database: ":memory:", Memory: true}
	with := func(u config.URL, change func(*config.URL)) config.URL {
		change(&u)
		return u
	}
	tests := map[string]config.URL{
		"sqlite:///app.db":                {Dialect: config.SQLite, Database: filepath.Join(root, "app.db")},
		"  sqlite:///app.db\n":            {Dialect: config.SQLite, Database: filepath.Join(root, "app.db")},
		"sqlite3:///data/app.db":          {Dialect: config.SQLite, Database: filepath.Join(root, "data", "app.db")},
		"sqlite:///my%20app%2525.db":      {Dialect: config.SQLite, Database: filepath.Join(root, "my app%25.db")},
		"sqlite:////var/data/my.db":       {Dialect: config.SQLite, Database: "/var/data/my.db"},
		"sqlite:////var/data/me@home.db":  {Dialect: config.SQLite, Database: "/var/data/me@home.db"},
		"sqlite:///:memory:":              memory,
		"sqlite://:memory:":               memory,
		"sqlite://":                       memory,
		"sqlite:///x.db?mode=memory":      memory,
		"postgres://h/d":                  postgres,
		"postgresql://h/d":                postgres,
		"PostgreSQL://h/d":                postgres,
		"postgresql://h:6543/d":           with(postgres, func(u *config.URL) { u.Port = 6543 }),
		"postgres://u@h/d":                with(postgres, func(u *config.URL) { u.User = "u" }),
		"postgres://u:p%40ss@h/d":         with(postgres, func(u *config.URL) { u.User, u.Password = "u", "p@ss" }),
		"postgres://u:%2525@h/d":          with(postgres, func(u *config.URL) { u.User, u.Password = "u", "%25" }),
		"postgres://u:a+b%3A%2F%23@h/d":   with(postgres, func(u *config.URL) { u.User, u.Password = "u", "a+b:/#" }),
		"postgres://h/d?driver=pq":        with(postgres, func(u *config.URL) { u.Driver = "pq" }),
		"postgres+pq://h/d":               with(postgres, func(u *config.URL) { u.Driver = "pq" }),
		"postgresql+pgx://h/d":            with(postgres, func(u *config.URL) { u.Driver = "pgx" }),
		"postgres://[::1]:6000/d":         with(postgres, func(u *config.URL) { u.Host, u.Port = "::1", 6000 }),
		"postgres://[::1]/d":              with(postgres, func(u *config.URL) { u.Host = "::1" }),
		"postgres:///d":                   with(postgres, func(u *config.URL) { u.Host = "localhost" }),
		"postgres:///d?host=/run/pg":      with(postgres, func(u *config.URL) { u.Host = "/run/pg" }),
		"postgres://%2Frun%2Fpg/d":        with(postgres, func(u *config.URL) { u.Host = "/run/pg" }),
		"postgres://?host=h&dbname=d":     postgres,
		"postgres://h/d?user=u&port=7":    with(postgres, func(u *config.URL) { u.User, u.Port = "u", 7 }),
		"postgres://u@h/d?password=p%40":  with(postgres, func(u *config.URL) { u.User, u.Password = "u", "p@" }),
		"mysql://h/d":                     mysql,
		"mariadb://h/d":                   mysql,
		"mysql://u:p@h:3307/d":            with(mysql, func(u *config.URL) { u.User, u.Password, u.Port = "u", "p", 3307 }),
		"mysql:///d?unix_socket=/s.sock":  with(mysql, func(u *config.URL) { u.Host = "/s.sock" }),
		"mysql://u:p@unix(/run/s.sock)/d": with(mysql, func(u *config.URL) { u.User, u.Password, u.Host = "u", "p", "/run/s.sock" }),
		"postgresql://u:p@h/d?sslmode=verify-full&sslrootcert=%2Fca.pem&options=-c%20x%3D1": with(postgres, func(u *config.URL) {
			u.User, u.Password = "u", "p"
			u.Params = url.Values{"sslmode": {"verify-full"}, "sslrootcert": {"/ca.pem"}, "options": {"-c x=1"}}
		}),
		"mysql://h/d?tls=true&charset=latin1": with(mysql, func(u *config.URL) {
			u.Params = url.Values{"tls": {"true"}, "charset": {"latin1"}}
		}),
		"sqlite:///a.db?_pragma=x(1)&_pragma=y(2)": {
			Dialect: config.SQLite, Database: filepath.Join(root, "a.db"),
			Params: url.Values{"_pragma": {"x(1)", "y(2)"}},
		},
	}
	for raw, want := range tests {
		t.Run(raw, func(t *testing.T) {
			t.Parallel()
			if want.Params == nil {
				want.Params = url.Values{}
			}
			got, err := config.ParseURL(raw, root)
			require.NoError(t, err)
			// As its parts: two URLs that differ would both be redacted alike.
			require.Equal(t, parts(want), parts(got))
			require.Empty(t, got.Notices)

			again, err := config.ParseURL(got.Reveal(), "/elsewhere")
			require.NoError(t, err, "the canonical form can be read")
			require.Equal(t, parts(got), parts(again))
		})
	}
}

func parts(u config.URL) map[string]any {
	return map[string]any{
		"dialect": u.Dialect, "driver": u.Driver, "host": u.Host, "port": u.Port, "user": u.User,
		"password": u.Password.Reveal(), "database": u.Database, "memory": u.Memory, "params": u.Params,
	}
}

// Covers: A09.
func TestParseURLDriverSuffix(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]config.Dialect{
		"postgresql+psycopg2://u:p@h/d": config.Postgres,
		"postgresql+asyncpg://u:p@h/d":  config.Postgres,
		"mysql+pymysql://u:p@h/d":       config.MySQL,
		"sqlite+aiosqlite:///a.db":      config.SQLite,
	} {
		u, err := config.ParseURL(raw, "/")
		require.NoError(t, err, raw)
		require.Equal(t, want, u.Dialect, raw)
		require.Empty(t, u.Driver, raw)
		require.Len(t, u.Notices, 1, raw)
		require.Contains(t, u.Notices[0], "is ignored", raw)
		require.NotContains(t, u.Notices[0], "\n")
	}
}

// Covers: A09, A17, A35.
func TestParseURLUnsupported(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string][]string{
		"sqlserver://u:hunter2@h/d":      {"sqlserver is not supported", "ent", "Atlas", "supported: sqlite"},
		"mssql+pyodbc://u:hunter2@h/d":   {"mssql is not supported", "supported: sqlite"},
		"oracle://u:hunter2@h/d":         {"oracle is not supported", "supported: sqlite"},
		"oracle+cx_oracle://u:hunter2@h": {"oracle is not supported"},
		"postgers://u:hunter2@h/d":       {`unknown database dialect "postgers"`, "did you mean postgres?", "supported: sqlite"},
		"redis://u:hunter2@h/0":          {`unknown database dialect "redis"`, "supported: sqlite"},
		"u:hunter2 x://h/d":              {"names no database dialect", "supported: sqlite"},
	} {
		_, err := config.ParseURL(raw, "/")
		require.ErrorIs(t, err, config.ErrUnsupportedDialect, raw)
		for _, text := range want {
			require.ErrorContains(t, err, text, raw)
		}
		require.NotContains(t, err.Error(), "hunter2", raw)
	}
}

// Covers: A11, A21.
func TestParseURLUnencodedPassword(t *testing.T) {
	t.Parallel()
	for _, password := range []string{
		"hun@ter2", "hun:ter2", "hun/ter2", "hun#ter2", "hun?ter2", "hun@/ter2", "1234/hun@ter2", "12?hun=ter2",
		"@hunter2", "hunter2@", "/hunter2", "hunter2/", "#hunter2", "hunter2?", "hun?ter2&ter2", "1/x?ter2&ter2",
	} {
		for _, raw := range []string{
			"postgres://user:" + password + "@host/name",
			"mysql://user:" + password + "@host:3306/name?tls=true",
		} {
			_, err := config.ParseURL(raw, "/")
			require.ErrorContains(t, err, "percent-encode", raw)
			require.NotContains(t, err.Error(), "hun", raw)
			require.NotContains(t, err.Error(), "ter2", raw)
		}
	}
}

// Covers: A01, A07, A22.
func TestParseURLMistakes(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"":                                           "is empty",
		"app.db":                                     "no ://",
		`"sqlite:///app.db"`:                         "remove the quotes",
		"u:hunter2@tcp(h:3306)/d":                    "no ://",
		"sqlite://app.db":                            "write three",
		"sqlite:///":                                 "names no SQLite file",
		"sqlite:///data/":                            "names no SQLite file",
		"sqlite:///a#b.db":                           "%23",
		"sqlite:///a%00.db":                          "zero byte",
		"sqlite:///a%zz.db":                          "%25",
		"sqlite:///a.db?driver=x":                    "unknown driver",
		"postgres://h":                               "names no database",
		"postgres://h/":                              "names no database",
		"postgres://h/a/b":                           "may hold only",
		"postgres://h/a%60b":                         "may hold only",
		"postgres://h/a%3Bdrop":                      "may hold only",
		"postgres://h/-d":                            "may hold only",
		"postgres://h:0/d":                           "from 1 to 65535",
		"postgres://h:65536/d":                       "from 1 to 65535",
		"postgres://h:http/d":                        "from 1 to 65535",
		"postgres://a,b/d":                           "one host",
		"postgres://[::1/d":                          "IPv6",
		"postgres://[h]/d":                           "IPv6",
		"postgres://[::1]x/d":                        "IPv6",
		"postgres://u:%@h/d":                         "%25",
		"postgres://u:a b@h/d":                       "cannot hold",
		"postgres://h/d?a=1;b=2":                     "semicolons",
		"postgres://h/d?sslmode=a&sslmode=b":         `"sslmode" more than once`,
		"postgres://h/d?=x":                          "without a name",
		"postgres://h/d?driver=mysql":                "?driver=pq",
		"postgres+pq://h/d?driver=pgx":               "two different drivers",
		"mysql://h/d?driver=pq":                      "only PostgreSQL",
		"postgres://h:1/d?port=2":                    "two different ports",
		"postgres://h/d?host=other":                  "gives the host twice",
		"postgres://u:p@h/d?password=q":              "gives the password twice",
		"postgres:///d?host=%00":                     "no host name",
		"mysql://u:p@tcp(h)/d":                       "write the host alone",
		"mysql://u:${DB_PASSWORD}@h/d":               "which was not replaced",
		"postgres://h/d\x00":                         "control character",
		"postgres://h/" + string(make64()):           "longer than 63",
		"mysql://h/" + string(make64()) + "x":        "longer than 64",
		"mysql:///d?host=/a&unix_socket=/b":          "gives the unix_socket twice",
		"postgres://u@h/d?user=a@b&user=hunter2@hun": "more than once",
	} {
		_, err := config.ParseURL(raw, "/")
		require.ErrorContains(t, err, want, raw)
		require.NotContains(t, err.Error(), "hunter2", raw)
		var typed *config.Error
		require.ErrorAs(t, err, &typed, raw)
		require.NotEmpty(t, typed.Hint, raw)
	}
}

func make64() []byte {
	name := make([]byte, 64)
	for i := range name {
		name[i] = 'd'
	}
	return name
}

// Covers: A48.
func TestURLTarget(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"postgres://u:hunter2@db/shop":                "db:5432/shop",
		"mysql://u:hunter2@[::1]/shop?tls=true":       "[::1]:3306/shop",
		"postgres://u:hunter2@/shop?host=/run/pg":     "/run/pg shop",
		"sqlite:////srv/app.db?_key=hunter2":          "/srv/app.db",
		"sqlite:///:memory:":                          ":memory:",
		"postgres://u@h/d?sslpassword=hunter2&user=u": "h:5432/d",
	} {
		u, err := config.ParseURL(raw, "/")
		require.NoError(t, err, raw)
		require.Equal(t, want, u.Target())
	}
}
