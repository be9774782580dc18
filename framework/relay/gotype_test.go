package relay_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/product"
	"github.com/framefox-go/framefox/framework/internal/tracker/goods"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/relay"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

// A field with a Go type of the application's own is written, read, filtered,
// ordered and paged through as the plain value that it stores, on every
// dialect.
//
// Covers: T09, T24.
func TestGoTypesOfTheApplication(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		api := trackertest.Serve(t, app)
		const create = `mutation($i: CreateProductInput!) { createProduct(input: $i) { id sku price weight size discount } }`
		big := "9007199254740993" // beyond what a float holds
		made := apitest.Get(api.Must(create, vars{"i": vars{
			"sku": "  b ", "price": big, "weight": 1.5, "size": "large", "discount": 30,
		}}), "createProduct")
		require.Equal(t, vars{
			"id": apitest.Get(made, "id"), "sku": "b", "price": big, "weight": 1.5, "size": "large", "discount": "30",
		}, made)
		stored := app.Client.Product.Query().OnlyX(t.Context())
		require.Equal(t, goods.SKU("b"), stored.Sku)
		require.Equal(t, goods.Percentage(30), *stored.Discount)
		api.Must(create, vars{"i": vars{"sku": "a", "price": 2}})
		api.Must(create, vars{"i": vars{"sku": "c", "price": 3, "weight": 0.25, "discount": 5}})

		t.Run("update", func(t *testing.T) {
			const update = `mutation($id: ID!, $i: UpdateProductInput!) { updateProduct(id: $id, input: $i) { price weight discount size } }`
			got := api.Must(update, vars{"id": apitest.Get(made, "id"), "i": vars{"price": "10", "weight": nil, "discount": 31, "size": "small"}})
			require.Equal(t, vars{"price": "10", "weight": nil, "discount": "31", "size": "small"}, apitest.Get(got, "updateProduct"))
		})
		skus := func(where vars, orderBy ...any) []any {
			data := api.Must(`query($w: ProductWhereInput, $o: [ProductOrder!]) { products(where: $w, orderBy: $o) { edges { node { sku } } } }`, vars{"w": where, "o": orderBy})
			list := []any{}
			for _, e := range apitest.Get(data, "products", "edges").([]any) {
				list = append(list, apitest.Get(e, "node", "sku"))
			}
			return list
		}
		bySKU := vars{"field": "SKU"}
		require.Equal(t, []any{"c"}, skus(vars{"sku": "c"}))
		require.Equal(t, []any{"a", "c"}, skus(vars{"skuIn": []any{"a", "c"}}, bySKU))
		require.Equal(t, []any{"b"}, skus(vars{"skuContainsFold": "B"}))
		require.Equal(t, []any{"b", "c"}, skus(vars{"priceGTE": "3"}, bySKU))
		require.Equal(t, []any{"c"}, skus(vars{"weightLT": 1}))
		require.Equal(t, []any{"a", "b", "c"}, skus(vars{"sizeIn": []any{"small"}}, bySKU))
		require.Equal(t, []any{"b"}, skus(vars{"discountGT": 5}))
		require.Equal(t, []any{"a"}, skus(vars{"discountIsNil": true}))

		for _, order := range []string{"SKU", "PRICE", "WEIGHT", "SIZE", "DISCOUNT"} {
			t.Run("pages by "+order, func(t *testing.T) {
				all := skus(nil, vars{"field": order, "direction": "DESC"})
				require.Len(t, all, 3)
				var paged []any
				var after any
				for range all {
					page := apitest.Get(api.Must(`query($a: Cursor, $o: [ProductOrder!]) { products(first: 1, after: $a, orderBy: $o) { edges { node { sku } } pageInfo { endCursor } } }`,
						vars{"a": after, "o": []any{vars{"field": order, "direction": "DESC"}}}), "products")
					paged = append(paged, apitest.Get(page, "edges", 0, "node", "sku"))
					after = apitest.Get(page, "pageInfo", "endCursor")
				}
				require.Equal(t, all, paged)
			})
		}
		t.Run("what the type cannot be is refused", func(t *testing.T) {
			for field, v := range map[string]any{"discount": 101, "price": -1, "sku": " ", "weight": "heavy"} {
				input := vars{"sku": "x", "price": 1}
				input[field] = v
				out := api.Do(create, vars{"i": input})
				require.Len(t, out.Errors, 1, out.Raw)
				require.NotContains(t, out.Raw, "goods")
				if field != "weight" { // the schema refuses that one
					require.Equal(t, "VALIDATION", out.Errors[0].Extensions["code"])
					require.Equal(t, "input."+field, apitest.Get(out.Errors[0].Extensions, "violations", 0, "field"))
				}
			}
			e := api.Fail("BAD_USER_INPUT", `{ products(where: {discountGT: 101}) { totalCount } }`, nil)
			require.Equal(t, "where.discountGT", e.Extensions["argument"])
		})
		t.Run("in Go", func(t *testing.T) {
			p := app.Client.Product.Create().SetSku(" d ").SetPrice(math.MaxInt64).SaveX(t.Context())
			require.Equal(t, goods.SKU("d"), p.Sku)
			require.Equal(t, "d", p.FieldValue("sku"))
			require.Nil(t, p.FieldValue("discount"))
			n, err := app.Client.Product.Query().Where(product.PriceGT(100)).Count(t.Context())
			require.NoError(t, err)
			require.Equal(t, 1, n)
			var invalid *entity.ValidationError
			require.ErrorAs(t, app.Client.Product.Create().SetSku("e").SetPrice(-1).Exec(t.Context()), &invalid)
		})
	})
}

// Rows with keys of text have global ids like all others, whatever the text.
//
// Covers: T19.
func TestKeysOfText(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		api := trackertest.Serve(t, app)
		makers := []string{"acme", "Ünïcode:with:colons", "a ", "x'y\"z", "1"}
		for i, key := range makers {
			maker := app.Client.Maker.Create().SetID(key).SetName("Maker").SaveX(t.Context())
			app.Client.Product.Create().SetSku(sku(i)).SetPrice(1).SetMaker(maker).ExecX(t.Context())
		}
		for i, key := range makers {
			id := relay.EncodeID(maker(), key)
			data := api.Must(`query($id: ID!) { node(id: $id) { id ... on Maker { name products { edges { node { sku makerID maker { id } } } } } } }`, vars{"id": id})
			require.Equal(t, id, apitest.Get(data, "node", "id"))
			at := apitest.Get(data, "node", "products", "edges", 0, "node")
			require.Equal(t, string(sku(i)), apitest.Get(at, "sku"))
			require.Equal(t, id, apitest.Get(at, "makerID"))
			require.Equal(t, id, apitest.Get(at, "maker", "id"))
			data = api.Must(`query($w: ProductWhereInput) { products(where: $w) { edges { node { sku } } } }`, vars{"w": vars{"makerID": id}})
			require.Len(t, apitest.Get(data, "products", "edges"), 1)
			renamed := api.Must(`mutation($id: ID!) { updateMaker(id: $id, input: {name: "New"}) { name } }`, vars{"id": id})
			require.Equal(t, "New", apitest.Get(renamed, "updateMaker", "name"))
		}
		require.Nil(t, apitest.Get(api.Must(`query($id: ID!) { node(id: $id) { id } }`, vars{"id": relay.EncodeID(maker(), "a")}), "node"))
		for _, key := range []string{"a\x00b", "\xff"} {
			api.Fail("BAD_USER_INPUT", `query($id: ID!) { node(id: $id) { id } }`, vars{"id": relay.EncodeID(maker(), key)})
		}
	})
}
