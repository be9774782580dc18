package cache

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/singleflight"
)

// markerTTL bounds how long a COMMIT may take: for that long nobody keeps what
// depends on a process that died in it.
const markerTTL = time.Minute

// shared is the level in Redis, and what processes tell one another there.
//
// A hash has the version of each tag, which is the time on the clock of the cache
// when it was changed last, "@clock" the time and "@epoch" a name that goes with
// the data, should Redis lose it. An entry holds while its epoch is the present one
// and none of its tags is younger than its clock. A writer marks its tags before
// COMMIT, which gives them new versions, and settles them after it, which does so
// again: what was read before the mark, or between the two, is void either way.
// While a mark stands nobody keeps entries with its tags, so that a writer which
// dies before it settles leaves nothing behind that is wrong.
type shared struct {
	client  *redis.Client
	store   *Redis
	config  *Config
	prefix  string // of the keys
	id      string // of this process
	local   *versions
	refresh singleflight.Group

	mu    sync.Mutex
	state *remoteState // nil before the first answer
	at    time.Time    // when it was asked for
	need  time.Time    // it must not be older
	down  bool
	owed  map[string]bool // tags that were written and not settled; none unless down
	wake  chan struct{}

	stop context.CancelFunc
	done sync.WaitGroup
}

// remoteState is what Redis knew at a time.
type remoteState struct {
	epoch    string
	clock    int64
	versions map[string]int64
	pending  map[string]bool
}

func newShared(cfg *Config, prefix string, local *versions) (*shared, error) {
	client, err := OpenRedis(cfg.Redis, cfg.Timeout)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	s := &shared{
		client: client, config: cfg, prefix: prefix, id: string(random()), local: local,
		store: &Redis{client, prefix, cfg.Timeout},
		owed:  map[string]bool{}, wake: make(chan struct{}, 1), stop: stop,
	}
	s.done.Go(func() { s.recover(ctx) })
	s.done.Go(func() { s.listen(ctx) })
	return s, nil
}

func (s *shared) close() error {
	s.stop()
	err := s.client.Close()
	s.done.Wait()
	return err
}

// The scripts. KEYS are the hash of versions and the sorted set of marks; marks
// are "id|tag", by the time of Redis at which they end.
const prelude = `
local epoch = redis.call('HGET', KEYS[1], '@epoch')
if not epoch then epoch = ARGV[1]; redis.call('HSET', KEYS[1], '@epoch', epoch) end
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
`

// These are compiled into hashes of theirs, and do not change.
//
//nolint:gochecknoglobals // constants of a type that has none
var (
	stateScript = redis.NewScript(prelude + `
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
local pending = redis.call('ZRANGE', KEYS[2], 0, -1)
local clock = redis.call('HGET', KEYS[1], '@clock') or '0'
if epoch == ARGV[2] and clock == ARGV[3] then return {epoch, clock, pending} end
return {epoch, clock, pending, redis.call('HGETALL', KEYS[1])}`)

	markScript = redis.NewScript(prelude + `
local clock = redis.call('HINCRBY', KEYS[1], '@clock', 1)
for i = 5, #ARGV do
	redis.call('HSET', KEYS[1], ARGV[i], clock)
	redis.call('ZADD', KEYS[2], now + ARGV[4], ARGV[3] .. '|' .. ARGV[i])
end
redis.call('PUBLISH', KEYS[1], ARGV[2])
return clock`)

	settleScript = redis.NewScript(prelude + `
local clock = redis.call('HINCRBY', KEYS[1], '@clock', 1)
for i = 5, #ARGV do
	if ARGV[4] == '1' then redis.call('HSET', KEYS[1], ARGV[i], clock) end
	redis.call('ZREM', KEYS[2], ARGV[3] .. '|' .. ARGV[i])
end
redis.call('PUBLISH', KEYS[1], ARGV[2])
return clock`)

	renewScript = redis.NewScript(`
redis.call('HSET', KEYS[1], '@epoch', ARGV[1])
redis.call('PUBLISH', KEYS[1], ARGV[2])
return 1`)
)

func (s *shared) keys() []string { return []string{s.prefix + "@versions", s.prefix + "@marks"} }

// run runs a script, for no longer than the timeout.
func (s *shared) run(script *redis.Script, args ...any) *redis.Cmd {
	ctx, cancel := context.WithTimeout(context.Background(), s.config.Timeout)
	defer cancel()
	return script.Run(ctx, s.client, s.keys(), args...)
}

