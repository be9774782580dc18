package relay_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

type vars = map[string]any

// keys are those of the random documents: some of them mean something to one
// dialect or another.
var keys = []string{"a", "b", "0", "", `q"t`, `b\s`, "lt<&", "ü", "a.b", "$", "*", "[1]", "tab\t", "😀", "u\u2028", "'", "x y"}

func scalars() *rapid.Generator[any] {
	return rapid.SampledFrom([]any{
		nil, true, false, 0.0, 1.0, -1.0, 2.5, 0.1, 1e21, 1e-7, 9007199254740991.0,
		"", "a", "a ", "A", "1", "true", "null", "ü<>", `"`, `\`, "😀", "%", "_", "é",
	})
}

func documents(depth int) *rapid.Generator[any] {
	return rapid.Custom(func(t *rapid.T) any {
		kind := 0
		if depth > 0 {
			kind = rapid.IntRange(0, 3).Draw(t, "kind")
		}
		switch kind {
		case 2:
			list := make([]any, rapid.IntRange(0, 3).Draw(t, "length"))
			for i := range list {
				list[i] = documents(depth-1).Draw(t, "item")
			}
			return list
		case 3:
			return objects(depth).Draw(t, "object")
		}
		return scalars().Draw(t, "scalar")
	})
}

func objects(depth int) *rapid.Generator[map[string]any] {
	return rapid.Custom(func(t *rapid.T) map[string]any {
		object := map[string]any{}
		for _, key := range rapid.SliceOfNDistinct(rapid.SampledFrom(keys), 0, 4, rapid.ID).Draw(t, "keys") {
			object[key] = documents(depth-1).Draw(t, "value")
		}
		return object
	})
}

// walk draws a path that often leads somewhere in the document, and returns
// what is there.
func walk(t *rapid.T, doc any) (path string, at any, found bool) {
	at, found = doc, true
	for range rapid.IntRange(0, 3).Draw(t, "steps") {
		stray := rapid.IntRange(0, 5).Draw(t, "stray") == 0
		list, isList := at.([]any)
		object, _ := at.(map[string]any)
		if isList != stray {
			i := rapid.IntRange(0, 3).Draw(t, "place")
			path += "[" + strconv.Itoa(i) + "]"
			found = found && isList && i < len(list)
			at = nil
			if found {
				at = list[i]
			}
			continue
		}
		key := rapid.SampledFrom(keys).Draw(t, "key")
		if len(object) > 0 && !stray {
			names := make([]string, 0, len(object))
			for name := range object {
				names = append(names, name)
			}
			slices.Sort(names)
			key = rapid.SampledFrom(names).Draw(t, "known key")
		}
		if key == "" || strings.ContainsAny(key, `.[]"`) || rapid.Bool().Draw(t, "quoted") {
			quoted, _ := json.Marshal(key)
			path += "[" + string(quoted) + "]"
		} else {
			if path != "" {
				path += "."
			}
			path += key
		}
		var has bool
		at, has = object[key]
		found = found && has
	}
	return path, at, found
}

// resolve is what the document has at the path, by the meaning of paths.
func resolve(doc any, path string) (any, bool) {
	at, rest := doc, path
	for rest != "" {
		var key string
		switch {
		case strings.HasPrefix(rest, `["`):
			d := json.NewDecoder(strings.NewReader(rest[1:]))
			_ = d.Decode(&key)
			rest = rest[1+int(d.InputOffset())+1:]
		case rest[0] == '[':
			digits, after, _ := strings.Cut(rest[1:], "]")
			i, _ := strconv.Atoi(digits)
			rest = after
			list, ok := at.([]any)
			if !ok || i >= len(list) {
				return nil, false
			}
			at = list[i]
			continue
		default:
			rest = strings.TrimPrefix(rest, ".")
			end := strings.IndexAny(rest, ".[")
			if end < 0 {
				end = len(rest)
			}
			key, rest = rest[:end], rest[end:]
		}
		object, _ := at.(map[string]any)
		var has bool
		if at, has = object[key]; !has {
			return nil, false
		}
	}
	return at, true
}

