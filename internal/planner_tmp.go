//go:build ignore

package main

import (
	"context"
	"fmt"
	"os"
	"time"

	entmigrate "github.com/framefox-go/framefox/ent/migrate"
	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/migration"
)

func main() {
	for d, u := range map[string]string{"sqlite": "sqlite:///:memory:", "postgres": "postgres://root@127.0.0.1:5432/test?sslmode=disable", "mysql": "mysql://root@127.0.0.1:3306/test"} {
		url, err := config.ParseURL(u, "/tmp")
		if err != nil { fmt.Println(err); os.Exit(1) }
		p, err := migration.Plan(context.Background(), migration.PlanConfig{Name: "init", Dir: migration.OpenDir("migrate/" + d), Tables: entmigrate.Tables, Now: func() time.Time { return time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC) }, Server: config.Database{URL: url}})
		if err != nil { fmt.Println(d, err); continue }
		fmt.Println(p.Write())
	}
}