// fresh makes sure that what this process knows of others is not older than
// MaxStale. It is not ok where Redis does not answer.
func (s *shared) fresh(ctx context.Context) (stamp stamp, ok bool) {
	const attempts = 3 // others may write meanwhile
	for range attempts {
		if stamp, ok, known := s.known(); known {
			return stamp, ok
		}
		answer := s.refresh.DoChan("", func() (any, error) { //nolint:contextcheck // it is done whatever becomes of the caller
			s.load()
			return nil, nil //nolint:nilnil // known tells
		})
		select {
		case <-answer:
		case <-ctx.Done():
			return stamp, false
		}
	}
	stamp, ok, known := s.known()
	return stamp, ok && known
}

// stamp is what an entry that is read from now on is marked with.
type stamp struct {
	epoch string
	clock int64
	up    bool // else entries are kept in this process only
}

// known returns the present stamp; known is false if Redis has to be asked.
func (s *shared) known() (_ stamp, ok, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	age := time.Since(s.at)
	if s.down {
		return stamp{}, s.state != nil && age <= s.config.Alone, true
	}
	if s.state == nil || age > s.config.MaxStale || s.at.Before(s.need) {
		return stamp{}, false, false
	}
	return stamp{s.state.epoch, s.state.clock, true}, true, true
}

// load asks Redis what there is, and has this process hear what others changed.
func (s *shared) load() {
	s.mu.Lock()
	old, at := s.state, time.Now()
	s.mu.Unlock()
	if old == nil {
		old = &remoteState{}
	}
	answer, err := s.run(stateScript, string(random()), old.epoch, old.clock).Slice()
	if err != nil {
		s.fail(err)
		return
	}
	state, ok := parseState(answer, old)
	if !ok {
		s.fail(errors.New("cache: Redis has something else under the keys of the cache"))
		return
	}
	if state.epoch == old.epoch && state.clock < old.clock { // it has lost something, and may have entries that are void
		if err := s.run(renewScript, string(random()), s.id).Err(); err != nil {
			s.fail(err)
		}
		return // and looks anew
	}
	var changed []string
	if state.epoch != old.epoch {
		changed = []string{everything}
	}
	for tag, version := range state.versions {
		if old.versions[tag] != version {
			changed = append(changed, tag)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.local.heard(changed, state.pending)
	s.state, s.at = state, at
}

func parseState(answer []any, old *remoteState) (*remoteState, bool) {
	if len(answer) < 3 {
		return nil, false
	}
	s := &remoteState{versions: old.versions, pending: map[string]bool{}}
	s.epoch, _ = answer[0].(string)
	clock, _ := answer[1].(string)
	marks, _ := answer[2].([]any)
	for _, mark := range marks {
		text, _ := mark.(string)
		_, tag, _ := strings.Cut(text, "|")
		s.pending[tag] = true
	}
	if err := json.Unmarshal([]byte(clock), &s.clock); err != nil || s.epoch == "" {
		return nil, false
	}
	if len(answer) == 3 {
		return s, true
	}
	pairs, _ := answer[3].([]any)
	s.versions = make(map[string]int64, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		tag, _ := pairs[i].(string)
		text, _ := pairs[i+1].(string)
		if strings.HasPrefix(tag, "@") {
			continue
		}
		var version int64
		if err := json.Unmarshal([]byte(text), &version); err != nil {
			return nil, false
		}
		s.versions[tag] = version
	}
	return s, true
}

// mark tells other processes that the tags are about to change.
func (s *shared) mark(id string, tags []string) {
	if s.isDown() {
		s.owe(tags)
		return
	}
	args := append([]any{string(random()), s.id, id, markerTTL.Milliseconds()}, anys(tags)...)
	if err := s.run(markScript, args...).Err(); err != nil {
		s.fail(err, tags...)
	}
}

// settle tells them that it is over.
func (s *shared) settle(id string, tags []string, changed bool) {
	if s.isDown() {
		if changed {
			s.owe(tags)
		}
		return
	}
	if err := s.sendSettle(id, tags, changed); err != nil {
		s.fail(err, tags...)
		return
	}
	s.mu.Lock()
	s.need = time.Now()
	s.mu.Unlock()
}

func (s *shared) sendSettle(id string, tags []string, changed bool) error {
	flag := "0"
	if changed {
		flag = "1"
	}
	args := append([]any{string(random()), s.id, id, flag}, anys(tags)...)
	return s.run(settleScript, args...).Err()
}

func anys(tags []string) []any {
	all := make([]any, len(tags))
	for i, tag := range tags {
		all[i] = tag
	}
	return all
}

func (s *shared) isDown() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.down
}

// owe remembers tags that Redis has to be told of before it is used again.
func (s *shared) owe(tags []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.setDown(tags)
}

func (s *shared) setDown(owed []string) (first bool) {
	for _, tag := range owed {
		s.owed[tag] = true
	}
	first = !s.down
	s.down = true
	select {
	case s.wake <- struct{}{}:
	default:
	}
	return first
}

// fail notes that Redis did not answer, or not to this: it is not used until it
// does.
func (s *shared) fail(err error, owed ...string) {
	s.mu.Lock()
	first := s.setDown(owed)
	s.mu.Unlock()
	if first && !errors.Is(err, redis.ErrClosed) {
		s.config.Logger.Warn("cache: Redis does not answer; going on without it", "error", err)
	}
}

// recover tries Redis again after it failed, settles what is owed, and lets it be
// used.
func (s *shared) recover(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
		}
		for s.isDown() {
			if s.pause(ctx); ctx.Err() != nil {
				return
			}
			s.probe(ctx)
		}
	}
}

