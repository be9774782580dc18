package dataset

import (
	"context"
	"time"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/comment"
	"github.com/framefox-go/framefox/ent/ownershiplog"
	"github.com/framefox-go/framefox/ent/postlike"
	"github.com/framefox-go/framefox/ent/postrating"
	"github.com/framefox-go/framefox/ent/postshare"
	"github.com/framefox-go/framefox/ent/posttag"
	"github.com/framefox-go/framefox/ent/postview"
)

// reactions are the rows of posts, before they are written.
type reactions struct {
	tags     []*ent.PostTagCreate
	views    []*ent.PostViewCreate
	comments []*ent.CommentCreate
	likes    []*ent.PostLikeCreate
	ratings  []*ent.PostRatingCreate
	shares   []*ent.PostShareCreate
	owners   []*ent.OwnershipLogCreate
}

// addReactions adds the rows that hang on one post.
func (b *generatedBatch) addReactions(o *reactions, a article, r random) {
	for _, name := range a.tags {
		o.tags = append(o.tags, b.tx.PostTag.Create().SetPostID(a.id).SetTagID(b.tags[name]))
	}
	for _, v := range a.views {
		o.views = append(o.views, b.tx.PostView.Create().
			SetPostID(a.id).SetViewDate(v.day).SetViewCount(v.count))
	}
	if a.index%50 == 25 {
		o.owners = append(o.owners, b.tx.OwnershipLog.Create().
			SetFromUserID(b.people[a.index%len(b.people)].id).SetToUserID(a.author.id).SetPostID(a.id).
			SetCreatedAt(r.instant(a.created, b.opts.Now)))
	}
	if a.public() {
		b.addComments(o, a, r)
		b.addVotes(o, a, r)
	}
}

// after draws someone who reads the post, and when.
func (b *generatedBatch) after(a article, r random) (person, time.Time, bool) {
	at := r.instant(a.published, b.opts.Now)
	p, ok := b.reader(r, at)
	return p, at, ok
}

func (b *generatedBatch) addComments(o *reactions, a article, r random) {
	for range r.IntN(6) {
		p, at, ok := b.after(a, r)
		if !ok {
			continue
		}
		row := b.tx.Comment.Create().SetPostID(a.id).SetUserID(p.id).
			SetContent(pick(r, remarks)).SetCreatedAt(at)
		if r.chance(5) {
			row.SetDeletedAt(r.instant(at, b.opts.Now))
		}
		o.comments = append(o.comments, row)
	}
	for range r.IntN(3) {
		p, at, ok := b.after(a, r)
		row := b.tx.PostShare.Create().SetPostID(a.id).SetCreatedAt(at)
		if ok && r.chance(70) {
			row.SetUserID(p.id)
		}
		o.shares = append(o.shares, row)
	}
}

// addVotes adds likes and ratings, one of each by a user at most.
func (b *generatedBatch) addVotes(o *reactions, a article, r random) {
	liked := map[int]bool{}
	for range r.IntN(9) {
		p, at, ok := b.after(a, r)
		if !ok || liked[p.index] {
			continue
		}
		liked[p.index] = true
		o.likes = append(o.likes, b.tx.PostLike.Create().SetPostID(a.id).SetUserID(p.id).SetCreatedAt(at))
	}
	rated := map[int]bool{}
	for range r.IntN(5) {
		p, _, ok := b.after(a, r)
		if !ok || rated[p.index] {
			continue
		}
		rated[p.index] = true
		o.ratings = append(o.ratings, b.tx.PostRating.Create().
			SetPostID(a.id).SetUserID(p.id).SetRating(int32(1+max(r.IntN(5), r.IntN(5))))) //nolint:gosec // 1 to 5
	}
}

// count counts the rows as unchanged.
func (o *reactions) count(counts *Report) {
	counts.add(posttag.Table, 0, len(o.tags))
	counts.add(postview.Table, 0, len(o.views))
	counts.add(comment.Table, 0, len(o.comments))
	counts.add(postlike.Table, 0, len(o.likes))
	counts.add(postrating.Table, 0, len(o.ratings))
	counts.add(postshare.Table, 0, len(o.shares))
	counts.add(ownershiplog.Table, 0, len(o.owners))
}

func (o *reactions) save(ctx context.Context, b *generatedBatch) error {
	if _, err := save(ctx, b, posttag.Table, widthPostTag, b.tx.PostTag.CreateBulk, o.tags); err != nil {
		return err
	}
	if _, err := save(ctx, b, postview.Table, 4, b.tx.PostView.CreateBulk, o.views); err != nil {
		return err
	}
	if _, err := save(ctx, b, comment.Table, 6, b.tx.Comment.CreateBulk, o.comments); err != nil {
		return err
	}
	if _, err := save(ctx, b, postlike.Table, 4, b.tx.PostLike.CreateBulk, o.likes); err != nil {
		return err
	}
	if _, err := save(ctx, b, postrating.Table, 4, b.tx.PostRating.CreateBulk, o.ratings); err != nil {
		return err
	}
	if _, err := save(ctx, b, postshare.Table, 4, b.tx.PostShare.CreateBulk, o.shares); err != nil {
		return err
	}
	_, err := save(ctx, b, ownershiplog.Table, 5, b.tx.OwnershipLog.CreateBulk, o.owners)
	return err
}
