package database

import (
	"context"
	"errors"

	entsql "entgo.io/ent/dialect/sql"
)

// ErrSessionVariable refuses a context that ent's sql.WithVar made. Ent splices
// the value of such a variable into SQL as it is, and leaves the variable on
// the connection when a transaction ends, where the next user of the pool finds
// it.
//
// Set what a transaction needs with a bound value that ends with it:
//
//	tx.ExecContext(ctx, "SELECT set_config($1, $2, true)", "app.tenant", tenant) // PostgreSQL
var ErrSessionVariable = errors.New("database: session variables of ent's sql.WithVar are refused: they are not escaped and outlive their transaction; in a transaction run SELECT set_config($1, $2, true) on PostgreSQL, SET @name = ? on MySQL")

// sessionVariables tells whether a context carries session variables.
type sessionVariables struct{ key any }

// newSessionVariables learns under which key ent keeps them: it is not
// exported, but looked up by a function that is.
func newSessionVariables() sessionVariables {
	probe := &keyProbe{Context: context.Background()}
	entsql.VarFromContext(probe, "")
	return sessionVariables{probe.key}
}

// refuse returns ErrSessionVariable if the context carries any.
func (v sessionVariables) refuse(ctx context.Context) error {
	if ctx.Value(v.key) != nil {
		return ErrSessionVariable
	}
	return nil
}

// keyProbe is a context that remembers what it was asked for.
type keyProbe struct {
	context.Context //nolint:containedctx // it stands for one
	key             any
}

// Value remembers the key.
func (p *keyProbe) Value(key any) any {
	p.key = key
	return nil
}
