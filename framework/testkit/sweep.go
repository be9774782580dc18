package testkit

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
)

// prefix begins the names of all databases and folders that the kit makes.
const prefix = "framefox_test_"

// leftover is the age from which a database or a folder of the kit cannot belong
// to a run that still goes on.
const leftover = time.Hour

// newName returns the name of a database: the time, the process, and chance.
func newName() string {
	return fmt.Sprintf("%s%d_%d_%s", prefix, time.Now().Unix(), os.Getpid(), strings.ToLower(rand.Text()[:10]))
}

// abandoned reports whether a name was made by a run that is over.
func abandoned(name string) bool {
	rest, ours := strings.CutPrefix(name, prefix)
	stamp, _, found := strings.Cut(rest, "_")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	return ours && found && err == nil && time.Since(time.Unix(seconds, 0)) > leftover
}

// sweep drops the databases that earlier runs left on a server because they were
// killed.
func sweep(url config.URL) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	names, err := databases(ctx, url)
	if err != nil {
		return err
	}
	for _, name := range names {
		if !abandoned(name) {
			continue
		}
		url.Database = name
		if _, err := database.Drop(ctx, config.Database{URL: url}); err != nil {
			return fmt.Errorf("cannot drop a database that an earlier run left: %w", err)
		}
	}
	return nil
}

// databases lists the databases of a server.
func databases(ctx context.Context, url config.URL) (names []string, err error) {
	query := "SELECT datname FROM pg_database"
	url.Database = "postgres"
	if url.Dialect == config.MySQL {
		query = "SELECT schema_name FROM information_schema.schemata"
		url.Database = "information_schema"
	}
	db, err := database.Open(ctx, config.Database{URL: url, Pool: config.Pool{Size: 1}})
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }() // nothing hangs on it
	rows, err := db.SQL().QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err says more
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}
