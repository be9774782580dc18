package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"

	"entgo.io/ent/dialect/sql/schema"
)

// wantedTables are what the entities ask for, nil if the application has none.
// They are read from the source of the entities where that can be, so that the
// program need not be built anew after each change, and else come with the
// program. Where there is source but no go command, whoever writes what follows
// from the tables is refused: those in the program may be older, and then a
// column would be dropped that is only not compiled in yet.
func (e *Env) wantedTables(ctx context.Context, writes bool) ([]*schema.Table, error) {
	if e.app.Source != nil {
		cfg, err := e.Config()
		if err != nil {
			return nil, err
		}
		e.tell("Reading the entities")
		tables, err := e.app.Source(ctx, cfg.Root)
		switch {
		case err == nil:
			return tables, nil
		case errors.Is(err, fs.ErrNotExist) && e.app.Tables != nil:
		case errors.Is(err, exec.ErrNotFound) && e.app.Tables != nil && !writes:
			e.Warn("%v; the tables that are compiled into this program are used instead", err)
		default:
			return nil, err
		}
	}
	if e.app.Tables == nil {
		return nil, nil
	}
	tables, err := e.app.Tables()
	if err != nil {
		return nil, fmt.Errorf("cannot read the tables of the entities: %w", err)
	}
	return tables, nil
}
