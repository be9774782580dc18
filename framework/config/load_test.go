package config_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
)

const detailed = `
database:
  url: "${DATABASE_URL}"
  driver: "${DATABASE_DRIVER:-postgresql}"
  host: "${DATABASE_HOST:-localhost}"
  port: "${DATABASE_PORT:-5432}"
  username: "${DATABASE_USER:-framefox}"
  password: "${DATABASE_PASSWORD}"
  database: "${DATABASE_NAME:-framefoxdb}"
  params: {sslmode: require}
`

// Covers: A01, A14, A16.
func TestPrecedenceOfDatabaseSources(t *testing.T) {
	t.Parallel()
	cfg, err := loadYAML(t, detailed, "DATABASE_URL=sqlite:///process.db")
	require.NoError(t, err)
	require.Equal(t, "DATABASE_URL in the environment", cfg.Database.Source)

	cfg, err = loadYAML(t, detailed+"\n  # more\n", "DATABASE_PASSWORD=p@:/#?%")
	require.NoError(t, err)
	require.Equal(t, "postgres://framefox:p%40%3A%2F%23%3F%25@localhost:5432/framefoxdb?sslmode=require", cfg.Database.URL.Reveal())
	require.Equal(t, "detailed keys in config/orm.yaml", cfg.Database.Source)

	cfg, err = loadYAML(t, "database:\n  url: ${MY_URL}\n  driver: postgresql\n  database: d", "MY_URL=mysql://u:hunter2@h/d")
	require.NoError(t, err)
	require.Equal(t, config.MySQL, cfg.Database.URL.Dialect)
	require.Equal(t, config.Setting{
		Key: "database.url", Value: "mysql://u:xxxxx@h:3306/d",
		Source: "database.url in config/orm.yaml:2 (MY_URL in the environment)",
	}, setting(t, cfg, "database.url"))

	root := project(t, nil)
	cfg, err = config.Load(config.Options{Dir: root, Environ: []string{}, DefaultURL: "sqlite:///app.db"})
	require.NoError(t, err)
	require.Equal(t, filepath.Join(root, "app.db"), cfg.Database.URL.Database)
	require.Equal(t, "default of the application", cfg.Database.Source)
}

// Covers: A01, A14.
func TestNoDatabase(t *testing.T) {
	t.Parallel()
	for _, yaml := range []string{"", "# nothing", "database:", "database: {url: '${DATABASE_URL}'}", "database: {charset: utf8mb4}"} {
		_, err := loadYAML(t, yaml)
		require.ErrorIs(t, err, config.ErrNoDatabase, yaml)
		for _, text := range []string{"DATABASE_URL", ".env, .env.development, .env.local, config/orm.yaml", "sqlite:///app.db"} {
			require.ErrorContains(t, err, text)
		}
	}

	// Half a URL does not become another database.
	root := project(t, files{orm: "database: {url: 'postgres://u:${PW}@h/d'}"})
	_, err := config.Load(config.Options{Dir: root, Environ: []string{}, DefaultURL: "sqlite:///app.db"})
	require.ErrorContains(t, err, "config/orm.yaml:1: database.url: PW is not set")

	cfg, err := loadYAML(t, "database: {url: 'postgres://u:${PW}@h/d', driver: sqlite}")
	require.NoError(t, err)
	require.Equal(t, config.SQLite, cfg.Database.URL.Dialect)
	require.Contains(t, cfg.Notices[0], "database.url is left out: PW is not set")
}

// Covers: A01, A21.
func TestDatabaseURLMistakeNamesItsPlace(t *testing.T) {
	t.Parallel()
	_, err := load(t, files{".env": "\nDATABASE_URL=postgres://u:hun@ter2@h/d"})
	require.ErrorContains(t, err, "config: .env:2: DATABASE_URL: cannot be read")
	require.NotContains(t, err.Error(), "ter2")
	_, err = loadYAML(t, "database:\n\n  url: oracle://u:hunter2@h/d")
	require.ErrorContains(t, err, "config: config/orm.yaml:3: database.url: oracle is not supported")
	require.NotContains(t, err.Error(), "hunter2")
}

