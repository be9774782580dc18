package dataset

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
)

const day = 24 * time.Hour

// random is the source of chance of one thing: user 7, post 12. It depends on the
// seed and that name alone, so a thing is the same whatever was made before it.
type random struct {
	*rand.Rand
	sum [32]byte
}

func newRandom(seed uint64, kind string, index int) random {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s %d", seed, kind, index))
	pcg := rand.NewPCG(binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:16]))
	return random{rand.New(pcg), sum} //nolint:gosec // data for show, no secrets
}

// between returns a duration from low up to high, in whole seconds.
func (r random) between(low, high time.Duration) time.Duration {
	if high-low < time.Second {
		return low
	}
	return low + time.Duration(r.Int64N(int64((high-low)/time.Second)))*time.Second
}

// instant returns an instant from start up to end, in whole seconds.
func (r random) instant(start, end time.Time) time.Time {
	return start.Add(r.between(0, end.Sub(start)))
}

// chance is true in percent of all cases.
func (r random) chance(percent int) bool { return r.IntN(100) < percent }

// uuid is the UUID of the thing.
func (r random) uuid() uuid.UUID { return uuid.NewSHA1(uuid.Nil, r.sum[:]) }

// hex is 64 hexadecimal digits of the thing.
func (r random) hex() string { return hex.EncodeToString(r.sum[:]) }

func pick[T any](r random, list []T) T { return list[r.IntN(len(list))] }
