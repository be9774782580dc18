package database

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/lib/pq"
)

// Describe tells what an error of a statement is without the values that the
// text of a driver may hold, for logs. The kind is one word of few, for counting:
// canceled, timeout, unique, foreign_key, not_null, check, value, that of a
// [FailureError] in small letters, sql for what the server refuses otherwise, and
// other; it is "" without an error.
func Describe(err error) (kind, text string) {
	switch {
	case err == nil:
		return "", ""
	case errors.Is(err, context.Canceled):
		return "canceled", "the caller gave up"
	case errors.Is(err, context.DeadlineExceeded):
		return "timeout", "the caller's time was over"
	}
	if e, ok := AsConstraint(err); ok {
		return strings.ReplaceAll(string(e.Kind), " ", "_"), strings.TrimPrefix(e.Error(), "database: ")
	}
	kind, text = "other", fmt.Sprintf("an error of type %T", innermost(err))
	if message, ok := serverMessage(err); ok {
		kind, text = "sql", message
	}
	if e, ok := AsFailure(err); ok {
		kind = strings.ToLower(string(e.Kind))
		if text = serverText(err); text == "" {
			text = strings.ReplaceAll(kind, "_", " ")
		}
	}
	if errors.Is(err, driver.ErrBadConn) {
		text = "the connection was lost"
	}
	return kind, text
}

func serverText(err error) string {
	text, _ := serverMessage(err)
	return text
}

// serverMessage is the message of the server with all that is in quotes left
// out, and its code. One that a trigger or a procedure made up is left out whole.
func serverMessage(err error) (string, bool) {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return postgresMessage(e.Message, e.Code), true
	}
	if e, ok := errors.AsType[*pq.Error](err); ok {
		return postgresMessage(e.Message, string(e.Code)), true
	}
	if e, ok := errors.AsType[*mysql.MySQLError](err); ok {
		if string(e.SQLState[:]) == "45000" {
			return fmt.Sprintf("a condition of the schema (error %d)", e.Number), true
		}
		return fmt.Sprintf("%s (error %d)", withoutQuoted(e.Message), e.Number), true
	}
	if code, message, ok := sqliteFailure(err); ok {
		if code == 1811 { // SQLITE_CONSTRAINT_TRIGGER
			return "a trigger (error 1811)", true
		}
		return fmt.Sprintf("%s (error %d)", withoutQuoted(message), code), true
	}
	return "", false
}

func postgresMessage(message, code string) string {
	if strings.HasPrefix(code, "P0") {
		return "a condition of the schema (SQLSTATE " + code + ")"
	}
	return withoutQuoted(message) + " (SQLSTATE " + code + ")"
}

// withoutQuoted leaves out what is between the first quote and the last: a value
// may hold quotes too.
func withoutQuoted(text string) string {
	first, last := strings.IndexAny(text, "'\"`"), strings.LastIndexAny(text, "'\"`")
	if first < 0 {
		return text
	}
	return text[:first] + "…" + text[last+1:]
}

func innermost(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
