// Package bulk saves many rows in few statements. The generated builders
// CreateBulk, UpdateBulk and Upsert stand on it:
//
//	rows, err := client.Label.CreateBulk(builders...).Save(ctx)
//	if row, ok := errors.AsType[*entity.RowError](err); ok {
//		fmt.Println(row.Index, row.Err) // which one is to blame
//	}
//
// Each row passes its own hooks, once, as if it were saved alone: the rows of a
// chunk run their hooks up to the point where SQL begins, then the statements
// are run for all of them, then the hooks go on. Statements are cut to what the
// dialect takes, in parameters and in bytes.
//
// Ids never follow from the order in which a database returns rows. They are
// known before the rows are inserted, or follow from what the database
// documents; see ids.go.
//
// Everything happens in one transaction: that of the client, or one of its own.
// An error leaves nothing behind. With PerRow, the good rows are saved and an
// entity.RowErrors tells of the others.
package bulk
