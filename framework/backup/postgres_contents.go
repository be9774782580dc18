package backup

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// pgOwn leaves out what is the server's or an extension's, which no dump holds.
// %[1]s is the catalog, %[2]s the alias of its row, %[3]s its schema.
const pgOwn = ` n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' AND NOT EXISTS (
	SELECT FROM pg_depend d WHERE d.classid = '%s'::regclass AND d.objid = %s.oid AND d.deptype = 'e')`

// pgContents counts the rows of the tables, each without those that inherit from
// it, as a dump has them.
func pgContents(ctx context.Context, db querier) (found contents, err error) {
	found.objects, err = objects(ctx, db, `
		SELECT CASE c.relkind WHEN 'i' THEN 'index' WHEN 'I' THEN 'index' WHEN 'S' THEN 'sequence' WHEN 'v' THEN 'view'
			WHEN 'm' THEN 'materialized view' ELSE 'table' END, n.nspname || '.' || c.relname
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relkind IN ('r', 'p', 'i', 'I', 'S', 'v', 'm') AND`+fmt.Sprintf(pgOwn, "pg_class", "c")+`
		UNION ALL SELECT 'trigger', n.nspname || '.' || c.relname || '.' || t.tgname
		FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE NOT t.tgisinternal AND`+fmt.Sprintf(pgOwn, "pg_class", "c")+`
		UNION ALL SELECT 'constraint', n.nspname || '.' || coalesce(c.relname || '.', '') || o.conname
		FROM pg_constraint o JOIN pg_namespace n ON n.oid = o.connamespace LEFT JOIN pg_class c ON c.oid = o.conrelid
		WHERE`+fmt.Sprintf(pgOwn, "pg_class", "c")+`
		UNION ALL SELECT 'function', n.nspname || '.' || p.proname
		FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE`+fmt.Sprintf(pgOwn, "pg_proc", "p"))
	if err != nil {
		return contents{}, err
	}
	tables, err := texts(ctx, db, `
		SELECT n.nspname, c.relname, format('%I.%I', n.nspname, c.relname)
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relkind = 'r' AND`+fmt.Sprintf(pgOwn, "pg_class", "c"))
	if err != nil {
		return contents{}, fmt.Errorf("backup: cannot list the tables: %w", err)
	}
	found.rows = make(map[string]int64, len(tables))
	for _, t := range tables {
		if found.rows[pgTable(t[0], t[1])], err = count(ctx, db, "ONLY "+t[2]); err != nil {
			return contents{}, err
		}
	}
	return found, nil
}

// pgTable is what results call a table.
func pgTable(schema, table string) string {
	if schema == "public" {
		return table
	}
	return schema + "." + table
}

// countCopies counts the rows in the SQL that pg_restore makes of an archive: they
// are the lines between "COPY public.users (id, name) FROM stdin;" and "\.".
func countCopies(r io.Reader) (map[string]int64, error) {
	lines := bufio.NewReaderSize(r, 1<<16)
	rows := map[string]int64{}
	table, begun := "", true // begun: the next piece begins a line
	for {
		piece, err := lines.ReadSlice('\n')
		switch {
		case !begun:
		case table != "" && bytes.Equal(bytes.TrimRight(piece, "\r\n"), []byte(`\.`)):
			table = ""
		case table != "":
			rows[table]++
		case bytes.HasPrefix(piece, []byte("COPY ")) && bytes.HasSuffix(bytes.TrimRight(piece, "\r\n"), []byte(" FROM stdin;")):
			schema, name, ok := copyTarget(string(piece[len("COPY "):]))
			if !ok {
				return nil, fmt.Errorf("backup: cannot read the line %q of the archive", piece)
			}
			table = pgTable(schema, name)
			rows[table] = 0
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			begun = false // a long row
			continue
		case errors.Is(err, io.EOF) && table == "":
			return rows, nil
		case errors.Is(err, io.EOF):
			return nil, fmt.Errorf("backup: the archive ends within the rows of %s", table)
		case err != nil:
			return nil, fmt.Errorf("backup: cannot read the archive: %w", err)
		}
		begun = true
	}
}

// copyTarget reads schema and name, each perhaps in quotes.
func copyTarget(text string) (schema, name string, ok bool) {
	schema, text, ok = identifier(text)
	if !ok || !strings.HasPrefix(text, ".") {
		return "", "", false
	}
	name, _, ok = identifier(text[1:])
	return schema, name, ok
}

// identifier cuts one identifier of SQL off the beginning of text.
func identifier(text string) (name, rest string, ok bool) {
	if !strings.HasPrefix(text, `"`) {
		end := strings.IndexAny(text, ". (")
		if end <= 0 {
			return "", "", false
		}
		return text[:end], text[end:], true
	}
	for i := 1; i < len(text); i++ {
		if text[i] != '"' {
			continue
		}
		if i+1 < len(text) && text[i+1] == '"' {
			i++
			continue
		}
		return strings.ReplaceAll(text[1:i], `""`, `"`), text[i+1:], true
	}
	return "", "", false
}