// Covers: A17, A18, A19, A20, A21, A22, X37.
func TestDetailedKeys(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"{driver: postgresql, database: d}":                                               "postgres://localhost:5432/d",
		"{driver: postgres, database: d, port: '6000'}":                                   "postgres://localhost:6000/d",
		"{driver: Postgres, database: d, port: 6000}":                                     "postgres://localhost:6000/d",
		"{driver: pq, database: d}":                                                       "postgres://localhost:5432/d?driver=pq",
		"{driver: pgx, database: d, host: '::1'}":                                         "postgres://[::1]:5432/d?driver=pgx",
		"{driver: mysql, database: d, host: db, username: u@x}":                           "mysql://u%40x@db:3306/d",
		"{driver: mariadb, database: d, host: /run/mysqld.sock}":                          "mysql://:3306/d?host=%2Frun%2Fmysqld.sock",
		"{driver: mysql, database: d, password: '${PW}', params: {tls: true, b: '${N}'}}": "mysql://:s%24%7BN%7D%0Aport%3A+1@localhost:3306/d?b=7&tls=true",
		"{driver: sqlite, database: /var/x.db}":                                           "sqlite:////var/x.db",
		"{driver: sqlite3, database: ':memory:'}":                                         "sqlite:///:memory:",
	}
	for keys, want := range tests {
		cfg, err := loadYAML(t, "database: "+keys, "PW=s${N}\nport: 1", "N=7")
		require.NoError(t, err, keys)
		u, err := config.ParseURL(want, "/")
		require.NoError(t, err)
		if want := u.Password.Reveal(); want != "" {
			require.Equal(t, "s${N}\nport: 1", cfg.Database.URL.Password.Reveal())
			u.Password = cfg.Database.URL.Password
		}
		require.Equal(t, parts(u), parts(cfg.Database.URL), keys)
		require.Empty(t, cfg.Notices)
	}
	for _, keys := range []string{"{driver: sqlite}", "{database: app.db}"} {
		cfg, err := loadYAML(t, "database: "+keys)
		require.NoError(t, err)
		require.Equal(t, filepath.Join(cfg.Root, "app.db"), cfg.Database.URL.Database)
	}
}

// Covers: A18, A23.
func TestIgnoredKeysAreNoticed(t *testing.T) {
	t.Parallel()
	cfg, err := loadYAML(t, "database:\n  driver: sqlite\n  host: h\n  port: 1\n  username: u\n  charset: utf8mb4\n  collation: utf8mb4_bin")
	require.NoError(t, err)
	require.Equal(t, []string{
		"database.host is ignored: SQLite has no server (config/orm.yaml:3)",
		"database.port is ignored: SQLite has no server (config/orm.yaml:4)",
		"database.username is ignored: SQLite has no server (config/orm.yaml:5)",
		"database.charset is ignored: only MySQL and MariaDB have it",
		"database.collation is ignored: only MySQL and MariaDB have it",
	}, cfg.Notices)
	require.Empty(t, cfg.Database.URL.Host)
	require.Zero(t, cfg.Database.URL.Port)

	cfg, err = loadYAML(t, "database: {driver: mysql, database: d, host: '${NO_SUCH}'}")
	require.NoError(t, err)
	require.Equal(t, []string{"database.host is left out: NO_SUCH is not set (config/orm.yaml:1)"}, cfg.Notices)

	cfg = mustLoad(t, nil, "DATABASE_URL=mysql+pymysql://h/d")
	require.Len(t, cfg.Notices, 1)
	require.Contains(t, cfg.Notices[0], "+pymysql")
}

