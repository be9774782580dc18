package migration

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-sql-driver/mysql"

	"github.com/framefox-go/framefox/framework/config"
)

// Some statements are not part of a transaction: all that change the schema on
// MySQL, and a few on PostgreSQL. A process that is killed between such a
// statement and the note of it must not repeat it, and one that is killed
// before it must not leave it out. So the row of the history first gets an
// intent: a fingerprint of what the catalog says about the objects that the
// statement mentions. Whoever resumes compares. Objects that are not mentioned
// do not count, so that nobody else's change is taken for the statement's.

// intentMark ends the remark of a begun statement: the direction, which
// statement, the fingerprint, and the hash of the file so far. The stock atlas
// may go on and leave the remark, so that it must not be taken for another's.
var intentMark = regexp.MustCompile(`\[(up|down) (\d+) (\S+) (\S+)\]$`)

// intend notes that a statement is about to run.
func (s *session) intend(ctx context.Context, sc *script, i int) error {
	catalog, err := s.fingerprint(ctx, sc.stmts[i].Text)
	if err != nil {
		return err
	}
	sc.remark(fmt.Sprintf("statement %d of %d was begun, whoever resumes finds out whether it was finished [%s %d %s %s]",
		i+1, len(sc.stmts), sc.direction(), i+1, catalog, sc.sums[i]), sc.stmts[i].Text)
	return sc.write(ctx, s.revs)
}

// intent returns the fingerprint from before a statement that an earlier run
// has begun, "" if there is none.
func (sc *script) intent(i int) (catalog string, err error) {
	mark := intentMark.FindStringSubmatch(sc.rev.Error)
	if mark == nil || mark[1] != sc.direction() || mark[2] != strconv.Itoa(i+1) {
		return "", nil
	}
	if mark[4] != sc.sums[i] {
		return "", &FileChangedError{
			File: sc.name(), Applied: i,
			Reason: fmt.Sprintf("statement %d, which was begun, is different now", i+1),
		}
	}
	return mark[3], nil
}

func (sc *script) direction() string {
	if sc.undo {
		return "down"
	}
	return "up"
}

// settle finds out what became of a statement that an earlier run has begun. It
// reports true, and notes it, if the statement is done. Else it may be run.
func (s *session) settle(ctx context.Context, sc *script, i int) (done bool, err error) {
	if changed, err := s.changed(ctx, sc, i); !changed || err != nil {
		return false, err
	}
	if left, err := s.settleIndex(ctx, sc, i); left || err != nil {
		return false, err
	}
	sc.note(i + 1)
	return true, sc.write(ctx, s.revs)
}

// changed reports whether the catalog is different from what an intent says.
func (s *session) changed(ctx context.Context, sc *script, i int) (bool, error) {
	before, err := sc.intent(i)
	if before == "" || err != nil {
		return false, err
	}
	now, err := s.fingerprint(ctx, sc.stmts[i].Text)
	return now != before, err
}

var createIndex = regexp.MustCompile(`(?i)^CREATE\s+(?:UNIQUE\s+)?INDEX\s+(?:CONCURRENTLY\s+)?(?:IF\s+NOT\s+EXISTS\s+)?(?:("(?:[^"]|"")+"|[^\s("]+)\s+)??ON\b`)

// settleIndex reports whether an index is half built or half dropped, so that
// the statement has to run again. The half-built one is dropped before.
func (s *session) settleIndex(ctx context.Context, sc *script, i int) (left bool, err error) {
	if s.dialect != config.Postgres {
		return false, nil
	}
	text := sc.stmts[i].Text
	var invalid []string
	qualified := map[string]string{}
	err = each(ctx, s.conn, "look for invalid indexes", invalidIndexes, func(rows *sql.Rows) error {
		var index, table, full string
		err := rows.Scan(&index, &table, &full)
		if mentionsName(text, index) || mentionsName(text, table) {
			invalid, qualified[index] = append(invalid, index), full
		}
		return err
	})
	if err != nil || len(invalid) == 0 {
		return false, err
	}
	create := createIndex.FindStringSubmatch(strings.TrimSpace(text))
	if create == nil { // DROP or REINDEX, which can be repeated
		return slices.ContainsFunc(invalid, func(index string) bool { return mentionsName(text, index) }), nil
	}
	name := unquote(create[1])
	if name == "" {
		return true, &InvalidIndexError{File: sc.name(), Indexes: invalid}
	}
	if !slices.Contains(invalid, name) {
		return false, nil
	}
	return true, s.revs.exec(ctx, "DROP INDEX CONCURRENTLY "+qualified[name])
}

const invalidIndexes = `SELECT i.relname, t.relname, quote_ident(n.nspname) || '.' || quote_ident(i.relname) FROM pg_catalog.pg_index x
	JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid JOIN pg_catalog.pg_class t ON t.oid = x.indrelid
	JOIN pg_catalog.pg_namespace n ON n.oid = i.relnamespace
	WHERE NOT x.indisvalid AND t.relkind <> 'p' ORDER BY i.relname`

// unquote is the name that PostgreSQL makes of an identifier.
func unquote(identifier string) string {
	last := identifier[strings.LastIndex(identifier, ".")+1:]
	if !strings.HasPrefix(last, `"`) {
		return strings.ToLower(last)
	}
	return strings.ReplaceAll(strings.Trim(last, `"`), `""`, `"`)
}

// mentionsName reports whether a name occurs in a statement as a word, in any case.
func mentionsName(statement, name string) bool {
	if name == "" {
		return false
	}
	text, word := strings.ToLower(statement), strings.ToLower(name)
	for from := 0; ; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return false
		}
		start, end := from+i, from+i+len(word)
		if (start == 0 || !nameByte(text[start-1])) && (end == len(text) || !nameByte(text[end])) {
			return true
		}
		from = start + 1
	}
}

func nameByte(b byte) bool {
	return b == '_' || b == '$' || b >= 0x80 || '0' <= b && b <= '9' || 'a' <= b && b <= 'z'
}

// connectionLost reports whether an error is none that a server has sent, so
// that it is not known what the server did.
func connectionLost(err error) bool {
	var (
		ofMySQL    *mysql.MySQLError
		ofPostgres interface{ SQLState() string }
	)
	return !errors.As(err, &ofMySQL) && !errors.As(err, &ofPostgres)
}
