package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
)

// newDatabase is the group of commands for the database.
func newDatabase(env *Env) *cobra.Command {
	group := &cobra.Command{
		Use:     "database",
		Aliases: []string{"db"},
		Short:   "Create the database and migrate it",
		Long: "Create the database of the configured environment and migrate it.\n\n" +
			"Each command can also be written with a colon: database:create.",
		Example: example(env, "database create --migrate", "database:status"),
	}
	group.AddCommand(newCreate(env), newUpgrade(env), newDowngrade(env), newStatus(env), newHistory(env),
		newCurrent(env), newShow(env), newStamp(env), newReset(env))
	group.AddCommand(newCopy(env), newRestore(env), newDrop(env), newClearMetadata(env), newClearMigration(env))
	if env.app.Seed != nil {
		group.AddCommand(newSeed(env))
	}
	group.AddCommand(newDiagram(env), newStats(env))
	group.AddCommand(newCheck(env), newTestCycle(env), newSquash(env), newMerge(env))
	group.AddCommand(newRehash(env))
	group.AddCommand(newAnalyze(env, "analyze"), newIndexes(env))
	if env.app.Tables != nil || env.app.Source != nil {
		group.AddCommand(newSync(env))
		group.AddCommand(newCreateMigration(env))
	}
	return group
}

// withMigrator opens the configured database and its migrations for use.
func (e *Env) withMigrator(ctx context.Context, use func(*database.DB, *migration.Migrator) error) (err error) {
	dir, err := e.Migrations()
	if err != nil {
		return err
	}
	db, err := e.Open(ctx)
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := db.Close(); err == nil && closeErr != nil {
			err = fmt.Errorf("cannot close the database: %w", closeErr)
		}
	}()
	m, err := migration.Open(db, dir, migration.WithData(e.app.Data...))
	if err != nil {
		return err
	}
	return use(db, m)
}

// warnMemory says that what a command does to a database in memory is gone when
// the command ends.
func (e *Env) warnMemory() error {
	cfg, err := e.Config()
	if err != nil {
		return err
	}
	if cfg.Database.URL.Memory {
		e.Warn("the database is in memory: it begins empty and is gone when this command ends")
	}
	return nil
}
