package database_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/testkit"
)

func parse(t *testing.T, raw string) config.Database {
	t.Helper()
	url, err := config.ParseURL(raw, t.TempDir())
	require.NoError(t, err)
	return config.Database{URL: url}
}

// Covers: A48, A42.
func TestCreateExistsDrop(t *testing.T) {
	t.Parallel()
	for _, engine := range testkit.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			cfg := testkit.Reserve(t, engine)
			cfg.URL.Database += "_we'ird \"na`me"
			ctx := t.Context()
			exists := func() bool {
				yes, err := database.Exists(ctx, cfg)
				require.NoError(t, err)
				return yes
			}
			t.Cleanup(func() { _, _ = database.Drop(context.Background(), cfg) })

			require.False(t, exists())
			_, err := database.Open(ctx, cfg)
			require.ErrorIs(t, err, database.ErrNotExist)
			require.ErrorContains(t, err, cfg.URL.Target())
			require.ErrorContains(t, err, "framefox database create")

			created, err := database.Create(ctx, cfg)
			require.NoError(t, err)
			require.True(t, created)
			require.True(t, exists())
			created, err = database.Create(ctx, cfg)
			require.NoError(t, err)
			require.False(t, created)

			db, err := database.Open(ctx, cfg)
			require.NoError(t, err)
			exec(t, db, `CREATE TABLE t (n int)`)
			require.NoError(t, db.Close())

			dropped, err := database.Drop(ctx, cfg)
			require.NoError(t, err)
			require.True(t, dropped)
			require.False(t, exists())
			dropped, err = database.Drop(ctx, cfg)
			require.NoError(t, err)
			require.False(t, dropped)
		})
	}
}

// Covers: A48.
func TestOpenErrorNamesTargetAndWayOutAndNoPassword(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		"postgres://ann:s3cr3t@127.0.0.1:1/shop", "postgres://ann:s3cr3t@127.0.0.1:1/shop?driver=pq", "mysql://ann:s3cr3t@127.0.0.1:1/shop",
	} {
		_, err := database.Open(t.Context(), parse(t, raw))
		require.ErrorContains(t, err, "127.0.0.1:1/shop")
		require.ErrorContains(t, err, "check that the server runs")
		require.NotContains(t, err.Error(), "s3cr3t")
		var open *database.OpenError
		require.ErrorAs(t, err, &open)
		require.Equal(t, "127.0.0.1:1/shop", open.Target)
	}
	_, err := database.Open(t.Context(), config.Database{})
	require.ErrorIs(t, err, config.ErrUnsupportedDialect)
}