func same(a, b any) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}

func contains(v, want any) bool {
	switch w := want.(type) {
	case map[string]any:
		object, ok := v.(map[string]any)
		for key, item := range w {
			got, has := object[key]
			ok = ok && has && contains(got, item)
		}
		return ok
	case []any:
		list, ok := v.([]any)
		for _, item := range w {
			ok = ok && slices.ContainsFunc(list, func(x any) bool { return same(x, item) })
		}
		return ok
	default:
		return same(v, want)
	}
}

// holds is the meaning of one predicate of a JSONFilter.
func holds(name string, arg, v any, found bool) bool {
	number, isNumber := v.(float64)
	text, isText := v.(string)
	limit, _ := arg.(float64)
	part, _ := arg.(string)
	object, isObject := v.(map[string]any)
	switch name {
	case "exists":
		return found == arg
	case "isNull":
		return found && (v == nil) == arg
	case "equals":
		return found && same(v, arg)
	case "not":
		return found && !same(v, arg)
	case "contains":
		return found && contains(v, arg)
	case "hasKey":
		_, has := object[part]
		return isObject && has
	case "gt":
		return isNumber && number > limit
	case "gte":
		return isNumber && number >= limit
	case "lt":
		return isNumber && number < limit
	case "lte":
		return isNumber && number <= limit
	case "stringContains":
		return isText && strings.Contains(text, part)
	case "stringStartsWith":
		return isText && strings.HasPrefix(text, part)
	case "stringEndsWith":
		return isText && strings.HasSuffix(text, part)
	}
	panic(name)
}

