package migration

import "fmt"

// DataPhase is what a [DataProgress] tells.
type DataPhase string

// The phases of a data migration.
const (
	DataBegins DataPhase = "begins" // a walk through a table, also one that goes on after an interruption
	DataMoves  DataPhase = "moves"  // a batch is done
	DataEnds   DataPhase = "ends"   // all of it is done
)

// DataProgress tells how far a data migration is.
type DataProgress struct {
	Version     string
	Description string
	Phase       DataPhase
	Undo        bool   // it is being undone
	Table       string // that is walked through; "" at the end
	Processed   int64  // rows of the table so far, with those that failed
	Failed      int    // rows that could not be handled
	Total       int64  // rows, as counted at the beginning: others may come and go
}

// String is the progress as a line for people.
func (p DataProgress) String() string {
	switch p.Phase {
	case DataBegins:
		return fmt.Sprintf("Migrating %d %s...", p.Total, p.Table)
	case DataMoves:
		return fmt.Sprintf("Processed %d/%d %s...", p.Processed, p.Total, p.Table)
	default:
		if p.Undo {
			return "Data migration undone"
		}
		return "Data migration completed successfully!"
	}
}
