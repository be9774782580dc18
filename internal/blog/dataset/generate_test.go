package dataset_test

import (
	"cmp"
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/advancedentity"
	"github.com/framefox-go/framefox/ent/comment"
	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/ent/user"
	"github.com/framefox-go/framefox/ent/userrole"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/internal/blog/dataset"
)

func generate(t testing.TB, client *ent.Client, opts dataset.GenerateOptions) dataset.Report {
	t.Helper()
	report, err := dataset.Generate(t.Context(), client, opts)
	require.NoError(t, err)
	return report
}

// The same scale, seed and instant give the same bytes in every table of every
// dialect, however often they are asked for.
//
// Covers: L38.
func TestGenerateSame(t *testing.T) {
	t.Parallel()
	sameOnEach(t, func(t *testing.T, client *ent.Client) string {
		report := generate(t, client, dataset.GenerateOptions{})
		require.Equal(t, dataset.UsersPerScale, report.Table("users").Inserted)
		require.Equal(t, dataset.PostsPerScale, report.Table("posts").Inserted)
		require.Len(t, report.Tables, 21)
		for _, table := range report.Tables {
			require.Positive(t, table.Inserted, table.Table)
			require.Zero(t, table.Unchanged, table.Table)
		}
		first := dump(t, client)

		again := generate(t, client, dataset.GenerateOptions{})
		require.Zero(t, again.Inserted())
		for _, table := range report.Tables {
			require.Equal(t, table.Inserted, again.Table(table.Table).Unchanged, table.Table)
		}
		require.Equal(t, first, dump(t, client))
		return first
	})
}

func TestGenerateScaleAndSeed(t *testing.T) {
	t.Parallel()
	one, two, other := sqlite(t), sqlite(t), sqlite(t)
	generate(t, one, dataset.GenerateOptions{})
	report := generate(t, two, dataset.GenerateOptions{Scale: 2})
	require.Equal(t, 200, report.Table("users").Inserted)
	require.Equal(t, 1000, report.Table("posts").Inserted)
	generate(t, other, dataset.GenerateOptions{Seed: 2})
	require.NotEqual(t, dump(t, one), dump(t, other))

	for _, scale := range []int{-1, dataset.MaxScale + 1} {
		_, err := dataset.Generate(t.Context(), one, dataset.GenerateOptions{Scale: scale})
		require.ErrorContains(t, err, "it is from 1 to 10000")
	}
}