// predicateOf draws a predicate, often one that the value fulfils.
func predicateOf(t *rapid.T, v any) (name string, arg any) {
	name = rapid.SampledFrom([]string{
		"exists", "isNull", "equals", "equals", "not", "contains", "contains", "hasKey", "gt", "gte", "lt", "lte",
		"stringContains", "stringStartsWith", "stringEndsWith",
	}).Draw(t, "predicate")
	switch name {
	case "exists", "isNull":
		return name, rapid.Bool().Draw(t, "flag")
	case "gt", "gte", "lt", "lte":
		if n, ok := v.(float64); ok && rapid.Bool().Draw(t, "the same") {
			return name, n
		}
		return name, rapid.SampledFrom([]float64{-1, 0, 0.1, 1, 2.5, 1e21}).Draw(t, "number")
	case "hasKey":
		return name, rapid.SampledFrom(keys).Draw(t, "key")
	case "equals", "not", "contains":
		if v != nil && rapid.Bool().Draw(t, "the same") {
			arg = v
		} else {
			arg = documents(2).Filter(func(v any) bool { return v != nil }).Draw(t, "document")
		}
		if name == "contains" {
			arg = plainLists(arg)
		}
		return name, arg
	}
	return name, rapid.SampledFrom([]string{"", "a", "A", " ", "ü", "<", `\`, "%", "😀", "1", "é"}).Draw(t, "text")
}

// plainLists leaves scalars only in the lists of a document.
func plainLists(v any) any {
	switch t := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, item := range t {
			out[key] = plainLists(item)
		}
		return out
	case []any:
		out := []any{}
		for _, item := range t {
			switch item.(type) {
			case map[string]any, []any:
			default:
				out = append(out, item)
			}
		}
		return out
	}
	return v
}

// project makes a project that tasks can be in.
func project(t testing.TB, app *trackertest.App) *ent.Project {
	t.Helper()
	return app.Client.Project.Create().SetName("Moon").SetCode("MOON").SaveX(t.Context())
}

// What a filter finds in documents is the same on every dialect, and what the
// model says: whatever the keys, the values and the path are. Its negation
// finds exactly the other documents.
//
// Covers: T09.
func TestFiltersOfDocuments(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		api := trackertest.Serve(t, app)
		moon := project(t, app)
		docs := map[string]map[string]any{}
		for i := range 60 {
			title := fmt.Sprintf("t%d", i)
			docs[title] = objects(3).Example(i)
			app.Client.Task.Create().SetTitle(title).SetProject(moon).SetMeta(docs[title]).ExecX(t.Context())
		}
		app.Client.Task.Create().SetTitle("without").SetProject(moon).ExecX(t.Context())
		titles := make([]string, 0, len(docs))
		for title := range docs {
			titles = append(titles, title)
		}
		slices.Sort(titles)
		find := func(where vars) []string {
			data := api.Must(`query($w: TaskWhereInput) { tasks(where: $w, first: 100) { edges { node { title } } } }`, vars{"w": where})
			found := []string{}
			for _, e := range apitest.Get(data, "tasks", "edges").([]any) {
				found = append(found, apitest.Get(e, "node", "title").(string))
			}
			slices.Sort(found)
			return found
		}
		rapid.Check(t, func(t *rapid.T) {
			path, v, _ := walk(t, docs[rapid.SampledFrom(titles).Draw(t, "document")])
			name, arg := predicateOf(t, v)
			where := vars{"metaPath": vars{"path": path, name: arg}}
			yes, no := []string{}, []string{}
			for _, title := range titles {
				at, found := resolve(docs[title], path)
				if holds(name, arg, at, found) {
					yes = append(yes, title)
				} else {
					no = append(no, title)
				}
			}
			require.Equal(t, yes, find(where), "%s", path)
			require.Equal(t, no, find(vars{"not": where}), "%s", path)
		})
		require.Equal(t, []string{"without"}, find(vars{"metaIsNil": true}))
	})
}

// Covers: T09.
func TestFiltersOfDocumentsFailClosed(t *testing.T) {
	t.Parallel()
	app := trackertest.New(t, sqlite(t))
	api := trackertest.Serve(t, app)
	deep := any(1)
	for range 31 {
		deep = []any{deep}
	}
	for argument, filter := range map[string]vars{
		"where.metaPath":                {"path": "a"},
		"where.metaPath.equals":         {"equals": nil},
		"where.metaPath.path":           {"path": "a..b", "exists": true},
		"where.metaPath.contains":       {"contains": deep},
		"where.metaPath.contains[0]":    {"contains": []any{vars{"a": 1}}},
		"where.metaPath.equals.a[1]":    {"equals": vars{"a": []any{1, "x\x00"}}},
		"where.metaPath.hasKey":         {"hasKey": strings.Repeat("x", 10_001)},
		"where.metaPath.stringContains": {"stringContains": "\x00"},
		"where.metaPath.gt":             {"path": "a", "gt": nil},
	} {
		e := api.Fail("BAD_USER_INPUT", `query($w: TaskWhereInput) { tasks(where: $w) { totalCount } }`, vars{"w": vars{"metaPath": filter}})
		if argument == "where.metaPath.equals.a[1]" {
			argument = "where.metaPath.equals" // texts are checked as a whole
		}
		require.Equal(t, argument, e.Extensions["argument"], e.Message)
	}
	for _, path := range []string{".a", "a.", "a[", "a[x]", "a[-1]", "a[01]", "a[1", "a]", `a["b]`, `["a"b]`, "a[2000000]", `a"b`, strings.Repeat("a.", 20) + "a", "a\x00"} {
		api.Fail("BAD_USER_INPUT", `query($w: TaskWhereInput) { tasks(where: $w) { totalCount } }`, vars{"w": vars{"metaPath": vars{"path": path, "exists": true}}})
	}
	many := make([]any, 100)
	for i := range many {
		many[i] = i
	}
	e := api.Fail("BAD_USER_INPUT", `query($w: TaskWhereInput) { tasks(where: $w) { totalCount } }`, vars{"w": vars{"metaPath": vars{"equals": many}}})
	require.Contains(t, e.Message, "more than 100 predicates")
	api.Fail("GRAPHQL_VALIDATION_FAILED", `{ tasks(where: {metaPath: {like: "x"}}) { totalCount } }`, nil)
}

// Covers: T09.
func TestFiltersOfLists(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		api := trackertest.Serve(t, app)
		for i, tags := range [][]string{{}, {"a"}, {"a ", "b<"}, {"A", "ü", `q"`}, {"a", "b<", "😀", "%"}} {
			app.Client.Product.Create().SetSku(sku(i)).SetPrice(1).SetTags(tags).ExecX(t.Context())
		}
		app.Client.Product.Create().SetSku(sku(5)).SetPrice(1).ExecX(t.Context())
		for _, c := range []struct {
			where vars
			want  []any
		}{
			{vars{"tagsHas": "a"}, []any{"p1", "p4"}},
			{vars{"tagsHas": "a "}, []any{"p2"}},
			{vars{"tagsHas": "b<"}, []any{"p2", "p4"}},
			{vars{"tagsHas": `q"`}, []any{"p3"}},
			{vars{"tagsHas": "😀"}, []any{"p4"}},
			{vars{"tagsHas": "u"}, []any{}},
			{vars{"tagsHasSome": []any{"A", "a "}}, []any{"p2", "p3"}},
			{vars{"tagsHasEvery": []any{"a", "b<"}}, []any{"p4"}},
			{vars{"tagsIsEmpty": true}, []any{"p0"}},
			{vars{"tagsIsEmpty": false}, []any{"p1", "p2", "p3", "p4"}},
			{vars{"not": vars{"tagsHas": "a"}}, []any{"p0", "p2", "p3"}}, // NULL is none of them
			{vars{"tagsIsNil": true}, []any{"p5"}},
		} {
			data := api.Must(`query($w: ProductWhereInput) { products(where: $w, orderBy: [{field: SKU}]) { edges { node { sku } } } }`, vars{"w": c.where})
			got := []any{}
			for _, e := range apitest.Get(data, "products", "edges").([]any) {
				got = append(got, apitest.Get(e, "node", "sku"))
			}
			require.Equal(t, c.want, got, "%v", c.where)
		}
		for _, where := range []vars{{"tagsHasSome": []any{}}, {"tagsHasEvery": []any{}}, {"tagsHas": nil}, {"tagsIsEmpty": nil}} {
			api.Fail("BAD_USER_INPUT", `query($w: ProductWhereInput) { products(where: $w) { totalCount } }`, vars{"w": where})
		}
	})
}

