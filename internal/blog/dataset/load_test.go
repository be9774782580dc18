package dataset_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/ent/tag"
	"github.com/framefox-go/framefox/ent/user"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/password"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/internal/blog/dataset"
)

// A real index gives the same rows on every dialect, and a second run changes none.
//
// Covers: L38.
func TestLoadSample(t *testing.T) {
	t.Parallel()
	sameOnEach(t, func(t *testing.T, client *ent.Client) string {
		report := loadFile(t, client, "sample.txt", dataset.Options{BatchSize: 7})
		require.Equal(t, 59, report.Read)
		require.Zero(t, report.Skipped)
		require.Equal(t, 9, report.Batches)
		require.Equal(t, dataset.TableCount{Table: "posts", Inserted: 59}, report.Table("posts"))
		first := dump(t, client)

		again := loadFile(t, client, "sample.txt", dataset.Options{})
		require.Zero(t, again.Inserted())
		for _, table := range report.Tables {
			require.Equal(t, table.Inserted, again.Table(table.Table).Unchanged, table.Table)
		}
		require.Equal(t, first, dump(t, client))
		return first
	})
}

// What of a package becomes what of a post.
func TestLoadMapping(t *testing.T) {
	t.Parallel()
	client := sqlite(t)
	report := loadFile(t, client, "odd.txt", dataset.Options{})
	ctx := t.Context()

	good := client.Post.Query().Where(post.Slug("good")).WithAuthor(func(q *ent.UserQuery) { q.WithProfile() }).
		WithTags(func(q *ent.TagQuery) { q.Order(tag.ByName()) }).OnlyX(ctx)
	require.Equal(t, "good", good.Title)
	require.Equal(t, "all fields", *good.Excerpt)
	require.Equal(t, "The long description is wrapped over two lines.\n\nA second paragraph:\n  - an item\n  - another\n\nThe end.", *good.Content)
	require.Equal(t, "non-free/net", *good.Category)
	require.Equal(t, post.StatusPublished, good.Status)
	require.Zero(t, good.ViewCount)
	require.True(t, good.PublishedAt.Before(dataset.Clock) && good.PublishedAt.After(dataset.Clock.AddDate(-5, 0, -2)))
	var tags []string
	for _, x := range good.Edges.Tags {
		tags = append(tags, x.Name)
	}
	require.Equal(t, []string{
		"implemented-in::c", "implemented-in::c++", "role::program", "section::non-free/net", "works-with::text", "works-with::xml",
	}, tags)

	author := good.Edges.Author
	require.Equal(t, "ann", author.Username)
	require.Equal(t, "ann@example.org", author.Email)
	require.Equal(t, "Ann Example", *author.DisplayName)
	require.Equal(t, password.Unusable, author.Password)
	require.True(t, author.CreatedAt.Before(*good.PublishedAt))
	require.Equal(t, "https://example.org", *author.Edges.Profile.Website)

	names := map[string]string{}
	for _, u := range client.User.Query().AllX(ctx) {
		names[u.Email] = u.Username
	}
	require.Equal(t, map[string]string{
		"ann@example.org": "ann", "ann@example.net": "ann-example-net", "carol@example.org": "carol",
		"al@example.org": "al-example-org", "ahmed@example.org": "ahmed",
	}, names)

	slugs := client.Post.Query().Where(post.TitleIn("lib", "lib++", "lib.")).Order(post.ByTitle()).Select(post.FieldSlug).StringsX(ctx)
	require.Len(t, slugs, 3)
	require.Equal(t, "lib", slugs[0])
	require.Regexp(t, `\Alib-x[0-9a-f]{12}\z`, slugs[1])
	require.Regexp(t, `\Alib-x[0-9a-f]{12}\z`, slugs[2])
	require.NotEqual(t, slugs[1], slugs[2])
	require.Equal(t, 9, report.Table("posts").Inserted)
}

// A bad record is skipped with its place and the reason, whatever stands beside it.
func TestLoadProblems(t *testing.T) {
	t.Parallel()
	var all []string
	report := loadFile(t, sqlite(t), "odd.txt", dataset.Options{OnProblem: func(p dataset.Problem) error {
		all = append(all, p.Error())
		return nil
	}})
	require.Equal(t, []string{
		"line 20: package good: version 1.0-1 is left out: version 2.0-1 came first",
		"line 25: package nobody: the field Maintainer is missing",
		"line 29: the field Package is missing",
		`line 33: package nomail: the maintainer "Just A Name" has no e-mail address: it is written Name <mail>`,
		`line 37: package openmail: the maintainer "Ann Example <ann@example.org" has no > after the e-mail address`,
		"line 41: package localmail: User is not valid: email must be an e-mail address such as name@example.org",
		`line 45: package Upper_Case: "Upper_Case" is not a package name: lower-case letters, digits, +, - and .`,
		"line 49: package twice: line 51 has the field Maintainer a second time",
		"line 54: package nofield: line 56 is not a field such as Package: name",
		"line 59: line 59 is not a field such as Package: name",
		"line 62: package openbrace: the field Tag has a { without }",
		"line 75: package same-local-2: User is not valid: email must be an e-mail address such as name@example.org",
		"line 97: package latin1: Post is not valid: content must be valid UTF-8 text; excerpt must be valid UTF-8 text",
	}, all)
	require.Equal(t, len(all), report.Skipped)
	require.Len(t, report.Problems, min(len(all), dataset.MaxProblems))
	require.Equal(t, 22, report.Read)
}