// A run that was interrupted is finished by the next one, with the same result as
// one without interruption.
func TestGenerateStopped(t *testing.T) {
	t.Parallel()
	whole, parts := sqlite(t), sqlite(t)
	generate(t, whole, dataset.GenerateOptions{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	report, err := dataset.Generate(ctx, parts, dataset.GenerateOptions{OnProgress: func(done, total int) {
		if done > total/2 {
			cancel()
		}
	}})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, 250, report.Table("posts").Inserted)
	report = generate(t, parts, dataset.GenerateOptions{})
	require.Equal(t, dataset.TableCount{Table: "posts", Inserted: 250, Unchanged: 250}, report.Table("posts"))
	require.Equal(t, dump(t, whole), dump(t, parts))
}

// account is what the reports look at in a user.
type account struct {
	*ent.User
	posts, comments, likes, views int // posts are those published
	quintile                      int
}

func (a account) score() float64 {
	return float64(a.posts)*3 + float64(a.comments) + float64(a.likes)*0.5 + float64(a.views)*0.01
}

func (a account) activity() string {
	if a.LastLogin == nil {
		return "Dormant"
	}
	switch days := dataset.Clock.Sub(*a.LastLogin).Hours() / 24; {
	case days <= 7:
		return "Active"
	case days <= 30:
		return "Occasional"
	case days <= 90:
		return "Inactive"
	default:
		return "Dormant"
	}
}

func (a account) lifecycle() string {
	switch days := dataset.Clock.Sub(a.CreatedAt).Hours() / 24; {
	case days <= 30:
		return "New"
	case days <= 180:
		return "Growing"
	case days <= 365:
		return "Established"
	default:
		return "Veteran"
	}
}

func (a account) segment() string {
	q, activity := a.quintile, a.activity()
	switch {
	case q == 5 && activity == "Active":
		return "Champion"
	case q >= 4 && (activity == "Active" || activity == "Occasional"):
		return "Loyal"
	case q >= 3 && activity == "Active":
		return "Potential Loyal"
	case q <= 2 && activity == "Active":
		return "New Customer"
	case q >= 3 && activity == "Inactive":
		return "At Risk"
	case q <= 2 && activity == "Inactive":
		return "Cannot Lose"
	default:
		return "Others"
	}
}

func accounts(t testing.TB, client *ent.Client) []account {
	t.Helper()
	users := client.User.Query().Where(user.IsActive(true)).
		WithPosts(func(q *ent.PostQuery) { q.Where(post.StatusEQ(post.StatusPublished)).WithViews() }).
		WithComments().WithLikes().AllX(t.Context())
	list := make([]account, len(users))
	for i, u := range users {
		list[i] = account{User: u, posts: len(u.Edges.Posts), comments: len(u.Edges.Comments), likes: len(u.Edges.Likes)}
		for _, p := range u.Edges.Posts {
			for _, v := range p.Edges.Views {
				list[i].views += int(v.ViewCount)
			}
		}
	}
	slices.SortFunc(list, func(a, b account) int {
		return cmp.Or(cmp.Compare(a.score(), b.score()), cmp.Compare(b.ID, a.ID))
	})
	for i := range list {
		list[i].quintile = i*5/len(list) + 1
	}
	return list
}

// No bucket of a report on users is empty, at any scale.
//
// Covers: L38.
func TestGenerateUserBuckets(t *testing.T) {
	t.Parallel()
	client := sqlite(t)
	generate(t, client, dataset.GenerateOptions{})
	buckets := map[string]int{}
	for _, a := range accounts(t, client) {
		level := "Low"
		if a.posts >= 10 {
			level = "High"
		} else if a.posts >= 3 {
			level = "Medium"
		}
		month := "older"
		if a.CreatedAt.After(dataset.Clock.AddDate(-1, 0, 0)) {
			month = a.CreatedAt.Format("2006-01")
		}
		for _, bucket := range []string{
			"level " + level, "activity " + a.activity(), "lifecycle " + a.lifecycle(), "segment " + a.segment(),
			a.lifecycle() + " and " + a.activity(), "month " + month,
		} {
			buckets[bucket]++
		}
	}
	want := []string{
		"level High", "level Medium", "level Low",
		"activity Active", "activity Occasional", "activity Inactive", "activity Dormant",
		"lifecycle New", "lifecycle Growing", "lifecycle Established", "lifecycle Veteran",
		"segment Champion", "segment Loyal", "segment Potential Loyal", "segment New Customer",
		"segment At Risk", "segment Cannot Lose", "segment Others", "month older",
		"Veteran and Dormant", "Veteran and Active", "Established and Inactive", "Growing and Inactive",
		"Growing and Occasional", "New and Active", "New and Occasional",
	}
	for i := range 12 {
		want = append(want, "month "+dataset.Clock.AddDate(0, -i-1, 0).Format("2006-01"))
	}
	for _, bucket := range want {
		require.NotZero(t, buckets[bucket], "%s in %v", bucket, buckets)
	}
}

// No bucket of a report on posts is empty.
//
// Covers: L38.
func TestGeneratePostBuckets(t *testing.T) {
	t.Parallel()
	client := sqlite(t)
	generate(t, client, dataset.GenerateOptions{})
	ctx, now := t.Context(), dataset.Clock

	posts := client.Post.Query().Where(post.StatusEQ(post.StatusPublished), post.PublishedAtLTE(now)).
		WithComments().WithLikes().WithShares().WithRatings().WithViews().AllX(ctx)
	slices.SortFunc(posts, func(a, b *ent.Post) int { return cmp.Compare(b.ViewCount, a.ViewCount) })
	engaged := slices.SortedFunc(slices.Values(posts), func(a, b *ent.Post) int { return cmp.Compare(engagement(b), engagement(a)) })[:20]
	quiet, unrated := 0, 0
	categories := map[string]int{}
	ratings := map[int32]int{}
	for i, p := range posts {
		var views int64
		for _, v := range p.Edges.Views {
			views += v.ViewCount
		}
		require.Equal(t, p.ViewCount, views, "the count is the sum by day")
		if p.ViewCount == 0 {
			require.Empty(t, p.Edges.Comments)
			quiet++
		}
		switch {
		case i < 10:
			categories["Top Performer"]++
		case slices.Contains(engaged, p):
			categories["High Engagement"]++
		case p.ViewCount < 100:
			categories["Needs Promotion"]++
		default:
			categories["Average"]++
		}
		if len(p.Edges.Ratings) == 0 {
			unrated++
		}
		for _, r := range p.Edges.Ratings {
			ratings[r.Rating]++
		}
	}
	require.NotZero(t, quiet)
	require.Len(t, categories, 4, "%v", categories)
	require.NotZero(t, unrated)
	for rating := range int32(5) {
		require.NotZero(t, ratings[rating+1], "rating %d", rating+1)
	}
	for name, n := range map[string]int{
		"drafts":          client.Post.Query().Where(post.StatusEQ(post.StatusDraft), post.PublishedAtIsNil()).CountX(ctx),
		"archived":        client.Post.Query().Where(post.StatusEQ(post.StatusArchived)).CountX(ctx),
		"scheduled":       client.Post.Query().Where(post.StatusEQ(post.StatusPublished), post.PublishedAtGT(now)).CountX(ctx),
		"of this week":    client.Post.Query().Where(post.StatusEQ(post.StatusPublished), post.CreatedAtGTE(now.AddDate(0, 0, -7))).CountX(ctx),
		"deleted":         client.Post.Query().Where(post.DeletedAtNotNil()).CountX(entity.WithTrashed(ctx)),
		"deleted remarks": client.Comment.Query().Where(comment.DeletedAtNotNil()).CountX(entity.WithTrashed(ctx)),
	} {
		require.NotZero(t, n, name)
	}
}

func engagement(p *ent.Post) float64 {
	if p.ViewCount == 0 {
		return -1
	}
	return float64(len(p.Edges.Comments)+len(p.Edges.Likes)+len(p.Edges.Shares)) * 100 / float64(p.ViewCount)
}

// Roles are held, expired, revoked and given again; deleted users own nothing that
// readers see.
//
// Covers: L38.
func TestGenerateRolesAndTrash(t *testing.T) {
	t.Parallel()
	client := sqlite(t)
	generate(t, client, dataset.GenerateOptions{})
	ctx, now := t.Context(), dataset.Clock
	all := entity.WithTrashed(ctx)
	count := client.UserRole.Query
	for name, n := range map[string]int{
		"held for good":   count().Where(userrole.IsActive(true), userrole.ExpiresAtIsNil()).CountX(ctx),
		"held for a time": count().Where(userrole.IsActive(true), userrole.ExpiresAtGT(now)).CountX(ctx),
		"expired":         count().Where(userrole.IsActive(true), userrole.ExpiresAtLTE(now)).CountX(ctx),
		"revoked":         count().Where(userrole.IsActive(false), userrole.RevokedAtNotNil(), userrole.ActiveKeyIsNil()).CountX(ctx),
		"deactivated":     client.User.Query().Where(user.IsActive(false)).CountX(ctx),
		"deleted users":   client.User.Query().Where(user.DeletedAtNotNil()).CountX(all),
		"deleted others":  client.AdvancedEntity.Query().Where(advancedentity.DeletedAtNotNil()).CountX(all),
		"without profile": client.User.Query().Where(user.Not(user.HasProfile())).CountX(ctx),
	} {
		require.NotZero(t, n, name)
	}
	again := 0
	for _, revoked := range count().Where(userrole.IsActive(false)).AllX(ctx) {
		again += count().Where(userrole.UserID(revoked.UserID), userrole.RoleID(revoked.RoleID), userrole.IsActive(true)).CountX(ctx)
	}
	require.NotZero(t, again, "a role that was revoked and given again")

	deleted := user.DeletedAtNotNil()
	require.Zero(t, client.Post.Query().Where(post.HasAuthorWith(deleted)).CountX(all))
	require.Zero(t, client.Comment.Query().Where(comment.HasUserWith(deleted)).CountX(all))
}

// Nothing happens before its time: logins and posts follow the registration,
// remarks the publication, and nothing but a planned publication is in the future.
func TestGenerateOrderOfTime(t *testing.T) {
	t.Parallel()
	client := sqlite(t)
	now := time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)
	generate(t, client, dataset.GenerateOptions{Now: now})
	ctx := entity.WithTrashed(t.Context())
	for _, u := range client.User.Query().AllX(ctx) {
		require.False(t, u.CreatedAt.After(now))
		if u.LastLogin != nil {
			require.False(t, u.LastLogin.Before(u.CreatedAt) || u.LastLogin.After(now))
		}
	}
	for _, p := range client.Post.Query().WithAuthor().AllX(ctx) {
		require.False(t, p.CreatedAt.Before(p.Edges.Author.CreatedAt) || p.CreatedAt.After(now))
		require.False(t, p.PublishedAt != nil && p.PublishedAt.Before(p.CreatedAt))
	}
	for _, c := range client.Comment.Query().WithPost().WithUser().AllX(ctx) {
		require.False(t, c.CreatedAt.Before(*c.Edges.Post.PublishedAt) || c.CreatedAt.Before(c.Edges.User.CreatedAt) || c.CreatedAt.After(now))
	}
	for _, v := range client.PostView.Query().WithPost().AllX(ctx) {
		require.False(t, v.ViewDate.AddDate(0, 0, 1).Before(*v.Edges.Post.PublishedAt) || v.ViewDate.After(now))
	}
}