// A text equals itself alone, also where it ends with spaces, which MySQL
// would not count.
//
// Covers: T09.
func TestTextEqualsToTheLastSpace(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		api := trackertest.Serve(t, app)
		moon := project(t, app)
		texts := []string{"a", "a ", "a  ", "A", "b", ""}
		for _, text := range texts {
			app.Client.Task.Create().SetTitle("t").SetBody(text).SetProject(moon).ExecX(t.Context())
		}
		app.Client.Task.Create().SetTitle("t").SetProject(moon).ExecX(t.Context()) // NULL
		rapid.Check(t, func(t *rapid.T) {
			list := rapid.SliceOfN(rapid.SampledFrom(texts), 1, 3).Draw(t, "texts")
			items := make([]any, len(list))
			for i, text := range list {
				items[i] = text
			}
			for where, want := range map[string]func(string) bool{
				"body":          func(s string) bool { return s == list[0] },
				"bodyNEQ":       func(s string) bool { return s != list[0] },
				"bodyEqualFold": func(s string) bool { return strings.EqualFold(s, list[0]) },
				"bodyIn":        func(s string) bool { return slices.Contains(list, s) },
				"bodyNotIn":     func(s string) bool { return !slices.Contains(list, s) },
			} {
				var arg any = list[0]
				if strings.HasSuffix(where, "In") {
					arg = items
				}
				n := 0
				for _, text := range texts {
					if want(text) {
						n++
					}
				}
				data := api.Must(`query($w: TaskWhereInput) { tasks(where: $w) { totalCount } }`, vars{"w": vars{where: arg}})
				require.EqualValues(t, n, apitest.Get(data, "tasks", "totalCount"), "%s %q", where, list)
			}
		})
	})
}
