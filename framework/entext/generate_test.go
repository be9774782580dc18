package entext_test

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/entext"
)

// app copies the hand-written files of a small application into a folder of
// this module, where the go command finds all that they import.
func app(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("runs the generator and the compiler")
	}
	dir, err := os.MkdirTemp("testdata", "tmp-") //nolint:usetesting // it has to be inside the module
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	path := "github.com/framefox-go/framefox/framework/entext/" + filepath.ToSlash(dir)
	for name, data := range read(t, filepath.Join("testdata", "app")) {
		write(t, dir, name, strings.ReplaceAll(data, `"app/`, `"`+path+`/`))
	}
	return dir
}

func read(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		files[filepath.ToSlash(name)] = string(data)
		return err
	}))
	return files
}

func write(t *testing.T, dir, name, data string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o750))
	require.NoError(t, os.WriteFile(path, []byte(data), 0o600))
}

func generate(dir string) error {
	return entext.Generate(entext.Config{
		Schema: "./" + filepath.ToSlash(filepath.Join(dir, "ent", "schema")), Target: filepath.Join(dir, "ent"),
		GraphQLSchema: filepath.Join(dir, "graph", "schema", "framefox.graphql"), GQLGen: filepath.Join(dir, "gqlgen.yml"),
	})
}

func goCommand(t *testing.T, args ...string) string {
	t.Helper()
	var out, failure bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Stdout, cmd.Stderr = &out, &failure
	require.NoError(t, cmd.Run(), "%s", failure.String())
	return strings.TrimSpace(out.String())
}

// The generator needs nothing but hand-written files, gives the same again,
// and takes away what has lost its source.
//
// Covers: T03, T17, T27, T28, T29, T30, T31, B46.
func TestGenerate(t *testing.T) {
	dir := app(t)
	require.NoError(t, generate(dir))
	first := read(t, dir)
	for _, name := range []string{"ent/client.go", "ent/folder.go", "ent/folder/where.go", "ent/framefox_graphql.go", "graph/generated/generated.go"} {
		require.Contains(t, first, name)
	}
	sdl := first["graph/schema/framefox.graphql"]
	for _, line := range []string{"appendLabels: [String!]", "hasFolderWith: [FolderWhereInput!]", "expectedVersion: BigInt", "restoreNote(", "folderID: ID", "  people("} {
		require.Contains(t, sdl, line)
	}
	require.NotContains(t, sdl, "  deletedAt: Time\n}", "no client sets it")
	require.Contains(t, sdl, "trashed: Trashed = EXCLUDE")
	require.NotContains(t, sdl, "CreatePersonInput", "an input without fields is no GraphQL")

	require.NoError(t, generate(dir))
	second := read(t, dir)
	for name, data := range first {
		require.Equal(t, data, second[name], name)
	}
	require.Len(t, second, len(first))

	// Whatever gqlgen.yml says, what nobody needs is left out, and the rows of a
	// page take no goroutine each.
	exec := first["graph/generated/generated.go"]
	require.Contains(t, exec, "type ComplexityRoot struct {\n}", "costs by field")
	require.NotContains(t, exec, "func (ec *executionContext) _Note", "a method for each field")
	require.Contains(t, exec, "relay.MarshalSlice(", "rows are marshalled in order")

	require.Equal(t, "Buy [a b c] 2", goCommand(t, "run", "./"+filepath.ToSlash(dir)))

	// Without folders nothing of them stays.
	require.NoError(t, os.Remove(filepath.Join(dir, "ent", "schema", "folder.go")))
	note := first["ent/schema/note.go"]
	note = strings.Replace(note, "\t\tfield.Int64(\"folder_id\").Optional().Nillable(),\n", "", 1)
	note, _, _ = strings.Cut(note, "// Edges of the schema.")
	write(t, dir, "ent/schema/note.go", strings.Replace(note, "\t\"entgo.io/ent/schema/edge\"\n", "", 1))
	require.NoError(t, generate(dir))
	without := read(t, dir)
	for name, data := range without {
		require.NotContains(t, strings.ToLower(name), "folder")
		require.NotContains(t, strings.ToLower(data), "folder", name)
	}
	goCommand(t, "build", "./"+filepath.ToSlash(dir)+"/...")

	// What folders cost: an entity of one field, with an edge to notes and back.
	// What can be generic code of the framework does not belong in generated code.
	all, own := goLines(first)
	allWithout, ownWithout := goLines(without)
	require.Less(t, own-ownWithout, 580, "lines of the framework's templates for one more entity")
	require.Less(t, all-allWithout, 6000, "lines for one more entity, with the GraphQL API")
}

// Covers: C03.
func TestGenerateAsksForTheFieldOfAnEdge(t *testing.T) {
	dir := app(t)
	note := read(t, dir)["ent/schema/note.go"]
	write(t, dir, "ent/schema/note.go", strings.Replace(note, `.Field("folder_id")`, "", 1))
	err := generate(dir)
	require.ErrorContains(t, err, `Note.folder`)
	require.ErrorContains(t, err, `bind it with .Field("folder_notes")`)
	require.NotContains(t, read(t, dir), "ent/client.go")
}

// An entity whose name is needed for something else is refused by name, before
// anything is written.
func TestGenerateRefusesNamesThatClash(t *testing.T) {
	dir := app(t)
	before := read(t, dir)
	for name, want := range map[string]string{
		"Total":             "entext: Total: the API has a type Total of its own; give the entity another name, or hide it with expose.Hidden()",
		"Pagination":        "the API has a type Pagination of its own",
		"Affected":          "the API has a type Affected of its own",
		"Trashed":           "the API has a type Trashed of its own",
		"NotePage":          "entext: NotePage: a type of that name is generated for Note; give one of them another name",
		"NoteKey":           "a type of that name is generated for Note",
		"NoteUpsertBulk":    "a type of that name is generated for Note",
		"NoteAggregateSum":  "a type of that name is generated for Note",
		"NoteOrderField":    "a type of that name is generated for Note",
		"NoteUniqueInput":   "a type of that name is generated for Note",
		"UpsertFolderInput": "a type of that name is generated for Folder",
	} {
		file := "ent/schema/clash.go"
		write(t, dir, file, "package schema\n\nimport (\n\t\"entgo.io/ent\"\n\n\t\"github.com/framefox-go/framefox/framework/mixin\"\n)\n\n"+
			"type "+name+" struct{ ent.Schema }\n\nfunc ("+name+") Mixin() []ent.Mixin { return []ent.Mixin{mixin.ID{}} }\n")
		require.ErrorContains(t, generate(dir), want, name)
		require.NoError(t, os.Remove(filepath.Join(dir, file)))
	}
	require.Equal(t, before, read(t, dir))
}

// goLines counts the lines of the generated Go files: all of them, and those
// that the framework's own templates write.
func goLines(files map[string]string) (all, own int) {
	for name, data := range files {
		if !strings.HasSuffix(name, ".go") || !strings.Contains(data, "DO NOT EDIT") {
			continue
		}
		n := strings.Count(data, "\n")
		all += n
		if strings.HasPrefix(filepath.Base(name), "framefox_") {
			own += n
		}
	}
	return all, own
}
