// Package unitofwork is the entity manager: it holds entities, tracks what
// becomes of them, and writes it all at once.
//
//	em := ent.NewEntityManager(client)
//	defer em.Close()
//
//	post, err := em.Post.Find(ctx, id) // the same pointer each time
//	post.Title = "New title"
//
//	author := &ent.User{Username: "ada", Email: "ada@example.org", Password: password}
//	err = em.Persist(&ent.Post{Title: "Notes", Slug: "notes", Edges: ent.PostEdges{Author: author}})
//
//	err = em.Commit(ctx) // INSERT users, INSERT posts, UPDATE posts; ids are in the structs
//
// Entities are the generated structs. What has changed, a comparison with what
// was read tells. Writes go through package bulk: rules, hooks, versions,
// policies and soft delete are those of the client.
//
// Transactions are those of package database, which a context carries: what a
// client, a repository or raw SQL does with the context that Begin returns, or
// that the function of Transact gets, belongs to the same one. A rollback puts
// the entities back too.
//
// # Edges
//
// New entities are saved with what their edges lead to. A foreign key is set by
// its field (post.UserID = 7), by its edge (post.Edges.Author = user, which may
// be new), or by the edge of the other side (user.Edges.Posts = append(…)); what
// two of them say must not differ. To cut a reference, set the field to nil: an
// edge that is nil was not loaded. In an edge from many to many that was loaded,
// rows that are added and taken out are linked and unlinked.
//
// Edges of the other side, in memory, are as they were loaded: a flush does not
// move a post from the list of one user to that of another. Load them again.
//
// # Values
//
// In a struct of one's own, the zero value of a field with a default takes the
// default; [Set.New] returns one with the defaults filled in, in which zero
// values count. The zero value of a field that may be NULL and is no pointer is
// NULL.
//
// # Goroutines
//
// A manager is for one goroutine at a time, as its transaction is. A second one
// gets [ErrConcurrent]. [Middleware] gives each request its own.
package unitofwork
