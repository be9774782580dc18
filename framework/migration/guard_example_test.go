package migration_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
)

// The newest migration is undone by its file in the folder down; what nothing
// can undo is refused before anything is touched.
func ExampleMigrator_Downgrade() {
	inShop(func(ctx context.Context, dir *migration.Dir, server config.Database) (err error) {
		if _, err := database.Create(ctx, server); err != nil {
			return err
		}
		db, err := database.Open(ctx, server)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, db.Close()) }()
		m, err := migration.Open(db, dir)
		if err != nil {
			return err
		}
		if _, err := m.Upgrade(ctx, migration.UpgradeOptions{}); err != nil {
			return err
		}
		result, err := m.Downgrade(ctx, migration.DowngradeOptions{Steps: 1})
		if err != nil {
			return err
		}
		fmt.Println("undone:", result.Steps[0].Description)
		fmt.Println("now at:", result.Current)

		_, err = m.Downgrade(ctx, migration.DowngradeOptions{Base: true})
		var irreversible *migration.IrreversibleError
		fmt.Println("refused:", errors.As(err, &irreversible))
		return nil
	})

	// Output:
	// undone: prices
	// now at: 20260101000001
	// refused: true
}

// What a migration may do wrong is found before it is applied.
func ExampleCheck() {
	inShop(func(ctx context.Context, dir *migration.Dir, server config.Database) error {
		file := filepath.Join(dir.Path(), "20260101000003_no_prices.sql")
		if err := os.WriteFile(file, []byte("DROP TABLE prices;\n"), 0o600); err != nil {
			return err
		}
		if _, err := dir.Rehash(); err != nil {
			return err
		}
		report, err := migration.Check(ctx, migration.CheckConfig{Dir: dir, Server: server})
		for _, f := range report.Findings {
			fmt.Printf("%s: %s [%s]\n", f.Severity, f.Place(), f.Code)
		}
		fmt.Println("failed:", report.Failed(false))
		return err
	})

	// Output:
	// warning: 20260101000003_no_prices.sql [drop-table]
	// warning: 20260101000003_no_prices.sql [no-down]
	// failed: false
}

// Each migration goes up, down and up again on a scratch database.
func ExampleTestCycle() {
	inShop(func(ctx context.Context, dir *migration.Dir, server config.Database) error {
		report, err := migration.TestCycle(ctx, migration.CycleConfig{Dir: dir, Server: server})
		fmt.Println(report.Files, "files,", len(report.Problems), "problems")
		for _, reason := range report.Irreversible {
			fmt.Println(reason)
		}
		return err
	})

	// Output:
	// 2 files, 0 problems
	// 20260101000001_products.sql: there is no down file
}

// Old migrations become one file, with which new databases begin.
func ExampleSquash() {
	inShop(func(ctx context.Context, dir *migration.Dir, server config.Database) error {
		squashed, err := migration.Squash(ctx, migration.SquashConfig{
			Dir: dir, Server: server, Now: func() time.Time { return time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC) },
		})
		if err != nil {
			return err
		}
		if _, err := squashed.Write(); err != nil {
			return err
		}
		fmt.Printf("%s instead of %d files:\n%s", squashed.File, len(squashed.Folded), squashed.Content)
		return nil
	})

	// Output:
	// 20260101000002_checkpoint.sql instead of 2 files:
	// -- atlas:checkpoint
	// -- Description: checkpoint of 2 migrations
	// -- Revision ID: 20260101000002
	// -- Revises: base
	// -- Create Date: 2026-02-01 00:00:00 UTC
	//
	// -- Create "products" table
	// CREATE TABLE `products` (`id` integer NOT NULL, `name` text NOT NULL, PRIMARY KEY (`id`));
	// -- Create "prices" table
	// CREATE TABLE `prices` (`id` integer NOT NULL, `amount` integer NOT NULL, PRIMARY KEY (`id`));
}

// inShop calls use with a folder of two migrations, of which the second can be
// undone, and a place for databases.
func inShop(use func(ctx context.Context, dir *migration.Dir, server config.Database) error) {
	project, err := os.MkdirTemp("", "example")
	if err == nil {
		err = useShop(project, use)
	}
	if err := errors.Join(err, os.RemoveAll(project)); err != nil {
		fmt.Println(err)
	}
}

func useShop(project string, use func(context.Context, *migration.Dir, config.Database) error) error {
	folder := filepath.Join(project, "migrate", "sqlite")
	if err := os.MkdirAll(filepath.Join(folder, "down"), 0o750); err != nil {
		return err
	}
	for name, text := range map[string]string{
		"20260101000001_products.sql":         "CREATE TABLE products (id integer NOT NULL PRIMARY KEY, name text NOT NULL);\n",
		"20260101000002_prices.sql":           "CREATE TABLE prices (id integer NOT NULL PRIMARY KEY, amount integer NOT NULL);\n",
		"down/20260101000002_prices.down.sql": "DROP TABLE prices;\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	dir := migration.OpenDir(folder)
	if _, err := dir.Rehash(); err != nil {
		return err
	}
	server := config.Database{URL: config.URL{Dialect: config.SQLite, Database: filepath.Join(project, "app.db")}}
	return use(context.Background(), dir, server)
}
