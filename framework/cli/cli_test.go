package cli_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/schema/field"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/cli"
	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/migration"
	"github.com/framefox-go/framefox/framework/testkit"
)

func TestMain(m *testing.M) {
	testscript.Main(testkitMain{m}, map[string]func(){"framefox": program})
}

// testkitMain sweeps up what the tests leave on the servers.
type testkitMain struct{ m *testing.M }

// Run implements [testscript.TestingM].
func (t testkitMain) Run() int { return testkit.Run(t.m) }

// program is an application with two entities, of which the second appears with
// TEST_POSTS=1 and the first has a column named TEST_EMAIL, and migrations in the
// folder TEST_EMBEDDED.
func program() {
	app := cli.App{
		Version: "v0.0.0-test",
		Tables:  tables,
		Commands: []func(*cli.Env) *cobra.Command{
			func(env *cli.Env) *cobra.Command {
				group := &cobra.Command{Use: "blog", Short: "Commands of the application"}
				group.AddCommand(&cobra.Command{Use: "count", Short: "Count users", RunE: func(cmd *cobra.Command, _ []string) error {
					return countUsers(cmd.Context(), env)
				}})
				return group
			},
		},
	}
	app.Data = dataMigrations()
	app.Diagram = sourceDiagram()
	if os.Getenv("TEST_NO_GO") != "" {
		app.Source = func(context.Context, string) ([]*schema.Table, error) {
			return nil, fmt.Errorf("cannot read the schemas: %w", exec.ErrNotFound)
		}
	}
	if dir := os.Getenv("TEST_EMBEDDED"); dir != "" {
		app.Migrations = os.DirFS(dir)
	}
	os.Exit(cli.Run(context.Background(), app, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func countUsers(ctx context.Context, env *cli.Env) (err error) {
	db, err := env.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var n int
	if err := db.SQL().QueryRowContext(ctx, "SELECT count(*) FROM users").Scan(&n); err != nil {
		return fmt.Errorf("cannot count users: %w", err)
	}
	env.Print("%d users", n)
	return nil
}

func tables() ([]*schema.Table, error) {
	table := func(name string, columns ...*schema.Column) *schema.Table {
		id := &schema.Column{Name: "id", Type: field.TypeInt64, Increment: true}
		columns = append([]*schema.Column{id}, columns...)
		return &schema.Table{Name: name, Columns: columns, PrimaryKey: columns[:1]}
	}
	users := table("users", &schema.Column{Name: cmp.Or(os.Getenv("TEST_EMAIL"), "email"), Type: field.TypeString, Unique: true, Size: 255})
	list := []*schema.Table{users}
	if os.Getenv("TEST_POSTS") != "" {
		author := &schema.Column{Name: "author_id", Type: field.TypeInt64}
		posts := table("posts", author)
		posts.ForeignKeys = []*schema.ForeignKey{{
			Symbol: "posts_author_fkey", Columns: []*schema.Column{author}, RefTable: users, RefColumns: users.PrimaryKey, OnDelete: schema.Cascade,
		}}
		list = append(list, posts)
	}
	return list, nil
}

// The scripts are the documentation of the command line by example. Each folder
// of migrations in them gets its checksums, unless it brings them.
//
// Covers: G01, G02, G03, G04, G05, G06, G08, G09, G12, G13, G14, G15, G16, G17,
// G18, G19, G20, G21, G22, G23, G30, G31, G32, G39, G40, G43, G44, G58, G59, G60,
// G63, A03, A16, H01, H02, H04, H40, U02, U06, U18, U19, U25, X01, X02, X03, X04, X05, X08, X36, X46.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			return prepare(env, "sqlite:///app.db", config.SQLite)
		},
	})
}

// The scripts in testdata/dialect run on each dialect, with a database that
// does not exist yet in DATABASE_URL. Their folder portable becomes that of the
// dialect's migrations.
//
// Covers: G07, G11, G12, G20, G24, G25, G26, G27, G28, G29, G34, G39, G40, G41,
// G42, G45, G46, G47, G48, G49, G50, G51, G52, G54, G55, G57, G58, G62, H32, H33, U02, U03,
// U04, U05, X06, X08, X09, X36.
func TestDialectScripts(t *testing.T) {
	t.Parallel()
	for _, d := range []config.Dialect{config.SQLite, config.Postgres, config.MySQL} {
		t.Run(string(d), func(t *testing.T) {
			t.Parallel()
			testscript.Run(t, testscript.Params{
				Dir: "testdata/dialect",
				Setup: func(env *testscript.Env) error {
					url := "sqlite:///app.db"
					if d != config.SQLite {
						url = testkit.Reserve(t, testkit.Engine(d)).URL.Reveal()
					}
					return prepare(env, url, d)
				},
			})
		})
	}
}

// prepare writes the configuration and the checksums that a script lacks.
func prepare(env *testscript.Env, url string, d config.Dialect) error {
	env.Setenv("DIALECT", string(d))
	folder := filepath.Join(env.Cd, "migrate", string(d))
	if err := os.Mkdir(filepath.Dir(folder), 0o750); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := os.Rename(filepath.Join(env.Cd, "portable"), folder); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, err := os.Stat(filepath.Join(folder, "atlas.sum")); errors.Is(err, fs.ErrNotExist) {
		if _, err := migration.OpenDir(folder).Rehash(); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(env.Cd, ".env"), []byte("DATABASE_URL="+url+"\n"), 0o600)
}
