package dataset_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/internal/blog/dataset"
)

func TestTmp(t *testing.T) {
	for _, e := range testkit.Dialects() {
		t.Run(string(e), func(t *testing.T) {
			db := testkit.Open(t, e)
			tmp(t, db)
		})
	}
}

func tmp(t *testing.T, db *database.DB) {
	client := newClient(t, db)
	f, err := os.Open("/tmp/idx.txt")
	require.NoError(t, err)
	defer f.Close()
	r, err := dataset.Load(t.Context(), client, dataset.Packages(f), dataset.Options{})
	require.NoError(t, err)
	t.Logf("%+v %s", r, r.Duration)
	status, _ := os.ReadFile("/proc/self/status")
	for _, l := range splitLines(string(status)) {
		if len(l) > 5 && (l[:5] == "VmHWM" || l[:5] == "VmRSS") {
			t.Log(l)
		}
	}
	f.Seek(0, 0)
	r, err = dataset.Load(t.Context(), client, dataset.Packages(f), dataset.Options{})
	require.NoError(t, err)
	t.Logf("%+v %s", r, r.Duration)
}

func splitLines(s string) (out []string) {
	for i := 0; i < len(s); {
		j := i
		for j < len(s) && s[j] != '\n' {
			j++
		}
		out = append(out, s[i:j])
		i = j + 1
	}
	return
}
