package monitor

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// scope is one request: what ran in it, and how often.
type scope struct {
	monitor *Monitor
	name    string
	request string

	mu   sync.Mutex
	runs map[string]*runs // by the id of the statement
}

// runs are those of one statement in a scope.
type runs struct {
	entry *entry
	times int
	field string // that made it too many
}

type scopeKey struct{}

func scopeIn(ctx context.Context) *scope {
	s, _ := ctx.Value(scopeKey{}).(*scope)
	return s
}

// Scope begins a request, or whatever else should not run one statement many
// times. What is run with the context that it returns belongs to it until end is
// called, which reports what ran too often. The name should be one of few.
func (m *Monitor) Scope(ctx context.Context, name string) (_ context.Context, end func()) {
	s := &scope{monitor: m, name: name, request: requestOf(ctx)}
	return context.WithValue(ctx, scopeKey{}, s), func() { s.end(ctx) }
}

// count counts a statement in its scope.
func (m *Monitor) count(ctx context.Context, e *entry) {
	if m.opts.Repeats < 0 {
		return
	}
	s := scopeIn(ctx)
	if s == nil || s.monitor != m {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.runs == nil {
		s.runs = map[string]*runs{}
	}
	r := s.runs[e.id]
	if r == nil {
		r = &runs{entry: e}
		s.runs[e.id] = r
	}
	if r.times++; r.times == m.opts.Repeats+1 {
		r.field = FieldPath(ctx)
	}
}

func (s *scope) end(ctx context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.runs {
		if r.times > s.monitor.opts.Repeats {
			s.monitor.repeated(ctx, s, r.entry, r.field, r.times)
		}
	}
	s.runs = nil
}

// Repeat is a statement that runs again and again within one request.
type Repeat struct {
	Field     string    `json:"field,omitempty"` // of the GraphQL schema: "posts.edges.node.author"
	Operation string    `json:"operation"`       // the name of the scope
	ID        string    `json:"id"`              // of the statement
	Statement string    `json:"statement"`
	Most      int       `json:"most"`     // runs in one request
	Requests  int64     `json:"requests"` // in which it was too often
	Fix       string    `json:"fix"`
	LastSeen  time.Time `json:"lastSeen"`
}

// maxRepeats bounds what is remembered.
const maxRepeats = 1000

// repeats remembers what was reported, so that it is told once.
type repeats struct {
	mu   sync.Mutex
	seen map[repeatKey]*Repeat
	all  int64 // requests
}

type repeatKey struct{ operation, field, id string }

// repeated counts a repeat, and logs it the first time.
func (m *Monitor) repeated(ctx context.Context, s *scope, e *entry, field string, times int) {
	key := repeatKey{s.name, field, e.id}
	m.repeats.mu.Lock()
	m.repeats.all++
	r := m.repeats.seen[key]
	fresh := r == nil
	if fresh {
		if len(m.repeats.seen) >= maxRepeats {
			m.repeats.mu.Unlock()
			return
		}
		if m.repeats.seen == nil {
			m.repeats.seen = map[repeatKey]*Repeat{}
		}
		r = &Repeat{Field: field, Operation: s.name, ID: e.id, Statement: e.Text, Fix: fixOf(e)}
		m.repeats.seen[key] = r
	}
	r.Most, r.LastSeen = max(r.Most, times), time.Now()
	r.Requests++
	m.repeats.mu.Unlock()
	if !fresh {
		return
	}
	attrs := []slog.Attr{
		slog.String("operation", s.name), slog.Int("times", times), slog.String("fix", fixOf(e)), slog.String("statement", e.id),
	}
	where := "in " + cmp.Or(s.name, "one request")
	if field != "" {
		where = "for field " + field
		attrs = append(attrs, slog.String("field", field))
	}
	if s.request != "" {
		attrs = append(attrs, slog.String("request_id", s.request))
	}
	m.opts.Logger.LogAttrs(ctx, slog.LevelWarn,
		fmt.Sprintf("Query repeated %d times %s: %s", times, where, clip(e.Text, maxText)), attrs...)
}

// fixOf says what to do about a statement that runs too often.
func fixOf(e *entry) string {
	switch e.operation {
	case opSelect:
		return "load the rows for all parents at once: name the edge in WithEdges (or With…) of the query for the parents, " +
			"call LoadMissing on those that are read already, or ask for all keys with one IN"
	case opInsert, opUpdate, opDelete:
		return "write the rows at once: with a bulk operation of the client or of a repository, or by the entity manager's flush"
	default:
		return "run it once, and keep the result for the request"
	}
}

// Repeats lists the statements that ran too often within one request, those of
// the most requests first.
func (m *Monitor) Repeats() []Repeat {
	m.repeats.mu.Lock()
	defer m.repeats.mu.Unlock()
	list := make([]Repeat, 0, len(m.repeats.seen))
	for _, r := range m.repeats.seen {
		list = append(list, *r)
	}
	slices.SortFunc(list, func(a, b Repeat) int {
		return cmp.Or(cmp.Compare(b.Requests, a.Requests), cmp.Compare(b.Most, a.Most), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Field, b.Field))
	})
	return list
}