// packagesOf are n packages of three maintainers. between runs before each.
func packagesOf(n int, between func(i int)) iter.Seq2[dataset.Package, error] {
	return func(yield func(dataset.Package, error) bool) {
		for i := range n {
			between(i)
			p := dataset.Package{
				Line: i + 1, Name: fmt.Sprintf("p%d", i), Summary: "text", Tags: []string{fmt.Sprintf("tag::%d", i%4)},
				Maintainer: dataset.Maintainer{Name: "M", Email: fmt.Sprintf("who%d@example.org", i%3)},
			}
			if !yield(p, nil) {
				return
			}
		}
	}
}

func nothing(int) {}

// A run that is stopped has written whole batches only, and the next one ends with
// what a run without interruption has.
func TestLoadStopped(t *testing.T) {
	t.Parallel()
	testkit.EachDialect(t, func(t *testing.T, db *database.DB) {
		client := newClient(t, db)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		report, err := dataset.Load(ctx, client, packagesOf(30, func(i int) {
			if i == 14 {
				cancel() // in the middle of the second batch
			}
		}), dataset.Options{BatchSize: 10})
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorContains(t, err, "stopped after 1 batches, all of them complete")
		require.Equal(t, 1, report.Batches)
		require.Equal(t, 10, client.Post.Query().CountX(t.Context()))
		require.Equal(t, 10, client.PostTag.Query().CountX(t.Context()))

		report, err = dataset.Load(t.Context(), client, packagesOf(30, nothing), dataset.Options{BatchSize: 10})
		require.NoError(t, err)
		require.Equal(t, dataset.TableCount{Table: "posts", Inserted: 20, Unchanged: 10}, report.Table("posts"))
		require.Equal(t, dataset.TableCount{Table: "post_tags", Inserted: 20, Unchanged: 10}, report.Table("post_tags"))
		require.Equal(t, dataset.TableCount{Table: "users", Unchanged: 3}, report.Table("users"))
	})
}

// A context that ends while a batch is written does not cut the batch off.
func TestLoadStoppedWithinBatch(t *testing.T) {
	t.Parallel()
	client := sqlite(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	client.PostTag.Use(func(next ent.Mutator) ent.Mutator {
		return ent.MutateFunc(func(c context.Context, m ent.Mutation) (ent.Value, error) {
			cancel()
			return next.Mutate(c, m)
		})
	})
	_, err := dataset.Load(ctx, client, packagesOf(30, nothing), dataset.Options{BatchSize: 10})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, 10, client.Post.Query().CountX(t.Context()))
	require.Equal(t, 10, client.PostTag.Query().CountX(t.Context()))
}

// A batch that fails leaves nothing behind.
func TestLoadFailedBatch(t *testing.T) {
	t.Parallel()
	testkit.EachDialect(t, func(t *testing.T, db *database.DB) {
		client := newClient(t, db)
		broken := errors.New("no more tags")
		batches := 0
		client.PostTag.Use(func(next ent.Mutator) ent.Mutator {
			return ent.MutateFunc(func(c context.Context, m ent.Mutation) (ent.Value, error) {
				if batches++; batches > 15 {
					return nil, broken
				}
				return next.Mutate(c, m)
			})
		})
		_, err := dataset.Load(t.Context(), client, packagesOf(30, nothing), dataset.Options{BatchSize: 10})
		require.ErrorIs(t, err, broken)
		require.ErrorContains(t, err, "cannot write the packages from p10 (line 11) to p19 (line 20)")
		require.Equal(t, 10, client.Post.Query().CountX(t.Context()))
	})
}

// Rows that are there stay as they are: edited ones, deleted ones, and a user name
// that someone else has.
func TestLoadLeavesRows(t *testing.T) {
	t.Parallel()
	client := sqlite(t)
	ctx := t.Context()
	client.User.Create().SetUsername("who1").SetEmail("other@example.org").SetPassword(password.Unusable).ExecX(ctx)
	_, err := dataset.Load(ctx, client, packagesOf(6, nothing), dataset.Options{})
	require.NoError(t, err)
	require.Equal(t, "who1-example-org", client.User.Query().Where(user.Email("who1@example.org")).OnlyX(ctx).Username)

	client.Post.Update().Where(post.Slug("p0")).SetTitle("Mine").ExecX(ctx)
	client.Post.Delete().Where(post.Slug("p1")).ExecX(ctx)
	// Its posts would be in the way of a delete.
	client.User.Update().Where(user.Email("who2@example.org")).SetDeletedAt(time.Now()).ExecX(ctx)
	report, err := dataset.Load(ctx, client, packagesOf(6, nothing), dataset.Options{})
	require.NoError(t, err)
	require.Zero(t, report.Inserted())
	require.Equal(t, "Mine", client.Post.Query().Where(post.Slug("p0")).OnlyX(ctx).Title)
	require.Equal(t, 5, client.Post.Query().CountX(ctx))
	require.Equal(t, 6, client.Post.Query().CountX(entity.WithTrashed(ctx)))
}

// The report has stable names for programs.
func TestReportJSON(t *testing.T) {
	t.Parallel()
	report, err := dataset.Load(t.Context(), sqlite(t), dataset.Packages(strings.NewReader("")), dataset.Options{})
	require.NoError(t, err)
	text, err := json.Marshal(report)
	require.NoError(t, err)
	require.JSONEq(t, `{"source":"debian","read":0,"skipped":0,"batches":0,"tables":[],"problems":[]}`, string(text))
}
