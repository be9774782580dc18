// Package diagram draws the entities of an application, or the tables of a
// database, and how they relate.
//
// A [Diagram] is the model. It comes from a live database, from the tables that
// Ent generates, or, with the names of edges, from the source of the schemas
// (package entschema):
//
//	d, err := diagram.Inspect(ctx, db)
//	d = diagram.FromTables(migrate.Tables)
//	d, err = entschema.Diagram(ctx, projectRoot)
//
// It is written as Mermaid text, as an SVG picture, as a page of HTML that needs
// nothing but a browser, as Markdown, or as JSON:
//
//	text, err := d.Render(diagram.SVG)
//
// The same model always gives the same bytes, so a diagram can be kept under
// version control. Names and comments are data: whatever they hold, they are
// shown as text and do nothing else.
package diagram
