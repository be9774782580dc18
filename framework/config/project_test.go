package config_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
)

const orm = "config/orm.yaml"

// files are a project: content by path.
type files map[string]string

// project writes files into a fresh folder and returns its path.
func project(t *testing.T, content files) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range content {
		path := filepath.Join(root, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	if _, marked := content["go.mod"]; !marked {
		require.NoError(t, os.WriteFile(filepath.Join(root, "go.mod"), []byte("module example.org/app\n"), 0o600))
	}
	return root
}

// load loads a project with exactly the given process environment.
func load(t *testing.T, content files, environ ...string) (*config.Config, error) {
	t.Helper()
	return config.Load(config.Options{Dir: project(t, content), Environ: append([]string{}, environ...)})
}

// mustLoad is load for a project that is fine.
func mustLoad(t *testing.T, content files, environ ...string) *config.Config {
	t.Helper()
	cfg, err := load(t, content, environ...)
	require.NoError(t, err)
	return cfg
}

// loadYAML loads a project that has config/orm.yaml only.
func loadYAML(t *testing.T, yaml string, environ ...string) (*config.Config, error) {
	t.Helper()
	return load(t, files{orm: yaml}, environ...)
}

// setting finds a line of Describe.
func setting(t *testing.T, cfg *config.Config, key string) config.Setting {
	t.Helper()
	for _, s := range cfg.Describe() {
		if s.Key == key {
			return s
		}
	}
	require.Fail(t, "no such setting", key)
	return config.Setting{}
}

// problems takes a joined error apart.
func problems(t *testing.T, err error) []*config.Error {
	t.Helper()
	joined, ok := err.(interface{ Unwrap() []error })
	require.True(t, ok, "%v", err)
	var all []*config.Error
	for _, one := range joined.Unwrap() {
		var typed *config.Error
		require.ErrorAs(t, one, &typed)
		all = append(all, typed)
	}
	return all
}
