package cache

import (
	"hash/fnv"
	"slices"
	"strconv"
	"sync"
)

// Tags that are not tables.
const (
	everything = "*all" // each entry has it
	anyWrite   = "*any" // set anew by each write, for entries of which the tables are not known
)

// buckets is how many versions there are for the tags that are not tables, of
// which there may be any number. Two in one bucket are invalidated together.
const buckets = 1024

// bucket is the tag that stands for a name that is no table.
func bucket(name string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name)) // never fails
	return "#" + strconv.Itoa(int(h.Sum32()%buckets))
}

// versions knows when each tag was changed, by this process or, as far as it has
// heard, by others. Time is counted in changes.
type versions struct {
	mu      sync.RWMutex
	now     uint64
	changed map[string]uint64
	doubts  map[string]int  // COMMITs of this process that are under way
	pending map[string]bool // those of others
}

func newVersions() *versions {
	return &versions{changed: map[string]uint64{}, doubts: map[string]int{}}
}

// time is what a value is stamped with that is read from now on.
func (v *versions) time() uint64 {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.now
}

// current reports whether what was read at a time is what would be read now.
// While one of the tags is in doubt nobody knows.
func (v *versions) current(tags []string, since uint64) bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.same(everything, since) && !slices.ContainsFunc(tags, func(tag string) bool { return !v.same(tag, since) })
}

func (v *versions) same(tag string, since uint64) bool {
	return v.changed[tag] <= since && v.doubts[tag] == 0 && !v.pending[tag]
}

// doubt begins the time in which a change may become visible.
func (v *versions) doubt(tags []string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, tag := range tags {
		v.doubts[tag]++
	}
}

// settle ends it.
func (v *versions) settle(tags []string, changed bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, tag := range tags {
		if v.doubts[tag]--; v.doubts[tag] == 0 {
			delete(v.doubts, tag)
		}
	}
	if changed {
		v.change(tags)
	}
}

func (v *versions) change(tags []string) {
	v.now++
	for _, tag := range tags {
		v.changed[tag] = v.now
	}
}

// heard takes over what other processes have changed, and what they are about to.
func (v *versions) heard(changed []string, pending map[string]bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.pending = pending
	if len(changed) > 0 {
		v.change(changed)
	}
}
