package diagram_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/diagram"
	"github.com/framefox-go/framefox/framework/testkit"
)

// shop is a database with each kind of key, in words that all dialects know.
const shop = `
CREATE TABLE users (id bigint NOT NULL PRIMARY KEY, email varchar(80) NOT NULL UNIQUE, boss bigint REFERENCES users (id) ON DELETE SET NULL);
CREATE TABLE profiles (user_id bigint NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE);
CREATE TABLE badges (id bigint NOT NULL PRIMARY KEY, user_id bigint UNIQUE REFERENCES users (id));
CREATE TABLE notes (id bigint NOT NULL PRIMARY KEY, user_id bigint NOT NULL REFERENCES users (id), day integer NOT NULL, UNIQUE (user_id, day));
CREATE TABLE tags (id bigint NOT NULL PRIMARY KEY, parent bigint NOT NULL, kind bigint NOT NULL, UNIQUE (id, kind));
CREATE TABLE tagged (tag_id bigint NOT NULL REFERENCES tags (id), note_id bigint NOT NULL REFERENCES notes (id), weight integer, PRIMARY KEY (tag_id, note_id));
CREATE TABLE rated (tag_id bigint NOT NULL REFERENCES tags (id), note_id bigint NOT NULL REFERENCES notes (id), stars integer NOT NULL, PRIMARY KEY (tag_id, note_id));
CREATE TABLE loose (id bigint NOT NULL PRIMARY KEY DEFAULT 1, tag_id bigint REFERENCES tags (id), note_id bigint NOT NULL REFERENCES notes (id), UNIQUE (tag_id, note_id));
CREATE TABLE kinds (a bigint NOT NULL, b bigint NOT NULL, UNIQUE (b, a), FOREIGN KEY (a, b) REFERENCES tags (id, kind));
CREATE TABLE parts (a bigint NOT NULL UNIQUE, b bigint NOT NULL, FOREIGN KEY (a, b) REFERENCES tags (id, kind));
CREATE TABLE atlas_schema_revisions (version varchar(10) NOT NULL PRIMARY KEY);
CREATE TABLE framefox_data_migrations (version varchar(10) NOT NULL PRIMARY KEY)`

// inWordsOfMySQL writes references at the end of the statement: MySQL ignores
// those that stand with a column.
func inWordsOfMySQL(statement string) string {
	head, rest, ok := strings.Cut(statement, "(")
	if !ok {
		return statement
	}
	parts := strings.Split(strings.TrimSuffix(rest, ")"), ", ")
	var keys []string
	for i, part := range parts {
		if column, target, ok := strings.Cut(part, " REFERENCES "); ok && !strings.Contains(column, ")") {
			name, _, _ := strings.Cut(part, " ")
			parts[i] = column
			keys = append(keys, "FOREIGN KEY ("+name+") REFERENCES "+target)
		}
	}
	return head + "(" + strings.Join(append(parts, keys...), ", ") + ")"
}

