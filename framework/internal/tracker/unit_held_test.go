package tracker_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/label"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/repository"
	"github.com/framefox-go/framefox/framework/unitofwork"
)

// A row that was read with Select is refused: what was not read would be written
// as a zero value.
//
// Covers: F03.
func TestUnitRefusesPartialRows(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, em := t.Context(), ent.NewEntityManager(app.Client)
		app.Client.Label.Create().SetName("red").SetColor("#f00").ExecX(ctx)
		partial := app.Client.Label.Query()
		partial.Select(label.FieldID, label.FieldName)
		row := partial.OnlyX(ctx)
		require.ErrorContains(t, em.Persist(row), "Select")
		require.ErrorContains(t, em.Attach(row), "Select")
		_, err := em.Label.Merge(ctx, row)
		require.ErrorContains(t, err, "Select")
		_, err = em.Label.All(ctx, partial)
		require.ErrorContains(t, err, "Select")
		whole := app.Client.Label.Query()
		whole.Select(label.Columns...)
		_, err = em.Label.All(ctx, whole)
		require.NoError(t, err)
		require.NoError(t, em.Close())
	})
}

// What is held shows nobody more than the database would, and its tombstones are
// not made by hand.
//
// Covers: F07, F12.
func TestUnitViews(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, em := t.Context(), ent.NewEntityManager(app.Client)
		contract := app.Client.Contract.Create().SetNumber("1").SetTitle("t").SaveX(ctx)
		other := app.Client.Contract.Create().SetNumber("2").SetTitle("u").SaveX(ctx)
		clause := app.Client.Clause.Create().SetPosition(1).SetContract(contract).SaveX(ctx)

		held, err := em.Clause.Find(ctx, clause.ID)
		require.NoError(t, err)
		held.DeletedAt = new(time.Now())
		require.ErrorContains(t, em.Commit(ctx), "Remove")
		require.NoError(t, em.Refresh(ctx, held))

		_, err = em.Contract.Find(ctx, contract.ID)
		require.NoError(t, err)
		require.NoError(t, app.Client.Contract.DeleteOneID(contract.ID).Exec(ctx))
		em = ent.NewEntityManager(app.Client)
		trashed := entity.WithTrashed(ctx)
		found, err := em.Contract.Find(trashed, contract.ID)
		require.NoError(t, err)
		_, err = em.Contract.Find(ctx, contract.ID)
		require.ErrorIs(t, err, entity.ErrNotFound)
		require.True(t, ent.IsNotFound(err), "the client's own test knows it")
		again, err := em.Contract.Find(trashed, contract.ID)
		require.NoError(t, err)
		require.Same(t, found, again)
		_, err = ent.NewContractRepository(app.Client).Find(ctx, contract.ID)
		require.True(t, ent.IsNotFound(err))

		// A foreign key that is assigned beside a loaded edge wins, and the edge follows.
		clause = app.Client.Clause.Create().SetPosition(1).SetContract(other).SaveX(ctx)
		third := app.Client.Contract.Create().SetNumber("3").SetTitle("v").SaveX(ctx)
		for _, hold := range []bool{false, true} {
			em := ent.NewEntityManager(app.Client)
			app.Client.Clause.UpdateOneID(clause.ID).SetContractID(other.ID).ExecX(ctx)
			rows, err := em.Clause.All(ctx, app.Client.Clause.Query().WithContract())
			require.NoError(t, err)
			require.Len(t, rows, 1)
			if hold {
				require.NoError(t, em.Attach(third))
			}
			rows[0].ContractID = third.ID
			require.NoError(t, em.Commit(ctx))
			got, err := rows[0].Edges.ContractOrErr()
			if hold {
				require.NoError(t, err)
				require.Same(t, third, got)
			} else {
				require.True(t, ent.IsNotLoaded(err), "%v", err)
			}
		}
	})
}

// Wrong arguments are errors, and leave the manager as it was.
//
// Covers: F03, F07.
func TestUnitWrongArguments(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, em := t.Context(), ent.NewEntityManager(app.Client)
		red := app.Client.Label.Create().SetName("red").SaveX(ctx)
		require.False(t, em.Contains([]int{1}))
		require.Error(t, em.Detach(map[string]int{}))
		_, err := em.Changes([]int{1})
		require.Error(t, err)
		_, err = em.Label.Merge(ctx, nil)
		require.Error(t, err)
		_, err = unitofwork.Find[int](ctx, em.Manager, 1)
		require.Error(t, err)
		_, err = unitofwork.Find[ent.Label](ctx, em.Manager, 1)
		require.Error(t, err)
		for _, key := range []any{[]int{1}, "1", nil, 1.5} {
			_, err = unitofwork.Find[*ent.Label](ctx, em.Manager, key)
			require.ErrorContains(t, err, "the key of Label is", "%v", key)
		}
		found, err := unitofwork.Find[*ent.Label](ctx, em.Manager, int(red.ID))
		require.NoError(t, err, "any integer is one")
		require.Equal(t, red.ID, found.ID)
		require.ErrorContains(t, em.Persist([]*ent.Label{red}), "one by one")
		require.NoError(t, em.Close())
	})
}

// Paths of edges that come from a caller are bounded.
//
// Covers: C26.
func TestEdgePathsAreBounded(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		clauses := ent.NewClauseRepository(app.Client)
		_, err := clauses.FindAll(t.Context(), repository.With(strings.Repeat("parent.", 3000)+"parent"))
		var path *entity.EdgePathError
		require.ErrorAs(t, err, &path)
		_, err = clauses.FindAll(t.Context(), repository.With("parent.parts.contract"))
		require.NoError(t, err)
	})
}

// Early hints come with the headers of the handler, which an answer to a commit
// that fails does not have.
//
// Covers: F62.
func TestUnitEarlyHints(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		for _, name := range []string{"red", " "} { // a name that is none fails at the commit
			w := &hints{ResponseRecorder: httptest.NewRecorder()}
			unitofwork.Middleware(func(*http.Request) *ent.EntityManager { return ent.NewEntityManager(app.Client) })(
				http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					em, _ := unitofwork.FromContext[*ent.EntityManager](r.Context())
					_ = em.Persist(&ent.Label{Name: name})
					w.Header().Set("Link", "</a.css>; rel=preload")
					w.WriteHeader(http.StatusEarlyHints)
					w.WriteHeader(http.StatusOK)
				}),
			).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil))
			require.Equal(t, "</a.css>; rel=preload", w.link)
			require.Equal(t, w.Code != http.StatusOK, w.Header().Get("Link") == "")
		}
	})
}

type hints struct {
	*httptest.ResponseRecorder
	link string
}

func (h *hints) WriteHeader(status int) {
	if status == http.StatusEarlyHints {
		h.link = h.Header().Get("Link")
		return
	}
	h.ResponseRecorder.WriteHeader(status)
}
