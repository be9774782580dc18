package analytics_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/internal/blog/analytics"
)

// Ada and bob are active. Ada has 2 posts and 1 comment, a score of 5; bob has 1
// post and 2 comments, a score of 4; cyd has nothing. The mean of the three is 3.
// Were it weighted by posts, it would be (2 × 5 + 1 × 4 + 0) / 4 = 3.5.
//
// Covers: E74, X47, S18.
func TestUserEngagement(t *testing.T) {
	eachWorld(t, func(w *world) {
		ada, bob := w.user("ada", ago(30*day), new(ago(7*day))), w.user("bob", ago(31*day), new(ago(8*day)))
		w.user("cyd", ago(day), nil)
		off := w.user("off", ago(day), new(present))
		w.app.Client.User.UpdateOne(off).SetIsActive(false).SetIsAdmin(true).ExecX(w.Context())
		one, two, other := w.post(ada, ago(day), 0), w.post(ada, ago(day), 0), w.post(bob, ago(day), 0)
		w.post(off, ago(day), 0)
		w.comment(other, ada)
		w.comment(one, bob)
		w.comment(two, bob)
		w.app.Client.Post.DeleteOne(w.post(bob, ago(day), 0)).ExecX(w.Context())

		e, err := w.reports.UserEngagement(w.Context())
		require.NoError(w, err)
		require.Equal(w, analytics.UserEngagement{TotalUsers: 3, TotalPosts: 3, AvgActivityScore: 3, ActiveUsers7d: 1}, e)
	})
}