func (s *shared) probe(ctx context.Context) {
	if !s.reachable(ctx) {
		return
	}
	s.mu.Lock()
	owed := slices.Sorted(maps.Keys(s.owed))
	s.owed = map[string]bool{}
	s.mu.Unlock()
	err := s.sendSettle("-", owed, true) //nolint:contextcheck // it is done whatever becomes of the caller
	if err != nil {
		s.owe(owed)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.owed) > 0 {
		return // written meanwhile
	}
	s.down, s.need = false, time.Now()
	s.config.Logger.Info("cache: Redis answers again")
}

// reachable reports whether there is a server. The client prints each time that
// there is none.
func (s *shared) reachable(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, s.config.Timeout)
	defer cancel()
	options := s.client.Options()
	conn, err := options.Dialer(ctx, options.Network, options.Addr)
	if err != nil {
		return false
	}
	_ = conn.Close() // it was there
	return true
}

// listen hears when other processes write. What is lost on the way is found out
// after MaxStale.
func (s *shared) listen(ctx context.Context) {
	sub := s.client.Subscribe(ctx, s.keys()[0])
	defer func() { _ = sub.Close() }() // nobody waits for it
	end := context.AfterFunc(ctx, func() { _ = sub.Close() })
	defer end()
	for ctx.Err() == nil {
		if s.isDown() {
			s.pause(ctx)
			continue
		}
		message, err := sub.Receive(ctx)
		if m, ok := message.(*redis.Message); ok && m.Payload == s.id {
			continue // its own
		}
		s.mu.Lock()
		s.need = time.Now()
		s.mu.Unlock()
		if err != nil {
			s.pause(ctx)
		}
	}
}

// pause waits before Redis is tried again.
func (s *shared) pause(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(s.config.Retry):
	}
}

// get returns an entry that holds.
func (s *shared) get(ctx context.Context, place, key string, since uint64) *entry {
	raw, ok, err := s.store.Get(ctx, place)
	if err != nil {
		if ctx.Err() == nil {
			s.fail(err)
		}
		return nil
	}
	var e sharedEntry
	if !ok || json.Unmarshal(raw, &e) != nil || e.Key != key || time.Now().After(e.Expires) || !s.holds(&e) {
		return nil
	}
	return &entry{key: key, tags: e.Tags, since: since, made: e.Made, expires: e.Expires, value: e.Value, missing: e.Missing}
}

func (s *shared) holds(e *sharedEntry) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down || s.state == nil || e.Epoch != s.state.epoch || s.state.versions[everything] > e.Clock {
		return false
	}
	return !slices.ContainsFunc(e.Tags, func(tag string) bool { return s.state.versions[tag] > e.Clock })
}

// set keeps an entry that was read after the stamp.
func (s *shared) set(ctx context.Context, place string, e *entry, st stamp) error {
	raw, err := json.Marshal(&sharedEntry{
		Key: e.key, Tags: e.tags, Epoch: st.epoch, Clock: st.clock, Made: e.made, Expires: e.expires, Value: e.value, Missing: e.missing,
	})
	if err != nil {
		return err
	}
	if err := s.store.Set(ctx, place, raw, time.Until(e.expires)); err != nil {
		if ctx.Err() == nil {
			s.fail(err)
		}
		return err
	}
	return nil
}
