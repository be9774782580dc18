package cli

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/advice"
)

// indexesJSON is what database indexes prints.
type indexesJSON struct {
	Table       string              `json:"table"`
	Indexes     []advice.Existing   `json:"indexes"`
	Suggestions []advice.Suggestion `json:"suggestions"`
}

func newIndexes(env *Env) *cobra.Command {
	return &cobra.Command{
		Use:   "indexes TABLE",
		Short: "Show the indexes of a table, and which are usual for its columns",
		Long: "Show the indexes of a table, and which are usual for its columns: of foreign keys,\n" +
			"of columns that rows are looked up by, of dates.\n\n" +
			"It goes by the schema alone. What the statements of the application need, and what\n" +
			"it saves, tells: " + env.app.Name + " monitor indexes",
		Example: example(env, "database indexes posts", "database indexes posts --json"),
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			db, err := env.Open(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, db.Close()) }()
			table, err := advice.Inspect(cmd.Context(), db, args[0])
			if err != nil {
				return err
			}
			suggestions, err := advice.Suggest(cmd.Context(), db, args[0])
			if err != nil {
				return err
			}
			if env.JSON() {
				return env.PrintJSON(indexesJSON{table.Name, append([]advice.Existing{}, table.Indexes...), suggestions})
			}
			for _, index := range table.Indexes {
				kind := "index"
				if index.Unique {
					kind = "unique"
				}
				env.Print("%s %s (%s)", kind, index.Name, strings.Join(index.Columns, ", "))
			}
			for _, s := range suggestions {
				env.result(markPending, "%s (%s): %s\n    %s", s.Type, strings.Join(s.Columns, ", "), s.Reason, s.Index.Ent())
			}
			if len(suggestions) == 0 {
				env.Done("nothing to suggest")
			}
			return nil
		},
	}
}
