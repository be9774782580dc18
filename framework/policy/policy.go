// Package policy says in a schema what deleting a row means for others.
//
// A policy of an edge says what becomes of the rows that refer to a deleted
// one. It is declared on the side that is referred to, the edge.To:
//
//	func (Post) Edges() []ent.Edge {
//		return []ent.Edge{
//			edge.To("comments", Comment.Type).Annotations(policy.Cascade),
//			edge.To("logs", Log.Type).Annotations(policy.Keep, entsql.OnDelete(entsql.SetNull)),
//		}
//	}
//
// The policy holds for a delete that marks a row. A row that is removed for
// good follows the foreign key, entsql.OnDelete. Each of the two is taken from
// the other where only one is declared:
//
//	policy      foreign key
//	Cascade     CASCADE
//	Restrict    RESTRICT
//	Detach      SET NULL
//	Keep        SET NULL, or RESTRICT where the key must be given
//
// NO ACTION alone keeps a key that may be NULL, and restricts one that must be
// given.
//
// Where neither is declared, a key that may be NULL is kept, and one that must
// be given restricts: nothing is lost that nobody gave up.
//
// Among rows with soft delete, a unique value is unique among the living.
// UniqueForever keeps the value of a deleted row taken:
//
//	field.String("invoice_number").Unique().Annotations(policy.UniqueForever)
package policy

// OnDelete is what a delete does to the rows that refer to the deleted row. It
// is an annotation of edges.
type OnDelete string

// The policies of edges.
const (
	// Cascade deletes them too, with the same time of deletion, so that a
	// restore brings back exactly what went together. Rows of an entity without
	// soft delete are left alone until the row that they refer to is purged.
	Cascade OnDelete = "cascade"
	// Restrict refuses the delete while there are such rows.
	Restrict OnDelete = "restrict"
	// Detach sets their reference to NULL. A restore does not bring it back.
	Detach OnDelete = "detach"
	// Keep leaves them as they are: their reference leads to a deleted row,
	// which nobody sees, until that is restored.
	Keep OnDelete = "keep"
)

// OnDeleteName is the key under which an edge carries its policy.
const OnDeleteName = "FramefoxOnDelete"

// Name implements schema.Annotation.
func (OnDelete) Name() string { return OnDeleteName }

// Uniqueness is an annotation of unique fields and unique indexes, and of the
// foreign key of an edge from one to one.
type Uniqueness string

// UniqueForever keeps the unique values of deleted rows taken.
const UniqueForever Uniqueness = "forever"

// UniquenessName is the key under which a field or index carries it.
const UniquenessName = "FramefoxUnique"

// Name implements schema.Annotation.
func (Uniqueness) Name() string { return UniquenessName }

// Tombstone is an annotation of the column of soft delete; see
// mixin.SoftDelete.
type Tombstone string

// Revive makes an upsert that meets a deleted row restore it.
const Revive Tombstone = "revive"

// TombstoneName is the key under which the column carries it.
const TombstoneName = "FramefoxTombstone"

// Name implements schema.Annotation.
func (Tombstone) Name() string { return TombstoneName }
