package query

import (
	"errors"
	"slices"
	"strings"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/entity"
)

// conflict is the error of a statement: where it broke a constraint, the one that
// the generated client returns too, with the names of table and columns.
func conflict(dialectName, text string, err error) error {
	broken, ok := database.AsConstraint(err)
	if !ok {
		return err
	}
	if _, done := errors.AsType[*entity.ConflictError](err); done {
		return err
	}
	verb, table := changed(dialectName, text)
	c := &entity.ConflictError{Entity: broken.Table, Fields: broken.Columns, Constraint: broken.Constraint, Err: err}
	if c.Entity == "" {
		c.Entity = table
	}
	switch broken.Kind {
	case database.Unique:
		c.Code = entity.Unique
	case database.NotNull:
		c.Code = entity.NotNull
	case database.Check:
		c.Code = entity.Check
	case database.Value:
		c.Code = entity.OutOfRange
	case database.ForeignKey:
		c.Code = entity.ForeignKey
		if verb == "DELETE" {
			c.Code, c.Entity, c.Fields = entity.Restricted, table, nil // the constraint is that of another table
		}
	}
	return c
}

// changed finds the verb of the statement and the table that it changes.
func changed(dialectName, text string) (verb, table string) {
	table = "row"
	tokens, err := lex(dialectName, strings.ReplaceAll(text, "$", "_")) // its parameters
	if err != nil {
		return "", table
	}
	tokens = slices.DeleteFunc(tokens, func(t token) bool { return t.kind == opaque })
	at := slices.IndexFunc(tokens, func(t token) bool {
		return t.is("INSERT") || t.is("UPDATE") || t.is("DELETE") || t.is("REPLACE")
	})
	if at < 0 {
		return "", table
	}
	verb = strings.ToUpper(tokens[at].text)
	for _, t := range tokens[at+1:] {
		if t.is("INTO") || t.is("FROM") || t.is("IGNORE") || t.is("ONLY") || t.is("OR") || t.is("REPLACE") {
			continue
		}
		if t.kind == word || t.kind == quoted {
			return verb, strings.Trim(t.text, "\"`[]")
		}
		break
	}
	return verb, table
}
