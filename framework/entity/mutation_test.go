package entity_test

import (
	"maps"
	"slices"

	"entgo.io/ent"
	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/rule"
)

// mutation is what a generated mutation is to the hook.
type mutation struct {
	ent.Mutation // for the methods that the hook does not need
	op           ent.Op
	values       map[string]ent.Value
	added        map[string]ent.Value
	cleared      []string
	predicates   int
}

func (m *mutation) Op() ent.Op                          { return m.op }
func (m *mutation) Type() string                        { return "Account" }
func (m *mutation) Fields() []string                    { return slices.Sorted(maps.Keys(m.values)) }
func (m *mutation) AddedFields() []string               { return slices.Sorted(maps.Keys(m.added)) }
func (m *mutation) ClearedFields() []string             { return m.cleared }
func (m *mutation) AddedEdges() []string                { return nil }
func (m *mutation) RemovedEdges() []string              { return nil }
func (m *mutation) ClearedEdges() []string              { return nil }
func (m *mutation) FieldCleared(name string) bool       { return slices.Contains(m.cleared, name) }
func (m *mutation) WhereP(ps ...func(*sql.Selector))    { m.predicates += len(ps) }
func (m *mutation) Field(name string) (ent.Value, bool) { v, ok := m.values[name]; return v, ok }

func (m *mutation) SetField(name string, v ent.Value) error {
	m.values[name] = v
	return nil
}

func (m *mutation) AddField(name string, v ent.Value) error {
	m.added = map[string]ent.Value{name: v}
	return nil
}

func (m *mutation) ResetField(name string) error {
	delete(m.values, name)
	return nil
}

func account() *entity.Entity {
	length := rule.Trim().Merge(rule.Lower()).(rule.Set).Merge(rule.Length(3, 10)).(rule.Set)
	version := &entity.Field{Name: "version", Column: "version", Kind: entity.BigInt}
	deleted := &entity.Field{Name: "deleted_at", Column: "deleted_at", Kind: entity.Time, Nullable: true}
	return entity.New(entity.Entity{
		Name: "Account", GraphQL: "Account", Table: "accounts",
		Fields: []*entity.Field{
			{Name: "id", Column: "id", GraphQL: "id", Kind: entity.BigInt},
			{Name: "name", Column: "name", GraphQL: "name", Kind: entity.String, Required: true, Rules: length},
			{Name: "secret", Column: "secret", Kind: entity.String, Required: true, Sensitive: true, Seal: seal, Policy: policy},
			{Name: "born", Column: "birth_date", GraphQL: "born", Kind: entity.Date, Nullable: true},
			{Name: "seen", Column: "seen", GraphQL: "seen", Kind: entity.Time, Nullable: true},
			{Name: "labels", Column: "labels", GraphQL: "labels", Kind: entity.Strings},
			{Name: "owner_id", Column: "owner_id", GraphQL: "ownerID", Kind: entity.BigInt, Nullable: true, Target: "Account"},
			{Name: "owner_id_text", Column: "owner_id_text", GraphQL: "ownerIDText", Kind: entity.String, Nullable: true},
			version, deleted,
		},
		Edges:      []*entity.Edge{{Name: "owner", GraphQL: "owner", Target: "Account", Relation: entity.ManyToOne}},
		SoftDelete: deleted, Version: version,
	})
}

func seal(plain string) (string, error) { return "sealed:" + plain, nil }

func policy(plain string) []rule.Fault { return rule.MinLength(4).Check(plain) }
