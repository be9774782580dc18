package cli_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"

	"entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/schema/field"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"framefox": program})
}

// program is an application with two entities, of which the second appears with
// TEST_POSTS=1, and migrations in the folder TEST_EMBEDDED.
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
	users := table("users", &schema.Column{Name: "email", Type: field.TypeString, Unique: true, Size: 255})
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

// The scripts are the documentation of the command line by example.
//
// Covers: G01, G02, G03, G04, G05, G06, G08, G09, G18, G20, G21, G22, G23, G30,
// G31, G32, G43, G44, G58, G59, G60, G63, A03, A16.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			return os.WriteFile(env.Cd+"/.env", []byte("DATABASE_URL=sqlite:///app.db\n"), 0o600)
		},
	})
}
