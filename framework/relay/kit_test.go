package relay_test

import (
	"encoding/json"
	"strconv"
	"strings"
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

// decoded reads JSON, numbers as they are written.
func decoded(text string) (v any, ok bool) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	ok = d.Decode(&v) == nil
	return v, ok
}
