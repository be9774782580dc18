package database_test

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/testkit"
)

// What each level allows, by the cases of Hermitage (Martin Kleppmann): the
// anomalies of Adya, and those that people know by other names. This is the table
// of docs/guide/transactions.md.
//
// Covers: F53, F54, F55, F56, X35.
func TestIsolationAllows(t *testing.T) {
	t.Parallel()
	readCommitted := []string{"PMP", "P4", "G-single", "G2-item", "G2"}
	allowed := map[config.Dialect]map[sql.IsolationLevel][]string{
		config.Postgres: {
			sql.LevelDefault:         readCommitted,
			sql.LevelReadUncommitted: readCommitted,
			sql.LevelReadCommitted:   readCommitted,
			sql.LevelRepeatableRead:  {"G2-item", "G2"},
			sql.LevelSerializable:    {},
		},
		config.MySQL: {
			sql.LevelDefault:         readCommitted,
			sql.LevelReadUncommitted: append([]string{"G1a", "G1b", "G1c", "OTV"}, readCommitted...),
			sql.LevelReadCommitted:   readCommitted,
			sql.LevelRepeatableRead:  {"P4", "G2-item", "G2"},
			sql.LevelSerializable:    {},
		},
		config.SQLite: {
			sql.LevelDefault: {}, sql.LevelReadUncommitted: {}, sql.LevelReadCommitted: {}, sql.LevelRepeatableRead: {}, sql.LevelSerializable: {},
		},
	}
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		exec(t, db, `CREATE TABLE test (id int PRIMARY KEY, value int NOT NULL)`)
		for level, want := range allowed[db.Dialect()] {
			if level == sql.LevelRepeatableRead && snapshotIsolation(t, db) {
				want = []string{"G2-item", "G2"}
			}
			for _, c := range hermitage() {
				exec(t, db, `DELETE FROM test`)
				exec(t, db, `INSERT INTO test (id, value) VALUES (1, 10), (2, 20)`)
				s := &stage{t: t, db: db, level: level}
				for i := range s.players {
					s.players[i].start(s)
				}
				c.play(s)
				for i := range s.players {
					s.players[i].finish()
				}
				require.Equal(t, slices.Contains(want, c.name), c.anomaly(s), "%s at %s", c.name, level)
				for i := range s.players {
					if err := s.players[i].err; err != nil {
						require.True(t, database.Retryable(err), "%s at %s: %v", c.name, level, err)
					}
				}
			}
		}
	})
}

// snapshotIsolation reports whether MariaDB has innodb_snapshot_isolation, which
// makes REPEATABLE READ what it is on PostgreSQL.
func snapshotIsolation(t *testing.T, db *database.DB) bool {
	t.Helper()
	if db.Dialect() != config.MySQL {
		return false
	}
	rows, err := db.SQL().QueryContext(t.Context(), `SHOW VARIABLES WHERE Variable_name = 'innodb_snapshot_isolation' AND Value = 'ON'`)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	on := rows.Next()
	require.NoError(t, rows.Err())
	return on
}

// stage is where up to three transactions play a case.
type stage struct {
	t       *testing.T
	db      *database.DB
	level   sql.IsolationLevel
	players [3]player
}

// player is one transaction. Its steps run one after the other; where one waits
// for a lock the others go on.
type player struct {
	stage   *stage
	ctx     context.Context // carries the transaction
	tx      *database.Transaction
	id      atomic.Int64 // of its connection
	steps   chan func()
	pending atomic.Int64
	saw     [][2]int // values of the rows 1 and 2, as often as it looked
	found   []int    // how many rows it found by a predicate
	err     error
	done    bool // committed
}

func (p *player) start(s *stage) {
	p.stage, p.steps = s, make(chan func(), 20)
	go func() {
		for step := range p.steps {
			step()
			p.pending.Add(-1)
		}
	}()
}

// do gives the player a step, and waits until nothing moves any more.
func (p *player) do(step func() error) {
	p.pending.Add(1)
	p.steps <- func() {
		if p.err == nil && p.tx == nil {
			p.begin()
		}
		if p.err == nil {
			p.err = step()
		}
	}
	p.stage.settle()
}

func (p *player) begin() {
	p.ctx, p.tx, p.err = p.stage.db.Begin(p.stage.t.Context(), database.Isolated(p.stage.level))
	if p.err != nil || p.stage.db.Dialect() == config.SQLite {
		return
	}
	var id int
	id, p.err = p.one(pick(p.stage.db, "", `SELECT pg_backend_pid()`, `SELECT CONNECTION_ID()`))
	p.id.Store(int64(id))
}

