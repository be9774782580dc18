// Package search makes the text of an entity searchable by words, on every
// dialect in the same way. One annotation of the schema is all:
//
//	func (Post) Annotations() []schema.Annotation {
//		return []schema.Annotation{search.Fields("title", "content")}
//	}
//
// The planner of migrations gives the table an index of words, which the
// database keeps up to date: a table of SQLite's FTS5, a GIN index of
// PostgreSQL's tsvector, a FULLTEXT index of MySQL. The generator gives the
// predicate post.Search and, in the GraphQL API, the filter search:
//
//	client.Post.Query().Where(post.Search("quick bro")).All(ctx)
//	{ posts(where: {search: "quick bro"}) { totalCount } }
//
// A word is a run of letters, marks and digits. A row is found if its fields
// together hold each word of the text; the last word may be the beginning of a
// longer one. Case does not count, accents do. There are no operators: quotes,
// stars and AND are punctuation and words like all others. A text without a word
// is refused, so that it never means all rows; [Check] tells beforehand.
package search
