package blog_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/product"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/blogtest"
)

// Each update raises the version by one, and nothing else sets it.
//
// Covers: B61.
func TestVersionBump(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		p := newProduct(t, app, "lamp")
		require.EqualValues(t, 1, p.Version)
		p = app.Client.Product.UpdateOne(p).SetStock(1).SaveX(ctx)
		require.EqualValues(t, 2, p.Version)
		p = app.Client.Product.UpdateOne(p).SetStock(2).SetVersion(40).SaveX(ctx)
		require.EqualValues(t, 3, p.Version, "a version cannot be forged")
		app.Client.Product.Update().Where(product.Slug("lamp")).AddStock(1).ExecX(ctx)
		require.EqualValues(t, 4, app.Client.Product.GetX(ctx, p.ID).Version, "bulk updates count")
	})
}

// An update with the version that was read does nothing to a row that changed
// since, and of many at the same time one wins.
//
// Covers: B61.
func TestStaleWrites(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		read := newProduct(t, app, "lamp")
		app.Client.Product.UpdateOne(read).SetStock(7).ExecX(ctx)
		_, err := app.Client.Product.UpdateOne(read).Where(product.Version(read.Version)).SetStock(1).Save(ctx)
		require.True(t, ent.IsNotFound(err), err)
		read = app.Client.Product.GetX(ctx, read.ID)
		require.EqualValues(t, 7, read.Stock)

		var won atomic.Int32
		var group sync.WaitGroup
		for range 6 {
			group.Go(func() {
				n, err := app.Client.Product.Update().Where(product.ID(read.ID), product.Version(read.Version)).AddStock(1).Save(ctx)
				if err == nil {
					won.Add(int32(n))
				}
			})
		}
		group.Wait()
		require.EqualValues(t, 1, won.Load())
		require.EqualValues(t, 8, app.Client.Product.GetX(ctx, read.ID).Stock)
	})
}
