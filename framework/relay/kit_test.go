package relay_test

import (
	"strconv"
	"testing"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/goods"
	"github.com/framefox-go/framefox/framework/testkit"
)

func sqlite(t *testing.T) *database.DB {
	t.Helper()
	return testkit.Open(t, testkit.SQLite)
}

func sku(i int) goods.SKU { return goods.SKU("p" + strconv.Itoa(i)) }

func maker() *entity.Entity { return ent.Entities()["Maker"] }
