package blog

import (
	"context"
	"errors"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/framework/cli"
	"github.com/framefox-go/framefox/internal/blog/dataset"
)

// LoadCommand is the application's own command: it fills the database.
func LoadCommand(env *cli.Env) *cobra.Command {
	return dataset.Command(func(ctx context.Context) (*ent.Client, func() error, error) {
		cfg, err := env.Config()
		if err != nil {
			return nil, nil, err
		}
		db, err := env.Open(ctx)
		if err != nil {
			return nil, nil, err
		}
		// Fresh statistics, or the first queries get plans for empty tables.
		done := func() error { return errors.Join(db.Analyze(context.WithoutCancel(ctx)), db.Close()) }
		return New(db, cfg, slog.Default()).Client, done, nil
	})
}
