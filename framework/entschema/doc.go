// Package entschema reads the entities of an application from the source of
// their Ent schemas, as they stand in the folder ent/schema, without the
// application and its generated client being compiled first.
//
//	tables, err := entschema.Tables(ctx, projectRoot)
//
// The tables are those that the generated ent/migrate would have. So a
// migration can be planned for a schema that was changed a moment ago:
//
//	os.Exit(cli.Run(ctx, cli.App{Source: entschema.Tables, …}, …))
//
// Reading takes the go command: a small program that imports the schemas is
// compiled in a temporary folder and run, which takes some seconds the first
// time. Nothing is written into the project.
package entschema
