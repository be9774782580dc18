// Package entity describes an application's entities at run time and holds
// what is true of every entity: validation, soft delete, versions, typed
// errors.
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
package entity
