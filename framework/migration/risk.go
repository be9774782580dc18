package migration

// RiskKind says what can go wrong with a change.
type RiskKind string

// The kinds of risk, in the order of their weight.
const (
	Destructive   RiskKind = "destructive"    // a table or column and its rows are gone
	Lossy         RiskKind = "lossy"          // values may be cut, rounded or forgotten
	DataDependent RiskKind = "data-dependent" // fails on some rows: NOT NULL, UNIQUE, CHECK, foreign key
	Locking       RiskKind = "locking"        // blocks writes or copies the table
)

// Risk is what one change of a migration can do to a database in use.
type Risk struct {
	Kind   RiskKind `json:"kind"`
	Code   string   `json:"code"` // stable: "drop-table", "not-null-without-default", …
	Table  string   `json:"table,omitempty"`
	Column string   `json:"column,omitempty"`
	Reason string   `json:"reason"` // what happens, in one sentence
	Advice string   `json:"advice"` // the way out
}

// String is the risk in one line, as in the header of a file.
func (r Risk) String() string { return string(r.Kind) + ": " + r.Reason }

// riskLines are risks as the header of a file lists them.
func riskLines(list []Risk) []string {
	var lines []string
	for _, r := range list {
		lines = append(lines, r.String())
	}
	return lines
}
