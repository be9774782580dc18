package dataset

import (
	"time"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/framework/password"
)

// Widths of the rows below, and those of the generator: their columns, or more.
const (
	widthUser    = 24
	widthProfile = 16
	widthPost    = 16
	widthTag     = 2
	widthPostTag = 2
)

// newUser is the account of a maintainer, who was there before any post was.
func newUser(client *ent.Client, m Maintainer, username string, now time.Time) *ent.UserCreate {
	created := before(now.Add(-span), "user", m.Email)
	name := m.Name
	if name == "" {
		name = username
	}
	return client.User.Create().
		SetUsername(username).
		SetEmail(m.Email).
		SetName(name).
		SetDisplayName(name).
		SetPassword(password.Unusable).
		SetCreatedAt(created).
		SetUpdatedAt(created)
}

// newProfile is the profile of a maintainer, made after the first package.
func newProfile(client *ent.Client, p Package, userID int64, now time.Time) *ent.UserProfileCreate {
	return client.UserProfile.Create().
		SetUserID(userID).
		SetBio("Maintains packages of Debian, " + p.Name + " among them.").
		SetWebsite(p.Maintainer.website()).
		SetCreatedAt(before(now.Add(-span), "user", p.Maintainer.Email))
}

// newPost is the post about a package.
func newPost(client *ent.Client, p Package, userID int64, now time.Time) *ent.PostCreate {
	published := before(now, "post", p.Name)
	row := client.Post.Create().
		SetUserID(userID).
		SetTitle(p.Name).
		SetSlug(slugOf(p.Name)).
		SetStatus(post.StatusPublished).
		SetPublishedAt(published).
		SetCreatedAt(published).
		SetUpdatedAt(published)
	if p.Section != "" {
		row.SetCategory(p.Section)
	}
	if p.Summary != "" {
		row.SetExcerpt(p.Summary).SetContent(p.Summary)
	}
	if p.Description != "" {
		row.SetContent(p.Description)
	}
	return row
}
