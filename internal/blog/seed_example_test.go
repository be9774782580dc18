package blog_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing/fstest"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
	"github.com/framefox-go/framefox/framework/seed"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/migrate"
)

// Fixtures name rows by labels; what is generated tops a table up. Both go
// through the generated client, and a second run adds nothing.
func ExampleSeed() {
	if err := seedTags(context.Background()); err != nil {
		fmt.Println(err)
	}

	// Output:
	// 1 inserted
	// 0 inserted
	// 4 generated
}

func seedTags(ctx context.Context) (err error) {
	folder, err := os.MkdirTemp("", "example")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	cfg := config.Database{URL: config.URL{Dialect: config.SQLite, Database: filepath.Join(folder, "app.db")}}
	if _, err := database.Create(ctx, cfg); err != nil {
		return err
	}
	db, err := database.Open(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return seedInto(ctx, db)
}

func seedInto(ctx context.Context, db *database.DB) error {
	folder, err := fs.Sub(migrate.Files, "sqlite")
	if err != nil {
		return err
	}
	m, err := migration.Open(db, migration.NewDir(folder))
	if err != nil {
		return err
	}
	if _, err := m.Upgrade(ctx, migration.UpgradeOptions{}); err != nil {
		return err
	}

	store, err := blog.Seed(db)
	if err != nil {
		return err
	}
	fixtures := fstest.MapFS{"tags.yaml": {Data: []byte("tags:\n  go: {name: go}\n")}}
	for range 2 {
		report, err := store.Apply(ctx, fixtures, seed.ApplyOptions{})
		if err != nil {
			return err
		}
		fmt.Println(report.Inserted(), "inserted")
	}
	report, err := store.Generate(ctx, seed.GenerateOptions{Counts: []seed.Count{{Entity: "tags", Rows: 5}}})
	fmt.Println(report.Inserted(), "generated")
	return err
}
