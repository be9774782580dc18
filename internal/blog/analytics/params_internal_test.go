package analytics

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A limit above the cap counts as the cap, none as the default of the report.
//
// Covers: E83, S03.
func TestLimits(t *testing.T) {
	t.Parallel()
	for limit, want := range map[int]int{0: 20, 1: 1, MaxLimit: MaxLimit, MaxLimit + 1: MaxLimit} {
		got, err := limited("any", limit, 20)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}
