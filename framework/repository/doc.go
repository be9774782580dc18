// Package repository is what the generated repositories are made of: one for
// each entity, typed, and meant to be embedded in the application's own.
//
//	type PostRepository struct{ *ent.PostRepository }
//
//	func NewPostRepository(client *ent.Client) *PostRepository {
//		return &PostRepository{ent.NewPostRepository(client)}
//	}
//
//	// Published is a specification: what readers may see.
//	func Published() predicate.Post {
//		return post.And(post.StatusEQ(post.StatusPublished), post.PublishedAtLTE(time.Now()))
//	}
//
//	func (r *PostRepository) Latest(ctx context.Context, n int) ([]*ent.Post, error) {
//		return r.Where(Published()).FindBy(ctx, nil, repository.OrderBy(repository.Desc("published_at")), repository.Limit(n))
//	}
//
// Rows are asked for in three ways, which combine. [Criteria] are values by the
// names of fields, for what comes from elsewhere: names and types are checked
// against the entity. Specifications are ent's typed predicates, which compose
// with And, Or and Not; [Repository.Where] narrows a repository to them. And
// [Repository.Query] is ent's own query.
//
// A repository holds no state and may be shared by goroutines. It takes part in
// the transaction that its context carries, and sees the rows that the client
// shows: row filters, tenants and soft deletes hold.
//
// Nothing reads without a bound. Lists of more than [MaxRows] rows are an error,
// not a part of the list; [Repository.Each] streams any number.
package repository
