package monitor_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/monitor"
	"github.com/framefox-go/framefox/framework/testkit"
)

type servers struct{ *testing.M }

func (s servers) Run() int { return testkit.Run(s.M) }

func TestMain(m *testing.M) { goleak.VerifyTestMain(servers{m}) }

// journal is a log that tests read.
type journal struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.String()
}

// lines are the entries whose text begins so.
func (j *journal) lines(t *testing.T, prefix string) (found []map[string]any) {
	t.Helper()
	for line := range strings.Lines(j.String()) {
		var entry map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &entry))
		if strings.HasPrefix(entry["msg"].(string), prefix) {
			found = append(found, entry)
		}
	}
	return found
}

func (j *journal) logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(j, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func newMonitor(t *testing.T, opts monitor.Options) (*monitor.Monitor, *journal) {
	t.Helper()
	log := &journal{}
	opts.Logger = log.logger()
	m, err := monitor.New(opts)
	require.NoError(t, err)
	return m, log
}

// each runs fn on every engine with a monitored database.
func each(t *testing.T, opts monitor.Options, fn func(t *testing.T, db *database.DB, m *monitor.Monitor, log *journal), more ...testkit.Option) {
	t.Helper()
	for _, engine := range testkit.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			m, log := newMonitor(t, opts)
			db := testkit.Open(t, engine, append(more, testkit.WithOptions(database.WithObserver(m)))...)
			fn(t, db, m, log)
		})
	}
}
