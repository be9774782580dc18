package dataset

import (
	"context"
	"fmt"
	"time"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/advancedentity"
	"github.com/framefox-go/framefox/ent/userrole"
)

// addBelongings adds the rows that belong to one user.
func (b *generatedBatch) addBelongings(o *belongings, p person) {
	r := newRandom(b.opts.Seed, "belongings", p.index)
	b.addProfile(o, p, r)
	b.addRoles(o, p, r)
	for i := range r.IntN(3) {
		name := groupNames[(p.index+i)%len(groupNames)]
		o.groups = append(o.groups, b.tx.UserGroup.Create().
			SetUserID(p.id).SetName(name).SetJoinedAt(r.instant(p.created, b.opts.Now)))
	}
	for i := range r.IntN(3) {
		o.scenarios = append(o.scenarios, b.tx.Scenario.Create().
			SetCreatorID(p.id).SetTitle(fmt.Sprintf("%s plan %d", pick(r, adjectives), i+1)).
			SetCreatedAt(r.instant(p.created, b.opts.Now)))
	}
	if p.index%2 == 0 {
		states := []advancedentity.Status{advancedentity.StatusActive, advancedentity.StatusInactive, advancedentity.StatusPending}
		row := b.tx.AdvancedEntity.Create().
			SetUserID(p.id).SetEmail("contact-" + p.email()).SetStatus(states[p.index/2%len(states)])
		if p.index%14 == 12 {
			row.SetDeletedAt(r.instant(p.created, b.opts.Now))
		}
		o.advanced = append(o.advanced, row)
	}
	b.addHistory(o, p, r)
}

func (b *generatedBatch) addProfile(o *belongings, p person, r random) {
	if p.index%10 == 7 {
		return // not everyone has one
	}
	birth := b.opts.Now.AddDate(-14-r.IntN(60), 0, -r.IntN(365))
	row := b.tx.UserProfile.Create().
		SetUserID(p.id).SetBio(p.bio()).SetDateOfBirth(birth).
		SetAddress(fmt.Sprintf("%d Main Street, %s", 1+r.IntN(200), cities[p.index%len(cities)])).
		SetPhone(p.phone()).
		SetTimezone(pick(r, timezones)).SetLanguage(pick(r, languages)).
		SetEmailNotifications(r.chance(70)).
		SetCreatedAt(p.created)
	if r.chance(50) {
		row.SetWebsite("https://" + p.username() + ".example.org")
	}
	o.profiles = append(o.profiles, row)
}

// addHistory adds sessions, and what is on record of the account.
func (b *generatedBatch) addHistory(o *belongings, p person, r random) {
	log := func(action, details string, at time.Time) {
		o.logs = append(o.logs, b.tx.UserLog.Create().
			SetUserID(p.id).SetAction(action).SetDetails(details).SetTimestamp(at))
	}
	log("registered", "Signed up with "+p.email(), p.created)
	if !p.lastLogin.IsZero() {
		log("login", "", p.lastLogin)
		for i := range 1 + r.IntN(2) {
			session := newRandom(b.opts.Seed, fmt.Sprintf("session %d", i), p.index)
			expires := p.lastLogin.Add(14 * day)
			o.sessions = append(o.sessions, b.tx.UserSession.Create().
				SetUserID(p.id).SetTokenHash(session.hex()).
				SetIsActive(i == 0 && expires.After(b.opts.Now)).
				SetExpiresAt(expires).SetCreatedAt(p.lastLogin.Add(-time.Duration(i)*time.Hour)))
		}
	}
	if !p.active {
		log("deactivated", "Closed the account", r.instant(p.created, b.opts.Now))
	}
	if p.index%20 == 7 {
		o.transfers = append(o.transfers, b.tx.TransferLog.Create().
			SetFromUserID(b.people[p.index-1].id).SetToUserID(p.id).
			SetPostsTransferred(int32(r.IntN(9))). //nolint:gosec // small
			SetTransferDate(r.instant(p.created, b.opts.Now)))
	}
}

// pastRole is an assignment that was revoked.
type pastRole struct {
	row     *ent.UserRoleCreate
	revoked time.Time
}

// addRoles adds assignments of each kind: held for good, for a time, until
// recently, revoked, and revoked but given again.
func (b *generatedBatch) addRoles(o *belongings, p person, r random) {
	assign := func(role string, at time.Time) *ent.UserRoleCreate {
		row := b.tx.UserRole.Create().SetUserID(p.id).SetRoleID(b.roles[role]).SetAssignedAt(at)
		if p.index > 0 {
			row.SetAssignedBy(b.people[0].id)
		}
		return row
	}
	middle := p.created.Add(b.opts.Now.Sub(p.created) / 2).Truncate(time.Second)
	early, late := r.instant(p.created, middle), r.instant(middle, b.opts.Now)
	o.roles = append(o.roles, assign(roleSubscriber, p.created))
	if p.index%100 == 0 {
		o.roles = append(o.roles, assign(roleAdmin, p.created))
	}
	switch p.index % 10 {
	case 0:
		o.roles = append(o.roles, assign(roleEditor, early).SetExpiresAt(b.opts.Now.Add(r.between(30*day, 365*day))))
	case 1:
		o.roles = append(o.roles, assign(roleEditor, early).SetExpiresAt(late))
	case 2:
		o.past = append(o.past, pastRole{assign(roleModerator, early), late})
	case 3:
		o.past = append(o.past, pastRole{assign(roleEditor, early), middle})
		o.roles = append(o.roles, assign(roleEditor, late))
	}
}

// saveRoles writes the assignments as they happened: one is made active, and
// revoked before the role may be given again.
func (o *belongings) saveRoles(ctx context.Context, b *generatedBatch) error {
	rows := make([]*ent.UserRoleCreate, len(o.past))
	for i, past := range o.past {
		rows[i] = past.row
	}
	created, err := save(ctx, b, userrole.Table, 9, b.tx.UserRole.CreateBulk, rows)
	if err != nil {
		return err
	}
	for i, assignment := range created {
		err := b.tx.UserRole.UpdateOneID(assignment.ID).
			SetIsActive(false).ClearActiveKey().SetRevokedAt(o.past[i].revoked).Exec(ctx)
		if err != nil {
			return err
		}
	}
	_, err = save(ctx, b, userrole.Table, 9, b.tx.UserRole.CreateBulk, o.roles)
	return err
}
