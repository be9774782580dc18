package dataset

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/post"
)

// article is a post of the generator.
type article struct {
	index     int
	author    person
	title     string
	slug      string
	status    post.Status
	created   time.Time
	published time.Time // zero for a draft
	deleted   time.Time // zero for one that is not
	views     []dayViews
	tags      []string
	id        int64 // once written
}

type dayViews struct {
	day   time.Time
	count int64
}

// public reports whether readers have, or had, the post before them.
func (a article) public() bool { return len(a.views) > 0 }

// newArticle makes the post. Its random is used up in one order, whatever becomes
// of the post.
func (g *generator) newArticle(index int) (article, random) {
	r := newRandom(g.opts.Seed, "post", index)
	author := g.people[index/PostsPerScale*UsersPerScale+g.writers[index%PostsPerScale]]
	topic, adjective := pick(r, topics), pick(r, adjectives)
	a := article{
		index: index, author: author,
		title:   adjective + " " + topic + " in " + pick(r, cities),
		slug:    fmt.Sprintf("%s-%s-%d", strings.ToLower(adjective), topic, index),
		created: r.instant(author.created, g.opts.Now),
		tags:    []string{topic},
	}
	for range r.IntN(4) {
		if name := pick(r, topics); !strings.Contains(" "+strings.Join(a.tags, " ")+" ", " "+name+" ") {
			a.tags = append(a.tags, name)
		}
	}
	switch kind := r.IntN(100); {
	case kind < 10:
		a.status = post.StatusDraft
	case kind < 15:
		a.status = post.StatusPublished
		a.published = g.opts.Now.Add(r.between(day, 30*day))
	case kind < 23:
		a.status = post.StatusArchived
		a.published = r.instant(a.created, g.opts.Now)
	default:
		a.status = post.StatusPublished
		a.published = r.instant(a.created, a.created.Add(min(g.opts.Now.Sub(a.created), 3*day)))
	}
	if r.chance(3) {
		a.deleted = r.instant(a.created, g.opts.Now)
	}
	a.views = g.viewsOf(a, r)
	return a, r
}

// viewsOf are the views by day of a post that is out. One post in ten has none,
// and one in ten is read a lot.
func (g *generator) viewsOf(a article, r random) []dayViews {
	fame := a.index % 10
	if a.published.IsZero() || a.published.After(g.opts.Now) || fame == 9 {
		return nil
	}
	most := 8
	if fame == 0 {
		most = 120
	}
	days := 1 + r.IntN(6)
	var views []dayViews
	last := g.opts.Now.Truncate(day)
	for at := a.published.Truncate(day); len(views) < days && !at.After(last); at = at.Add(time.Duration(1+r.IntN(3)) * day) {
		views = append(views, dayViews{at, int64(1 + r.IntN(most))})
	}
	return views
}

// writePosts writes posts with what hangs on them. A post that is there already
// came with all of it, in one transaction.
func (g *generator) writePosts(ctx context.Context, b *generatedBatch, from, to int) error {
	articles := make([]article, to-from)
	randoms := make([]random, to-from)
	slugs := make([]string, to-from)
	for i := range articles {
		articles[i], randoms[i] = g.newArticle(from + i)
		slugs[i] = articles[i].slug
	}
	there, err := b.tx.Post.Query().Where(post.SlugIn(slugs...)).Select(post.FieldID, post.FieldSlug).All(ctx)
	if err != nil {
		return err
	}
	ids := make(map[string]int64, len(there))
	for _, p := range there {
		ids[p.Slug] = p.ID
	}
	var rows []*ent.PostCreate
	var added []*article
	for i := range articles {
		a := &articles[i]
		if a.id = ids[slugs[i]]; a.id == 0 {
			rows = append(rows, b.newPost(*a))
			added = append(added, a)
		}
	}
	created, err := save(ctx, b, post.Table, widthPost, b.tx.Post.CreateBulk, rows)
	if err != nil {
		return err
	}
	for i, p := range created {
		added[i].id = p.ID
	}
	b.counts.add(post.Table, 0, len(there))

	var reactions, unchanged reactions
	for i, a := range articles {
		if _, old := ids[slugs[i]]; old {
			b.addReactions(&unchanged, a, randoms[i])
		} else {
			b.addReactions(&reactions, a, randoms[i])
		}
	}
	unchanged.count(&b.counts)
	return reactions.save(ctx, b)
}

func (b *generatedBatch) newPost(a article) *ent.PostCreate {
	r := newRandom(b.opts.Seed, "text", a.index)
	paragraphs := make([]string, 1+r.IntN(4))
	for i := range paragraphs {
		text := make([]string, 2+r.IntN(6))
		for j := range text {
			text[j] = pick(r, sentences)
		}
		paragraphs[i] = strings.Join(text, " ")
	}
	row := b.tx.Post.Create().
		SetUserID(a.author.id).SetTitle(a.title).SetSlug(a.slug).
		SetExcerpt(pick(r, sentences)).SetContent(strings.Join(paragraphs, "\n\n")).
		SetCategory(categories[a.index%len(categories)]).
		SetStatus(a.status).
		SetCreatedAt(a.created).SetUpdatedAt(a.created)
	if !a.published.IsZero() {
		row.SetPublishedAt(a.published)
	}
	if !a.deleted.IsZero() {
		row.SetDeletedAt(a.deleted)
	}
	var seen int64
	for _, v := range a.views {
		seen += v.count
	}
	return row.SetViewCount(seen)
}
