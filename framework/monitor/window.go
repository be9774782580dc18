package monitor

import (
	"sync"
	"time"
)

// windowSize is how many of the last statements the average is of.
const windowSize = 1000

// window has the sum of the last durations, which costs the same however many
// there are.
type window struct {
	mu    sync.Mutex
	ring  [windowSize]time.Duration
	slow  [windowSize]bool
	at    int // where the next one goes
	size  int
	sum   time.Duration
	slows int
}

func (w *window) add(d time.Duration, slow bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.size == windowSize {
		w.sum -= w.ring[w.at]
		if w.slow[w.at] {
			w.slows--
		}
	} else {
		w.size++
	}
	w.ring[w.at], w.slow[w.at] = d, slow
	w.sum += d
	if slow {
		w.slows++
	}
	if w.at++; w.at == windowSize {
		w.at = 0
	}
}

// mean is the average of the durations, and the share of slow ones.
func (w *window) mean() (average time.Duration, slow float64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.size == 0 {
		return 0, 0
	}
	return w.sum / time.Duration(w.size), float64(w.slows) / float64(w.size)
}
