package monitor

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"sync"
	"time"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/query"
)

// Bounds of what is kept in memory.
const (
	maxFingerprint = 4 << 10 // bytes of the text of a fingerprint
	maxCachedText  = 16 << 10
	maxCachedTexts = 4 << 20 // bytes of all texts of one generation
)

// statements has the statistics of each fingerprint. The text of a statement
// leads to them by a cache in two generations: where the young one is full it
// becomes the old one, and what is used from the old one becomes young again.
type statements struct {
	limit int

	mu         sync.RWMutex
	dialect    string // as Ent names it
	young, old map[string]*entry
	youngBytes int
	entries    map[string]*entry // by id
	rest       *entry            // of fingerprints that had to go
}

func newStatements(limit int) *statements {
	return &statements{
		limit: limit, young: map[string]*entry{}, entries: map[string]*entry{},
		rest: newEntry(query.Fingerprint{Text: "(other statements)", Operation: "OTHER"}),
	}
}

func (s *statements) open(dialect string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dialect = dialect
}

// note counts a run, and returns what it was counted for.
func (s *statements) note(run database.Statement) *entry {
	for {
		e := s.find(run.Query)
		if e.add(run) {
			return e
		}
		// It went between the two, which happens once in a long time.
	}
}

func (s *statements) find(text string) *entry {
	s.mu.RLock()
	e, dialect := s.young[text], s.dialect
	s.mu.RUnlock()
	if e != nil {
		return e
	}
	s.mu.Lock()
	e = s.old[text]
	if e != nil {
		s.keep(text, e)
		s.mu.Unlock()
		return e
	}
	s.mu.Unlock()
	fresh := newEntry(query.FingerprintOf(dialect, text))

	s.mu.Lock()
	defer s.mu.Unlock()
	if e = s.entries[fresh.id]; e == nil {
		if len(s.entries) >= s.limit {
			s.evict()
		}
		e = fresh
		s.entries[e.id] = e
	}
	s.keep(text, e)
	return e
}

// keep makes text lead to e; the mutex is held.
func (s *statements) keep(text string, e *entry) {
	if len(text) > maxCachedText || s.young[text] != nil {
		return
	}
	if s.youngBytes += len(text) + 64; s.youngBytes > maxCachedTexts {
		s.old, s.young, s.youngBytes = s.young, map[string]*entry{}, len(text)
	}
	s.young[text] = e
}

// evict puts the tenth that was not seen for longest into the rest; the mutex is
// held.
func (s *statements) evict() {
	all := make([]*entry, 0, len(s.entries))
	for _, e := range s.entries {
		all = append(all, e)
	}
	seen := make(map[*entry]time.Time, len(all))
	for _, e := range all {
		seen[e] = e.lastSeen()
	}
	slices.SortFunc(all, func(a, b *entry) int { return seen[a].Compare(seen[b]) })
	for _, e := range all[:max(len(all)/10, 1)] {
		s.rest.take(e)
		delete(s.entries, e.id)
	}
	s.young, s.old, s.youngBytes = map[string]*entry{}, nil, 0
}

// all returns every entry, the rest too if there is one.
func (s *statements) all() []*entry {
	s.mu.RLock()
	defer s.mu.RUnlock()
	all := make([]*entry, 0, len(s.entries)+1)
	for _, e := range s.entries {
		all = append(all, e)
	}
	if !s.rest.lastSeen().IsZero() {
		all = append(all, s.rest)
	}
	return all
}

// idOf names a fingerprint in a few characters.
func idOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}
