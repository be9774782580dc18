package migration_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
)

// A column is added by the SQL file, and filled in Go, in batches.
func ExampleDataMigration() {
	if err := fillSlugs(context.Background()); err != nil {
		fmt.Println(err)
	}

	// Output:
	// Migrating 3 tags...
	// Processed 2/3 tags...
	// Processed 3/3 tags...
	// Data migration completed successfully!
}

func fillSlugs(ctx context.Context) (err error) {
	project, err := os.MkdirTemp("", "example")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(project)) }()
	dir, err := writeFiles(filepath.Join(project, "migrate"))
	if err != nil {
		return err
	}
	cfg := config.Database{URL: config.URL{Dialect: config.SQLite, Database: filepath.Join(project, "app.db")}}
	if _, err := database.Create(ctx, cfg); err != nil {
		return err
	}
	db, err := database.Open(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()

	m, err := migration.Open(db, dir, migration.WithData(migration.DataMigration{
		Version: "20260101000002", // of the file that adds the column
		Up: func(ctx context.Context, s *migration.DataStep) error {
			return s.Batches(ctx, migration.Batch{
				Table: "tags", Columns: []string{"name"},
				Where: "slug IS NULL", // what is left to do
				Size:  2,
				Each: func(ctx context.Context, tx *migration.DataTx, tag migration.Row) error {
					_, err := tx.Exec(ctx, "UPDATE tags SET slug = ? WHERE id = ?", "tag-"+tag.Text("name"), tag.Value("id"))
					return err
				},
			})
		},
		Down: migration.NothingToUndo, // the down file drops the column
	}))
	if err != nil {
		return err
	}
	_, err = m.Upgrade(ctx, migration.UpgradeOptions{Data: func(p migration.DataProgress) { fmt.Println(p) }})
	return err
}

// writeFiles writes a folder of two migrations.
func writeFiles(path string) (*migration.Dir, error) {
	if err := os.Mkdir(path, 0o750); err != nil {
		return nil, err
	}
	for name, text := range map[string]string{
		"20260101000001_tags.sql": "CREATE TABLE tags (id integer NOT NULL PRIMARY KEY, name text NOT NULL);\nINSERT INTO tags (name) VALUES ('a'), ('b'), ('c');\n",
		"20260101000002_slug.sql": "ALTER TABLE tags ADD COLUMN slug text NULL;\n",
	} {
		if err := os.WriteFile(filepath.Join(path, name), []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	dir := migration.OpenDir(path)
	_, err := dir.Rehash()
	return dir, err
}
