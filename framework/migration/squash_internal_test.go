package migration

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
)

// A checkpoint that does not lead where the folded files lead is never written,
// be it the schema or the rows that it lacks.
func TestSquashTriesTheCheckpoint(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "20260101000001_a.sql"),
		[]byte("CREATE TABLE a (id int);\nCREATE TABLE b (id int);\nINSERT INTO a VALUES (1), (2);\n"), 0o600))
	cfg := SquashConfig{Dir: OpenDir(folder), To: "20260101000001", Server: config.Database{URL: config.URL{Dialect: config.SQLite}}}
	_, err := cfg.Dir.Rehash()
	require.NoError(t, err)
	c, err := cfg.Dir.read()
	require.NoError(t, err)
	cfg.Now = PlanConfig{}.now
	q, err := newSquashed(cfg, c)
	require.NoError(t, err)
	want, err := q.before(t.Context(), cfg)
	require.NoError(t, err)
	const tables = "CREATE TABLE a (id int);\nCREATE TABLE b (id int);\n"
	for text, reason := range map[string]string{
		tables + "INSERT INTO a VALUES (1);\n":                       "rows",
		"CREATE TABLE a (id int);\nINSERT INTO a VALUES (1), (2);\n": "table b is missing",
	} {
		require.ErrorContains(t, q.try(t.Context(), cfg, []byte(text), want, true), reason)
		require.Empty(t, q.Content)
	}
	require.NoError(t, q.try(t.Context(), cfg, []byte(tables), want, false), "the rows are to go")
	require.NotEmpty(t, q.Content)
}
