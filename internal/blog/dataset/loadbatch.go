package dataset

import (
	"context"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/ent/posttag"
	"github.com/framefox-go/framefox/ent/tag"
	"github.com/framefox-go/framefox/ent/user"
	"github.com/framefox-go/framefox/ent/userprofile"
)

// packageBatch is the packages of one transaction.
type packageBatch struct {
	*loader
	packages []Package
	counts   Report // tables only
}

func (b *packageBatch) write(ctx context.Context, tx *ent.Tx) error {
	for _, step := range []func(context.Context, *ent.Tx) error{b.writeUsers, b.writeTags, b.writePosts} {
		if err := step(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// writeUsers makes sure that each maintainer has an account and a profile.
func (b *packageBatch) writeUsers(ctx context.Context, tx *ent.Tx) error {
	first := map[string]Package{} // of each maintainer that this run meets for the first time
	var emails []string
	for _, p := range b.packages {
		email := p.Maintainer.Email
		if _, known := b.users[email]; known {
			continue
		}
		if _, met := first[email]; !met {
			first[email] = p
			emails = append(emails, email)
		}
	}
	there, err := find(emails, func(part []string) ([]*ent.User, error) {
		return tx.User.Query().Where(user.EmailIn(part...)).Select(user.FieldID, user.FieldEmail).All(ctx)
	})
	if err != nil {
		return err
	}
	for _, u := range there {
		b.users[u.Email] = u.ID
	}
	missing := without(emails, b.users)
	if err := b.insertUsers(ctx, tx, missing, first); err != nil {
		return err
	}
	b.counts.add(user.Table, len(missing), len(there))
	return b.writeProfiles(ctx, tx, emails, first)
}

func (b *packageBatch) insertUsers(ctx context.Context, tx *ent.Tx, emails []string, first map[string]Package) error {
	var candidates []string
	for _, email := range emails {
		candidates = append(candidates, first[email].Maintainer.usernames()...)
	}
	holders, err := find(candidates, func(part []string) ([]*ent.User, error) {
		return tx.User.Query().Where(user.UsernameIn(part...)).Select(user.FieldID, user.FieldUsername).All(ctx)
	})
	if err != nil {
		return err
	}
	taken := make(map[string]bool, len(holders)+len(emails))
	for _, u := range holders {
		taken[u.Username] = true
	}
	rows := make([]*ent.UserCreate, len(emails))
	for i, email := range emails {
		m := first[email].Maintainer
		username := ""
		for _, username = range m.usernames() {
			if !taken[username] {
				break
			}
		}
		taken[username] = true
		rows[i] = newUser(tx.Client(), m, username, b.opts.Now)
	}
	created, err := insert(ctx, widthUser, tx.User.CreateBulk, rows)
	if err != nil {
		return err
	}
	for _, u := range created {
		b.users[u.Email] = u.ID
	}
	return nil
}

func (b *packageBatch) writeProfiles(ctx context.Context, tx *ent.Tx, emails []string, first map[string]Package) error {
	ids := make([]int64, len(emails))
	for i, email := range emails {
		ids[i] = b.users[email]
	}
	there, err := find(ids, func(part []int64) ([]*ent.UserProfile, error) {
		return tx.UserProfile.Query().Where(userprofile.UserIDIn(part...)).
			Select(userprofile.FieldID, userprofile.FieldUserID).All(ctx)
	})
	if err != nil {
		return err
	}
	has := make(map[int64]bool, len(there))
	for _, profile := range there {
		has[profile.UserID] = true
	}
	var rows []*ent.UserProfileCreate
	for i, email := range emails {
		if !has[ids[i]] {
			rows = append(rows, newProfile(tx.Client(), first[email], ids[i], b.opts.Now))
		}
	}
	if _, err := insert(ctx, widthProfile, tx.UserProfile.CreateBulk, rows); err != nil {
		return err
	}
	b.counts.add(userprofile.Table, len(rows), len(there))
	return nil
}

func (b *packageBatch) writeTags(ctx context.Context, tx *ent.Tx) error {
	var names []string
	for _, p := range b.packages {
		names = append(names, p.tagNames()...)
	}
	inserted, unchanged, err := writeTags(ctx, tx, names, b.tags)
	b.counts.add(tag.Table, inserted, unchanged)
	return err
}

// writeTags makes sure that the tags exist, and puts those that were not known
// into ids.
func writeTags(ctx context.Context, tx *ent.Tx, names []string, ids map[string]int64) (inserted, unchanged int, err error) {
	names = without(names, ids)
	there, err := find(names, func(part []string) ([]*ent.Tag, error) {
		return tx.Tag.Query().Where(tag.NameIn(part...)).All(ctx)
	})
	if err != nil {
		return 0, 0, err
	}
	for _, t := range there {
		ids[t.Name] = t.ID
	}
	names = without(names, ids)
	rows := make([]*ent.TagCreate, len(names))
	for i, name := range names {
		rows[i] = tx.Tag.Create().SetName(name)
	}
	created, err := insert(ctx, widthTag, tx.Tag.CreateBulk, rows)
	for _, t := range created {
		ids[t.Name] = t.ID
	}
	return len(created), len(there), err
}

func (b *packageBatch) writePosts(ctx context.Context, tx *ent.Tx) error {
	slugs := make([]string, len(b.packages))
	for i, p := range b.packages {
		slugs[i] = slugOf(p.Name)
	}
	there, err := find(slugs, func(part []string) ([]*ent.Post, error) {
		return tx.Post.Query().Where(post.SlugIn(part...)).Select(post.FieldID, post.FieldSlug).All(ctx)
	})
	if err != nil {
		return err
	}
	ids := make(map[string]int64, len(slugs))
	old := make([]int64, len(there))
	for i, p := range there {
		ids[p.Slug], old[i] = p.ID, p.ID
	}
	var rows []*ent.PostCreate
	for i, p := range b.packages {
		if _, ok := ids[slugs[i]]; !ok {
			rows = append(rows, newPost(tx.Client(), p, b.users[p.Maintainer.Email], b.opts.Now))
		}
	}
	created, err := insert(ctx, widthPost, tx.Post.CreateBulk, rows)
	if err != nil {
		return err
	}
	for _, p := range created {
		ids[p.Slug] = p.ID
	}
	b.counts.add(post.Table, len(created), len(there))
	return b.writePostTags(ctx, tx, slugs, ids, old)
}

// writePostTags tags the posts. Of those that are old, some or all tags may be
// there.
func (b *packageBatch) writePostTags(ctx context.Context, tx *ent.Tx, slugs []string, ids map[string]int64, old []int64) error {
	there, err := find(old, func(part []int64) ([]*ent.PostTag, error) {
		return tx.PostTag.Query().Where(posttag.PostIDIn(part...)).All(ctx)
	})
	if err != nil {
		return err
	}
	type pair struct{ post, tag int64 }
	has := make(map[pair]bool, len(there))
	for _, t := range there {
		has[pair{t.PostID, t.TagID}] = true
	}
	unchanged := 0
	var rows []*ent.PostTagCreate
	for i, p := range b.packages {
		for _, name := range p.tagNames() {
			key := pair{ids[slugs[i]], b.tags[name]}
			if has[key] {
				unchanged++
				continue
			}
			rows = append(rows, tx.PostTag.Create().SetPostID(key.post).SetTagID(key.tag))
		}
	}
	if _, err := insert(ctx, widthPostTag, tx.PostTag.CreateBulk, rows); err != nil {
		return err
	}
	b.counts.add(posttag.Table, len(rows), unchanged)
	return nil
}

// without returns the keys that the map does not have, in order, none twice.
func without(keys []string, known map[string]int64) []string {
	var rest []string
	met := map[string]bool{}
	for _, key := range keys {
		if _, ok := known[key]; !ok && !met[key] {
			met[key] = true
			rest = append(rest, key)
		}
	}
	return rest
}
