package migration_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// A link in the folder that leads out of it is not followed: errors quote what
// is wrong with a file.
func TestFolderIsNotLeft(t *testing.T) {
	t.Parallel()
	dir := three(t)
	secret := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(secret, []byte("sesame"), 0o600))
	require.NoError(t, os.Symlink(secret, filepath.Join(dir.Path(), "20260101000004_link.sql")))
	err := dir.Verify()
	require.ErrorContains(t, err, "20260101000004_link.sql")
	_, rehashErr := dir.Rehash()
	require.ErrorContains(t, rehashErr, "20260101000004_link.sql")
	require.NotContains(t, err.Error()+rehashErr.Error(), "sesame")
}
