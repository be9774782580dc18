package database

import (
	"context"
	"sync/atomic"
	"time"
)

// semaphore lets a bounded number in; the others queue, first come first served.
// It relies on the runtime, which serves the senders of a full channel in order.
type semaphore struct {
	slots   chan struct{} // nil lets everybody in
	timeout time.Duration
	late    error // what waiting longer than timeout gives
	waits   atomic.Int64

	patience  time.Duration              // 0 is without end
	impatient func(waited time.Duration) // is told of who waits longer than patience

	waitTime atomic.Int64 // nanoseconds
}

// newSemaphore lets size in, or everybody if size is negative.
func newSemaphore(size int, timeout time.Duration, late error) *semaphore {
	s := &semaphore{timeout: timeout, late: late}
	if size >= 0 {
		s.slots = make(chan struct{}, size)
	}
	return s
}

// acquire waits for a slot. The error is that of ctx, or s.late.
func (s *semaphore) acquire(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.slots == nil {
		return nil
	}
	select {
	case s.slots <- struct{}{}:
		return nil
	default:
	}
	s.waits.Add(1)
	start := time.Now()
	defer func() { s.waitTime.Add(int64(time.Since(start))) }()
	timer := time.NewTimer(s.timeout)
	defer timer.Stop()
	var impatient <-chan time.Time
	if s.patience > 0 && s.patience < s.timeout {
		warning := time.NewTimer(s.patience)
		defer warning.Stop()
		impatient = warning.C
	}
	for {
		select {
		case s.slots <- struct{}{}:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		case <-impatient:
			s.impatient(time.Since(start))
		case <-timer.C:
			return s.late
		}
	}
}

// release gives back a slot that acquire gave.
func (s *semaphore) release() {
	if s.slots != nil {
		<-s.slots
	}
}
