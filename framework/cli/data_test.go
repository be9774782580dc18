package cli_test

import (
	"context"
	"errors"
	"os"

	"github.com/framefox-go/framefox/framework/migration"
)

// dataMigrations is, with TEST_DATA, the Go part of migration 20260101000002. It
// gives each user a name, in batches of two. With TEST_DATA=strict it wants an
// e-mail.
func dataMigrations() []migration.DataMigration {
	mode := os.Getenv("TEST_DATA")
	if mode == "" {
		return nil
	}
	return []migration.DataMigration{{
		Version: "20260101000002", Description: "Name the users", Down: migration.NothingToUndo,
		Up: func(ctx context.Context, s *migration.DataStep) error {
			return s.Batches(ctx, migration.Batch{
				Table: "users", Columns: []string{"email"}, Where: "name IS NULL", Size: 2,
				Each: func(ctx context.Context, tx *migration.DataTx, user migration.Row) error {
					if mode == "strict" && user.Null("email") {
						return errors.New("it has no e-mail")
					}
					_, err := tx.Exec(ctx, "UPDATE users SET name = ? WHERE id = ?", "<"+user.Text("email")+">", user.Value("id"))
					return err
				},
			})
		},
	}}
}
