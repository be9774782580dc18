package tracker_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/relay"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

// ref stands for the id of a row in the variables of an operation. Ids differ
// between databases, what they refer to does not.
type ref string

// operation is one GraphQL request. bind names the row whose id is found at
// the path of the answer.
type operation struct {
	document  string
	variables map[string]any
	bind      ref
	path      []any
}

func (o operation) String() string {
	variables, _ := json.Marshal(o.variables)
	return o.document + "\n" + string(variables)
}

// idPattern finds global ids in messages.
var idPattern = regexp.MustCompile(`[A-Za-z0-9_-]{8,}`)

// replica is the tracker on one dialect, with the ids that its rows have there.
type replica struct {
	dialect string
	api     *apitest.API
	ids     map[ref]string
	names   map[string]ref
}

// run sends the operation and returns its answer with references for ids.
func (w *replica) run(o operation) string {
	out := w.api.Do(o.document, w.resolve(o.variables).(map[string]any))
	if o.bind != "" && len(out.Errors) == 0 {
		id := apitest.Get(out.Data, o.path...).(string)
		w.ids[o.bind], w.names[id] = id, o.bind
	}
	answer := map[string]any{"data": w.name(out.Data)}
	var errs []any
	for _, e := range out.Errors {
		// Not every database tells the name of a constraint. Of two that are
		// broken at once, each tells the one that it looks at first.
		delete(e.Extensions, "constraint")
		if e.Extensions["entity"] == "Badge" && e.Extensions["reason"] == entity.Unique {
			delete(e.Extensions, "fields")
			delete(e.Extensions, "field")
			e.Message = ""
		}
		errs = append(errs, map[string]any{"message": w.name(e.Message), "extensions": w.name(e.Extensions), "path": e.Path})
	}
	answer["errors"] = errs
	text, _ := json.MarshalIndent(answer, "", " ")
	return string(text)
}

// resolve puts ids in place of references.
func (w *replica) resolve(v any) any {
	switch v := v.(type) {
	case ref:
		return w.ids[v]
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, item := range v {
			out[key] = w.resolve(item)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = w.resolve(item)
		}
		return out
	}
	return v
}

// name puts references in place of ids.
func (w *replica) name(v any) any {
	switch v := v.(type) {
	case string:
		return idPattern.ReplaceAllStringFunc(v, func(id string) string {
			if known, ok := w.names[id]; ok {
				return "<" + string(known) + ">"
			}
			if kind, _, err := relay.DecodeID(id); err == nil && ent.Entities()[kind] != nil {
				return "<a " + kind + ">" // made within another row
			}
			return id
		})
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, item := range v {
			if strings.HasSuffix(key, "Cursor") {
				continue // it holds ids
			}
			out[key] = w.name(item)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = w.name(item)
		}
		return out
	}
	return v
}

// The same operations, valid ones and others, get the same answers on all
// dialects: rows, order, counts, pages, aggregates, errors and their places.
//
// Covers: T05, T06, T09, T18, C44, D43, D46.
func TestDialectsAgree(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			var worlds []*replica
			for _, engine := range testkit.Dialects() {
				app := trackertest.New(t, testkit.Open(t, engine))
				worlds = append(worlds, &replica{string(engine), trackertest.Serve(t, app), map[ref]string{}, map[string]ref{}})
			}
			g := &generator{Rand: rand.New(rand.NewPCG(seed, 7)), rows: map[string][]ref{}}
			refused := 0
			for step := range 250 {
				o := g.next()
				want := worlds[0].run(o)
				if strings.Contains(want, `"errors": [`) {
					refused++
				}
				for _, w := range worlds[1:] {
					require.Equal(t, want, w.run(o), "%s is not %s in step %d:\n%s", w.dialect, worlds[0].dialect, step, o)
				}
				if o.bind != "" && worlds[0].ids[o.bind] == "" {
					g.forget(o.bind)
				}
			}
			// Neither nothing nor everything is refused, or little would be shown.
			require.Positive(t, refused)
			require.Less(t, refused, 125)
			require.NotEmpty(t, g.rows["Task"])
		})
	}
}

// generator makes random operations on the tracker.
type generator struct {
	*rand.Rand
	rows  map[string][]ref // that were made, the deleted ones too
	count int
}

func (g *generator) forget(row ref) {
	for name, rows := range g.rows {
		g.rows[name] = slices.DeleteFunc(rows, func(r ref) bool { return r == row })
	}
}

// next makes the next operation: mostly reads once there is something.
func (g *generator) next() operation {
	switch n := g.IntN(30); {
	case n < 7 || g.count < 10:
		return g.create()
	case n < 11:
		return g.update()
	case n < 13:
		return g.remove()
	case n < 16:
		return g.nest()
	case n < 19:
		return g.many()
	case n < 21:
		return g.aggregate()
	case n < 23:
		return g.page()
	default:
		return g.list()
	}
}

// row picks a row of the entity, or "" if there is none.
func (g *generator) row(entity string) ref {
	rows := g.rows[entity]
	if len(rows) == 0 {
		return ""
	}
	return rows[g.IntN(len(rows))]
}

func choose[T any](g *generator, from ...T) T { return from[g.IntN(len(from))] }

// keys are the keys of a map in order: the same seed means the same run.
func keys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
