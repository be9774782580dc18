package analytics_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
	"github.com/framefox-go/framefox/framework/password"
	"github.com/framefox-go/framefox/internal/blog/analytics"
	"github.com/framefox-go/framefox/migrate"
)

// Of the three who registered in January, two were here within a week.
func ExampleRepository_Cohorts() {
	err := withBlog(func(ctx context.Context, client *ent.Client) error {
		january := time.Date(2026, time.January, 9, 0, 0, 0, 0, time.UTC)
		now := time.Date(2026, time.March, 15, 12, 0, 0, 0, time.UTC)
		for name, daysAgo := range map[string]int{"ada": 1, "bob": 7, "cyd": 60} {
			err := client.User.Create().SetUsername(name).SetEmail(name + "@example.org").SetPassword(password.Unusable).
				SetCreatedAt(january).SetLastLogin(now.AddDate(0, 0, -daysAgo)).Exec(ctx)
			if err != nil {
				return err
			}
		}

		reports := analytics.New(client, analytics.Options{Now: func() time.Time { return now }})
		rows, err := reports.Cohorts(ctx, analytics.CohortParams{Period: analytics.Month})
		if err != nil {
			return err
		}
		for _, c := range rows {
			fmt.Printf("%s %-8s %d of %d = %.2f %%\n", c.CohortLabel, c.RetentionPeriod, c.RetainedUsers, c.CohortSize, c.RetentionRate)
		}
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}

	// Output:
	// 2026-01 month_1  0 of 3 = 0.00 %
	// 2026-01 month_3  1 of 3 = 33.33 %
	// 2026-01 week_1   2 of 3 = 66.67 %
}

// withBlog runs fn on a new SQLite database.
func withBlog(fn func(ctx context.Context, client *ent.Client) error) (err error) {
	ctx := context.Background()
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
	files, err := fs.Sub(migrate.Files, "sqlite")
	if err != nil {
		return err
	}
	m, err := migration.Open(db, migration.NewDir(files))
	if err != nil {
		return err
	}
	if _, err := m.Upgrade(ctx, migration.UpgradeOptions{}); err != nil {
		return err
	}
	return fn(ctx, ent.NewClient(ent.Driver(db.Driver())))
}
