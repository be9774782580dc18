package accounts_test

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/accounts"
)

// Posts of the first user move, in statements whose number does not grow with
// theirs; others are named as skipped, and a log is kept where some moved.
//
// Covers: F21, F22, F23, F24, F25, S11, S12, S13, X34.
func TestTransferPosts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, app *blog.App, service *accounts.Service) {
		ctx, c := t.Context(), app.Client
		from, to := newUser(t, c, "from"), newUser(t, c, "receiver")
		off := newUser(t, c, "off").Update().SetIsActive(false).SaveX(ctx)
		var mine []int64
		for _, slug := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"} {
			mine = append(mine, newPost(t, c, from, slug).ID)
		}
		foreign, deleted := newPost(t, c, off, "foreign"), newPost(t, c, from, "deleted")
		c.Post.DeleteOne(deleted).ExecX(ctx)

		unknown := to.ID + 1000
		for _, pair := range [][2]int64{{unknown, to.ID}, {from.ID, unknown}, {0, to.ID}} {
			_, err := service.TransferPosts(ctx, pair[0], pair[1], mine)
			require.ErrorIs(t, err, entity.ErrNotFound)
			require.ErrorContains(t, err, "accounts: cannot transfer posts")
		}
		_, err := service.TransferPosts(ctx, from.ID, off.ID, mine)
		require.ErrorIs(t, err, accounts.ErrInactive)
		_, err = service.TransferPosts(ctx, from.ID, from.ID, mine)
		require.ErrorIs(t, err, accounts.ErrSameUser)
		for _, ids := range [][]int64{nil, {foreign.ID}, {999}} {
			done, err := service.TransferPosts(ctx, from.ID, to.ID, ids)
			require.NoError(t, err)
			require.Empty(t, done.Moved)
			require.Equal(t, ids, done.Skipped)
		}
		require.Equal(t, []int{0, 0}, counts(t, app, "transfer_logs", "posts WHERE user_id = "+id(to.ID)))

		ids := append([]int64{999, foreign.ID, deleted.ID, 999, mine[9]}, mine[:8]...)
		var done accounts.Transfer
		testkit.MaxStatements(t, app.DB, 6, func() { done, err = service.TransferPosts(ctx, from.ID, to.ID, ids) })
		require.NoError(t, err)
		require.ElementsMatch(t, append([]int64{mine[9]}, mine[:8]...), done.Moved)
		require.Equal(t, []int64{999, foreign.ID, deleted.ID}, done.Skipped)
		for _, p := range c.Post.Query().Where(post.IDIn(done.Moved...)).AllX(ctx) {
			require.Equal(t, to.ID, p.UserID)
			require.True(t, noon.Equal(p.UpdatedAt))
		}
		require.Equal(t, []int{1, 1}, counts(t, app, "posts WHERE slug = 'i' AND user_id = "+id(from.ID), "posts WHERE slug = 'foreign' AND user_id = "+id(off.ID)))
		log := c.TransferLog.Query().OnlyX(ctx)
		require.Equal(t, [2]int64{from.ID, to.ID}, [2]int64{*log.FromUserID, *log.ToUserID})
		require.EqualValues(t, 9, log.PostsTransferred)
		require.True(t, noon.Equal(log.TransferDate))
	})
}

// A post of the user goes to the other one with a log; what is not right is an
// error of its kind, and changes nothing.
//
// Covers: F60.
func TestTransferPost(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, app *blog.App, service *accounts.Service) {
		ctx, c := t.Context(), app.Client
		from, to, off := newUser(t, c, "from"), newUser(t, c, "receiver"), newUser(t, c, "off")
		off.Update().SetIsActive(false).ExecX(ctx)
		mine, foreign := newPost(t, c, from, "mine"), newPost(t, c, off, "foreign")
		for _, test := range []struct {
			from, to, post int64
			want           error
		}{
			{from.ID, to.ID, 999, entity.ErrNotFound},
			{from.ID, 999, mine.ID, entity.ErrNotFound},
			{999, to.ID, mine.ID, entity.ErrNotFound},
			{from.ID, to.ID, foreign.ID, accounts.ErrNotOwner},
			{from.ID, off.ID, mine.ID, accounts.ErrInactive},
			{from.ID, from.ID, mine.ID, accounts.ErrSameUser},
		} {
			require.ErrorIs(t, service.TransferPost(ctx, test.from, test.to, test.post), test.want)
		}
		require.Equal(t, []int{0, 0}, counts(t, app, "ownership_logs", "posts WHERE user_id = "+id(to.ID)))
		require.NoError(t, service.TransferPost(ctx, from.ID, to.ID, mine.ID))
		require.Equal(t, to.ID, c.Post.GetX(ctx, mine.ID).UserID)
		log := c.OwnershipLog.Query().OnlyX(ctx)
		require.Equal(t, [3]int64{from.ID, to.ID, mine.ID}, [3]int64{*log.FromUserID, *log.ToUserID, *log.PostID})

		// It belongs to the transaction around, as what the repository reads does.
		err := c.Transact(ctx, func(ctx context.Context) error {
			require.NoError(t, service.TransferPost(ctx, to.ID, from.ID, mine.ID))
			row, err := ent.NewPostRepository(c).Find(ctx, mine.ID)
			require.NoError(t, err)
			require.Equal(t, from.ID, row.UserID)
			return accounts.ErrSameUser
		})
		require.ErrorIs(t, err, accounts.ErrSameUser)
		require.Equal(t, to.ID, c.Post.GetX(ctx, mine.ID).UserID)
		require.Equal(t, 1, count(t, app, "ownership_logs"))
	})
}