func (p *player) set(id, value int) {
	p.do(func() error {
		return entExec(p.ctx, p.stage.db, `UPDATE test SET value = ? WHERE id = ?`, value, id)
	})
}

// raise writes one more than it has read.
func (p *player) raise(id int) {
	p.do(func() error {
		return entExec(p.ctx, p.stage.db, `UPDATE test SET value = ? WHERE id = ?`, p.saw[len(p.saw)-1][id-1]+1, id)
	})
}

func (p *player) insert(id, value int) {
	p.do(func() error {
		return entExec(p.ctx, p.stage.db, `INSERT INTO test (id, value) VALUES (?, ?)`, id, value)
	})
}

// look reads both rows with one statement.
func (p *player) look() {
	p.do(func() error {
		sum, err := p.one(`SELECT SUM(CASE id WHEN 1 THEN value * 1000 ELSE value END) FROM test WHERE id IN (1, 2)`)
		p.saw = append(p.saw, [2]int{sum / 1000, sum % 1000})
		return err
	})
}

// lookAt reads one row; of the other it says 0.
func (p *player) lookAt(id int) {
	p.do(func() error {
		value, err := p.one(`SELECT value FROM test WHERE id = ?`, id)
		var saw [2]int
		saw[id-1] = value
		p.saw = append(p.saw, saw)
		return err
	})
}

// find counts the rows whose value can be divided by three.
func (p *player) find() {
	p.do(func() error {
		n, err := p.one(`SELECT COUNT(*) FROM test WHERE value % 3 = 0`)
		p.found = append(p.found, n)
		return err
	})
}

func (p *player) commit() {
	p.do(func() error {
		err := p.tx.Commit()
		p.done = err == nil
		return err
	})
}

func (p *player) rollback() { p.do(func() error { return p.tx.Rollback() }) }

func (p *player) one(query string, args ...any) (n int, err error) {
	rows, err := p.stage.db.Driver().(rawDriver).QueryContext(p.ctx, bind(p.stage.db, query), args...)
	if err != nil {
		return 0, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := rows.Scan(&n); err != nil {
			return 0, err
		}
	}
	return n, rows.Err()
}

// finish ends what is open.
func (p *player) finish() {
	p.pending.Add(1)
	p.steps <- func() { _ = p.tx.Rollback() }
	close(p.steps)
	for p.pending.Load() > 0 {
		time.Sleep(time.Millisecond) //nolint:forbidigo // the database says nothing
	}
}

// settle waits until each player has done its steps or waits for a lock.
func (s *stage) settle() {
	for i := range s.players {
		p := &s.players[i]
		for waited := time.Millisecond; p.pending.Load() > 0; waited *= 2 {
			time.Sleep(min(waited, 150*time.Millisecond)) //nolint:forbidigo // MariaDB refreshes its view after 100 ms without a look
			if waited > 16*time.Millisecond && p.waits() {
				break
			}
		}
	}
}

func (p *player) waits() bool {
	switch {
	case p.stage.db.Dialect() == config.SQLite:
		return true // for its turn to begin
	case p.id.Load() == 0:
		return false
	}
	return count(p.stage.t, p.stage.db, pick(p.stage.db, "",
		`SELECT COUNT(*) FROM pg_stat_activity WHERE pid = ? AND wait_event_type = 'Lock'`,
		`SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_mysql_thread_id = ? AND trx_state = 'LOCK WAIT'`), p.id.Load()) == 1
}

// both reports whether the first two players have committed.
func (s *stage) both() bool { return s.players[0].done && s.players[1].done }

func (s *stage) row(id int) int { return count(s.t, s.db, `SELECT value FROM test WHERE id = ?`, id) }

type hermitageCase struct {
	name    string
	play    func(*stage)
	anomaly func(*stage) bool
}

