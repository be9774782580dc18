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
// Covers: T03, T17, T28, T29, T30, B46.
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

	require.Equal(t, "Buy [a b c] 2", goCommand(t, "run", "./"+filepath.ToSlash(dir)))

	// Without folders nothing of them stays.
	require.NoError(t, os.Remove(filepath.Join(dir, "ent", "schema", "folder.go")))
	note := first["ent/schema/note.go"]
	note = strings.Replace(note, "\t\tfield.Int64(\"folder_id\").Optional().Nillable(),\n", "", 1)
	note, _, _ = strings.Cut(note, "// Edges of the schema.")
	write(t, dir, "ent/schema/note.go", strings.Replace(note, "\t\"entgo.io/ent/schema/edge\"\n", "", 1))
	require.NoError(t, generate(dir))
	for name, data := range read(t, dir) {
		require.NotContains(t, strings.ToLower(name), "folder")
		require.NotContains(t, strings.ToLower(data), "folder", name)
	}
	goCommand(t, "build", "./"+filepath.ToSlash(dir)+"/...")
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