// Covers: A17, A18, A19, A22, A35.
func TestDetailedKeyMistakes(t *testing.T) {
	t.Parallel()
	for keys, want := range map[string][]string{
		"{driver: oracle}":                      {"database.driver: oracle is not supported", "supported: sqlite"},
		"{driver: sqlserver}":                   {"database.driver: sqlserver is not supported"},
		"{driver: mysqll}":                      {`unknown database dialect "mysqll"`, "did you mean mysql?", "supported: sqlite"},
		"{host: db}":                            {"database.driver: is missing beside the keys of a server"},
		"{driver: mysql}":                       {"database.database: is missing"},
		"{driver: mysql, database: 'a`; DROP'}": {"database.database: the database name may hold only"},
		"{driver: postgres, database: d, port: x, host: 'a b'}":       {`config/orm.yaml:1: database.port: "x" is not a whole number from 1 to 65535`, "database.host: the host is no"},
		"{driver: postgres, database: d, port: 0}":                    {"database.port"},
		"{driver: postgres, database: d, port: 65536}":                {"database.port"},
		"{driver: postgres, database: d, port: 5.5}":                  {"database.port"},
		"{driver: postgres, database: d, port: ''}":                   {"database.port: is empty"},
		"{driver: postgres, database: d, port: '${SECRET_PORT}'}":     {"database.port: its value is not a whole number", "look at SECRET_PORT in the environment"},
		"{driver: postgres, database: d, host: 'db-${REGION}'}":       {"database.host: REGION is not set", "${REGION:-}"},
		"{url: 'sqlite:///a.db', driver: oracle, port: http}":         {"oracle is not supported", `"http" is not`},
		"{driver: sqlite, database: data/}":                           {"database.database: names no SQLite file"},
		"{driver: mysql, database: d, charset: 'utf8; DROP'}":         {"database.charset"},
		"{driver: mysql, database: d, collation: UTF8}":               {"database.collation"},
		"{driver: mysql, database: d, collation: latin1_bin}":         {`database.collation: "latin1_bin" does not belong to the character set "utf8mb4"`},
		"{url: 'mysql://h/d?charset=x%3By'}":                          {"its charset is not a name"},
		"{driver: mysql, database: d, params: {a: [1]}}":              {"database.params.a: is not a single value"},
		"{driver: mysql, database: d, params: 7}":                     {"database.params: is not a mapping"},
		"{driver: mysql, database: d, username: '${'}":                {"database.username: has ${ without its }"},
		"{driver: mysql, database: d, username: '${1}', host: '${}'}": {"database.username: has a placeholder", "database.host: has a placeholder"},
	} {
		_, err := loadYAML(t, "database: "+keys, "SECRET_PORT=hunter2")
		for _, text := range want {
			require.ErrorContains(t, err, text, keys)
		}
		require.NotContains(t, err.Error(), "hunter2")
	}
	_, err := loadYAML(t, "database: {driver: oracle}")
	require.ErrorIs(t, err, config.ErrUnsupportedDialect)
}

// Covers: A23.
func TestCharset(t *testing.T) {
	t.Parallel()
	for yaml, want := range map[string][2]string{
		"{url: 'mysql://h/d'}":                                      {"utf8mb4", "utf8mb4_bin"},
		"{url: 'mysql://h/d', collation: utf8mb4_general_ci}":       {"utf8mb4", "utf8mb4_general_ci"},
		"{url: 'mysql://h/d', collation: uca1400_ai_ci}":            {"utf8mb4", "uca1400_ai_ci"},
		"{url: 'mysql://h/d', charset: latin1}":                     {"latin1", "latin1_bin"},
		"{url: 'mysql://h/d', charset: binary}":                     {"binary", "binary"},
		"{url: 'mysql://h/d?charset=latin1,utf8', charset: binary}": {"latin1", "latin1_bin"},
		"{url: 'mysql://h/d?collation=utf8mb4_unicode_ci'}":         {"utf8mb4", "utf8mb4_unicode_ci"},
		"{url: 'postgres://h/d'}":                                   {"", ""},
	} {
		cfg, err := loadYAML(t, "database: "+yaml)
		require.NoError(t, err, yaml)
		require.Equal(t, want, [2]string{cfg.Database.Charset, cfg.Database.Collation}, yaml)
	}
}

// The keys are read; what they do is proven where it is done.
func TestSwitches(t *testing.T) {
	t.Parallel()
	const base = "database: {driver: sqlite"
	cfg, err := loadYAML(t, base+"}")
	require.NoError(t, err)
	require.False(t, cfg.Database.Autocommit || cfg.Database.Autoflush || cfg.Database.EchoSQL)
	for _, yes := range []string{"true", "yes", "on", "'1'", "'${YES}'", "'${NO_SUCH:-true}'"} {
		cfg, err = loadYAML(t, base+", autocommit: "+yes+", autoflush: "+yes+", echo_sql: "+yes+"}", "YES=true")
		require.NoError(t, err)
		require.True(t, cfg.Database.Autocommit && cfg.Database.Autoflush && cfg.Database.EchoSQL)
	}
	cfg, err = loadYAML(t, base+", autocommit: false, logging: {echo_sql: true}}")
	require.NoError(t, err)
	require.True(t, cfg.Database.EchoSQL)
	_, err = loadYAML(t, base+", autocommit: maybe, autoflush: 2, echo_sql: true, logging: {echo_sql: false}}")
	require.ErrorContains(t, err, `database.autocommit: "maybe" is not true or false`)
	require.ErrorContains(t, err, "database.autoflush")
	require.ErrorContains(t, err, "contradicts database.echo_sql")
}
