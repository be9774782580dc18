package migration

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/framefox-go/framefox/framework/config"
)

// condition is a piece of SQL with its arguments as ?.
type condition struct {
	text string
	args []any
}

// walkQuery is a query on the rows of a walk.
type walkQuery struct {
	dialect config.Dialect
	head    string
	where   []condition
	tail    string
}

// query begins a query on the rows that the walk has to do with.
func (w *walk) query(head string) *walkQuery {
	q := &walkQuery{dialect: w.step.dialect, head: head}
	if w.Where != "" {
		q.where = append(q.where, condition{"(" + w.Where + "\n)", w.Args}) // the line may end with a comment
	}
	return q
}

func (q *walkQuery) and(c condition) { q.where = append(q.where, c) }

// run rewrites each piece for itself: the one of the application may have
// arguments with names.
func (q *walkQuery) run(ctx context.Context, db querier) ([]Row, error) {
	var (
		pieces []string
		args   []any
	)
	for _, c := range q.where {
		text, bound, err := rewrite(q.dialect, c.text, c.args, len(args)+1)
		if err != nil {
			return nil, err
		}
		pieces, args = append(pieces, text), append(args, bound...)
	}
	text := q.head
	if len(pieces) > 0 {
		text += " WHERE " + strings.Join(pieces, " AND ")
	}
	return readRows(ctx, db, text+q.tail, args...)
}

// beyond compares the key with a value, column by column: rows of columns would
// be shorter, but MySQL does not use an index for them.
//
//	a >= 1 AND (a > 1 OR (a = 1 AND b > 2))
func (w *walk) beyond(operator string, orEqual bool, key []keyValue) condition {
	name := quoteName(w.step.dialect, w.key[0])
	if len(key) == 1 {
		if orEqual {
			operator += "="
		}
		return condition{name + " " + operator + " ?", []any{key[0].value}}
	}
	text, args := w.beyondFrom(0, operator, orEqual, key)
	return condition{name + " " + operator + "= ? AND (" + text + ")", append([]any{key[0].value}, args...)}
}

func (w *walk) beyondFrom(i int, operator string, orEqual bool, key []keyValue) (string, []any) {
	name := quoteName(w.step.dialect, w.key[i])
	if i == len(key)-1 {
		if orEqual {
			operator += "="
		}
		return name + " " + operator + " ?", []any{key[i].value}
	}
	text, args := w.beyondFrom(i+1, operator, orEqual, key)
	return name + " " + operator + " ? OR (" + name + " = ? AND (" + text + "))", append([]any{key[i].value, key[i].value}, args...)
}

// at chooses the row with a key.
func (w *walk) at(key []keyValue) condition {
	c := condition{text: quoteNames(w.step.dialect, w.key, " = ?", " AND ")}
	for _, k := range key {
		c.args = append(c.args, k.value)
	}
	return c
}

// selectRows begins the query that reads rows to be handled, in the order of the
// key, and locks them. On PostgreSQL others may still refer to them.
func (w *walk) selectRows(limit int) *walkQuery {
	q := w.query("SELECT " + quoteNames(w.step.dialect, w.read, "", ", ") + " FROM " + quoteName(w.step.dialect, w.Table))
	q.tail = " ORDER BY " + quoteNames(w.step.dialect, w.key, "", ", ") + " LIMIT " + strconv.Itoa(limit)
	switch w.step.dialect {
	case config.Postgres:
		q.tail += " FOR NO KEY UPDATE"
	case config.MySQL:
		q.tail += " FOR UPDATE"
	case config.SQLite: // the transaction is the only writer
	}
	return q
}

// fetch reads the rows behind the marker.
func (w *walk) fetch(ctx context.Context, tx *DataTx) (rows []Row, keys [][]keyValue, err error) {
	q := w.selectRows(w.Size)
	if after := w.progress().After; after != nil {
		q.and(w.beyond(">", false, after))
	}
	if rows, err = q.run(ctx, tx.db); err != nil {
		return nil, nil, err
	}
	for _, row := range rows {
		key, err := keyOf(row, len(w.key))
		if err != nil {
			return nil, nil, err
		}
		keys = append(keys, key)
	}
	return rows, keys, nil
}

// pause waits, not longer than the context.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
