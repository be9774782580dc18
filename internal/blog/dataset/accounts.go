package dataset

import (
	"context"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/advancedentity"
	"github.com/framefox-go/framefox/ent/scenario"
	"github.com/framefox-go/framefox/ent/transferlog"
	"github.com/framefox-go/framefox/ent/user"
	"github.com/framefox-go/framefox/ent/usergroup"
	"github.com/framefox-go/framefox/ent/userlog"
	"github.com/framefox-go/framefox/ent/userprofile"
	"github.com/framefox-go/framefox/ent/userrole"
	"github.com/framefox-go/framefox/ent/usersession"
	"github.com/framefox-go/framefox/framework/password"
)

// writeUsers writes users with what belongs to them alone. A user who is there
// already came with all of it, in one transaction.
func (g *generator) writeUsers(ctx context.Context, b *generatedBatch, from, to int) error {
	people := g.people[from:to]
	emails := make([]string, len(people))
	for i, p := range people {
		emails[i] = p.email()
	}
	there, err := b.tx.User.Query().Where(user.EmailIn(emails...)).Select(user.FieldID, user.FieldEmail).All(ctx)
	if err != nil {
		return err
	}
	ids := make(map[string]int64, len(people))
	for _, u := range there {
		ids[u.Email] = u.ID
	}
	var rows []*ent.UserCreate
	var added []*person
	for i := range people {
		p := &people[i]
		if p.id = ids[p.email()]; p.id == 0 {
			rows = append(rows, b.newUser(*p))
			added = append(added, p)
		}
	}
	created, err := save(ctx, b, user.Table, widthUser, b.tx.User.CreateBulk, rows)
	if err != nil {
		return err
	}
	for i, u := range created {
		added[i].id = u.ID
	}
	b.counts.add(user.Table, 0, len(there))
	return b.writeBelongings(ctx, people, ids)
}

func (b *generatedBatch) newUser(p person) *ent.UserCreate {
	r := newRandom(b.opts.Seed, "account", p.index)
	row := b.tx.User.Create().
		SetUsername(p.username()).SetEmail(p.email()).
		SetName(p.fullName()).SetFirstName(p.first).SetLastName(p.last).SetDisplayName(p.fullName()).
		SetPassword(password.Unusable).
		SetIsActive(p.active).SetIsAdmin(p.index%100 == 0).SetIsVerified(p.index%3 != 2).
		SetRoleNames([]string{roleSubscriber}).
		SetCreatedAt(p.created).SetUpdatedAt(p.created)
	if p.index%5 != 4 {
		row.SetOrganizationID(b.organization(r.IntN(1 << 20)))
	}
	if !p.lastLogin.IsZero() {
		row.SetLastLogin(p.lastLogin).SetUpdatedAt(p.lastLogin)
	}
	if !p.deleted.IsZero() {
		row.SetDeletedAt(p.deleted)
	}
	return row
}

// belongings are the rows of users, before they are written.
type belongings struct {
	profiles  []*ent.UserProfileCreate
	groups    []*ent.UserGroupCreate
	scenarios []*ent.ScenarioCreate
	advanced  []*ent.AdvancedEntityCreate
	sessions  []*ent.UserSessionCreate
	logs      []*ent.UserLogCreate
	transfers []*ent.TransferLogCreate
	roles     []*ent.UserRoleCreate
	past      []pastRole
}

func (b *generatedBatch) writeBelongings(ctx context.Context, people []person, old map[string]int64) error {
	var rows, unchanged belongings
	for _, p := range people {
		if _, there := old[p.email()]; there {
			b.addBelongings(&unchanged, p)
		} else {
			b.addBelongings(&rows, p)
		}
	}
	unchanged.count(&b.counts)
	return rows.save(ctx, b)
}

// count counts the rows as unchanged.
func (o *belongings) count(counts *Report) {
	counts.add(userprofile.Table, 0, len(o.profiles))
	counts.add(usergroup.Table, 0, len(o.groups))
	counts.add(scenario.Table, 0, len(o.scenarios))
	counts.add(advancedentity.Table, 0, len(o.advanced))
	counts.add(usersession.Table, 0, len(o.sessions))
	counts.add(userlog.Table, 0, len(o.logs))
	counts.add(transferlog.Table, 0, len(o.transfers))
	counts.add(userrole.Table, 0, len(o.roles)+len(o.past))
}

func (o *belongings) save(ctx context.Context, b *generatedBatch) error {
	if _, err := save(ctx, b, userprofile.Table, widthProfile, b.tx.UserProfile.CreateBulk, o.profiles); err != nil {
		return err
	}
	if _, err := save(ctx, b, usergroup.Table, 4, b.tx.UserGroup.CreateBulk, o.groups); err != nil {
		return err
	}
	if _, err := save(ctx, b, scenario.Table, 4, b.tx.Scenario.CreateBulk, o.scenarios); err != nil {
		return err
	}
	if _, err := save(ctx, b, advancedentity.Table, 5, b.tx.AdvancedEntity.CreateBulk, o.advanced); err != nil {
		return err
	}
	if _, err := save(ctx, b, usersession.Table, 6, b.tx.UserSession.CreateBulk, o.sessions); err != nil {
		return err
	}
	if _, err := save(ctx, b, userlog.Table, 5, b.tx.UserLog.CreateBulk, o.logs); err != nil {
		return err
	}
	if _, err := save(ctx, b, transferlog.Table, 5, b.tx.TransferLog.CreateBulk, o.transfers); err != nil {
		return err
	}
	return o.saveRoles(ctx, b)
}
