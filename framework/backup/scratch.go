package backup

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
)

// cleanupTime bounds what must be done even though the context has ended.
const cleanupTime = 30 * time.Second

// newScratch makes an empty database on the server of cfg. remove drops it, also
// when ctx has ended.
func newScratch(ctx context.Context, cfg config.Database) (scratch config.Database, remove func() error, err error) {
	scratch = cfg
	scratch.URL.Database = database.ScratchName()
	if _, err := database.Create(ctx, scratch); err != nil {
		return config.Database{}, nil, fmt.Errorf("backup: cannot create a scratch database: %w", err)
	}
	return scratch, func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTime)
		defer cancel()
		if _, err := database.Drop(ctx, scratch); err != nil {
			return fmt.Errorf("backup: cannot drop the scratch database %s: %w", scratch.URL.Database, err)
		}
		return nil
	}, nil
}

// inScratch runs use with an empty database that is dropped afterwards. made is
// false if the server let none be created, which is no error.
func inScratch(ctx context.Context, cfg config.Database, use func(config.Database) error) (made bool, err error) {
	scratch, remove, err := newScratch(ctx, cfg)
	if err != nil {
		return false, ctx.Err()
	}
	return true, errors.Join(use(scratch), remove())
}

// withDB opens a database for one connection.
func withDB(ctx context.Context, cfg config.Database, use func(*database.DB) error) error {
	cfg.Pool = config.Pool{Size: 1}
	cfg.EchoSQL = false
	db, err := database.Open(ctx, cfg)
	if err != nil {
		return err
	}
	return errors.Join(use(db), db.Close())
}
