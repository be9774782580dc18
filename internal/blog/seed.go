package blog

import (
	"github.com/framefox-go/framefox/ent"
	entmigrate "github.com/framefox-go/framefox/ent/migrate"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/seed"
)

// Seed puts the application's entities where the command database seed finds them.
func Seed(db *database.DB) (*seed.Store, error) {
	return seed.NewStore(ent.NewClient(ent.Driver(db.Driver())), ent.Entities(), entmigrate.Tables)
}
