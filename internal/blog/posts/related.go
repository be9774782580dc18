package posts

import (
	"context"
	"fmt"

	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/ent/posttag"
	"github.com/framefox-go/framefox/ent/predicate"
	"github.com/framefox-go/framefox/ent/tag"
)

// Related is a post and what it has in common with another one.
type Related struct {
	*ent.Post
	CommonTags   int  `json:"common_tags"`
	SameCategory bool `json:"same_category"`
}

// FindRelated returns the posts that readers may see which share tags with a
// post, or else its category, at most limit. Those with more common tags come
// first; among equals those of the same category, then the newest. Without such
// a post the error is an *entity.NotFoundError.
func (r *Repository) FindRelated(ctx context.Context, id int64, limit int) ([]Related, error) {
	if err := most(limit); err != nil {
		return nil, err
	}
	self, err := r.Find(ctx, id)
	if err != nil {
		return nil, err
	}
	near := []predicate.Post{post.HasTagsWith(tag.HasPostsWith(post.ID(id)))}
	if self.Category != nil {
		near = append(near, post.Category(*self.Category))
	}
	q := r.Query(Published(r.now()), post.IDNEQ(id), post.Or(near...)).Limit(limit)
	q.Modify(func(s *sql.Selector) {
		s.AppendSelectExprAs(sharedTags(s, id), "common_tags")
		s.OrderExpr(sql.DescExpr(sql.Raw(s.Quote("common_tags"))))
		if self.Category != nil {
			s.OrderExpr(sql.ExprFunc(func(b *sql.Builder) {
				b.WriteString("CASE WHEN ").Ident(s.C(post.FieldCategory)).WriteString(" = ").Arg(*self.Category).WriteString(" THEN 0 ELSE 1 END")
			}))
		}
		s.OrderBy(sql.Desc(s.C(post.FieldPublishedAt)), s.C(post.FieldID))
	})
	rows, err := q.All(ctx)
	if err != nil {
		return nil, fmt.Errorf("posts: cannot read what is related to post %d: %w", id, err)
	}
	related := make([]Related, len(rows))
	for i, row := range rows {
		n, err := number(row, "common_tags")
		if err != nil {
			return nil, err
		}
		same := self.Category != nil && row.Category != nil && *row.Category == *self.Category
		related[i] = Related{row, n, same}
	}
	return related, nil
}

// sharedTags counts the tags that a post of the query shares with another one.
func sharedTags(posts *sql.Selector, id int64) *sql.Selector {
	mine, theirs := sql.Table(posttag.Table).As("mine"), sql.Table(posttag.Table).As("theirs")
	return sql.Dialect(posts.Dialect()).Select(sql.Count("*")).From(theirs).
		Join(mine).On(mine.C(posttag.FieldTagID), theirs.C(posttag.FieldTagID)).
		Where(sql.And(
			sql.EQ(mine.C(posttag.FieldPostID), id),
			sql.ColumnsEQ(theirs.C(posttag.FieldPostID), posts.C(post.FieldID)),
		))
}
