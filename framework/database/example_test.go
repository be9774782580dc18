package database_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
)

func Example() {
	ctx := context.Background()
	url, err := config.ParseURL("sqlite:///:memory:", ".")
	if err != nil {
		panic(err)
	}
	db, err := database.Open(ctx, config.Database{URL: url})
	if err != nil {
		panic(err)
	}
	defer func() { _ = db.Close() }()

	// client := ent.NewClient(ent.Driver(db.Driver()))
	fmt.Println(db.Driver().Dialect(), db.Stats().Open)
	// Output: sqlite3 1
}

func ExampleAsConstraint() {
	ctx := context.Background()
	db, err := database.Open(ctx, config.Database{URL: config.URL{Dialect: config.SQLite, Memory: true}})
	if err != nil {
		panic(err)
	}
	defer func() { _ = db.Close() }()
	_, err = db.SQL().ExecContext(ctx, `CREATE TABLE users (email text UNIQUE); INSERT INTO users VALUES ('ann@example.org')`)
	if err != nil {
		panic(err)
	}

	_, err = db.SQL().ExecContext(ctx, `INSERT INTO users VALUES (?)`, "ann@example.org")
	if broken, ok := database.AsConstraint(err); ok {
		fmt.Println(broken.Kind, broken.Table, broken.Columns)
		fmt.Println(broken)
	}
	// Output:
	// unique users [email]
	// database: unique constraint failed on users (email)
}

func ExampleOpen_missing() {
	url, err := config.ParseURL("sqlite:////nowhere/app.db", ".")
	if err != nil {
		panic(err)
	}
	_, err = database.Open(context.Background(), config.Database{URL: url})
	fmt.Println(errors.Is(err, database.ErrNotExist))
	fmt.Println(err)
	// Output:
	// true
	// database: cannot open sqlite database /nowhere/app.db: database does not exist: run `framefox database create`
}