// Whichever statement fails, posts and logs stay as they were.
//
// Covers: F18, F25, F60.
func TestTransferFails(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, app *blog.App, service *accounts.Service) {
		c := app.Client
		from, to := newUser(t, c, "from"), newUser(t, c, "receiver")
		ids := []int64{newPost(t, c, from, "a").ID, newPost(t, c, from, "b").ID}
		tables := []string{"posts WHERE user_id = " + id(to.ID), "transfer_logs", "ownership_logs"}
		back := func() {
			c.Post.Update().SetUserID(from.ID).ExecX(t.Context())
			c.TransferLog.Delete().ExecX(t.Context())
			c.OwnershipLog.Delete().ExecX(t.Context())
		}
		allOrNothing(t, app, back, func() error {
			_, err := service.TransferPosts(t.Context(), from.ID, to.ID, ids)
			return err
		}, tables...)
		allOrNothing(t, app, back, func() error { return service.TransferPost(t.Context(), from.ID, to.ID, ids[0]) }, tables...)
	})
}

// A transfer that collides with another transaction runs again; another error
// is not retried. Of two that go for the same posts at once, in both directions
// too, each post moves once.
//
// Covers: F64, S15, S16.
func TestTransferRaces(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, app *blog.App, service *accounts.Service) {
		ctx, c := t.Context(), app.Client
		from, to, other := newUser(t, c, "from"), newUser(t, c, "receiver"), newUser(t, c, "other")
		ids := []int64{newPost(t, c, from, "a").ID, newPost(t, c, from, "b").ID, newPost(t, c, from, "c").ID}

		faults := testkit.InjectFaults(t, app.DB)
		for n := 1; n <= 4; n++ {
			faults.FailAt(n, testkit.Collision)
			done, err := service.TransferPosts(ctx, from.ID, to.ID, ids[:1])
			require.NotEmpty(t, faults.Fired())
			faults.Off()
			require.NoError(t, err)
			require.Len(t, done.Moved, 1)
			_, err = service.TransferPosts(ctx, to.ID, from.ID, ids[:1])
			require.NoError(t, err)
		}
		faults.FailAt(2, testkit.Refused)
		_, err := service.TransferPosts(ctx, from.ID, to.ID, ids[:1])
		require.ErrorIs(t, err, testkit.ErrInjected)
		faults.Off()
		c.TransferLog.Delete().ExecX(ctx)

		var group sync.WaitGroup
		var mu sync.Mutex
		moved, deactivated := 0, 0
		for i := range 6 {
			group.Go(func() {
				receiver := []int64{to.ID, other.ID}[i%2]
				done, err := service.TransferPosts(ctx, from.ID, receiver, ids)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					moved += len(done.Moved)
				} else {
					require.ErrorIs(t, err, accounts.ErrInactive)
					deactivated++
				}
			})
		}
		group.Wait()
		require.Equal(t, 3, moved)
		require.Zero(t, deactivated)
		require.Equal(t, 1, count(t, app, "transfer_logs"))
		require.Zero(t, count(t, app, "posts WHERE user_id = "+id(from.ID)))

		// Nobody is given posts while being deactivated: either before, and they are
		// archived with the others, or not at all.
		for round := range 5 {
			giver, taker := newUser(t, c, "giver"+id(int64(round))), newUser(t, c, "taker"+id(int64(round)))
			p := newPost(t, c, giver, "p"+id(int64(round)))
			group.Go(func() { _, _ = service.TransferPosts(ctx, giver.ID, taker.ID, []int64{p.ID}) })
			group.Go(func() {
				_, err := service.Deactivate(ctx, taker.ID)
				require.NoError(t, err)
			})
			group.Wait()
			require.Zero(t, count(t, app, "posts WHERE status = 'published' AND user_id = "+id(taker.ID)))
		}
	})
}
