package filelock_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/internal/filelock"
)

func TestTry(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lock")
	held, err := filelock.Try(path)
	require.NoError(t, err)
	require.NotNil(t, held)
	second, err := filelock.Try(path)
	require.NoError(t, err)
	require.Nil(t, second, "another holds it")
	require.NoError(t, held.Close())
	third, err := filelock.Try(path)
	require.NoError(t, err)
	require.NotNil(t, third)
	require.NoError(t, third.Close())
	_, err = filelock.Try(filepath.Join(path, "below a file"))
	require.Error(t, err)
}
