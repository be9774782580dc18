package accounts

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/framework/unitofwork"
)

// NewAuditedManager returns an entity manager that keeps a log of what it does to
// users, in the same transaction: which fields, and not their values, which are
// the users' own.
func NewAuditedManager(client *ent.Client) *ent.EntityManager {
	return ent.NewEntityManager(client, unitofwork.Audit(func(_ context.Context, r unitofwork.Record) any {
		u, ok := r.Object.(*ent.User)
		if !ok {
			return nil
		}
		details := strings.Join(slices.Sorted(maps.Keys(r.Changes)), ", ")
		return &ent.UserLog{UserID: &u.ID, Action: string(r.Op), Details: &details, Timestamp: time.Now().UTC()}
	}))
}
