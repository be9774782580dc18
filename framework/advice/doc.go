// Package advice says which indexes a database lacks, and which it has for nothing.
//
// [Suggest] looks at the schema of a table alone: foreign keys without an index,
// columns by which rows are usually looked up.
//
// [Advise] goes by statements that were recorded:
//
//	report, err := advice.Advise(ctx, db, []advice.Statement{
//		{SQL: "SELECT * FROM posts WHERE status = ? ORDER BY published_at DESC LIMIT 20", Args: []any{"published"}, Count: 1200},
//	}, advice.Options{})
//	for _, a := range report.Advice {
//		fmt.Println(a.Ent())    // index.Fields("status", "published_at")
//		fmt.Println(a.Before, "->", a.After)
//	}
//
// # How it is verified
//
// Each candidate is built in a scratch copy of the database, which is removed
// again, and the statements are explained once more: what is advised has made
// them cheaper there. The database itself is only read. A copy takes the programs
// that package backup names, and the right to create a database.
//
// What a statement costs is what [plan.Plan] says.
//
// # What it does not see
//
// An index costs room, and time for each write. That is not weighed: of candidates
// that help alike, the narrower one is advised.
package advice
