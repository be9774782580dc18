// Package scaffold writes entities: the Ent schema, both sides of its
// relations, and its repository, from a short description.
//
//	title, err := scaffold.ParseField("title:string:unique:max=200")
//	…
//	posts, err := scaffold.ParseEdge("posts:Post:o2m:inverse=author")
//	…
//	project, err := scaffold.Open(".")
//	…
//	plan, err := project.Plan(scaffold.Request{
//		Name: "User", Fields: []scaffold.Field{title}, Edges: []scaffold.Edge{posts},
//	})
//	…
//	err = project.Apply(ctx, plan, scaffold.ApplyOptions{Generate: true})
//
// Plan only reads. What it changes in existing files it changes by their
// syntax tree: everything around a new field or edge, comments included, stays
// as it is.
//
// Apply is all or nothing. It notes in a journal how the files were before it
// touches them. If the generator or the compiler refuses what was written, it
// puts them back; if the process is killed, the next [Project.Recover] does.
package scaffold
