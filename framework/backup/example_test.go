package backup_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/framefox-go/framefox/framework/backup"
	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
)

// A database is copied, changed, and brought back to what it was.
func Example() {
	if err := copyAndRestore(context.Background()); err != nil {
		fmt.Println(err)
	}

	// Output:
	// app_backup_20240603_152345.db: 2 users, opened
	// restored: 2 users
}

func copyAndRestore(ctx context.Context) (err error) {
	folder, err := os.MkdirTemp("", "example")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	cfg := config.Database{URL: config.URL{Dialect: config.SQLite, Database: filepath.Join(folder, "app.db")}}
	if _, err := database.Create(ctx, cfg); err != nil {
		return err
	}
	if err := execAll(ctx, cfg, "CREATE TABLE users (id integer PRIMARY KEY)", "INSERT INTO users VALUES (1), (2)"); err != nil {
		return err
	}

	copied, err := backup.Copy(ctx, cfg, backup.CopyOptions{
		Dir: filepath.Join(folder, "backups"), Now: time.Date(2024, 6, 3, 15, 23, 45, 0, time.UTC),
	})
	if err != nil {
		return err
	}
	fmt.Printf("%s: %d users, %s\n", filepath.Base(copied.Path), copied.Tables["users"], copied.Verified)

	if err := execAll(ctx, cfg, "DELETE FROM users"); err != nil {
		return err
	}
	restored, err := backup.Restore(ctx, cfg, copied.Path, backup.RestoreOptions{Replace: true})
	if err != nil {
		return err
	}
	fmt.Printf("restored: %d users\n", restored.Tables["users"])
	return nil
}

func execAll(ctx context.Context, cfg config.Database, statements ...string) (err error) {
	db, err := database.Open(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	for _, text := range statements {
		if _, err := db.SQL().ExecContext(ctx, text); err != nil {
			return err
		}
	}
	return nil
}
