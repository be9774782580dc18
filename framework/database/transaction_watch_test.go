package database_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/testkit"
)

// lockedBuffer is written by a timer while the test reads it.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// A transaction that stays open is warned of, once, with its name or the function
// that began it; where the configuration says never, it is not.
//
// Covers: F17.
func TestLongTransactionsAreWarnedOf(t *testing.T) {
	t.Parallel()
	log := &lockedBuffer{}
	cfg := testkit.Create(t, testkit.SQLite)
	cfg.SlowTransaction = 20 * time.Millisecond
	db, err := database.Open(t.Context(), cfg, database.WithLogger(slog.New(slog.NewTextHandler(log, nil))))
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	wait := func(context.Context) error {
		require.Eventually(t, func() bool { return strings.Contains(log.String(), "open for long") }, 5*time.Second, time.Millisecond)
		return nil
	}
	require.NoError(t, db.Transact(t.Context(), wait, database.Named("monthly report")))
	require.Contains(t, log.String(), `transaction="monthly report"`)
	require.Contains(t, log.String(), "duration=")
	require.Equal(t, 1, strings.Count(log.String(), "open for long"))
	log.buf.Reset()
	require.NoError(t, db.Transact(t.Context(), wait))
	require.Contains(t, log.String(), "TestLongTransactionsAreWarnedOf")

	log.buf.Reset()
	cfg.SlowTransaction = config.Forever
	patient, err := database.Open(t.Context(), cfg, database.WithLogger(slog.New(slog.NewTextHandler(log, nil))))
	require.NoError(t, err)
	defer func() { require.NoError(t, patient.Close()) }()
	require.NoError(t, patient.Transact(t.Context(), func(context.Context) error {
		time.Sleep(60 * time.Millisecond) //nolint:forbidigo // the time is what it is about
		return nil
	}))
	require.Empty(t, log.String())
}

// A request over the network inside of a transaction is warned of; outside, and
// after the commit, it is not.
//
// Covers: F17.
func TestNetworkCallsInTransactionsAreWarnedOf(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	client := http.Client{Transport: database.RoundTripper(server.Client().Transport)}
	call := func(ctx context.Context) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, http.NoBody)
		require.NoError(t, err)
		response, err := client.Do(request)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
	}
	log := &lockedBuffer{}
	db := testkit.Open(t, testkit.SQLite, testkit.WithOptions(database.WithLogger(slog.New(slog.NewTextHandler(log, nil)))))
	call(t.Context())
	require.NoError(t, db.Transact(t.Context(), func(ctx context.Context) error {
		database.AfterCommit(ctx, call)
		return nil
	}))
	require.Empty(t, log.String())
	require.NoError(t, db.Transact(t.Context(), func(ctx context.Context) error {
		call(ctx)
		call(ctx)
		return nil
	}, database.Named("signup")))
	require.Equal(t, 1, strings.Count(log.String(), "network call"))
	require.Contains(t, log.String(), "transaction=signup")
	require.Contains(t, log.String(), "target="+strings.TrimPrefix(server.URL, "http://"))
}

// A transaction of a generated client is warned of like any other, by the function
// that began it; so is a write that waits for it.
//
// Covers: F17.
func TestForgottenTransactionsAndTheirWaitersAreWarnedOf(t *testing.T) {
	t.Parallel()
	log := &lockedBuffer{}
	cfg := testkit.Create(t, testkit.SQLite)
	cfg.SlowTransaction = 20 * time.Millisecond
	cfg.Pool.Timeout = 200 * time.Millisecond
	db, err := database.Open(t.Context(), cfg, database.WithLogger(slog.New(slog.NewTextHandler(log, nil))))
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	notesTable(t, db)
	tx, err := db.Driver().Tx(t.Context())
	require.NoError(t, err)
	require.ErrorIs(t, addNote(t.Context(), db, 1), database.ErrWriteTimeout)
	require.Equal(t, 1, strings.Count(log.String(), "open for long"))
	require.Equal(t, 1, strings.Count(log.String(), "a write waits"))
	require.Equal(t, 1, strings.Count(log.String(), "transaction=github.com/framefox-go/framefox/framework/database_test.TestForgotten"))
	require.Equal(t, 1, strings.Count(log.String(), "writer=github.com/framefox-go/framefox/framework/database_test.entExec"))
	require.NoError(t, tx.Rollback())
	require.NoError(t, addNote(t.Context(), db, 1))

	log.buf.Reset()
	tx, err = db.Driver().Tx(t.Context())
	require.NoError(t, err)
	require.NoError(t, tx.Commit())
	time.Sleep(60 * time.Millisecond) //nolint:forbidigo // the time is what it is about
	require.Empty(t, log.String())
}