// Covers: A48, A11.
func TestPasswordsOfAllCharacters(t *testing.T) {
	t.Parallel()
	const password = `p@s:s/w?o#r&d=%41 'ü"\`
	admin := testkit.Open(t, testkit.MySQL)
	name := admin.URL().Database
	user := "ff_" + name[len(name)-10:]
	exec(t, admin, `CREATE USER '`+user+`'@'%' IDENTIFIED BY 'p@s:s/w?o#r&d=%41 ''ü"\\'`)
	t.Cleanup(func() {
		_, err := admin.SQL().ExecContext(context.Background(), `DROP USER '`+user+`'@'%'`)
		require.NoError(t, err)
	})
	exec(t, admin, "GRANT ALL ON `"+name+"`.* TO '"+user+"'@'%'")
	cfg := config.Database{URL: admin.URL()}
	cfg.URL.User, cfg.URL.Password = user, config.Secret(password)
	db, err := database.Open(t.Context(), cfg)
	require.NoError(t, err)
	require.NoError(t, db.Close())

	cfg.URL.Password = "wrong-s3cr3t"
	_, err = database.Open(t.Context(), cfg)
	require.ErrorContains(t, err, "check user and password")
	require.NotContains(t, err.Error(), "wrong-s3cr3t")

	dsn, err := database.PostgresURL(config.URL{Dialect: config.Postgres, Host: "::1", Port: 5432, User: "a:b@c", Password: password, Database: "d/b ?"})
	require.NoError(t, err)
	parsed, err := pgconn.ParseConfig(dsn)
	require.NoError(t, err)
	require.Equal(t, password, parsed.Password)
	require.Equal(t, "a:b@c", parsed.User)
	require.Equal(t, "d/b ?", parsed.Database)
	require.Equal(t, "::1", parsed.Host)
}

// Covers: A10, A12, A33, A34.
func TestParametersReachTheDriver(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		engine      testkit.Engine
		name, value string
		show, want  string // a query and its result
		err         string // or the error of Open
	}{
		{engine: testkit.Postgres, name: "application_name", value: "my app", show: `SHOW application_name`, want: "my app"},
		{engine: testkit.PostgresPQ, name: "application_name", value: "my app", show: `SHOW application_name`, want: "my app"},
		{engine: testkit.Postgres, name: "statement_timeout", value: "12345", show: `SHOW statement_timeout`, want: "12345ms"},
		{engine: testkit.PostgresPQ, name: "statement_timeout", value: "12345", show: `SHOW statement_timeout`, want: "12345ms"},
		{engine: testkit.Postgres, name: "nonsense", value: "1", err: "nonsense"},
		{engine: testkit.PostgresPQ, name: "nonsense", value: "1", err: "nonsense"},
		{engine: testkit.Postgres, name: "pool_max_conns", value: "1", err: "config/orm.yaml"},
		{engine: testkit.Postgres, name: "timezone", value: "CET", err: "always UTC"},
		{engine: testkit.PostgresPQ, name: "TimeZone", value: "CET", err: "always UTC"},
		{engine: testkit.Postgres, name: "sslmode", value: "wrong", err: "sslmode"},
		{engine: testkit.Postgres, name: "sslrootcert", value: "/nowhere.pem", err: "/nowhere.pem"},
		{engine: testkit.MySQL, name: "wait_timeout", value: "77", show: `SELECT @@wait_timeout`, want: "77"},
		{engine: testkit.MySQL, name: "nonsense", value: "1", err: "nonsense"},
		{engine: testkit.MySQL, name: "sslmode", value: "require", err: "use tls=true"},
		{engine: testkit.MySQL, name: "parseTime", value: "false", err: "it is always true"},
		{engine: testkit.MySQL, name: "readTimeout", value: "never", err: "parameters of the database URL"},
		{engine: testkit.MySQL, name: "tls-ca", value: "/nowhere.pem", err: "tls-ca"},
		{engine: testkit.MySQL, name: "tls-nonsense", value: "1", err: "tls-nonsense"},
		{engine: testkit.SQLite, name: "_busy_timeout", value: "1234", show: `PRAGMA busy_timeout`, want: "1234"},
		{engine: testkit.SQLite, name: "_timeout", value: "1234", show: `PRAGMA busy_timeout`, want: "1234"},
		{engine: testkit.SQLite, name: "_pragma", value: "cache_size(-4321)", show: `PRAGMA cache_size`, want: "-4321"},
		{engine: testkit.SQLite, name: "_pragma", value: "synchronous=FULL", show: `PRAGMA synchronous`, want: "2"},
		{engine: testkit.SQLite, name: "nonsense", value: "1", err: "nonsense"},
		{engine: testkit.SQLite, name: "_nonsense", value: "1", err: "_nonsense"},
		{engine: testkit.SQLite, name: "_cache_size", value: "1;DROP TABLE x", err: "not a number or a word"},
		{engine: testkit.SQLite, name: "mode", value: "memory", err: "sqlite:///:memory:"},
	} {
		t.Run(string(c.engine)+" "+c.name+"="+c.value, func(t *testing.T) {
			t.Parallel()
			cfg := testkit.Create(t, c.engine)
			params := map[string][]string{c.name: {c.value}}
			for name, values := range cfg.URL.Params {
				if name != c.name {
					params[name] = values
				}
			}
			cfg.URL.Params = params
			db, err := database.Open(t.Context(), cfg)
			if c.err != "" {
				require.ErrorContains(t, err, c.err)
				return
			}
			require.NoError(t, err)
			defer func() { require.NoError(t, db.Close()) }()
			var got string
			require.NoError(t, db.SQL().QueryRowContext(t.Context(), c.show).Scan(&got))
			require.Equal(t, c.want, got)
		})
	}
}

// Encryption that is asked for and not to be had is an error, never plain text.
//
// Covers: A10, A12.
func TestDemandedEncryptionIsNotSkipped(t *testing.T) {
	t.Parallel()
	for engine, c := range map[testkit.Engine]struct{ on, param, value string }{
		testkit.Postgres:   {`SHOW ssl`, "sslmode", "require"},
		testkit.PostgresPQ: {`SHOW ssl`, "sslmode", "require"},
		testkit.MySQL:      {`SELECT @@have_ssl`, "tls", "true"},
	} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			db := testkit.Open(t, engine)
			encrypted, err := db.Encrypted(t.Context())
			require.NoError(t, err)
			var on string
			require.NoError(t, db.SQL().QueryRowContext(t.Context(), c.on).Scan(&on))
			if on == "on" || on == "YES" {
				t.Skip("this server can encrypt")
			}
			require.False(t, encrypted)
			cfg := config.Database{URL: db.URL()}
			cfg.URL.Params = map[string][]string{c.param: {c.value}}
			_, err = database.Open(t.Context(), cfg)
			require.Error(t, err)
			require.Regexp(t, "(?i)tls|ssl", err.Error())
		})
	}
}

// Covers: A08.
func TestMySQLSession(t *testing.T) {
	t.Parallel()
	db := testkit.Open(t, testkit.MySQL)
	for query, want := range map[string]string{
		`SELECT @@character_set_connection`: "utf8mb4",
		`SELECT @@collation_connection`:     "utf8mb4_bin",
		`SELECT @@time_zone`:                "+00:00",
		`SELECT DEFAULT_COLLATION_NAME FROM information_schema.schemata WHERE schema_name = DATABASE()`: "utf8mb4_bin",
	} {
		var got string
		require.NoError(t, db.SQL().QueryRowContext(t.Context(), query).Scan(&got))
		require.Equal(t, want, got, query)
	}
	exec(t, db, `CREATE TABLE strict (n tinyint, s varchar(3))`)
	for _, query := range []string{`INSERT INTO strict (n) VALUES (1000)`, `INSERT INTO strict (s) VALUES ('long')`, `INSERT INTO strict (n) VALUES (1/0)`} {
		_, err := db.SQL().ExecContext(t.Context(), query)
		require.Error(t, err, query)
	}
}

func TestLogHasStatementsAndNoValues(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	db := testkit.Open(t, testkit.SQLite, testkit.WithOptions(database.WithLogger(logger)))
	exec(t, db, `CREATE TABLE t (name text)`)
	tx, err := db.SQL().BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = tx.ExecContext(t.Context(), `INSERT INTO t (name) VALUES (?)`, "s3cr3t")
	require.NoError(t, err)
	require.NoError(t, tx.Commit())
	require.Contains(t, log.String(), `level=DEBUG msg=sql query="INSERT INTO t (name) VALUES (?)" args=1 duration=`)
	require.Contains(t, log.String(), "BEGIN")
	require.Contains(t, log.String(), "COMMIT")
	require.NotContains(t, log.String(), "s3cr3t")

	log.Reset()
	quiet := slog.New(slog.NewTextHandler(&log, nil))
	cfg := testkit.Create(t, testkit.SQLite)
	for _, echo := range []bool{false, true} {
		cfg.EchoSQL = echo
		db, err := database.Open(t.Context(), cfg, database.WithLogger(quiet))
		require.NoError(t, err)
		require.Equal(t, 1, count(t, db, `SELECT 1`))
		require.NoError(t, db.Close())
		require.Equal(t, echo, bytes.Contains(log.Bytes(), []byte("SELECT 1")))
	}
}

// Covers: A06.
func TestSQLiteInMemoryIsOneDatabase(t *testing.T) {
	t.Parallel()
	cfg := parse(t, "sqlite:///:memory:")
	cfg.Pool = config.Pool{Size: 10, MaxOverflow: 10, Recycle: 1}
	db, err := database.Open(t.Context(), cfg)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	notesTable(t, db)
	done := make(chan error)
	for range 8 {
		go func() { done <- inTx(context.Background(), db, `INSERT INTO notes (n) VALUES (1)`) }()
	}
	for range 8 {
		require.NoError(t, <-done)
	}
	// Neither a cancelled statement nor a panic costs the connection.
	ctx, cancel := context.WithTimeout(t.Context(), 1)
	defer cancel()
	_, err = db.SQL().ExecContext(ctx, `INSERT INTO notes (n) VALUES (1)`)
	require.Error(t, err)
	conn, err := db.SQL().Conn(t.Context())
	require.NoError(t, err)
	require.Panics(t, func() { _ = conn.Raw(func(any) error { panic("in the driver") }) })
	require.Equal(t, 8, count(t, db, `SELECT COUNT(*) FROM notes`))
	require.Equal(t, 1, db.Stats().Open)

	other, err := database.Open(t.Context(), cfg)
	require.NoError(t, err)
	defer func() { require.NoError(t, other.Close()) }()
	_, err = other.SQL().ExecContext(t.Context(), `SELECT * FROM notes`)
	require.Error(t, err, "each Open has its own")
}

// Covers: A32.
func TestSQLiteFileIsPrivateAndNotMadeByOpen(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "new folder", "a%b?c#d.db")
	cfg := config.Database{URL: config.URL{Dialect: config.SQLite, Database: path}}
	_, err := database.Open(t.Context(), cfg)
	require.ErrorIs(t, err, database.ErrNotExist)
	require.NoFileExists(t, path)
	cfg.URL.Params = map[string][]string{"mode": {"rwc"}}
	db, err := database.Open(t.Context(), cfg)
	require.NoError(t, err)
	exec(t, db, `CREATE TABLE t (n int)`)
	for _, file := range []string{path, path + "-wal"} {
		info, err := os.Stat(file)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), file)
	}
	require.NoError(t, db.Close())
	cfg.URL.Params = map[string][]string{"mode": {"ro"}}
	db, err = database.Open(t.Context(), cfg)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	_, err = db.SQL().ExecContext(t.Context(), `INSERT INTO t VALUES (1)`)
	require.Error(t, err)
	require.Zero(t, count(t, db, `SELECT COUNT(*) FROM t`))
	cfg.URL.Database = filepath.Dir(path)
	_, err = database.Open(t.Context(), cfg)
	require.ErrorContains(t, err, "folder")
}

// Covers: A32, T33.
func TestSQLiteSettingsHoldOnEachConnection(t *testing.T) {
	t.Parallel()
	db := testkit.Open(t, testkit.SQLite)
	for range 4 {
		conn, err := db.SQL().Conn(t.Context())
		require.NoError(t, err)
		defer func() { require.NoError(t, conn.Close()) }()
		for query, want := range map[string]string{
			`PRAGMA foreign_keys`: "1", `PRAGMA journal_mode`: "wal", `PRAGMA synchronous`: "1", `PRAGMA busy_timeout`: "5000",
		} {
			var got string
			require.NoError(t, conn.QueryRowContext(t.Context(), query).Scan(&got))
			require.Equal(t, want, got, query)
		}
	}
}
