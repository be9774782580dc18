package search_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/project"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/task"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/search"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

// world is a project to put tasks into.
type world struct {
	*trackertest.App
	t       *testing.T
	project *ent.Project
}

func newWorld(t *testing.T, app *trackertest.App) *world {
	t.Helper()
	p, err := app.Client.Project.Create().SetName("Moon").SetCode("MOON").Save(t.Context())
	require.NoError(t, err)
	return &world{app, t, p}
}

func (w *world) task(title string, body ...string) *ent.Task {
	w.t.Helper()
	create := w.Client.Task.Create().SetProject(w.project).SetTitle(title)
	if len(body) > 0 {
		create.SetBody(body[0])
	}
	task, err := create.Save(w.t.Context())
	require.NoError(w.t, err)
	return task
}

// titles are those of the tasks that a search finds, in their order.
func (w *world) titles(text string) []string {
	w.t.Helper()
	list, err := w.Client.Task.Query().Where(task.Search(text)).Order(task.ByTitle()).Select(task.FieldTitle).Strings(w.t.Context())
	require.NoError(w.t, err, "%q", text)
	return list
}

// A row is found by the words of all its fields, whatever their order and case;
// the last word may be the beginning of one, the others are whole. Words that are
// short, or frequent in English, count on every dialect, and so do accents.
//
// Covers: D39, E19.
func TestRowsAreFoundByTheirWords(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		w := newWorld(t, app)
		w.task("a fox", "The quick brown_fox jumps; don't ask WHY (e-mail fox.hunter@example.com, /var/log/fox.txt).")
		w.task("b café", "Über den Wolken, привет мир, 漢字テスト")
		w.task("c go", "about the AI of C and R2-D2 in 2026, v1.2.3, -5 and 1e5")
		w.task("d nothing")
		w.task("e emoji", "🤣glad❤️ ❤️happy🦊")
		for text, want := range map[string][]string{
			"quick":                  {"a fox"},
			"QUICK Brown":            {"a fox"},
			"brown quick":            {"a fox"},
			"qui":                    {"a fox"}, // the beginning of the last word
			"qui brown":              {},        // the others are whole
			"brown qui":              {"a fox"},
			"uick":                   {},
			"fox jumps":              {"a fox"}, // one word in each field
			"don't":                  {"a fox"},
			"hunter":                 {"a fox"},
			"example":                {"a fox"},
			"fox.hunter@example.com": {"a fox"},
			"log/fox":                {"a fox"},
			"txt":                    {"a fox"},
			"mail":                   {"a fox"},
			"why":                    {"a fox"},
			"café":                   {"b café"},
			"cafe":                   {},
			"CAFÉ":                   {"b café"},
			"über":                   {"b café"},
			"uber":                   {},
			"wolken":                 {"b café"},
			"Мир ПРИ":                {"b café"},
			"漢字":                     {"b café"},
			"go":                     {"c go"},
			"ai of c":                {"c go"},
			"r2 d2":                  {"c go"},
			"the about":              {"c go"},
			"2026":                   {"c go"},
			"v1 2 3":                 {"c go"},
			"5":                      {"c go"},
			"1e5":                    {"c go"},
			"nothing quick":          {},
			"a":                      {"a fox", "c go"}, // "a" is in the title, "about" in the text
			"fox OR nothing":         {},
			"happy glad":             {"e emoji"},
			"glad happy":             {"e emoji"},
			"missing":                {},
		} {
			require.Equal(t, want, slices.Clip(append([]string{}, w.titles(text)...)), "%q", text)
		}
	})
}

// Whoever writes, the index follows: the client, bulk statements, raw SQL, an
// upsert. A row that is gone is not found.
func TestIndexFollowsTheRows(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		w, ctx := newWorld(t, app), t.Context()
		first, second := w.task("one", "alpha"), w.task("two", "alpha")
		require.Equal(t, []string{"one", "two"}, w.titles("alpha"))

		require.NoError(t, first.Update().SetBody("beta").Exec(ctx))
		require.Equal(t, []string{"two"}, w.titles("alpha"))
		require.Equal(t, []string{"one"}, w.titles("beta"))
		require.NoError(t, first.Update().SetPoints(3).Exec(ctx)) // not searched
		require.Equal(t, []string{"one"}, w.titles("beta"))
		require.NoError(t, first.Update().ClearBody().Exec(ctx))
		require.Empty(t, w.titles("beta"))
		require.Equal(t, []string{"one"}, w.titles("one"))

		_, err := app.DB.SQL().ExecContext(ctx, "UPDATE tasks SET body = 'gamma' WHERE title = 'two'")
		require.NoError(t, err)
		require.Empty(t, w.titles("alpha"))
		require.Equal(t, []string{"two"}, w.titles("gamma"))

		n, err := app.Client.Task.Update().Where(task.Search("gamma")).SetTitle("three").Save(ctx)
		require.NoError(t, err)
		require.Equal(t, 1, n)
		require.Equal(t, []string{"three"}, w.titles("three gam"))

		_, err = app.DB.SQL().ExecContext(ctx, fmt.Sprintf("UPDATE tasks SET id = 4711 WHERE id = %d", second.ID))
		require.NoError(t, err)
		require.Equal(t, []string{"three"}, w.titles("gamma"))
		_, err = app.DB.SQL().ExecContext(ctx, "DELETE FROM tasks WHERE id = 4711")
		require.NoError(t, err)
		require.Empty(t, w.titles("gamma"))

		n, err = app.Client.Task.Delete().Where(task.Search("one")).Exec(entity.WithPurge(ctx))
		require.NoError(t, err)
		require.Equal(t, 1, n)
		require.Empty(t, w.titles("one"))
	})
}

