package ent_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/unitofwork"
)

// The entity manager writes what became of plain structs: new ones with what
// their edges lead to, changed ones, removed ones.
func ExampleEntityManager() {
	ctx := context.Background()
	client, done := open(ctx)
	defer done()
	em := ent.NewEntityManager(client)
	defer func() { _ = em.Close() }()

	ada := &ent.User{Username: "ada", Email: "ada@example.org", Password: "correct horse battery"}
	notes := &ent.Post{Title: "Notes", Slug: "notes", Edges: ent.PostEdges{Author: ada, Tags: []*ent.Tag{{Name: "math"}}}}
	if err := em.Persist(notes); err != nil {
		panic(err)
	}
	if err := em.Commit(ctx); err != nil {
		panic(err)
	}
	fmt.Println(notes.ID, notes.UserID == ada.ID, notes.Status, notes.Version)

	same := must(em.Post.Find(ctx, notes.ID))
	same.Title = "Notes on the engine"
	fmt.Println(same == notes, must(em.Changes(notes)))
	if err := em.Commit(ctx); err != nil {
		panic(err)
	}
	fmt.Println(client.Post.GetX(ctx, notes.ID).Title, notes.Version)

	// The key of a PostTag has two columns.
	link := must(em.PostTag.Find(ctx, ent.PostTagUnit{PostID: notes.ID, TagID: notes.Edges.Tags[0].ID}))
	if err := errors.Join(em.Remove(link, ada.Edges.Profile), em.Commit(ctx)); err != nil {
		fmt.Println(err)
	}
	if err := errors.Join(em.Remove(link), em.Commit(ctx)); err != nil {
		panic(err)
	}
	fmt.Println(notes.QueryTags().CountX(ctx))
	// Output:
	// 1 true draft 1
	// true map[title:{Notes Notes on the engine}]
	// Notes on the engine 2
	// unitofwork: the UserProfile is nil
	// 0
}

// What a client does with the context of a transaction belongs to it. A part that
// may fail is a transaction inside of it, and the structs go back with it.
func ExampleEntityManager_transact() {
	ctx := context.Background()
	client, done := open(ctx)
	defer done()
	em := ent.NewEntityManager(client)
	defer func() { _ = em.Close() }()

	first := &ent.Tag{Name: "go"}
	err := em.Transact(ctx, func(ctx context.Context) error {
		if err := em.Persist(first); err != nil {
			return err
		}
		if err := em.Flush(ctx); err != nil {
			return err
		}
		fmt.Println("the client sees", client.Tag.Query().CountX(ctx))

		again := &ent.Tag{Name: "Go "}
		err := em.Transact(ctx, func(context.Context) error {
			first.Name = "golang"
			return em.Persist(again)
		})
		_, taken := errors.AsType[*entity.ConflictError](err)
		fmt.Println(taken, again.ID, first.Name, em.Contains(again))
		return em.AfterCommit(ctx, func(context.Context) { fmt.Println("committed") })
	})
	fmt.Println(err, client.Tag.Query().CountX(ctx))
	// Output:
	// the client sees 1
	// true 0 go false
	// committed
	// <nil> 1
}

// Each change leaves an entry in a log, in the same transaction.
func ExampleEntityManager_audit() {
	ctx := context.Background()
	client, done := open(ctx)
	defer done()
	em := ent.NewEntityManager(client, unitofwork.Audit(func(_ context.Context, r unitofwork.Record) any {
		details := fmt.Sprint(r.Changes)
		return &ent.UserLog{Action: string(r.Op) + " " + r.Entity, Details: &details}
	}))
	defer func() { _ = em.Close() }()

	ada := &ent.User{Username: "ada", Email: "ada@example.org", Password: "correct horse battery"}
	if err := errors.Join(em.Persist(ada), em.Commit(ctx)); err != nil {
		panic(err)
	}
	ada.Password = "battery horse correct"
	if err := em.Commit(ctx); err != nil {
		panic(err)
	}
	for _, l := range client.UserLog.Query().AllX(ctx) {
		fmt.Println(l.Action, *l.Details)
	}
	// Output:
	// insert User map[email:{<nil> ada@example.org} password:{<nil> [redacted]} username:{<nil> ada}]
	// update User map[password:{[redacted] [redacted]}]
}
