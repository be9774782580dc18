package migration

import (
	"testing"

	"ariga.io/atlas/sql/migrate"
	atlas "ariga.io/atlas/sql/schema"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
)

// What somebody writes by hand is looked at statement by statement.
func TestStatementRisks(t *testing.T) {
	t.Parallel()
	every := []config.Dialect{config.SQLite, config.Postgres, config.MySQL}
	for _, test := range []struct {
		text string
		on   []config.Dialect
		want []string
	}{
		{"DROP TABLE IF EXISTS `posts`;", every, []string{"drop-table posts "}},
		{"-- gone\n/* for ever */ drop table public.posts;", []config.Dialect{config.Postgres}, []string{"drop-table posts "}},
		{"CREATE TABLE a (id int);\nDROP TABLE a;", every, nil},
		{"CREATE TABLE new_a (id int);\nINSERT INTO new_a SELECT id FROM a;\nDROP TABLE a;\nALTER TABLE new_a RENAME TO a;", every, nil},
		{"ALTER TABLE posts DROP COLUMN title, DROP CONSTRAINT x, ADD COLUMN y int;", every, []string{"drop-column posts title"}},
		{"ALTER TABLE posts DROP title;", []config.Dialect{config.MySQL}, []string{"drop-column posts title"}},
		{"ALTER TABLE posts DROP INDEX title, DROP PRIMARY KEY, DROP FOREIGN KEY f;", []config.Dialect{config.MySQL}, nil},
		{"ALTER TABLE posts ALTER COLUMN a DROP NOT NULL, ALTER COLUMN a DROP DEFAULT;", []config.Dialect{config.Postgres}, nil},
		{"CREATE TABLE scratch (id int);\nDROP TABLE scratch, `posts` , tags;", every[2:], []string{"drop-table posts ", "drop-table tags "}},
		{"DROP TABLE IF EXISTS public.posts, \"tags\" CASCADE;", every[1:2], []string{"drop-table posts ", "drop-table tags "}},
		{"TRUNCATE ONLY posts, tags RESTART IDENTITY;", every[1:2], []string{"delete-all-rows posts ", "delete-all-rows tags "}},
		{"DROP TYPE IF EXISTS mood CASCADE;", every[1:2], []string{"drop-type-cascade  "}},
		{"DROP TYPE mood;", every[1:2], nil},
		{"TRUNCATE posts;", every[1:], []string{"delete-all-rows posts "}},
		{"DELETE FROM posts;", every, []string{"delete-all-rows posts "}},
		{"DELETE FROM posts WHERE id = 1;", every, nil},
		{"INSERT INTO posts VALUES ('; DROP TABLE posts;');", every, nil},
		{"CREATE TRIGGER t AFTER INSERT ON posts FOR EACH ROW BEGIN DELETE FROM log; DELETE FROM other; END;", []config.Dialect{config.SQLite, config.MySQL}, nil},
		{"CREATE INDEX ix ON posts (title);", every[1:2], []string{"index-blocks-writes posts "}},
		{"CREATE INDEX CONCURRENTLY ix ON posts (title);", every[1:2], nil},
		{"CREATE UNIQUE INDEX ix ON posts (title);", every[2:], []string{"add-unique posts "}},
		{"CREATE TABLE posts (id int);\nCREATE UNIQUE INDEX ix ON posts (id);", every, nil},
		{"DROP SCHEMA public CASCADE;", every[1:2], []string{"drop-schema  "}},
	} {
		for _, d := range test.on {
			var found []string
			for _, r := range statementRisks(d, migrate.NewLocalFile("1_a.sql", []byte(test.text))) {
				found = append(found, r.Code+" "+r.Table+" "+r.Column)
				require.NotEmpty(t, r.Advice)
			}
			require.Equal(t, test.want, found, "%s: %s", d, test.text)
		}
	}
}

// A column whose value is computed for each row makes the server write the whole
// table; a constant, and the time of the statement, do not.
func TestComputedColumnRewritesTable(t *testing.T) {
	t.Parallel()
	column := func(x string, attrs ...atlas.Attr) *atlas.Column {
		c := &atlas.Column{Name: "c", Type: &atlas.ColumnType{Null: true}, Attrs: attrs}
		if x != "" {
			c.Default = &atlas.RawExpr{X: x}
		}
		return c
	}
	for _, test := range []struct {
		column *atlas.Column
		want   bool
	}{
		{column(""), false},
		{column("now()"), false},
		{column("'random()'::text"), false},
		{column("gen_random_uuid()"), true},
		{column("(uuid())"), true},
		{column("nextval('numbers'::regclass)"), true},
		{column("", &atlas.GeneratedExpr{Expr: "a + 1", Type: "STORED"}), true},
		{column("", &atlas.GeneratedExpr{Expr: "a + 1", Type: "VIRTUAL"}), false},
	} {
		for _, d := range []config.Dialect{config.Postgres, config.MySQL} {
			found := risks(d, nil, []atlas.Change{&atlas.ModifyTable{T: atlas.NewTable("t"), Changes: []atlas.Change{&atlas.AddColumn{C: test.column}}}})
			if !test.want {
				require.Empty(t, found, "%s: %v", d, test.column)
				continue
			}
			require.Len(t, found, 1, "%s: %v", d, test.column)
			require.Equal(t, "table-rewrite", found[0].Code)
		}
	}
}
