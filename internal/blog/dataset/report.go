package dataset

import (
	"fmt"
	"time"
)

// Report is what a run did.
type Report struct {
	Source   string        `json:"source"`   // debian or generated
	Read     int           `json:"read"`     // packages in the index, the skipped ones included; 0 for generated data
	Skipped  int           `json:"skipped"`  // packages that could not be used
	Batches  int           `json:"batches"`  // transactions committed
	Tables   []TableCount  `json:"tables"`   // in the order in which they were written
	Problems []Problem     `json:"problems"` // the first of those skipped, MaxProblems at most
	Duration time.Duration `json:"-"`
}

// TableCount tells of one table how many rows of the data set were written, and
// how many were there already.
type TableCount struct {
	Table     string `json:"table"`
	Inserted  int    `json:"inserted"`
	Unchanged int    `json:"unchanged"`
}

// MaxProblems is how many problems a Report holds. Options.OnProblem gets them all.
const MaxProblems = 20

// Problem tells why one record of the source was skipped.
//
//nolint:errname // most of them are reported, not returned
type Problem struct {
	Line   int    `json:"line"` // where the record begins, from 1
	Name   string `json:"name"` // of the package; empty where it has none
	Reason string `json:"reason"`
}

func (p *Problem) Error() string {
	if p.Name == "" {
		return fmt.Sprintf("line %d: %s", p.Line, p.Reason)
	}
	return fmt.Sprintf("line %d: package %s: %s", p.Line, clip(p.Name), p.Reason)
}

// Table returns the counts of a table, zero for one that was not written.
func (r *Report) Table(name string) TableCount {
	for _, t := range r.Tables {
		if t.Table == name {
			return t
		}
	}
	return TableCount{Table: name}
}

// Inserted is the number of rows written to all tables.
func (r *Report) Inserted() int {
	n := 0
	for _, t := range r.Tables {
		n += t.Inserted
	}
	return n
}

// add counts rows of a table.
func (r *Report) add(table string, inserted, unchanged int) {
	for i := range r.Tables {
		if r.Tables[i].Table == table {
			r.Tables[i].Inserted += inserted
			r.Tables[i].Unchanged += unchanged
			return
		}
	}
	r.Tables = append(r.Tables, TableCount{table, inserted, unchanged})
}

// merge counts what a committed batch did.
func (r *Report) merge(batch []TableCount) {
	r.Batches++
	for _, t := range batch {
		r.add(t.Table, t.Inserted, t.Unchanged)
	}
}
