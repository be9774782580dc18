package entity

// Outcome is what an upsert did with a row.
type Outcome string

// The outcomes.
const (
	Created   Outcome = "created"
	Updated   Outcome = "updated"
	Unchanged Outcome = "unchanged" // the row was as it should be
	Revived   Outcome = "revived"   // a deleted row is back, and updated
)

// Upserted is a row that an upsert has left behind.
type Upserted[N any] struct {
	Row     N
	Outcome Outcome
}

// Tombstone is the code of a ConflictError about a unique value that a deleted
// row still has.
const Tombstone = "TOMBSTONE"
