package database_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/testkit"
)

// witness keeps what it is told.
type witness struct {
	mu   sync.Mutex
	db   *database.DB
	seen []database.Statement
}

func (w *witness) Opened(db *database.DB) { w.db = db }

func (w *witness) Acquired(context.Context, time.Duration, error) {}

func (w *witness) Ran(_ context.Context, s database.Statement) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen = append(w.seen, s)
}

// A slow reader makes no statement slow, however many rows there are; rows are
// counted, also where the reader stops early.
// Covers: J28.
func TestObserversAreToldOfRows(t *testing.T) {
	t.Parallel()
	w := &witness{}
	db := testkit.Open(t, testkit.SQLite, testkit.WithOptions(database.WithObserver(w)))
	require.Same(t, db, w.db)
	for _, read := range []int{0, 1, 15, 16, 17, 40, 50} {
		rows, err := db.SQL().QueryContext(t.Context(), "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50) SELECT i FROM n")
		require.NoError(t, err)
		start := time.Now()
		for range read {
			require.True(t, rows.Next())
			for pause := time.Now(); time.Since(pause) < time.Millisecond; { // a busy reader
			}
		}
		require.NoError(t, rows.Close())
		require.NoError(t, rows.Err())
		took := time.Since(start)
		w.mu.Lock()
		last := w.seen[len(w.seen)-1]
		w.mu.Unlock()
		require.EqualValues(t, read, last.Rows)
		require.Positive(t, last.Duration)
		if read > 0 {
			require.Less(t, last.Duration, took, "the pauses are not in it")
		}
	}
}
