package database

import (
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/lib/pq"
)

// postgresConstraint reads the errors of both PostgreSQL drivers.
func postgresConstraint(err error) *ConstraintError {
	var code, table, column, name, detail string
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		code, table, column, name, detail = e.Code, e.TableName, e.ColumnName, e.ConstraintName, e.Detail
		err = e
	} else if e, ok := errors.AsType[*pq.Error](err); ok {
		code, table, column, name, detail = string(e.Code), e.Table, e.Column, e.Constraint, e.Detail
		err = e
	} else {
		return nil
	}
	result := &ConstraintError{Table: table, Constraint: name, Err: err}
	switch code {
	case "23505", "23P01": // 23P01 is an exclusion constraint
		result.Kind, result.Columns = Unique, keyColumns(detail)
	case "23503", "23001":
		result.Kind, result.Columns = ForeignKey, keyColumns(detail)
	case "23502":
		result.Kind = NotNull
		if column != "" {
			result.Columns = []string{column}
		}
	case "23514":
		result.Kind = Check
	default:
		return nil
	}
	return result
}

// keyColumns reads the columns out of a detail like "Key (a, b)=(1, x) already
// exists.", which has no field for them.
func keyColumns(detail string) []string {
	_, rest, found := strings.Cut(detail, "(")
	if !found {
		return nil
	}
	names, _, found := strings.Cut(rest, ")=(")
	if !found || names == "" {
		return nil
	}
	columns := strings.Split(names, ", ")
	for i, column := range columns {
		columns[i] = strings.ReplaceAll(strings.Trim(column, `"`), `""`, `"`)
	}
	return columns
}
