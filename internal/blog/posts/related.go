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
// post, at most limit: those with more common tags first, among equals those of
// the same category, then the newest. Where no post shares a tag, they are those
// of the same category. Without such a post the error is an
// *entity.NotFoundError.
func (r *Repository) FindRelated(ctx context.Context, id int64, limit int) ([]Related, error) {
	if err := most(limit); err != nil {
		return nil, err
	}
	shown := func(q *ent.PostQuery) { q.Select(post.FieldID, post.FieldCategory) }
	self, err := r.With(shown).Find(ctx, id)
	if err != nil {
		return nil, err
	}
	// One after the other: tags OR category would be found by no index.
	related, err := r.related(ctx, self, limit, post.HasTagsWith(tag.HasPostsWith(post.ID(id))))
	if category := self.Category; err == nil && len(related) == 0 && category != nil && *category != "" {
		related, err = r.related(ctx, self, limit, post.Category(*category))
	}
	if err != nil {
		return nil, fmt.Errorf("posts: cannot read what is related to post %d: %w", id, err)
	}
	return related, nil
}

// related reads the posts that readers may see which a specification relates to
// another one.
func (r *Repository) related(ctx context.Context, self *ent.Post, limit int, near predicate.Post) ([]Related, error) {
	category := "" // is none
	if self.Category != nil {
		category = *self.Category
	}
	q := r.With(listed, withAuthor).Query(Published(r.now()), post.IDNEQ(self.ID), near).Limit(limit)
	q.Modify(func(s *sql.Selector) {
		s.AppendSelectExprAs(sharedTags(s, self.ID), "common_tags")
		s.OrderExpr(sql.DescExpr(sql.Raw(s.Quote("common_tags"))))
		if category != "" {
			s.OrderExpr(sql.ExprFunc(func(b *sql.Builder) {
				b.WriteString("CASE WHEN ").Ident(s.C(post.FieldCategory)).WriteString(" = ").Arg(category).WriteString(" THEN 0 ELSE 1 END")
			}))
		}
		s.OrderBy(sql.Desc(s.C(post.FieldPublishedAt)), s.C(post.FieldID))
	})
	rows, err := q.All(ctx)
	if err != nil {
		return nil, err
	}
	related := make([]Related, len(rows))
	for i, row := range rows {
		n, err := number(row, "common_tags")
		if err != nil {
			return nil, err
		}
		related[i] = Related{row, n, category != "" && row.Category != nil && *row.Category == category}
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
