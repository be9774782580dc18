package dataset

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/organization"
	"github.com/framefox-go/framefox/ent/product"
	"github.com/framefox-go/framefox/ent/role"
	"github.com/framefox-go/framefox/ent/schema"
	"github.com/framefox-go/framefox/ent/tag"
)

// writeNames writes what there is a fixed list of: tags and roles.
func (g *generator) writeNames(ctx context.Context, b *generatedBatch, _, _ int) error {
	inserted, unchanged, err := writeTags(ctx, b.tx, topics, g.tags)
	b.counts.add(tag.Table, inserted, unchanged)
	if err != nil {
		return err
	}
	return b.writeRoles(ctx)
}

// organization returns the id of an organization.
func (g *generator) organization(index int) uuid.UUID {
	return newRandom(g.opts.Seed, "organization", index%(g.opts.Scale*orgsPerScale)).uuid()
}

func (g *generator) writeOrganizations(ctx context.Context, b *generatedBatch, from, to int) error {
	ids := make([]uuid.UUID, to-from)
	for i := range ids {
		ids[i] = g.organization(from + i)
	}
	there, err := find(ids, func(part []uuid.UUID) ([]*ent.Organization, error) {
		return b.tx.Organization.Query().Where(organization.IDIn(part...)).All(ctx)
	})
	if err != nil {
		return err
	}
	has := map[uuid.UUID]bool{}
	for _, o := range there {
		has[o.ID] = true
	}
	var rows []*ent.OrganizationCreate
	for i, id := range ids {
		if has[id] {
			continue
		}
		r := newRandom(b.opts.Seed, "organization name", from+i)
		rows = append(rows, b.tx.Organization.Create().SetID(id).
			SetName(fmt.Sprintf("%s %s %d", pick(r, cities), pick(r, lastNames), from+i)).
			SetCreatedAt(b.opts.Now.Add(-r.between(4*365*day, 5*365*day))))
	}
	b.counts.add(organization.Table, 0, len(there))
	_, err = save(ctx, b, organization.Table, 3, b.tx.Organization.CreateBulk, rows)
	return err
}

// The names of the generated roles.
const (
	roleAdmin      = "admin"
	roleEditor     = "editor"
	roleModerator  = "moderator"
	roleSubscriber = "subscriber"
)

func (b *generatedBatch) writeRoles(ctx context.Context) error {
	roles := []struct {
		name, description string
		permissions       []string
	}{
		{roleAdmin, "Runs the site.", []string{"posts:write", "posts:publish", "comments:moderate", "users:write"}},
		{roleEditor, "Publishes posts of others.", []string{"posts:write", "posts:publish"}},
		{roleModerator, "Keeps comments civil.", []string{"comments:moderate"}},
		{roleSubscriber, "Reads and comments.", []string{}},
	}
	there, err := b.tx.Role.Query().Where(role.NameIn(roleAdmin, roleEditor, roleModerator, roleSubscriber)).All(ctx)
	if err != nil {
		return err
	}
	for _, r := range there {
		b.roles[r.Name] = r.ID
	}
	var rows []*ent.RoleCreate
	for _, r := range roles {
		if _, has := b.roles[r.name]; !has {
			rows = append(rows, b.tx.Role.Create().SetName(r.name).SetDescription(r.description).SetPermissions(r.permissions))
		}
	}
	b.counts.add(role.Table, 0, len(there))
	created, err := save(ctx, b, role.Table, 4, b.tx.Role.CreateBulk, rows)
	for _, r := range created {
		b.roles[r.Name] = r.ID
	}
	return err
}

func (g *generator) writeProducts(ctx context.Context, b *generatedBatch, from, to int) error {
	slugs := make([]string, to-from)
	names := make([]string, to-from)
	for i := range names {
		index := from + i
		names[i] = fmt.Sprintf("%s %s %d", adjectives[index%len(adjectives)], devices[index/len(adjectives)%len(devices)], index)
		slugs[i] = strings.ReplaceAll(strings.ToLower(names[i]), " ", "-")
	}
	there, err := find(slugs, func(part []string) ([]*ent.Product, error) {
		return b.tx.Product.Query().Where(product.SlugIn(part...)).Select(product.FieldID, product.FieldSlug).All(ctx)
	})
	if err != nil {
		return err
	}
	has := map[string]bool{}
	for _, p := range there {
		has[p.Slug] = true
	}
	var rows []*ent.ProductCreate
	for i, slug := range slugs {
		if !has[slug] {
			rows = append(rows, b.newProduct(from+i, names[i], slug))
		}
	}
	b.counts.add(product.Table, 0, len(there))
	_, err = save(ctx, b, product.Table, 15, b.tx.Product.CreateBulk, rows)
	return err
}

func (b *generatedBatch) newProduct(index int, name, slug string) *ent.ProductCreate {
	r := newRandom(b.opts.Seed, "product", index)
	created := b.opts.Now.Add(-r.between(day, 700*day))
	colour := pick(r, []string{"black", "white", "green"})
	row := b.tx.Product.Create().
		SetName(name).SetSlug(slug).
		SetDescription(pick(r, sentences)).
		SetPrice(int64(99 + r.IntN(50_000))).
		SetMetadata(map[string]any{"colour": colour, "origin": pick(r, cities)}).
		SetSpecifications([]schema.Specification{{Name: "Colour", Value: colour}, {Name: "Warranty", Value: "2 years"}}).
		SetIsFeatured(index%7 == 0).
		SetIsDigital(index%5 == 0).
		SetExternalID(r.uuid()).
		SetCreatedAt(created).SetUpdatedAt(created)
	if index%5 != 0 {
		row.SetStock(int32(r.IntN(200))).SetWeight(float64(50+r.IntN(9000)) / 1000) //nolint:gosec // small
	}
	return row
}
