// Package analytics is what the blog knows about its readers and writers as a whole:
// one report a file, each a method of [Repository] that returns typed rows. Lists of
// posts and users (the popular ones, a calendar, what came of one post …) are with
// the repositories of packages posts and users.
//
//	reports := analytics.New(client, analytics.Options{})
//	rows, err := reports.Segmentation(ctx, analytics.SegmentationParams{Limit: 50})
//	if err != nil {
//		return err
//	}
//	for _, u := range rows {
//		fmt.Println(u.Username, u.EngagementScore, u.UserSegment)
//	}
//
// It is written as reports of any application can be, with package query:
//
//   - The database counts and ranks, Go divides and names. What comes from SQL is
//     whole numbers and instants, so that all databases give the same answer; a
//     rate, an average or a label is derived from them by a function that a test
//     can call.
//   - Each kind of child (comments, likes, ratings …) is counted in a CTE of its
//     own. Joining two of them to their parent in one SELECT multiplies their rows.
//   - "Seven days ago" is computed in Go from [Options].Now, and bound. An instant
//     it is, not a midnight.
//   - The text is the same for all databases. What they write differently is in
//     the type syntax.
//   - Orders end with the id, and NULLs come last.
//   - Statements are read-only, and bounded in time and rows.
//
// # What counts
//
// Deleted users, posts and comments do not, and neither does what hangs on a
// deleted post. A post is published when its status says so and its date has
// come. Accounts that are deactivated are in no report about users, unless it
// says otherwise.
//
// # Days
//
// All is UTC, but with [Options].Zone the months of [Repository.Metrics] and bounds
// that are a [Day] are those of that zone. Cohorts, and ranks among the users or posts of one day, stay with UTC.
//
// # Three scores
//
// The popularity score of a post (posts.Popular: views × 0.7 + comments × 0.3), the engagement
// score of a user (posts × 3 + comments + likes × 0.5 + views × 0.01) and the
// activity score of a user (posts × 2 + comments) measure different things and
// cannot be compared.
package analytics
