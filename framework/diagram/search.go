package diagram

import (
	"context"
	"fmt"

	atlas "ariga.io/atlas/sql/schema"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/search"
)

// virtual are the tables that a module of SQLite keeps, such as an index of
// words, and those in which it stores it.
func virtual(ctx context.Context, db *database.DB) (names map[string]bool, err error) {
	names = map[string]bool{}
	if db.Dialect() != config.SQLite {
		return names, nil
	}
	const query = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('virtual', 'shadow')"
	rows, err := db.SQL().QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("diagram: cannot list virtual tables: %w", err)
	}
	defer func() {
		if closeErr := rows.Close(); err == nil && closeErr != nil {
			err = fmt.Errorf("diagram: cannot list virtual tables: %w", closeErr)
		}
	}()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, fmt.Errorf("diagram: cannot list virtual tables: %w", err)
		}
		names[name] = true
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("diagram: cannot list virtual tables: %w", err)
	}
	return names, nil
}

// isIndexOfWords reports whether a column is what MySQL needs to search the text
// of a table.
func isIndexOfWords(t *atlas.Table, c *atlas.Column) bool {
	return c.Name == search.IndexName(t.Name) && generated(t, c)
}
