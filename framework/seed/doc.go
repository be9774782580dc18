// Package seed fills a database through the generated client: with fixtures from
// YAML files, and with any number of generated rows. Every default, rule, hook and
// hash of a password holds as it does for the application's own writes.
//
//	store, err := seed.NewStore(ent.NewClient(ent.Driver(db.Driver())), ent.Entities(), entmigrate.Tables)
//	…
//	report, err := store.Apply(ctx, os.DirFS("seeds"), seed.ApplyOptions{})
//	report, err = store.Generate(ctx, seed.GenerateOptions{Counts: []seed.Count{{Entity: "posts", Rows: 1000}}})
//
// # Fixtures
//
// A file holds rows by entity, which goes by its table or by its own name, and
// under labels by which other rows refer to them:
//
//	users:
//	  ann:
//	    username: ann
//	    email: ann@example.org
//	    password: correct horse battery staple
//	posts:
//	  hello:
//	    author: "@users.ann"
//	    title: Hello
//	    slug: hello
//	    tags: ["@tags.go"]
//
// Labels stay in the files. A row is found again by the first unique field, or
// unique index, of which the fixture gives all values, so that a second run
// changes nothing. "key: [post_id, content]" beside the labels names other fields.
//
// All files are one transaction: if anything is wrong nothing is written, and a
// [FixtureError] says in which line. Rows that differ from their fixture are
// reported, and with ApplyOptions.Update brought back to it; fields that the
// fixture does not name are left alone.
//
// # Generated rows
//
// Generate tops a table up to a number of rows. The same seed gives the same rows
// on the same data; what is required, unique, ranged or an enum is kept to, and
// rows that are required at the other end of an edge are generated too.
package seed