// A search is a filter like the others: deleted rows are not seen, it combines
// with what else is asked for, at edges too, and pages go through what it finds.
//
// Covers: D39.
func TestSearchInTheAPI(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		w := newWorld(t, app)
		for n := range 5 {
			w.task(fmt.Sprintf("fox %d", n), "in the wood")
		}
		w.task("hare", "in the wood")
		gone := w.task("fox gone", "in the wood")
		require.NoError(t, app.Client.Task.DeleteOne(gone).Exec(t.Context()))
		api := trackertest.Serve(t, app)

		var found []string
		var cursor any
		for range 4 {
			data := api.Must(`query($after: Cursor) {
				tasks(first: 2, after: $after, where: {search: "wood fox"}, orderBy: [{field: TITLE, direction: DESC}]) {
					totalCount edges { node { title } } pageInfo { hasNextPage endCursor }
				}
			}`, map[string]any{"after": cursor})
			require.EqualValues(t, 5, apitest.Get(data, "tasks", "totalCount"))
			for _, e := range apitest.Get(data, "tasks", "edges").([]any) {
				found = append(found, apitest.Get(e, "node", "title").(string))
			}
			cursor = apitest.Get(data, "tasks", "pageInfo", "endCursor")
			if apitest.Get(data, "tasks", "pageInfo", "hasNextPage") == false {
				break
			}
		}
		require.Equal(t, []string{"fox 4", "fox 3", "fox 2", "fox 1", "fox 0"}, found)

		count := func(where string) any {
			return apitest.Get(api.Must(`{ tasks(where: `+where+`) { totalCount } }`, nil), "tasks", "totalCount")
		}
		require.EqualValues(t, 1, count(`{search: "wood", title: "hare"}`))
		require.EqualValues(t, 1, count(`{not: {search: "fox"}}`))
		require.EqualValues(t, 2, count(`{or: [{search: "hare"}, {search: "fox 3"}]}`))
		require.EqualValues(t, 0, count(`{search: "wood", points: "1"}`))
		require.EqualValues(t, 6, count(`{hasProjectWith: [{hasTasksWith: [{search: "hare"}]}]}`))
		require.EqualValues(t, 0, count(`{hasProjectWith: [{hasTasksWith: [{search: "gone"}]}]}`))
		data := api.Must(`{ projects { edges { node { tasks(first: 2, where: {search: "fox"}) { totalCount edges { node { title } } } } } } }`, nil)
		require.EqualValues(t, 5, apitest.Get(data, "projects", "edges", 0, "node", "tasks", "totalCount"))
		require.Len(t, apitest.Get(data, "projects", "edges", 0, "node", "tasks", "edges"), 2)
		n, err := app.Client.Project.Query().Where(project.HasTasksWith(task.Search("hare"))).Count(t.Context())
		require.NoError(t, err)
		require.Equal(t, 1, n)
	})
}