func hermitage() []hermitageCase {
	return []hermitageCase{
		{
			"G0", // write cycles
			func(s *stage) {
				a, b := &s.players[0], &s.players[1]
				a.set(1, 11)
				b.set(1, 12)
				a.set(2, 21)
				a.commit()
				b.set(2, 22)
				b.commit()
			},
			func(s *stage) bool { return s.row(1)%10 != s.row(2)%10 },
		},
		{
			"G1a", // aborted reads
			func(s *stage) {
				a, b := &s.players[0], &s.players[1]
				a.set(1, 101)
				b.look()
				a.rollback()
				b.look()
				b.commit()
			},
			func(s *stage) bool { return s.players[1].hasSeen(101) },
		},
		{
			"G1b", // intermediate reads
			func(s *stage) {
				a, b := &s.players[0], &s.players[1]
				a.set(1, 101)
				b.look()
				a.set(1, 11)
				a.commit()
				b.look()
				b.commit()
			},
			func(s *stage) bool { return s.players[1].hasSeen(101) },
		},
		{
			"G1c", // circular information flow
			func(s *stage) {
				a, b := &s.players[0], &s.players[1]
				a.set(1, 11)
				b.set(2, 22)
				a.lookAt(2)
				b.lookAt(1)
				a.commit()
				b.commit()
			},
			func(s *stage) bool { return s.both() && s.players[0].hasSeen(22) && s.players[1].hasSeen(11) },
		},
		{
			"OTV", // observed transaction vanishes
			func(s *stage) {
				a, b, c := &s.players[0], &s.players[1], &s.players[2]
				a.set(1, 11)
				a.set(2, 19)
				b.set(1, 12)
				a.commit()
				c.look()
				b.set(2, 18)
				c.look()
				b.commit()
				c.look()
				c.commit()
			},
			func(s *stage) bool {
				return slices.Contains(s.players[2].saw, [2]int{12, 19}) || slices.Contains(s.players[2].saw, [2]int{11, 18})
			},
		},
		{
			"PMP", // predicate-many-preceders
			func(s *stage) {
				a, b := &s.players[0], &s.players[1]
				a.find()
				b.insert(3, 30)
				b.commit()
				a.find()
				a.commit()
			},
			func(s *stage) bool { f := s.players[0].found; return len(f) == 2 && f[0] != f[1] },
		},
		{
			"P4", // lost update
			func(s *stage) {
				a, b := &s.players[0], &s.players[1]
				a.look()
				b.look()
				a.raise(1)
				b.raise(1)
				a.commit()
				b.commit()
			},
			func(s *stage) bool { return s.both() && s.row(1) != 12 },
		},
		{
			"G-single", // read skew
			func(s *stage) {
				a, b := &s.players[0], &s.players[1]
				a.lookAt(1)
				b.look()
				b.set(1, 12)
				b.set(2, 18)
				b.commit()
				a.lookAt(2)
				a.commit()
			},
			func(s *stage) bool { return s.players[0].hasSeen(10) && s.players[0].hasSeen(18) },
		},
		{
			"G2-item", // write skew
			func(s *stage) {
				a, b := &s.players[0], &s.players[1]
				a.look()
				b.look()
				a.set(1, 11)
				b.set(2, 21)
				a.commit()
				b.commit()
			},
			func(s *stage) bool { return s.both() && !s.players[1].hasSeen(11) && !s.players[0].hasSeen(21) },
		},
		{
			"G2", // anti-dependency cycles
			func(s *stage) {
				a, b := &s.players[0], &s.players[1]
				a.find()
				b.find()
				a.insert(3, 30)
				b.insert(4, 42)
				a.commit()
				b.commit()
			},
			func(s *stage) bool { return s.both() && s.players[0].found[0] == 0 && s.players[1].found[0] == 0 },
		},
	}
}

func (p *player) hasSeen(value int) bool {
	return slices.ContainsFunc(p.saw, func(row [2]int) bool { return slices.Contains(row[:], value) })
}

// The names of the levels, however they are written. One that does not exist is
// an error, never the default.
//
// Covers: F11.
func TestParseIsolation(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]sql.IsolationLevel{
		"": sql.LevelDefault, "default": sql.LevelDefault, "READ_UNCOMMITTED": sql.LevelReadUncommitted, "read committed": sql.LevelReadCommitted,
		"Repeatable-Read": sql.LevelRepeatableRead, " serializable ": sql.LevelSerializable,
	} {
		got, err := database.ParseIsolation(name)
		require.NoError(t, err, name)
		require.Equal(t, want, got, name)
	}
	for _, name := range []string{"snapshot", "READ COMMITTEDLY", "readcommitted", "; DROP TABLE x"} {
		_, err := database.ParseIsolation(name)
		require.ErrorContains(t, err, "unknown isolation level", name)
		require.ErrorContains(t, err, strings.TrimSpace(name))
	}
}
