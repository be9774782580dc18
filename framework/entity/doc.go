// Package entity describes an application's entities at run time and holds
// what is true of every entity: validation, row filters, soft delete with its
// policies, versions, typed errors.
//
// The generator writes one Entity for each Ent schema and hands it to the
// generated client, which installs Hook and Interceptor by itself. So every
// write, whether it comes from the Ent client, a repository or GraphQL, is
// normalised, validated as a whole and stamped in one place:
//
//	_, err := client.User.Create().SetUsername("x").SetEmail("no").Save(ctx)
//	var invalid *entity.ValidationError
//	if errors.As(err, &invalid) {
//		for _, v := range invalid.Violations {
//			fmt.Println(v.Field, v.Code, v.Message)
//		}
//	}
//
// Rows that a caller may not see, because they are deleted, of another tenant or
// private, are hidden by one mechanism: Rows says which (rows.go, tenant.go,
// privacy.go, trash.go), the interceptor puts it into queries (statement.go) and
// the hook into writes (confine.go). Deletes that take others along, restores
// and purges are in delete.go, restore.go and purge.go.
package entity