// A foreign key is one to one only if a unique key or the primary key consists
// of exactly its columns, a table with two foreign keys joins others only if
// they form a key and it needs nothing else, and what keeps account of
// migrations is no entity.
//
// Covers: U01.
func TestInspect(t *testing.T) {
	t.Parallel()
	testkit.EachDialect(t, func(t *testing.T, db *database.DB) {
		for statement := range strings.SplitSeq(strings.TrimSpace(shop), ";\n") {
			if db.Dialect() == "mysql" {
				statement = inWordsOfMySQL(statement)
			}
			_, err := db.SQL().ExecContext(t.Context(), statement)
			require.NoError(t, err, statement)
		}
		if db.Dialect() != "mysql" { // it has no partial indexes
			_, err := db.SQL().ExecContext(t.Context(), "CREATE UNIQUE INDEX one_note ON notes (user_id) WHERE day > 100")
			require.NoError(t, err)
		}
		d, err := diagram.Inspect(t.Context(), db)
		require.NoError(t, err)

		var got []string
		for _, r := range d.Relations {
			line := fmt.Sprintf("%s %s -> %s %s: %s", r.From, r.FromCardinality, r.To, r.ToCardinality, r.Label())
			if r.OnDelete != "" && r.OnDelete != "restrict" { // the default of MySQL
				line += ", " + r.OnDelete
			}
			if len(r.Attributes) > 0 {
				line += " with " + strings.Join(r.Attributes, ", ")
			}
			got = append(got, line)
		}
		require.Equal(t, []string{
			"badges zero-or-one -> users zero-or-one: user_id",
			"kinds zero-or-one -> tags one: a, b",
			"loose many -> notes one: note_id",
			"loose many -> tags zero-or-one: tag_id",
			"notes many -> tags many: tagged with weight",
			"notes many -> users one: user_id",
			"parts many -> tags one: a, b",
			"profiles zero-or-one -> users one: user_id, cascade",
			"rated many -> notes one: note_id",
			"rated many -> tags one: tag_id",
			"tagged many -> notes one: note_id",
			"tagged many -> tags one: tag_id",
			"users many -> users zero-or-one: boss, set null",
		}, got)

		var names []string
		for _, e := range d.Entities {
			names = append(names, e.Table)
			require.Equal(t, e.Table == "tagged", e.Join, e.Table)
		}
		require.Equal(t, []string{"badges", "kinds", "loose", "notes", "parts", "profiles", "rated", "tagged", "tags", "users"}, names)

		users, ok := d.Entity("users")
		require.True(t, ok)
		require.Equal(t, []string{"PK"}, users.Columns[0].Keys())
		require.Equal(t, []string{"UK"}, users.Columns[1].Keys())
		require.Equal(t, []string{"FK"}, users.Columns[2].Keys())
		require.True(t, users.Columns[2].Null)
		require.False(t, users.Columns[1].Null)
		require.Contains(t, []string{"varchar(80)", "character varying(80)", "character varying"}, users.Columns[1].Type)
		profiles, _ := d.Entity("profiles")
		require.Equal(t, []string{"PK", "FK"}, profiles.Columns[0].Keys())
		notes, _ := d.Entity("notes")
		require.Equal(t, [][]string{{"user_id", "day"}}, notes.Uniques)
	})
}

// A table that is referred to but not there is drawn as such.
func TestInspectDanglingReference(t *testing.T) {
	t.Parallel()
	db := testkit.Open(t, testkit.SQLite)
	_, err := db.SQL().ExecContext(t.Context(), `CREATE TABLE a (id integer PRIMARY KEY, b integer REFERENCES Bees (id), c integer REFERENCES A (id))`)
	require.NoError(t, err)
	d, err := diagram.Inspect(t.Context(), db)
	require.NoError(t, err)
	bees, ok := d.Entity("Bees")
	require.True(t, ok)
	require.True(t, bees.External)
	require.Len(t, d.Entities, 2)
	for _, r := range d.Relations {
		require.Contains(t, []string{"a", "Bees"}, r.To)
	}
}

func TestSelect(t *testing.T) {
	t.Parallel()
	d := blog(t)
	part, err := d.Select("posts", "Tag", "USERS")
	require.NoError(t, err)
	require.Len(t, part.Entities, 3)
	var labels []string
	for _, r := range part.Lines() {
		labels = append(labels, r.From+" "+r.To+" "+r.Label()+" "+r.Through)
	}
	require.Equal(t, []string{"posts tags tags / posts post_tags", "posts users post_likes post_likes", "posts users author / posts "}, labels)
	require.Len(t, d.Entities, 21, "the whole is left as it was")

	whole, err := d.Select()
	require.NoError(t, err)
	require.Same(t, d, whole)

	_, err = d.Select("posts", "ghosts")
	var unknown *diagram.UnknownTableError
	require.ErrorAs(t, err, &unknown)
	require.Equal(t, "ghosts", unknown.Name)
	require.ErrorContains(t, err, "post_tags")
}

func TestParseFormat(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]diagram.Format{".SVG": "svg", "mermaid": "mmd", "htm": "html", "markdown": "md", "json": "json"} {
		got, err := diagram.ParseFormat(name)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	_, err := diagram.ParseFormat("png")
	require.ErrorContains(t, err, "use mmd, svg, html, md or json")
	_, err = (&diagram.Diagram{}).Render("png")
	require.Error(t, err)
}
