package plan_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/plan"
)

func ExampleAnalyze() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "plan")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	cfg := config.Database{URL: config.URL{Dialect: config.SQLite, Database: filepath.Join(dir, "app.db")}}
	if _, err := database.Create(ctx, cfg); err != nil {
		log.Panic(err)
	}
	db, err := database.Open(ctx, cfg)
	if err != nil {
		log.Panic(err)
	}
	defer func() { _ = db.Close() }()
	for _, text := range []string{
		"CREATE TABLE posts (id integer PRIMARY KEY, status text, published_at text)",
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO posts (status) SELECT 'draft' FROM n",
	} {
		if _, err := db.SQL().ExecContext(ctx, text); err != nil {
			log.Panic(err)
		}
	}

	analysis, err := plan.Analyze(ctx, db, plan.Query{
		SQL:  "SELECT * FROM posts WHERE status = ? ORDER BY published_at DESC LIMIT 20",
		Args: []any{"published"},
	}, plan.Options{Thresholds: plan.Thresholds{SmallTable: 100}})
	if err != nil {
		log.Panic(err)
	}
	fmt.Println(analysis.Plan)
	for _, text := range analysis.Recommendations {
		fmt.Println(text)
	}
	// Output:
	// sort for ORDER BY
	// └─ scan of posts: 5000 rows
	// Query may benefit from composite indexes
	// Consider adding indexes for table scans
}
