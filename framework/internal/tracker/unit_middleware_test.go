package tracker_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/framework/unitofwork"
)

// A request has a manager of its own, whose work is committed before anything of
// the response is sent: redirects commit, errors and panics do not, and a commit
// that fails is the answer.
//
// Covers: F61, F62.
func TestUnitOfRequest(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		faults := testkit.InjectFaults(t, app.DB)
		count := func() (n int) {
			faults.Paused(func() { n = app.Client.Label.Query().CountX(t.Context()) })
			return n
		}
		var handle func(w http.ResponseWriter, r *http.Request, em *ent.EntityManager)
		serve := func(opts ...unitofwork.MiddlewareOption) *httptest.ResponseRecorder {
			manager := func(*http.Request) *ent.EntityManager { return ent.NewEntityManager(app.Client) }
			h := unitofwork.Middleware(manager, opts...)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				em, ok := unitofwork.FromContext[*ent.EntityManager](r.Context())
				assert.True(t, ok)
				again, _ := unitofwork.FromContext[*ent.EntityManager](r.Context())
				assert.Same(t, em, again)
				assert.NoError(t, em.Persist(&ent.Label{Name: r.URL.Query().Get("name")}))
				handle(w, r, em)
			}))
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/?name="+uuid.NewString(), nil))
			return w
		}
		want := 0
		status := func(status int, committed bool, opts ...unitofwork.MiddlewareOption) {
			t.Helper()
			handle = func(w http.ResponseWriter, r *http.Request, em *ent.EntityManager) {
				require.NoError(t, em.Flush(r.Context()))
				w.Header().Set("X-A", "a")
				w.WriteHeader(status)
				_, _ = w.Write([]byte("body"))
			}
			w := serve(opts...)
			require.Equal(t, status, w.Code)
			require.Equal(t, "a", w.Header().Get("X-A"))
			require.Equal(t, "body", w.Body.String())
			if committed {
				want++
			}
			require.Equal(t, want, count())
		}
		status(http.StatusOK, true)
		status(http.StatusSeeOther, true)
		status(http.StatusBadRequest, false)
		status(http.StatusInternalServerError, false)
		status(http.StatusOK, true, unitofwork.InTransaction())
		status(http.StatusNotFound, false, unitofwork.InTransaction())
		status(http.StatusNotFound, true, unitofwork.RollbackWhen(func(s int) bool { return s >= 500 }))

		handle = func(w http.ResponseWriter, r *http.Request, em *ent.EntityManager) {
			require.NoError(t, em.Flush(r.Context()))
			panic("no")
		}
		require.PanicsWithValue(t, "no", func() { serve() })
		require.Equal(t, want, count())

		handle = func(w http.ResponseWriter, _ *http.Request, _ *ent.EntityManager) {
			w.Header().Set("X-A", "a")
			_, _ = w.Write([]byte("done"))
			require.Empty(t, w.(interface{ Unwrap() http.ResponseWriter }).Unwrap().(*httptest.ResponseRecorder).Body.Bytes(), "nothing is sent yet")
		}
		faults.FailWhen(func(q string) bool { return q == "COMMIT" }, testkit.Refused)
		w := serve()
		require.NotEmpty(t, faults.Fired())
		faults.Off()
		require.Equal(t, http.StatusInternalServerError, w.Code)
		require.NotContains(t, w.Body.String(), "done")
		require.Empty(t, w.Header().Get("X-A"))
		require.Equal(t, want, count())

		handle = func(_ http.ResponseWriter, r *http.Request, em *ent.EntityManager) {
			require.NoError(t, em.Persist(&ent.Person{Email: "no", Name: "n"}))
		}
		require.Equal(t, http.StatusUnprocessableEntity, serve().Code)
		require.Equal(t, want, count())

		// One that streams commits with the first flush.
		handle = func(w http.ResponseWriter, _ *http.Request, _ *ent.EntityManager) {
			_, _ = w.Write([]byte("a"))
			require.NoError(t, http.NewResponseController(w).Flush())
			require.Equal(t, want+1, count())
			_, _ = w.Write([]byte("b"))
		}
		w = serve()
		want++
		require.Equal(t, "ab", w.Body.String())
		require.Equal(t, want, count())
	})
}
