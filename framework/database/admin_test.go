package database_test

import (
	"context"
	"crypto/rand"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/testkit"
)

// A user who may not create databases has one that somebody else made: to create
// it is to find it there. One that is not there is an error.
//
// Covers: G04.
func TestCreateWithoutTheRightTo(t *testing.T) {
	t.Parallel()
	for _, engine := range []testkit.Engine{testkit.Postgres, testkit.MySQL} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			admin := testkit.Open(t, engine)
			cfg := stranger(t, admin, admin.URL().Database)
			created, err := database.Create(t.Context(), cfg)
			require.NoError(t, err)
			require.False(t, created)
			cfg.URL.Database += "_other"
			_, err = database.Create(t.Context(), cfg)
			require.Error(t, err)
			require.Contains(t, strings.ToLower(err.Error()), "denied")
		})
	}
}

// stranger makes a user who may do nothing on the server but use one database: to
// read it on MySQL, to connect to it on PostgreSQL.
func stranger(t *testing.T, admin *database.DB, name string) config.Database {
	t.Helper()
	user := "ff_" + strings.ToLower(rand.Text()[:10])
	const password = "s3cr3t"
	statements, end := []string{`CREATE ROLE ` + user + ` LOGIN PASSWORD '` + password + `'`}, `DROP ROLE `+user
	if admin.Dialect() == config.MySQL {
		account := `'` + user + `'@'%'`
		statements = []string{`CREATE USER ` + account + ` IDENTIFIED BY '` + password + `'`, "GRANT SELECT ON `" + name + "`.* TO " + account}
		end = `DROP USER ` + account
	}
	for _, statement := range statements {
		exec(t, admin, statement)
	}
	t.Cleanup(func() {
		_, err := admin.SQL().ExecContext(context.Background(), end)
		require.NoError(t, err)
	})
	cfg := config.Database{URL: admin.URL()}
	cfg.URL.User, cfg.URL.Password = user, password
	return cfg
}
