package relay

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// Covers: D44, D45, D46, D47, D48, D49, D50, D51.
func TestNewPagination(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		page, perPage, total, rows int
		want                       Pagination
	}{
		{1, 10, 0, 0, Pagination{CurrentPage: 1, PerPage: 10}},
		{3, 10, 0, 0, Pagination{CurrentPage: 3, PerPage: 10, HasPrev: true}},
		{1, 10, 1, 1, Pagination{1, 10, 1, 1, 1, 1, false, false, false}},
		{1, 10, 10, 10, Pagination{1, 10, 10, 1, 1, 10, false, false, false}},
		{1, 10, 11, 10, Pagination{1, 10, 11, 2, 1, 10, true, false, false}},
		{2, 10, 11, 1, Pagination{2, 10, 11, 2, 11, 11, false, true, false}},
		{9, 10, 11, 0, Pagination{9, 10, 11, 2, 0, 0, false, true, false}},
		{math.MaxInt, math.MaxInt, math.MaxInt, 0, Pagination{math.MaxInt, math.MaxInt, math.MaxInt, 1, 0, 0, false, true, false}},
		{1, 1, math.MaxInt, 1, Pagination{1, 1, math.MaxInt, math.MaxInt, 1, 1, true, false, false}},
	} {
		require.Equal(t, c.want, NewPagination(c.page, c.perPage, c.total, c.rows), "%+v", c)
	}
}

// The settings bound the numbers without a product that could overflow.
//
// Covers: D36.
func TestNumbersDoNotOverflow(t *testing.T) {
	t.Parallel()
	limits := Settings{MaxOffset: math.MaxInt, MaxPage: math.MaxInt}.WithDefaults()
	for _, c := range [][2]int{{math.MaxInt, 2}, {math.MaxInt, math.MaxInt}, {3, math.MaxInt}} {
		_, _, err := numbers(limits, PageArgs{Page: &c[0], PerPage: &c[1]})
		require.ErrorContains(t, err, "page begins more than", "%v", c)
	}
	page, perPage, err := numbers(limits, PageArgs{Page: new(2), PerPage: new(math.MaxInt)})
	require.NoError(t, err)
	require.Positive(t, (page-1)*perPage)
}

// Numbers of rows are found in the plans of each database; a plan of another
// shape gives none.
func TestPlanned(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		`[{"Plan": {"Node Type": "Seq Scan", "Plan Rows": 1234, "Plans": [{"Plan Rows": 9}]}}]`: 1234,
		`{"query_block": {"table": {"rows_produced_per_join": 120, "filtered": "10.00"}}}`:      120,
		`{"query_block": {"nested_loop": [{"table": {"rows_produced_per_join": 5, "filtered": "1"}},
			{"table": {"rows_produced_per_join": 50, "filtered": "100.00"}}]}}`: 50,
		`{"query_block": {"select_id": 1, "nested_loop": [{"table": {"rows": 200, "filtered": 50}}, {"table": {"rows": 3, "filtered": 100}}]}}`: 300,
		`{"query_block": {"select_id": 1, "table": {"rows": 1e300, "filtered": 100}}}`:                                                          1 << 53,
	} {
		n, ok := planned([]byte(text))
		require.True(t, ok, text)
		require.Equal(t, want, n, text)
	}
	for _, text := range []string{``, `[]`, `x`, `{}`, `[{}]`, `{"query_block": {"message": "Impossible WHERE"}}`} {
		_, ok := planned([]byte(text))
		require.False(t, ok, text)
	}
}
