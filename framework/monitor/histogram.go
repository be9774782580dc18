package monitor

import (
	"math"
	"math/bits"
	"time"
)

// histogram counts durations in 256 steps: each microsecond up to 8, then eight
// steps for each doubling. A quantile that it gives is at most an eighth too large.
type histogram [256]uint32

func step(d time.Duration) int {
	us := uint64(max(d, 0) / time.Microsecond)
	if us < 8 {
		return int(us)
	}
	exponent := bits.Len64(us) - 1
	return min((exponent-2)*8+int(us>>(exponent-3)&7), len(histogram{})-1)
}

// upper is the longest duration of a step.
func upper(step int) time.Duration {
	if step < 8 {
		return time.Duration(step+1) * time.Microsecond
	}
	exponent := step/8 + 2
	return (time.Duration(step%8+9) << (exponent - 3)) * time.Microsecond
}

func (h *histogram) add(d time.Duration) { h[step(d)]++ }

func (h *histogram) merge(other *histogram) {
	for i, n := range other {
		h[i] += n
	}
}

// quantile is the duration that the share q of all are not above.
func (h *histogram) quantile(q float64) time.Duration {
	var total uint64
	for _, n := range h {
		total += uint64(n)
	}
	if total == 0 {
		return 0
	}
	rank, seen := uint64(math.Ceil(q*float64(total))), uint64(0)
	for i, n := range h {
		if seen += uint64(n); seen >= rank && n > 0 {
			return upper(i)
		}
	}
	return upper(len(h) - 1)
}
