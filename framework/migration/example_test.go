package migration_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/schema/field"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
)

// Plan a migration for what the entities ask for, apply it, and plan again.
func Example() {
	if err := planAndApply(); err != nil {
		fmt.Println(err)
	}

	// Output:
	// CREATE TABLE `users` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `email` text NOT NULL)
	// CREATE UNIQUE INDEX `uq_users_email` ON `users` (`email`)
	// applied: Create users
	// up to date: true
}

func planAndApply() (err error) {
	ctx := context.Background()
	project, err := os.MkdirTemp("", "example")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(project)) }()
	cfg := config.Database{URL: config.URL{Dialect: config.SQLite, Database: filepath.Join(project, "app.db")}}
	dir := migration.OpenDir(filepath.Join(project, "migrate", "sqlite"))

	// An application passes the generated migrate.Tables.
	id := &schema.Column{Name: "id", Type: field.TypeInt64, Increment: true}
	email := &schema.Column{Name: "email", Type: field.TypeString, Unique: true}
	users := &schema.Table{Name: "users", Columns: []*schema.Column{id, email}, PrimaryKey: []*schema.Column{id}}
	plan := migration.PlanConfig{Name: "Create users", Dir: dir, Tables: []*schema.Table{users}, Server: cfg}

	planned, err := migration.Plan(ctx, plan)
	if err != nil {
		return err
	}
	if _, err := planned.Write(); err != nil {
		return err
	}
	for _, statement := range planned.Statements {
		fmt.Println(statement)
	}

	if _, err := database.Create(ctx, cfg); err != nil {
		return err
	}
	db, err := database.Open(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	m, err := migration.Open(db, dir)
	if err != nil {
		return err
	}
	_, err = m.Upgrade(ctx, migration.UpgradeOptions{Applied: func(s migration.Step) { fmt.Println("applied:", s.Description) }})
	if err != nil {
		return err
	}
	_, err = migration.Plan(ctx, plan)
	fmt.Println("up to date:", errors.Is(err, migration.ErrNoChanges))
	return nil
}
