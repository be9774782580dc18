// Package plan asks a database how it is going to run a statement, and says what
// is slow about it. SQLite, PostgreSQL, MySQL and MariaDB answer in one model:
//
//	analysis, err := plan.Analyze(ctx, db, plan.Query{
//		SQL:  "SELECT * FROM posts WHERE status = ? ORDER BY published_at DESC LIMIT 20",
//		Args: []any{"published"},
//	}, plan.Thresholds{})
//	…
//	fmt.Println(analysis.Plan)
//	// sort for ORDER BY
//	// └─ scan of posts, 100000 rows
//	fmt.Println(analysis.Recommendations) // [Consider adding indexes for table scans …]
//
// A [Plan] is a tree of nodes: what is read and how ([TableScan], [IndexScan],
// [IndexSearch]), how it is joined, and where it is sorted or grouped. A
// [Finding] belongs to one node. The scan of a table with few rows is a finding
// that is marked Small: it is recommended to do nothing about it.
//
// # Safety
//
// [Explain] takes one statement, which is a SELECT, or a WITH or VALUES that only
// reads. It is explained, not run: in a transaction that only reads, unless the
// context carries one. Query.Writes also allows INSERT, UPDATE and DELETE.
// Query.Run has the statement run, in a transaction that is rolled back.
//
// # Costs
//
// PostgreSQL and MySQL say what a plan costs. SQLite and older versions of MariaDB
// do not: there the cost is an estimate of the rows that are visited, from the
// statistics that ANALYZE collects. Costs of one database can be compared with
// each other, and with nothing else.
package plan
