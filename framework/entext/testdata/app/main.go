// Command app appends to a list through the API.
package main

import (
	"context"
	"fmt"

	"app/ent"
	_ "app/ent/runtime"
	"app/graph"
	"app/graph/generated"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/relay"
)

func main() {
	ctx := context.Background()
	url, err := config.ParseURL("sqlite:///:memory:", ".")
	if err != nil {
		panic(err)
	}
	db, err := database.Open(ctx, config.Database{URL: url})
	if err != nil {
		panic(err)
	}
	client := ent.NewClient(ent.Driver(db.Driver()))
	if err := client.Schema.Create(ctx); err != nil {
		panic(err)
	}
	api := ent.NewGraphQL(client)
	_ = generated.NewExecutableSchema(generated.Config{Resolvers: &graph.Resolver{GraphQL: api}})
	note, err := api.CreateNote(ctx, relay.Input{"title": " Buy ", "labels": []any{"a"}})
	if err != nil {
		panic(err)
	}
	note, err = api.UpdateNote(ctx, note.GlobalID(), relay.Input{"appendLabels": []any{"b", "c"}}, nil)
	if err != nil {
		panic(err)
	}
	fmt.Println(note.Title, client.Note.GetX(ctx, note.ID).Labels, note.Version)
}
