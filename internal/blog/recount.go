package blog

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/cli"
	"github.com/framefox-go/framefox/framework/database"
)

// viewsByDay is the number of views that the counts by day give a post.
const viewsByDay = "(SELECT COALESCE(SUM(v.view_count), 0) FROM post_views v WHERE v.post_id = posts.id)"

// Recount brings the view counts of posts in line with their counts by day,
// which are what is true, and returns how many posts were wrong. A repaired
// post keeps its version: nobody changed it. With dryRun it only counts.
func Recount(ctx context.Context, db *database.DB, dryRun bool) (wrong int64, err error) {
	const drifted = " WHERE view_count <> " + viewsByDay
	if dryRun {
		if err := db.SQL().QueryRowContext(ctx, "SELECT COUNT(*) FROM posts"+drifted).Scan(&wrong); err != nil {
			return 0, fmt.Errorf("blog: cannot look for wrong view counts: %w", err)
		}
		return wrong, nil
	}
	result, err := db.SQL().ExecContext(ctx, "UPDATE posts SET view_count = "+viewsByDay+drifted)
	if err != nil {
		return 0, fmt.Errorf("blog: cannot repair view counts: %w", err)
	}
	if wrong, err = result.RowsAffected(); err != nil {
		return 0, fmt.Errorf("blog: cannot tell how many view counts were repaired: %w", err)
	}
	return wrong, nil
}

// RecountCommand is the application's own command that repairs counters.
func RecountCommand(env *cli.Env) *cobra.Command {
	var asJSON, dryRun bool
	cmd := &cobra.Command{
		Use:   "recount",
		Short: "Repair the view counts of posts",
		Long: `Repair the view counts of posts.

posts.view_count is the sum of the post's views by day, kept for speed. Rows that
were written past the application can make it wrong; this makes it right.`,
		Example: "  recount --dry-run       how many posts have a wrong count\n  recount                 repair them",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			db, err := env.Open(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { _ = db.Close() }()
			wrong, err := Recount(cmd.Context(), db, dryRun)
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			switch {
			case asJSON:
				return json.NewEncoder(out).Encode(map[string]any{"wrong": wrong, "repaired": !dryRun})
			case dryRun:
				_, err = fmt.Fprintf(out, "%d posts have a wrong view count\n", wrong)
			default:
				_, err = fmt.Fprintf(out, "%d posts had a wrong view count\n", wrong)
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "only count, change nothing")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the result as JSON")
	return cmd
}