// A text that cannot be searched for is refused, never taken for all rows or for
// none, in the API with the path of the argument.
//
// Covers: D39.
func TestTextWithoutWordsIsRefused(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		w := newWorld(t, app)
		w.task("fox")
		api := trackertest.Serve(t, app)
		for text, reason := range map[string]string{
			"":                                "no word",
			" \t\n":                           "no word",
			`"*" - ( ) : ' @ % ~ + < > & | \`: "no word",
			"🦊":                               "no word",
			strings.Repeat("a ", 21):          "has 21 words; the most are 20",
			strings.Repeat("x", 65):           "a word of 65 characters; the most are 64",
			strings.Repeat("é", 501):          "longer than 1000 bytes",
		} {
			_, err := app.Client.Task.Query().Where(task.Search(text)).All(t.Context())
			require.ErrorContains(t, err, reason, "%q", text)
			var invalid *search.QueryError
			require.ErrorAs(t, search.Check(text), &invalid)
			refused := api.Fail("BAD_USER_INPUT", `query($q: String!) { tasks(where: {or: [{search: $q}]}) { totalCount } }`, map[string]any{"q": text})
			require.Equal(t, "where.or[0].search", refused.Extensions["argument"])
			require.Contains(t, refused.Message, reason)
		}
		refused := api.Fail("BAD_USER_INPUT", `{ tasks(where: {search: null}) { totalCount } }`, nil)
		require.Contains(t, refused.Message, "must not be null")
	})
}

// What a user types is data: whatever it is, the search does not fail, and it
// finds the rows that hold its words and no others.
//
// Covers: D39.
func TestAnyTextIsData(t *testing.T) {
	t.Parallel()
	ordinary := rapid.OneOf(
		rapid.SampledFrom([]string{
			`"`, `""`, "*", "-", "+", "(", ")", "NEAR", "NEAR(a b, 2)", "AND", "OR", "NOT", ":", "title:", "'", "''", "@", "@4", "%", "~", "<", ">", "&", "|", "!", `\`, ":*", "<->",
			"^", "{", "}", "$1", "?", "--", "/*", ";", "_", "x_", "the", "a", "go", "fox", "Fox", "brown", "é", "2026", "1e5", "0x1f", ".", ",", "\t", " ", "http://a.b/c?d=e", "🦊", "—", "“", "’", "❤️",
		}),
		rapid.StringMatching(`[a-zA-Z0-9äöüßéèñçøåЖяλΩ漢字かな]{1,8}`),
		rapid.StringOfN(rapid.RuneFrom(nil, common), 1, 3, -1),
	)
	anything := rapid.OneOf(ordinary, rapid.String())
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		w := newWorld(t, app)
		row := w.task("start")
		draw := func(rt *rapid.T, piece *rapid.Generator[string]) string {
			text := strings.Join(rapid.SliceOfN(piece, 1, 8).Draw(rt, "pieces"), rapid.SampledFrom([]string{"", " "}).Draw(rt, "between"))
			if search.Check(text) != nil || strings.ContainsRune(text, 0) {
				rt.SkipNow()
			}
			return text
		}
		find := func(rt *rapid.T, text string) int {
			n, err := app.Client.Task.Query().Where(task.Search(text)).Count(t.Context())
			if err != nil {
				rt.Fatalf("%q: %v", text, err)
			}
			return n
		}
		rapid.Check(t, func(rt *rapid.T) { find(rt, draw(rt, anything)) })
		rapid.Check(t, func(rt *rapid.T) {
			text := draw(rt, ordinary)
			if err := row.Update().SetBody(text).Exec(t.Context()); err != nil {
				rt.Fatalf("%q: %v", text, err)
			}
			for _, part := range append(search.Words(text), text) {
				if n := find(rt, part); n != 1 {
					rt.Fatalf("%q finds %d rows, not the one that holds it: %q", part, n, text)
				}
			}
			if n := find(rt, text+" zebra"); n != 0 {
				rt.Fatalf("%q and zebra find %d rows", text, n)
			}
		})
	})
}

// FuzzWords keeps the words of a text free of what a database could take for an
// operator.
func FuzzWords(f *testing.F) {
	f.Add("quick brown")
	f.Add(`"NEAR(a' b*":@~%-\`)
	f.Fuzz(func(t *testing.T, text string) {
		for _, word := range search.Words(text) {
			require.NotEmpty(t, word)
			require.NotContains(t, word, " ")
			require.False(t, strings.ContainsAny(word, "\"'`*-+()<>~@:&|!\\%_ \x00"), "%q", word)
		}
	})
}

// common are letters and signs that all databases know. Of others each has tables
// of its own, some of them old: what is a letter there, and its lower case.
var common = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x00a0, 0x00a9, 1},
		{0x00c0, 0x00d6, 1},
		{0x0100, 0x0148, 1}, // Latin
		{0x0391, 0x03a1, 1},
		{0x03b1, 0x03c1, 1}, // Greek
		{0x0410, 0x044f, 1}, // Cyrillic
		{0x05d0, 0x05ea, 1}, // Hebrew
		{0x0621, 0x063a, 1}, // Arabic
		{0x2010, 0x2027, 1}, // punctuation
		{0x3041, 0x3096, 1}, // Hiragana
		{0x4e00, 0x9fa5, 1}, // Han
		{0xac00, 0xd7a3, 1}, // Hangul
	},
	R32: []unicode.Range32{{0x1f600, 0x1f64f, 1}, {0x1f910, 0x1f9ff, 1}}, // emoji
}
